"""How each measure follows from points in the body's frame.

Side views: x forward (anterior), y up; near-side points go without their side. Frontal
views: x towards the client's right, y up. Lengths come out in the unit of the points.
Each function takes the points by name, as the table lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from posture.geometry import (
    angle_above_horizontal_deg,
    bend_deg,
    from_vertical_deg,
    line_tilt_deg,
    midpoint,
)

__all__ = ["FORMULAS", "PLUMB_ANTERIOR_OF_MALLEOLUS", "Points"]

Points = Mapping[str, NDArray[np.float64]]

PLUMB_ANTERIOR_OF_MALLEOLUS = 0.0145
"""The plumb line stands this share of stature ahead of the lateral malleolus (2.5 cm at
172 cm; Kendall places it "slightly anterior", 2–3 cm is customary)."""


def _ahead(front: str, back: str) -> Callable[[Points], float]:
    return lambda p: float(p[front][0] - p[back][0])


def _above_horizontal(start: str, end: str) -> Callable[[Points], float]:
    return lambda p: angle_above_horizontal_deg(p[start], p[end])


def _lean(below: str, above: str) -> Callable[[Points], float]:
    return lambda p: from_vertical_deg(p[below], p[above])


def _bend(top: str, vertex: str, bottom: str) -> Callable[[Points], float]:
    return lambda p: bend_deg(p[top], p[vertex], p[bottom])


def _tilt(name: str) -> Callable[[Points], float]:
    return lambda p: line_tilt_deg(p[f"{name}_right"], p[f"{name}_left"])


def _shift(upper: str, lower: str) -> Callable[[Points], float]:
    return lambda p: float(_centre(p, upper)[0] - _centre(p, lower)[0])


def _centre(p: Points, name: str) -> NDArray[np.float64]:
    return p[name] if name in p else midpoint(p[f"{name}_left"], p[f"{name}_right"])


def _forward_shoulder_angle(p: Points) -> float:
    return 90.0 + angle_above_horizontal_deg(p["c7"], p["acromion"])


def _valgus(
    side: str, chain: tuple[str, str, str] = ("hip", "knee_centre", "ankle")
) -> Callable[[Points], float]:
    inward = -1.0 if side == "right" else 1.0
    top, vertex, bottom = (f"{name}_{side}" for name in chain)
    return lambda p: inward * bend_deg(p[top], p[vertex], p[bottom])


_HEEL = ("calf", "achilles", "calcaneus")


FORMULAS: Mapping[str, Callable[[Points], float]] = {
    "craniovertebral_angle_deg": _above_horizontal("c7", "tragus"),
    "forward_head_cm": _ahead("tragus", "acromion"),
    "sagittal_head_angle_deg": _above_horizontal("tragus", "canthus"),
    "forward_shoulder_angle_deg": _forward_shoulder_angle,
    "shoulder_forward_cm": _ahead("acromion", "c7"),
    "trunk_lean_deg": _lean("trochanter", "acromion"),
    "pelvic_tilt_deg": lambda p: -angle_above_horizontal_deg(p["psis"], p["asis"]),
    "knee_flexion_deg": _bend("trochanter", "knee", "malleolus"),
    "body_lean_deg": _lean("malleolus", "tragus"),
    "plumb_ear_cm": _ahead("tragus", "malleolus"),
    "plumb_acromion_cm": _ahead("acromion", "malleolus"),
    "plumb_trochanter_cm": _ahead("trochanter", "malleolus"),
    "plumb_knee_cm": _ahead("knee", "malleolus"),
    "head_tilt_deg": _tilt("tragus"),
    "head_shift_cm": _shift("tragus", "acromion"),
    "shoulder_tilt_deg": _tilt("acromion"),
    "trunk_shift_cm": _shift("acromion", "asis"),
    "pelvic_obliquity_deg": _tilt("asis"),
    "trunk_shift_psis_cm": _shift("acromion", "psis"),
    "pelvic_obliquity_psis_deg": _tilt("psis"),
    "knee_valgus_left_deg": _valgus("left"),
    "knee_valgus_right_deg": _valgus("right"),
    "scapular_tilt_deg": _tilt("scapula"),
    "calcaneal_angle_left_deg": _valgus("left", _HEEL),
    "calcaneal_angle_right_deg": _valgus("right", _HEEL),
    "ear_shoulder_angle_deg": _lean("shoulder", "ear"),
    "ear_shoulder_offset_cm": _ahead("ear", "shoulder"),
    "eye_ear_angle_deg": _above_horizontal("ear", "eye_outer"),
    "shoulder_hip_angle_deg": _lean("hip", "shoulder"),
    "hip_knee_angle_deg": _lean("knee_centre", "hip"),
    "hip_knee_ankle_angle_deg": _bend("hip", "knee_centre", "ankle"),
    "ear_ankle_angle_deg": _lean("ankle", "ear"),
    "eye_line_tilt_deg": _tilt("eye_outer"),
    "nose_shoulder_shift_cm": _shift("nose", "shoulder"),
    "shoulder_line_tilt_deg": _tilt("shoulder"),
    "shoulder_hip_shift_cm": _shift("shoulder", "hip"),
    "hip_line_tilt_deg": _tilt("hip"),
    "leg_line_left_deg": _valgus("left"),
    "leg_line_right_deg": _valgus("right"),
}
"""One formula per measure id. Plumb-line offsets come out from the malleolus itself; the
plumb line's distance ahead of it is a share of stature and subtracted with the scale.
Foot turn-out, the curve indices and the waist need more than points of one picture plane
and stand elsewhere."""
