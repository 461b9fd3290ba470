"""Which way a measure gets better, and when that cannot be said.

A direction is taken only from a reference range or from the meaning of level. Where a
value lies inside its range before and after there is nothing to better, and a change is
told as a change. See docs/decisions/0012-change.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from posture.norms import reference_range
from posture.results import Measure, ReferenceRange

__all__ = ["DIRECTIONS", "NEITHER", "Direction", "value_of_change"]

Direction = Literal["larger", "smaller", "level", "into range"]

DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    {
        "craniovertebral_angle_deg": "larger",
        "forward_head_cm": "smaller",
        "forward_shoulder_angle_deg": "smaller",
        "pelvic_tilt_deg": "into range",
        "knee_flexion_deg": "into range",
        "head_tilt_deg": "level",
        "head_shift_cm": "level",
        "shoulder_tilt_deg": "level",
        "trunk_shift_cm": "level",
        "pelvic_obliquity_deg": "level",
        "knee_valgus_left_deg": "into range",
        "knee_valgus_right_deg": "into range",
    }
)
"""`larger`, `smaller`: away from the one-sided cut-off that every source draws on that side.
`level`: nearer to zero. `into range`: nearer to a range with usual values on both sides.
A measure that is not named, every proxy among them, has no better direction."""

_NO_DIRECTION = "no better direction of this measure is defensible"
_INSIDE = "inside the reference range before and after"
_OVER = "as far from the reference before as after, on the other side"

NEITHER: Mapping[str, str] = MappingProxyType(
    {_NO_DIRECTION: "no_direction", _INSIDE: "inside", _OVER: "over"}
)
"""Names of the reasons why a change is not valued, for other languages."""


def value_of_change(
    before: Measure, after: Measure, detectable: float
) -> tuple[Literal["better", "worse", "neither"], str]:
    """Return whether a change that is shown is one for the better, and why if neither.

    Parameters
    ----------
    before, after
        Both with a value, in one unit.
    detectable
        The smallest change that would be shown, which a gain that crosses zero or a whole
        range must exceed as well.
    """
    direction = DIRECTIONS.get(before.id)
    if direction is None:
        return "neither", _NO_DIRECTION
    reference = reference_range(before.id)
    if reference is not None and reference.unit is not before.unit:
        reference = None
    if reference is not None and all(_lies_inside(end, reference) for end in (before, after)):
        return "neither", _INSIDE
    one, two = float(before.value or 0.0), float(after.value or 0.0)
    if direction in ("larger", "smaller"):
        gain = two - one if direction == "larger" else one - two
        return ("better" if gain > 0 else "worse"), ""
    gain, crossed = _gain(one, two, None if direction == "level" else reference)
    if gain == 0 and not crossed:
        return "neither", _INSIDE
    if crossed and abs(gain) <= detectable:
        return "neither", _OVER
    return ("better" if gain > 0 else "worse"), ""


def _gain(one: float, two: float, reference: ReferenceRange | None) -> tuple[float, bool]:
    """Return how much nearer the second value is, and whether it passed to the other side."""
    low = high = 0.0
    if reference is not None:
        low = -float("inf") if reference.low is None else reference.low
        high = float("inf") if reference.high is None else reference.high

    def beyond(value: float) -> float:
        return min(value - low, 0.0) + max(value - high, 0.0)

    first, second = beyond(one), beyond(two)
    return abs(first) - abs(second), first * second < 0


def _lies_inside(measure: Measure, reference: ReferenceRange) -> bool:
    low, high = float(measure.low or 0.0), float(measure.high or 0.0)
    return (reference.low is None or low >= reference.low) and (
        reference.high is None or high <= reference.high
    )
