"""One photo of a range-of-motion test with the lines that were measured."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from posture.anatomy import Method, Side
from posture.draw import canvas as ink
from posture.draw.canvas import Image8, Point
from posture.draw.style import COLOURS, SEGMENT, SHAPES
from posture.rom.catalogue import RomTest
from posture.rom.measure import RomPhoto

__all__ = ["draw_movement"]

_MARGIN = 0.16
"""Room around the points, as a share of the larger side of their box."""


def draw_movement(
    photo: RomPhoto, test: RomTest, sides: Sequence[Side], *, height_px: int = 1100
) -> Image8:
    """Return the photo, cropped to the client, with the test's lines and their ends.

    Parameters
    ----------
    photo
        The photo with its points.
    test, sides
        What was measured, on which sides of the client.
    height_px
        Height of the picture.
    """
    picture, scale, origin = _cropped(photo, height_px)
    unit = height_px / 100

    def at(name: str) -> Point:
        point = photo.pose.points[name]
        return (
            (point.x_px + 0.5 - origin[0]) * scale - 0.5,
            (point.y_px + 0.5 - origin[1]) * scale - 0.5,
        )

    lines = [
        (_full(one, photo, side), _full(two, photo, side))
        for side in sides
        for one, two in test.lines
    ]
    for one, two in dict.fromkeys(lines):
        ink.line(picture, at(one), at(two), width=0.5 * unit, colour=SEGMENT)
    for name in dict.fromkeys(name for pair in lines for name in pair):
        shape, colour = SHAPES[Method.PROXY], COLOURS[Method.PROXY]
        ink.marker(picture, at(name), shape, radius=0.9 * unit, colour=colour)
    return picture


def _full(stem: str, photo: RomPhoto, side: Side) -> str:
    return stem if stem in photo.pose.points else f"{stem}_{side}"


def _cropped(photo: RomPhoto, height_px: int) -> tuple[Image8, float, Point]:
    """Return the part that holds all points, its scale, and where it began in the photo."""
    pixels = photo.photo.pixels
    places = np.array([(p.x_px, p.y_px) for p in photo.pose.points.values()])
    low, high = places.min(axis=0), places.max(axis=0)
    room = _MARGIN * float((high - low).max())
    left, top = np.maximum(np.floor(low - room), 0).astype(int)
    right = min(pixels.shape[1], int(high[0] + room) + 1)
    bottom = min(pixels.shape[0], int(high[1] + room) + 1)
    scale = height_px / (bottom - top)
    size = (max(1, round((right - left) * scale)), height_px)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(pixels[top:bottom, left:right], size, interpolation=method)
    return np.asarray(picture, dtype=np.uint8).copy(), scale, (float(left), float(top))
