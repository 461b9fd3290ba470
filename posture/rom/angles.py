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

__all__ = ["ANGLES", "Points", "body_turn_deg", "foot_lift_deg", "lean_deg"]

Points = Mapping[str, NDArray[np.float64]]
Angle = Callable[[Points, Points, Side], float]

_FACE = ("nose", "eye_inner", "eye", "eye_outer", "ear", "mouth")


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


def _change(neutral: Points, end: Points, angle: Callable[[Points], float]) -> float:
    return math.remainder(angle(end) - angle(neutral), 360.0)


def _middle(points: Points, name: str) -> NDArray[np.float64]:
    return (points[f"{name}_left"] + points[f"{name}_right"]) / 2


def _trunk(points: Points, side: Side) -> float:
    return lean_deg(points[f"hip_{side}"], points[f"shoulder_{side}"])


def _mid_trunk(points: Points) -> float:
    return lean_deg(_middle(points, "hip"), _middle(points, "shoulder"))


def _cervical_extension(neutral: Points, end: Points, side: Side) -> float:
    face = [name if name == "nose" else f"{name}_{side}" for name in _FACE]
    return body_turn_deg(neutral, end, face) + _change(neutral, end, lambda p: _trunk(p, side))


def _cervical_flexion(neutral: Points, end: Points, side: Side) -> float:
    return -_cervical_extension(neutral, end, side)


def _cervical_lateral(neutral: Points, end: Points, side: Side) -> float:
    """Return the eye line's turn against the shoulder line's, towards `side`."""
    eyes = [name for name in neutral if name.startswith("eye")]
    shoulders = body_turn_deg(neutral, end, ("shoulder_left", "shoulder_right"))
    # The client's right goes down where +x turns to −y.
    to_right = -(body_turn_deg(neutral, end, eyes) - shoulders)
    return to_right if side == "right" else -to_right


def _arm_flexion(points: Points, side: Side) -> float:
    """Return the upper arm's angle from hanging along the trunk, forwards, in [−90, 270)."""
    arm = points[f"elbow_{side}"] - points[f"shoulder_{side}"]
    return (math.degrees(math.atan2(arm[0], -arm[1])) + _trunk(points, side) + 90.0) % 360.0 - 90.0


def _arm_abduction(points: Points, side: Side) -> float:
    """Return the upper arm's angle from hanging along the trunk, outwards, in [−90, 270)."""
    out = 1.0 if side == "right" else -1.0
    arm = points[f"elbow_{side}"] - points[f"shoulder_{side}"]
    hanging = math.degrees(math.atan2(out * arm[0], -arm[1]))
    return (hanging + out * _mid_trunk(points) + 90.0) % 360.0 - 90.0


def _knee_flexion(points: Points, side: Side) -> float:
    thigh = lean_deg(points[f"knee_centre_{side}"], points[f"hip_{side}"])
    shank = lean_deg(points[f"ankle_{side}"], points[f"knee_centre_{side}"])
    return math.remainder(shank - thigh, 360.0)


def _thigh_above_horizontal(points: Points, side: Side) -> float:
    across, up = points[f"hip_{side}"] - points[f"knee_centre_{side}"]
    return math.degrees(math.atan2(up, abs(across)))


def _knee_inwards(points: Points, side: Side) -> float:
    inward = -1.0 if side == "right" else 1.0
    thigh = lean_deg(points[f"knee_centre_{side}"], points[f"hip_{side}"])
    shank = lean_deg(points[f"ankle_{side}"], points[f"knee_centre_{side}"])
    return inward * math.remainder(shank - thigh, 360.0)


ANGLES: Mapping[str, Angle] = MappingProxyType(
    {
        "cervical_flexion_deg": _cervical_flexion,
        "cervical_extension_deg": _cervical_extension,
        "cervical_lateral_flexion_deg": _cervical_lateral,
        "shoulder_flexion_deg": lambda n, e, s: _arm_flexion(e, s) - _arm_flexion(n, s),
        "shoulder_abduction_deg": lambda n, e, s: _arm_abduction(e, s) - _arm_abduction(n, s),
        "trunk_flexion_deg": lambda n, e, s: _change(n, e, lambda p: _trunk(p, s)),
        "trunk_side_bend_deg": lambda n, e, s: (
            (1.0 if s == "right" else -1.0) * _change(n, e, _mid_trunk)
        ),
        "thigh_below_horizontal_deg": lambda n, e, s: _thigh_above_horizontal(e, s),
        "knee_flexion_thomas_deg": lambda n, e, s: abs(_knee_flexion(e, s)),
        "squat_thigh_deg": lambda n, e, s: _thigh_above_horizontal(e, s),
        "squat_knee_flexion_deg": lambda n, e, s: _change(n, e, lambda p: _knee_flexion(p, s)),
        "squat_trunk_tibia_deg": lambda n, e, s: (
            _trunk(e, s) - lean_deg(e[f"ankle_{s}"], e[f"knee_centre_{s}"])
        ),
        "knee_projection_deg": lambda n, e, s: _change(n, e, lambda p: _knee_inwards(p, s)),
        "ankle_dorsiflexion_deg": lambda n, e, s: _change(
            n, e, lambda p: lean_deg(p[f"ankle_{s}"], p[f"knee_centre_{s}"])
        ),
    }
)
"""How each movement is taken: from the neutral points, those at the end, and the side."""
