"""The part of a photo that holds a person, enlarged, with lines and marks drawn on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from posture.anatomy import Method
from posture.draw import canvas as ink
from posture.draw.canvas import Image8, Point
from posture.draw.style import COLOURS, SEGMENT, SHAPES
from posture.landmarks import Pose

__all__ = ["Cutout", "cut_out"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cutout:
    """A picture to draw on: `scale` times the photo, which begins at `origin` in it."""

    picture: Image8
    scale: float
    origin: Point

    def at(self, x_px: float, y_px: float) -> Point:
        """Return where a place of the photo lies in the picture."""
        return (
            (x_px + 0.5 - self.origin[0]) * self.scale - 0.5,
            (y_px + 0.5 - self.origin[1]) * self.scale - 0.5,
        )

    def draw(
        self,
        lines: Iterable[tuple[Point, Point]],
        marks: Mapping[Point, Method],
        *,
        width: float,
        radius: float,
    ) -> None:
        """Draw lines and then marks, given in the photo; sizes in % of the picture's height."""
        unit = self.picture.shape[0] / 100
        for one, two in lines:
            ends = self.at(*one), self.at(*two)
            ink.line(self.picture, *ends, width=width * unit, colour=SEGMENT)
        for place, method in marks.items():
            ink.marker(
                self.picture,
                self.at(*place),
                SHAPES[method],
                radius=radius * unit,
                colour=COLOURS[method],
            )


def cut_out(
    pixels: Image8,
    pose: Pose,
    *,
    margin: float,
    height_px: int,
    names: Iterable[str] | None = None,
) -> Cutout:
    """Return the part of a photo that holds a person's points, all unless `names` are given.

    `margin` is the room around them, as a share of the larger side of their box.
    """
    shown = pose.points if names is None else names
    places = np.array([(pose.points[name].x_px, pose.points[name].y_px) for name in shown])
    low, high = places.min(axis=0), places.max(axis=0)
    room = margin * float((high - low).max())
    left, top = np.maximum(np.floor(low - room), 0).astype(int)
    right, bottom = np.minimum((high + room).astype(int) + 1, pixels.shape[1::-1])
    scale = height_px / (bottom - top)
    size = (max(1, round((right - left) * scale)), height_px)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(pixels[top:bottom, left:right], size, interpolation=method)
    return Cutout(
        picture=np.asarray(picture, dtype=np.uint8).copy(),
        scale=float(scale),
        origin=(float(left), float(top)),
    )
