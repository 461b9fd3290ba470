"""The one colour of a client's dots, which tells them from what else looks like a dot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from posture.capture.dots import Dot

__all__ = ["Colour", "common_colour"]

_SAME_HUE_DEG = 35.0
_LEAST_ALIKE = 2
_ALIKE_SHARE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """The colour of a client's dots, in CIE Lab without lightness."""

    a: float
    b: float

    def is_of(self, dot: Dot) -> bool:
        """Whether a dot is of this hue; light changes how strong it looks."""
        _, a, b = dot.lab
        turn = math.atan2(self.a * b - self.b * a, self.a * a + self.b * b)
        return abs(turn) < math.radians(_SAME_HUE_DEG)


def common_colour(marking: Sequence[Dot]) -> Colour | None:
    """Return the one colour of a visit's dots, None where they do not tell one.

    It is known once two dots, and most of those that mark a landmark beyond doubt, have it.
    """
    colours = [Colour(a=dot.lab[1], b=dot.lab[2]) for dot in marking]
    alike = [sum(colour.is_of(dot) for dot in marking) for colour in colours]
    most = max(alike, default=0)
    if most < _LEAST_ALIKE or most < _ALIKE_SHARE * len(marking):
        return None
    return colours[alike.index(most)]
