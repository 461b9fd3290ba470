"""What may be asked about the camera's roll, as words and numbers. Loads nothing heavy."""

from __future__ import annotations

import math
from typing import Literal, get_args

__all__ = ["MOST_ROLL_DEG", "RollWord", "read_roll"]

RollWord = Literal["auto", "board", "off"]
MOST_ROLL_DEG = 9.0
"""Beyond it a photo was not meant to be upright."""


def read_roll(text: str) -> RollWord | float:
    """Return what a text asks about the roll: a word, or degrees.

    Raises
    ------
    ValueError
        If it is neither, or beyond `MOST_ROLL_DEG`.

    Examples
    --------
    >>> read_roll("auto"), read_roll("-1,5")
    ('auto', -1.5)
    """
    for word in get_args(RollWord):
        if text == word:
            return word  # type: ignore[no-any-return]
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not abs(value) <= MOST_ROLL_DEG:
        raise ValueError(
            f"expected auto, board, off or degrees from -{MOST_ROLL_DEG:g} to {MOST_ROLL_DEG:g}, "
            f"found {text!r}"
        )
    return value
