"""What is drawn over a photo, and how two photos are brought to one size. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from posture.anatomy import LANDMARKS
from posture.draw.figures import (
    FIGURES,
    find_first,
    find_landmark,
    plumb_x_px,
    segments_of,
)
from posture.landmarks import Landmark
from posture.measures import MEASURES
from posture.results import AssessedPhoto
from posture.web.display import Display

__all__ = [
    "Crop",
    "Drawing",
    "PlacedMark",
    "as_json",
    "body_crop",
    "drawing",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedMark:
    """A landmark on a photo, ready to be drawn."""

    name: str
    title: str
    x: float
    y: float
    method: str
    method_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is drawn over one photo, in its pixels; `unit` is a thousandth of its height."""

    width: int
    height: int
    unit: float
    marks: tuple[PlacedMark, ...]
    segments: tuple[tuple[float, float, float, float], ...]
    arms: tuple[tuple[float, float, float, float], ...]
    plumb_x: float | None


def drawing(photo: AssessedPhoto, display: Display) -> Drawing:
    """Return the landmarks, the body's segments, the measured lines and the plumb line."""
    landmarks = photo.landmarks
    pairs = segments_of(photo.view)
    segments = [
        (find_first(landmarks, upper, photo.view), find_first(landmarks, lower, photo.view))
        for upper, lower in pairs
    ]
    arms = [
        [find_landmark(landmarks, name, photo.view) for name in FIGURES[measure].points]
        for measure in FIGURES
        if not MEASURES[measure].is_proxy and FIGURES[measure].kind != "bend"
    ]
    drawn = [name for name in landmarks if name in LANDMARKS] or _detected(landmarks)
    return Drawing(
        width=photo.width_px,
        height=photo.height_px,
        unit=photo.height_px / 1000,
        marks=tuple(_mark(name, landmarks[name], display) for name in drawn),
        segments=tuple(_line(a[1], b[1]) for a, b in segments if a and b),
        arms=tuple(_line(pair[0][1], pair[1][1]) for pair in arms if pair[0] and pair[1]),
        plumb_x=plumb_x_px(landmarks, photo.view),
    )


def _detected(landmarks: Mapping[str, Landmark]) -> list[str]:
    joints = ("ear", "shoulder", "hip", "knee_centre", "ankle")
    return [name for name in landmarks if name.rsplit("_", 1)[0] in joints]


def _line(a: Landmark, b: Landmark) -> tuple[float, float, float, float]:
    return (round(a.x_px, 1), round(a.y_px, 1), round(b.x_px, 1), round(b.y_px, 1))


def _mark(name: str, mark: Landmark, display: Display) -> PlacedMark:
    return PlacedMark(
        name=name,
        title=display.landmark(name),
        x=round(mark.x_px, 1),
        y=round(mark.y_px, 1),
        method=mark.method.value,
        method_name=display.method(mark.method),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A part of a photo that shows the body at a set size, so that two photos can be laid over."""

    x: float
    y: float
    width: float
    height: float

    @property
    def view_box(self) -> str:
        """The crop as an SVG `viewBox`."""
        return f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"


_CROP_RATIO = 0.5
_HEAD_SHARE, _FEET_SHARE = 0.13, 0.93


def body_crop(photo: AssessedPhoto) -> Crop:
    """Return the crop in which ears and ankles come to the same heights in every photo.

    The whole photo where they are not known.
    """
    head = photo.landmarks.middle("tragus", "ear")
    feet = photo.landmarks.middle("malleolus", "ankle")
    if head is None or feet is None or feet[1] - head[1] < photo.height_px * 0.2:
        width = photo.height_px * _CROP_RATIO
        return Crop(
            x=(photo.width_px - width) / 2, y=0.0, width=width, height=float(photo.height_px)
        )
    height = (feet[1] - head[1]) / (_FEET_SHARE - _HEAD_SHARE)
    width = height * _CROP_RATIO
    return Crop(x=feet[0] - width / 2, y=head[1] - height * _HEAD_SHARE, width=width, height=height)


def as_json(landmarks: Mapping[str, Landmark]) -> dict[str, dict[str, Any]]:
    """Return landmarks as the scripts take them."""
    return {
        name: {
            "x_px": round(mark.x_px, 2),
            "y_px": round(mark.y_px, 2),
            "method": mark.method.value,
            "sd_px": round(mark.sd_px, 2),
        }
        for name, mark in landmarks.items()
    }
