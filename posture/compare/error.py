"""How large the error of a change is against the errors of its two visits.

Both visits show the same client, so a bias that a build brings cancels in the difference.
How much is left was measured on synthetic clients who came twice; the factors stand in
`data/change_error.csv`, made by `python -m posture.synthetic.pairs`.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from posture.anatomy import Method
from posture.compare.types import Clothing

__all__ = ["INDEPENDENT", "change_factor"]

INDEPENDENT = 1.0
"""The factor where nothing cancels: the two errors are taken for independent."""


def change_factor(measure: str, method: Method, clothing: Clothing) -> float:
    """Return half the change's 95 % interval over the root sum of squares of both halves.

    Parameters
    ----------
    measure
        Id of the measure.
    method
        Of both visits alike. Stickers are taken to repeat at least as well as hands, and
        proxies, whose truth nobody knows, for independent.
    clothing
        Whether the client wore the same; where that is not stated, other clothes are
        taken for granted.
    """
    if method is Method.PROXY:
        return INDEPENDENT
    row = "estimated" if method is Method.ESTIMATED else "manual"
    worn = "same" if clothing == "same" else "other"
    return _table().get((measure, row, worn), INDEPENDENT)


@cache
def _table() -> dict[tuple[str, str, str], float]:
    text = files("posture").joinpath("data", "change_error.csv").read_text(encoding="utf-8")
    return {
        (row["measure"], row["method"], row["clothing"]): float(row["factor"])
        for row in csv.DictReader(text.splitlines())
    }
