"""Whether the points found are those of a whole person standing, arms down, feet square.

A pose network answers with a whole body whatever it sees: it invents legs below a bust, and
takes a seated client for a standing one. The shares of the body give that away. The ranges
are those of clients who stand, widened; docs/decisions/0016-photo-quality.md says of whom.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.landmarks import Pose
from posture.results import QualityNote
from posture.silhouette import Outline

__all__ = ["check_stance"]

Vector = NDArray[np.float64]
_SIDES = ("left", "right")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """Where a share or an angle is out of the ordinary, and where out of question."""

    warn: tuple[float, float]
    refuse: tuple[float, float]


_SHARES = {
    "trunk_of_leg": _Limits(warn=(0.48, 0.85), refuse=(0.44, 0.95)),
    "thigh_of_shank": _Limits(warn=(0.78, 1.45), refuse=(0.65, 1.70)),
    "head_of_trunk": _Limits(warn=(0.24, 0.60), refuse=(0.10, 0.75)),
    "sole_below_ankle": _Limits(warn=(0.03, 0.35), refuse=(-0.06, 0.60)),
    "crown_above_ear": _Limits(warn=(0.03, 0.21), refuse=(0.0, 0.40)),
    "shank_breadth": _Limits(warn=(0.16, 2.0), refuse=(0.10, 3.0)),
}
_LEAN = {
    "lateral": _Limits(warn=(0.0, 24.0), refuse=(0.0, 30.0)),
    "frontal": _Limits(warn=(0.0, 27.0), refuse=(0.0, 34.0)),
}
_KNEES = {
    "lateral": _Limits(warn=(0.0, 32.0), refuse=(0.0, 45.0)),
    "frontal": _Limits(warn=(0.0, 52.0), refuse=(0.0, 60.0)),
}
_HIPS = {
    "lateral": _Limits(warn=(0.0, 32.0), refuse=(0.0, 42.0)),
    "frontal": _Limits(warn=(0.0, 54.0), refuse=(0.0, 62.0)),
}
_THIGHS = _Limits(warn=(0.0, 33.0), refuse=(0.0, 45.0))
_INSIDE = 0.5
_LEAST_ANKLE_VISIBILITY = 0.14

_HAND_LEVEL, _HAND_REACH = (-0.20, 0.25), 0.20
_HAND_RAISED, _OTHER_HAND_DOWN, _ABOVE_SHOULDER = 0.75, 0.45, 1.05
_FEET_APART = {"lateral": 0.08, "frontal": 0.045}
_NOSE_ASIDE = 0.65
_HEAD_YAW_DEG = 32.0

_ADVICE = "Ask the client to stand upright and still, weight on both feet, arms at the sides."


def check_stance(pose: Pose, view: View, extent: Outline | None) -> tuple[QualityNote, ...]:
    """Return what is to be said of how the client stands.

    Points in no order from the head down are left to `posture.views.check_fitness`.
    """
    shoulder, hip, ankle = (pose.middle(name)[1] for name in ("shoulder", "hip", "ankle"))
    if not shoulder < hip < ankle:
        return ()
    unfit = _not_standing(pose, view) or _not_whole(pose, extent)
    notes = [unfit, _hands(pose, view), _feet(pose, view), _head(pose, view)]
    if unfit is not None and unfit.severity == "refused":
        notes = [unfit]
    return tuple(note for note in notes if note is not None)


def _not_standing(pose: Pose, view: View) -> QualityNote | None:
    plane = view.plane
    found = (
        (_THIGHS, _thighs_deg(pose), "the thighs raised, as in sitting or squatting"),
        (_LEAN[plane], _lean_deg(pose, view), "the trunk bent"),
        (_KNEES[plane], _knees_deg(pose, view), "the knees bent"),
        (_HIPS[plane], _hips_deg(pose, view), "the hips bent"),
    )
    for severity in ("refused", "warning"):
        for limits, angle, words in found:
            most = (limits.refuse if severity == "refused" else limits.warn)[1]
            if not angle <= most and severity == "refused":
                return _refused(
                    "not_standing",
                    f"expected a client standing upright; found {words} by about {angle:.0f}°. "
                    f"{_ADVICE}",
                )
            if not angle <= most:
                return _warning(
                    "not_standing",
                    f"the client seems to stand with {words} by about {angle:.0f}°. The numbers "
                    "are given, but their intervals were checked on clients who stand "
                    f"straighter. {_ADVICE}",
                )
    return None


def _not_whole(pose: Pose, extent: Outline | None) -> QualityNote | None:
    shares = _shares(pose, extent)
    unlikely = [name for name, value in shares.items() if not _within(value, _SHARES[name].refuse)]
    odd = [name for name, value in shares.items() if not _within(value, _SHARES[name].warn)]
    ankles = max(pose.points[f"ankle_{side}"].visibility for side in _SIDES)
    advice = (
        "Show the whole body from crown to soles, alone, with nothing in front of it, in "
        "clothes that show where the legs are."
    )
    if unlikely or (odd and ankles < _LEAST_ANKLE_VISIBILITY):
        return _refused(
            "implausible_body",
            "expected a whole standing person; the points found have no standing person's "
            f"proportions, so part of the body is hidden or was made up. {advice}",
        )
    if odd == ["sole_below_ankle"] and ankles >= _LEAST_ANKLE_VISIBILITY:
        return _warning(
            "feet_unclear",
            "the feet are hard to tell from the floor, so the client's height in the picture, "
            "and with it all lengths, may be wrong. Use a floor of another colour than shoes "
            "and feet.",
        )
    if odd or ankles < _LEAST_ANKLE_VISIBILITY:
        return _warning(
            "implausible_body",
            "the legs or the head are hard to make out, so their points may be off by more "
            f"than the intervals say. {advice}",
        )
    return None


def _shares(pose: Pose, extent: Outline | None) -> Mapping[str, float]:
    """Return how long parts of the body are against others, upright in the picture."""
    ear, shoulder, hip, knee, ankle = (
        pose.middle(name)[1] for name in ("ear", "shoulder", "hip", "knee_centre", "ankle")
    )
    shares = {
        "trunk_of_leg": _ratio(hip - shoulder, ankle - hip),
        "thigh_of_shank": _ratio(knee - hip, ankle - knee),
        "head_of_trunk": _ratio(shoulder - ear, hip - shoulder),
    }
    if extent is not None and not extent.touches_bottom:
        shares["sole_below_ankle"] = _ratio(extent.sole_y_px - ankle, ankle - shoulder)
    if extent is not None and not extent.touches_top:
        shares["crown_above_ear"] = _ratio(ear - extent.crown_y_px, ankle - shoulder)
    breadth_px = _breadth_px(pose, (knee + ankle) / 2)
    if breadth_px is not None:
        shares["shank_breadth"] = _ratio(breadth_px, hip - shoulder)
    return shares


def _breadth_px(pose: Pose, y_px: float) -> float | None:
    """Return how broad the silhouette is at a height, gaps left out; None without one."""
    mask = pose.silhouette
    if mask is None or not 0 <= y_px < pose.height_px:
        return None
    row = mask[int((y_px + 0.5) / pose.height_px * len(mask))]
    return float(np.count_nonzero(row >= _INSIDE)) / len(row) * pose.width_px


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.inf


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _lean_deg(pose: Pose, view: View) -> float:
    """Return how far the trunk leans; from in front, depth has to tell."""
    if view.is_lateral:
        across, down = pose.middle("hip") - pose.middle("shoulder")
        return math.degrees(math.atan2(abs(across), down))
    trunk = _world(pose, "hip") - _world(pose, "shoulder")
    return _from_plumb_deg(trunk)


def _thighs_deg(pose: Pose) -> float:
    return max(
        _from_plumb_deg(_one(pose, f"knee_centre_{side}") - _one(pose, f"hip_{side}"))
        for side in _SIDES
    )


def _knees_deg(pose: Pose, view: View) -> float:
    place = _flat if view.is_lateral else _one
    return max(
        _bend_deg(*(place(pose, f"{name}_{side}") for name in ("hip", "knee_centre", "ankle")))
        for side in _SIDES
    )


def _hips_deg(pose: Pose, view: View) -> float:
    if view.is_lateral:
        return _bend_deg(*(pose.middle(name) for name in ("shoulder", "hip", "knee_centre")))
    return max(
        _bend_deg(*(_one(pose, f"{name}_{side}") for name in ("shoulder", "hip", "knee_centre")))
        for side in _SIDES
    )


def _flat(pose: Pose, name: str) -> Vector:
    return np.array([pose.points[name].x_px, pose.points[name].y_px])


def _one(pose: Pose, name: str) -> Vector:
    """Return a point with its depth: metric where the detector gives that, else pixels."""
    point = pose.points[name]
    return np.array(point.world_m or (point.x_px, point.y_px, point.z_px))


def _world(pose: Pose, name: str) -> Vector:
    middle: Vector = (_one(pose, f"{name}_left") + _one(pose, f"{name}_right")) / 2
    return middle


def _from_plumb_deg(down: Vector) -> float:
    return math.degrees(math.atan2(math.hypot(down[0], down[2]), down[1]))


def _bend_deg(above: Vector, joint: Vector, below: Vector) -> float:
    """Return how far two segments are from one straight line."""
    first, second = joint - above, below - joint
    sizes = float(np.linalg.norm(first) * np.linalg.norm(second))
    if not sizes:
        return 180.0
    return math.degrees(math.acos(max(-1.0, min(1.0, float(first @ second) / sizes))))


def _hands(pose: Pose, view: View) -> QualityNote | None:
    shoulder, hip = pose.middle("shoulder"), pose.middle("hip")
    trunk = hip[1] - shoulder[1]
    heights = sorted((hip[1] - _flat(pose, f"wrist_{side}")[1]) / trunk for side in _SIDES)
    alone = heights[1] > _HAND_RAISED and heights[0] < _OTHER_HAND_DOWN
    if alone or heights[1] > _ABOVE_SHOULDER:
        return _warning(
            "hand_raised",
            "a hand is raised, which lifts that shoulder. If it holds the phone before a mirror, "
            "the picture may also be mirrored, left for right, which nothing in it tells. Have "
            "someone else take the photo, or use the timer, with both arms at the sides.",
        )
    if view is not View.FRONT:
        return None
    for side in _SIDES:
        hand = _flat(pose, f"index_{side}")
        level, aside = (hip[1] - hand[1]) / trunk, abs(hand[0] - hip[0]) / trunk
        if _within(level, _HAND_LEVEL) and aside < _HAND_REACH:
            return _warning(
                "hand_over_pelvis",
                "a hand covers the pelvis, so its level and place are less sure than the "
                "intervals say. Let both arms hang at the sides.",
            )
    return None


def _feet(pose: Pose, view: View) -> QualityNote | None:
    length = pose.middle("ankle")[1] - pose.middle("shoulder")[1]
    axis = 0 if view.is_lateral else 1
    apart = min(
        abs(_flat(pose, f"{name}_left")[axis] - _flat(pose, f"{name}_right")[axis])
        for name in ("ankle", "heel")
    )
    if apart / length <= _FEET_APART[view.plane]:
        return None
    return _warning(
        "feet_not_square",
        "one foot seems to stand ahead of the other, which turns the pelvis and changes its "
        "tilt. Have the client stand with both heels on one line, square to the camera.",
    )


def _head(pose: Pose, view: View) -> QualityNote | None:
    if view is View.BACK or not _is_turned(pose, view):
        return None
    return _warning(
        "head_turned",
        "the head seems turned to one side, which changes all measures of head and neck. Have "
        "the client look straight ahead at a mark at eye height.",
    )


def _is_turned(pose: Pose, view: View) -> bool:
    if view is View.FRONT:
        left, right = _flat(pose, "ear_left")[0], _flat(pose, "ear_right")[0]
        half = abs(left - right) / 2
        aside = abs(pose.points["nose"].x_px - (left + right) / 2)
        return not aside <= _NOSE_ASIDE * half
    gaze = _one(pose, "nose") - _world(pose, "ear")
    wanted = pose.points["nose"].world_m is not None
    yaw = math.degrees(math.atan2(abs(gaze[2]), abs(gaze[0])))
    return wanted and yaw > _HEAD_YAW_DEG


def _refused(code: str, text: str) -> QualityNote:
    return QualityNote(code=code, severity="refused", text=text)


def _warning(code: str, text: str) -> QualityNote:
    return QualityNote(code=code, severity="warning", text=text)
