"""What moved along that should not: looked for in the photo at the end, and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from posture.anatomy import Side
from posture.rom.angles import (
    Points,
    elbow_flexion_deg,
    foot_lift_deg,
    knee_flexion_deg,
    mid_trunk_lean_deg,
    trunk_lean_deg,
)
from posture.rom.kinds import Compensation, RomRemark

__all__ = ["compensation"]

_NAMED_FROM_DEG = 10.0
_HEEL_FROM_DEG = 8.0
_ELBOW_FROM_DEG = 30.0


def compensation(kind: Compensation, neutral: Points, end: Points, side: Side) -> RomRemark | None:
    """Return the remark on one compensation, None where it was not seen."""
    return _LOOKED_FOR[kind](neutral, end, side)


def _remark(code: str, text: str, amount_deg: float) -> RomRemark:
    amount = round(amount_deg)
    return RomRemark(code=code, text=text.format(amount=amount), values=(("amount", amount),))


def _trunk_leaned(neutral: Points, end: Points, side: Side) -> RomRemark | None:
    lean = trunk_lean_deg(end, side) - trunk_lean_deg(neutral, side)
    if abs(lean) <= _NAMED_FROM_DEG:
        return None
    way = "forwards" if lean > 0 else "backwards"
    text = f"The trunk leaned {way} by {{amount}}°; it is taken off."
    return _remark(f"trunk_leaned_{way}", text, abs(lean))


def _trunk_leaned_back(neutral: Points, end: Points, side: Side) -> RomRemark | None:
    lean = trunk_lean_deg(neutral, side) - trunk_lean_deg(end, side)
    if lean <= _NAMED_FROM_DEG:
        return None
    return _remark(
        "lumbar_extension",
        "The trunk leaned backwards by {amount}° (lumbar extension makes up for the "
        "shoulder); it is taken off.",
        lean,
    )


def _trunk_leaned_aside(neutral: Points, end: Points, side: Side) -> RomRemark | None:
    lean = mid_trunk_lean_deg(end) - mid_trunk_lean_deg(neutral)
    if abs(lean) <= _NAMED_FROM_DEG:
        return None
    way = "towards" if (lean > 0) == (side == "right") else "away from"
    text = f"The trunk leaned {way} that side by {{amount}}°; it is taken off."
    return _remark(f"trunk_leaned_{way.split()[0]}", text, abs(lean))


def _elbow(neutral: Points, end: Points, side: Side) -> RomRemark | None:
    bent = elbow_flexion_deg(end, side)
    if bent <= _ELBOW_FROM_DEG:
        return None
    text = "The elbow seems bent by about {amount}°; it is to be straight, as the wrist counts too."
    return _remark("elbow_bent", text, bent)


def _heel(neutral: Points, end: Points, side: Side) -> RomRemark | None:
    lift = foot_lift_deg(neutral, end, side)
    if lift <= _HEEL_FROM_DEG:
        return None
    text = "The heel seems to leave the floor (by about {amount}°): it adds to this."
    return _remark("heel_lifted", text, lift)


def _knees(neutral: Points, end: Points, side: Side) -> RomRemark | None:
    bent = knee_flexion_deg(end, side) - knee_flexion_deg(neutral, side)
    if bent <= _NAMED_FROM_DEG:
        return None
    return _remark("knees_bent", "The knees bent by {amount}°.", bent)


_Look = Callable[[Points, Points, Side], RomRemark | None]
_LOOKED_FOR: Mapping[Compensation, _Look] = MappingProxyType(
    {
        "trunk_leaned": _trunk_leaned,
        "trunk_leaned_back": _trunk_leaned_back,
        "trunk_leaned_aside": _trunk_leaned_aside,
        "elbow": _elbow,
        "heel": _heel,
        "knees": _knees,
    }
)
