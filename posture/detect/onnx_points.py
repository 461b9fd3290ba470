"""Which output of a pose network is which point: the published lists of keypoints.

A network says only how many points it has; the list is known by that number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["KEYPOINT_SETS", "KeypointSet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointSet:
    """One published list of keypoints.

    `points` maps detector points to their place in the list, and `landmarks` the clinical
    landmarks. What this package has no name for is left out, and so are toes and knuckles,
    which each list marks at a place of its own.
    """

    title: str
    size: int
    points: Mapping[str, int]
    landmarks: Mapping[str, int] = field(default_factory=dict)


def _sides(**first: int) -> dict[str, int]:
    """Return pairs whose left side stands at the given place and whose right side follows."""
    return {
        f"{name}_{side}": place + after
        for name, place in first.items()
        for after, side in enumerate(("left", "right"))
    }


def _sides_right_first(**first: int) -> dict[str, int]:
    return {
        f"{name}_{side}": place + after
        for name, place in first.items()
        for after, side in enumerate(("right", "left"))
    }


_BODY = {
    "nose": 0,
    **_sides(eye=1, ear=3, shoulder=5, elbow=7, wrist=9),
    **_sides(hip=11, knee_centre=13, ankle=15),
}
"""COCO's 17 points, with which the other lists begin."""

_SETS = (
    KeypointSet(title="COCO, 17 points", size=17, points=_BODY),
    KeypointSet(title="Halpe, 26 points", size=26, points=_BODY | _sides(heel=24)),
    KeypointSet(
        title="COCO-WholeBody, 133 points",
        size=133,
        points=_BODY
        | {"heel_left": 19, "heel_right": 22}
        | {"eye_outer_right": 59, "eye_inner_right": 62, "eye_inner_left": 65, "eye_outer_left": 68}
        | {"mouth_right": 71, "mouth_left": 77},
    ),
    KeypointSet(
        title="SynthPose, 52 points",
        size=52,
        points=_BODY | _sides(heel=46),
        landmarks={"c7": 48}
        | _sides_right_first(acromion=18, asis=28, psis=30, knee=32, malleolus=36),
    ),
)

KEYPOINT_SETS: Mapping[int, KeypointSet] = MappingProxyType({item.size: item for item in _SETS})
"""The lists by their number of points.

Sources: COCO and COCO-WholeBody as in MMPose's dataset descriptions, Halpe as published by
AlphaPose, SynthPose's model card (Gozlan et al. 2024, OpenCapBench). The face of
COCO-WholeBody begins at 23 and follows iBUG's 68 points, the client's right side first.
SynthPose's lateral markers of knee and ankle are this protocol's knee and malleolus.
"""
