"""Angles of a test from the points of its two photos. Pure.

Points are in the body's frame, pixels: y up; x anterior in side views, towards the client's right
in frontal ones. Degrees throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Side

__all__ = [
    "ANGLES",
    "Points",
    "body_turn_deg",
    "elbow_flexion_deg",
    "foot_lift_deg",
    "hip_height",
    "knee_flexion_deg",
    "lean_deg",
    "mid_trunk_lean_deg",
    "trunk_lean_deg",
]

Points = Mapping[str, NDArray[np.float64]]
Angle = Callable[[Points, Points, Side], float]

_HEAD = ("tragus", "canthus")
_WRIST_SHARE = 0.25


def lean_deg(low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """Return how far a segment leans to +x from the upright, in (−180, 180].

    >>> round(lean_deg(np.array([0.0, 0.0]), np.array([1.0, 1.0])))
    45
    """
    across, up = high - low
    return math.degrees(math.atan2(across, up))


def body_turn_deg(neutral: Points, end: Points, names: Iterable[str]) -> float:
    """Return how far a rigid part turned from +x towards +y: the least-squares rotation."""
    used = [name for name in names if name in neutral and name in end]
    one = np.array([neutral[name] for name in used])
    two = np.array([end[name] for name in used])
    one, two = one - one.mean(axis=0), two - two.mean(axis=0)
    across = float(np.sum(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]))
    along = float(np.sum(one * two))
    return math.degrees(math.atan2(across, along))


def foot_lift_deg(neutral: Points, end: Points, side: Side) -> float:
    """Return how far the heel rose against the toes, side view."""
    return _change(neutral, end, lambda p: lean_deg(p[f"heel_{side}"], p[f"foot_index_{side}"]))


def hip_height(points: Points) -> float:
    """Return how high the hips are above the ankles, in shoulder widths; front view."""
    width = math.dist(points["shoulder_left"], points["shoulder_right"])
    return float((_middle(points, "hip") - _middle(points, "ankle"))[1]) / max(width, 1e-9)


def _change(neutral: Points, end: Points, angle: Callable[[Points], float]) -> float:
    return math.remainder(angle(end) - angle(neutral), 360.0)


def _middle(points: Points, name: str) -> NDArray[np.float64]:
    return (points[f"{name}_left"] + points[f"{name}_right"]) / 2


def trunk_lean_deg(points: Points, side: Side) -> float:
    """Return the lean of the line from hip to shoulder on one side."""
    return lean_deg(points[f"hip_{side}"], points[f"shoulder_{side}"])


def mid_trunk_lean_deg(points: Points) -> float:
    """Return the lean of the line from mid-hip to mid-shoulder."""
    return lean_deg(_middle(points, "hip"), _middle(points, "shoulder"))


def _cervical_extension(neutral: Points, end: Points, side: Side) -> float:
    return body_turn_deg(neutral, end, [f"{name}_{side}" for name in _HEAD]) + _change(
        neutral, end, lambda p: trunk_lean_deg(p, side)
    )


def _cervical_flexion(neutral: Points, end: Points, side: Side) -> float:
    return -_cervical_extension(neutral, end, side)


def _cervical_lateral(neutral: Points, end: Points, side: Side) -> float:
    """Return the head's turn against the shoulder line's, towards `side`."""
    names = [f"{name}_{one}" for name in _HEAD for one in ("left", "right")]
    shoulders = body_turn_deg(neutral, end, ("shoulder_left", "shoulder_right"))
    # The client's right goes down where +x turns to −y.
    to_right = -(body_turn_deg(neutral, end, names) - shoulders)
    return to_right if side == "right" else -to_right


def _arm_flexion(points: Points, side: Side) -> float:
    """Return the arm's angle from hanging along the trunk, forwards, in [−90, 270)."""
    return (_arm_deg(points, side, 1.0) + trunk_lean_deg(points, side) + 90.0) % 360.0 - 90.0


def _arm_abduction(points: Points, side: Side) -> float:
    """Return the arm's angle from hanging along the trunk, outwards, in [−90, 270)."""
    out = 1.0 if side == "right" else -1.0
    return (_arm_deg(points, side, out) + out * mid_trunk_lean_deg(points) + 90.0) % 360.0 - 90.0


def _arm_deg(points: Points, side: Side, ahead: float) -> float:
    """Return the arm's angle from hanging straight down, positive to where `ahead` points.

    The wrist has a share in it: it lies further off, so that the same error turns it less.
    """
    upper = _hanging_deg(points, side, "elbow", ahead)
    whole = _hanging_deg(points, side, "wrist", ahead)
    return upper + _WRIST_SHARE * math.remainder(whole - upper, 360.0)


def _hanging_deg(points: Points, side: Side, end: str, ahead: float) -> float:
    """Return the angle of the line from the shoulder to `end` from hanging straight down."""
    across, up = points[f"{end}_{side}"] - points[f"shoulder_{side}"]
    return math.degrees(math.atan2(ahead * across, -up))


def elbow_flexion_deg(points: Points, side: Side) -> float:
    """Return how far the forearm leaves the upper arm's line, in [0, 180]."""
    upper = lean_deg(points[f"shoulder_{side}"], points[f"elbow_{side}"])
    fore = lean_deg(points[f"elbow_{side}"], points[f"wrist_{side}"])
    return abs(math.remainder(fore - upper, 360.0))


def knee_flexion_deg(points: Points, side: Side) -> float:
    """Return the angle between shank and thigh: from the side how far the knee is bent."""
    thigh = lean_deg(points[f"knee_centre_{side}"], points[f"hip_{side}"])
    return math.remainder(_shank_lean(points, side) - thigh, 360.0)


def _shank_lean(points: Points, side: Side) -> float:
    return lean_deg(points[f"ankle_{side}"], points[f"knee_centre_{side}"])


def _thigh_above_horizontal(points: Points, side: Side) -> float:
    across, up = points[f"hip_{side}"] - points[f"knee_centre_{side}"]
    return math.degrees(math.atan2(up, abs(across)))


def _knee_inwards(points: Points, side: Side) -> float:
    inward = -1.0 if side == "right" else 1.0
    return inward * knee_flexion_deg(points, side)


ANGLES: Mapping[str, Angle] = MappingProxyType(
    {
        "cervical_flexion_deg": _cervical_flexion,
        "cervical_extension_deg": _cervical_extension,
        "cervical_lateral_flexion_deg": _cervical_lateral,
        "shoulder_flexion_deg": lambda n, e, s: _arm_flexion(e, s) - _arm_flexion(n, s),
        "shoulder_abduction_deg": lambda n, e, s: _arm_abduction(e, s) - _arm_abduction(n, s),
        "trunk_flexion_deg": lambda n, e, s: _change(n, e, lambda p: trunk_lean_deg(p, s)),
        "trunk_side_bend_deg": lambda n, e, s: (
            (1.0 if s == "right" else -1.0) * _change(n, e, mid_trunk_lean_deg)
        ),
        "thigh_below_horizontal_deg": lambda n, e, s: _thigh_above_horizontal(e, s),
        "knee_flexion_thomas_deg": lambda n, e, s: abs(knee_flexion_deg(e, s)),
        "squat_thigh_deg": lambda n, e, s: _thigh_above_horizontal(e, s),
        "squat_knee_flexion_deg": lambda n, e, s: _change(n, e, lambda p: knee_flexion_deg(p, s)),
        "squat_trunk_tibia_deg": lambda n, e, s: trunk_lean_deg(e, s) - _shank_lean(e, s),
        "knee_projection_deg": lambda n, e, s: _change(n, e, lambda p: _knee_inwards(p, s)),
        "ankle_dorsiflexion_deg": lambda n, e, s: _change(n, e, lambda p: _shank_lean(p, s)),
    }
)
"""How each movement is taken: from the neutral points, those at the end, and the side."""
