"""Which lines and arcs are drawn for which measure: data, and how to find the points.

Points are named as in the table of measures: without side where the near side of a side
view is meant. Positions are pixels of the upright photo, x right, y down.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from posture.anatomy import LANDMARK_PROTOCOL, View, near_side, sided
from posture.landmarks import Landmark
from posture.measures.formulas import PLUMB_ANTERIOR_OF_MALLEOLUS

__all__ = [
    "FIGURES",
    "Figure",
    "body_sign",
    "find_first",
    "find_landmark",
    "plumb_x_px",
    "segments_of",
]

Kind = Literal["arc", "bend", "tilt"]
Reference = Literal["forward", "up", "down"]
Place = Literal["front", "back", "picture left", "picture right", "client left", "client right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How one measure is drawn.

    `arc`: the angle at `points[0]` from a reference direction to `points[1]`.
    `bend`: the angle at `points[1]` between the straight continuation of the line from
    `points[0]` and `points[2]`. `tilt`: the line through both points against the
    horizontal. `label` says in which margin the label stands. `turn` is how the drawn arm
    rotates as the value grows, +1 anticlockwise, for a client who faces the picture's right
    or is seen from behind; it is mirrored for the other views. `leader` is what the label's line
    points at: the arc, or the middle of the arm where the way to the arc leads over the face.
    """

    kind: Kind
    points: tuple[str, ...]
    label: Place
    turn: Literal[-1, 1]
    reference: Reference | None = None
    leader: Literal["arc", "arm"] = "arc"


def _arc(
    start: str,
    end: str,
    reference: Reference,
    label: Place,
    turn: Literal[-1, 1],
    leader: Literal["arc", "arm"] = "arc",
) -> Figure:
    return Figure(
        kind="arc",
        points=(start, end),
        reference=reference,
        label=label,
        turn=turn,
        leader=leader,
    )


def _tilt(name: str, label: Place) -> Figure:
    return Figure(kind="tilt", points=(f"{name}_right", f"{name}_left"), label=label, turn=1)


def _leg(
    side: Literal["left", "right"],
    chain: tuple[str, str, str] = ("hip", "knee_centre", "ankle"),
) -> Figure:
    return Figure(
        kind="bend",
        points=tuple(f"{name}_{side}" for name in chain),
        label="client left" if side == "left" else "client right",
        turn=-1 if side == "left" else 1,
    )


_HEEL = ("calf", "achilles", "calcaneus")

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "craniovertebral_angle_deg": _arc("c7", "tragus", "forward", "back", 1, "arm"),
        "forward_shoulder_angle_deg": _arc("c7", "acromion", "down", "back", 1),
        "trunk_lean_deg": _arc("trochanter", "acromion", "up", "front", -1),
        "pelvic_tilt_deg": _arc("psis", "asis", "forward", "front", -1),
        "knee_flexion_deg": Figure(
            kind="bend", points=("trochanter", "knee", "malleolus"), label="back", turn=-1
        ),
        "ear_shoulder_angle_deg": _arc("shoulder", "ear", "up", "back", -1, "arm"),
        "shoulder_hip_angle_deg": _arc("hip", "shoulder", "up", "front", -1),
        "hip_knee_angle_deg": _arc("knee_centre", "hip", "up", "front", -1),
        "hip_knee_ankle_angle_deg": Figure(
            kind="bend", points=("hip", "knee_centre", "ankle"), label="back", turn=-1
        ),
        "head_tilt_deg": _tilt("tragus", "picture right"),
        "shoulder_tilt_deg": _tilt("acromion", "picture left"),
        "pelvic_obliquity_deg": _tilt("asis", "picture right"),
        "scapular_tilt_deg": _tilt("scapula", "picture right"),
        "pelvic_obliquity_psis_deg": _tilt("psis", "picture right"),
        "calcaneal_angle_left_deg": _leg("left", _HEEL),
        "calcaneal_angle_right_deg": _leg("right", _HEEL),
        "eye_line_tilt_deg": _tilt("eye_outer", "picture right"),
        "shoulder_line_tilt_deg": _tilt("shoulder", "picture left"),
        "hip_line_tilt_deg": _tilt("hip", "picture right"),
        "knee_valgus_left_deg": _leg("left"),
        "knee_valgus_right_deg": _leg("right"),
        "leg_line_left_deg": _leg("left"),
        "leg_line_right_deg": _leg("right"),
    }
)
"""One figure per measure that is drawn. Measures without one stand in the table only."""

_JOINTS = {
    "head": ("tragus", "ear"),
    "neck": ("c7", "acromion", "shoulder"),
    "shoulder": ("acromion", "shoulder"),
    "hip": ("trochanter", "hip"),
    "knee": ("knee", "knee_centre"),
    "ankle": ("malleolus", "ankle"),
}
_CHAIN = ("head", "neck", "shoulder", "hip", "knee", "ankle")

_LATERAL_SEGMENTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = tuple(
    (_JOINTS[upper], _JOINTS[lower]) for upper, lower in itertools.pairwise(_CHAIN)
)
"""Ends of the body's segments in a side view: for each end, names in order of preference."""


def _of_side(names: tuple[str, ...], side: Literal["left", "right"]) -> tuple[str, ...]:
    return tuple(sided(name, side) for name in names)


_SHOULDERS, _HIPS, _LEG_POINTS = ("acromion", "shoulder"), ("hip",), ("hip", "knee_centre", "ankle")

_FRONTAL_SEGMENTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (_of_side(_SHOULDERS, "right"), _of_side(_SHOULDERS, "left")),
    (_of_side(_HIPS, "right"), _of_side(_HIPS, "left")),
    *(
        (_of_side((upper,), side), _of_side((lower,), side))
        for side in ("left", "right")
        for upper, lower in itertools.pairwise(_LEG_POINTS)
    ),
    *((_of_side(_SHOULDERS, side), _of_side(_HIPS, side)) for side in ("left", "right")),
)
"""Ends of the body's segments in a front or back view."""


def segments_of(view: View) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return the ends of the body's segments in a view, each as names in order of preference."""
    return _LATERAL_SEGMENTS if view.is_lateral else _FRONTAL_SEGMENTS


def body_sign(view: View) -> int:
    """Return +1 where the body's x axis points to the picture's right, else −1.

    The body's x axis is forward in side views, towards the client's right in others.
    """
    return 1 if view in (View.RIGHT, View.BACK) else -1


def find_landmark(
    landmarks: Mapping[str, Landmark], name: str, view: View
) -> tuple[str, Landmark] | None:
    """Return a landmark with its full name; in side views an unsided name is the near one."""
    full = name
    if name not in landmarks and view.is_lateral:
        full = sided(name, near_side(view))
    mark = landmarks.get(full)
    return None if mark is None else (full, mark)


def find_first(
    landmarks: Mapping[str, Landmark], names: tuple[str, ...], view: View
) -> tuple[str, Landmark] | None:
    """Return the first of several landmarks that is present."""
    found = (find_landmark(landmarks, name, view) for name in names)
    return next((pair for pair in found if pair is not None), None)


def plumb_x_px(landmarks: Mapping[str, Landmark], view: View) -> float | None:
    """Return where the plumb line stands in the picture, or None without ankles.

    Side views: 1.45 % of stature ahead of the near lateral malleolus, stature taken from
    the height between tragus and malleolus. Frontal views: midway between the ankles.
    """
    if not view.is_lateral:
        ends = [
            find_first(landmarks, _of_side(_JOINTS["ankle"], side), view)
            for side in ("left", "right")
        ]
        if ends[0] is None or ends[1] is None:
            return None
        return (ends[0][1].x_px + ends[1][1].x_px) / 2.0
    ankle = find_first(landmarks, _JOINTS["ankle"], view)
    head = find_first(landmarks, _JOINTS["head"], view)
    if ankle is None or head is None:
        return None
    stature_px = (ankle[1].y_px - head[1].y_px) / (_height("tragus") - _height("malleolus"))
    return ankle[1].x_px + body_sign(view) * PLUMB_ANTERIOR_OF_MALLEOLUS * stature_px


def _height(landmark: str) -> float:
    """Return a landmark's usual height as a share of stature."""
    return LANDMARK_PROTOCOL[landmark].height_fraction or 0.0
