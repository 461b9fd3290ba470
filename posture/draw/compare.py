"""Two photos of one client on a common scale and plumb line, side by side and overlaid."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from posture.anatomy import LANDMARK_PROTOCOL
from posture.capture.level import as_levelled
from posture.draw import canvas as ink
from posture.draw.canvas import Image8, Point
from posture.draw.figures import find_first, plumb_x_px, segments_of
from posture.draw.style import INK, PAPER, PLUMB, Rgb
from posture.results import AssessedPhoto

__all__ = ["AFTER", "BEFORE", "Aligned", "align", "draw_aligned", "draw_overlay"]

BEFORE: Rgb = (86, 180, 233)
AFTER: Rgb = (230, 159, 0)
"""Of Okabe and Ito, told apart with any colour vision."""

_HEIGHT_PX, _WIDTH_PX = 1200, 720
_STATURE_SHARE, _FLOOR_SHARE = 0.88, 0.95
_HEAD, _ANKLE = ("tragus", "ear"), ("malleolus", "ankle")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aligned:
    """A photo moved so that floor, plumb line and stature lie where they do in every other.

    `pixels` is the picture, RGB; a photo position times `scale` plus `origin` is one of it.
    """

    pixels: Image8
    photo: AssessedPhoto
    scale: float
    origin: Point

    def at(self, x_px: float, y_px: float) -> Point:
        """Return where a position of the photo lies in the picture."""
        return (x_px * self.scale + self.origin[0], y_px * self.scale + self.origin[1])


def align(pixels: Image8, photo: AssessedPhoto) -> Aligned | None:
    """Return the photo on the common scale, or None where head or feet were not found.

    Parameters
    ----------
    pixels
        The upright photo, RGB uint8, shape (H, W, 3). Not changed.
    photo
        Its view and landmarks.

    Notes
    -----
    The scale is the height from ankle to ear over their usual shares of stature. A photo that
    was levelled before it was measured is shown level.
    """
    pixels, photo = as_levelled(pixels, photo)
    ear, ankle = photo.landmarks.middle(*_HEAD), photo.landmarks.middle(*_ANKLE)
    plumb = plumb_x_px(photo.landmarks, photo.view)
    if ear is None or ankle is None or plumb is None or ankle[1] <= ear[1]:
        return None
    head, sole = ear[1], ankle[1]
    shares = [LANDMARK_PROTOCOL[name].height_fraction or 0.0 for name in ("tragus", "malleolus")]
    scale = _STATURE_SHARE * _HEIGHT_PX * (shares[0] - shares[1]) / (sole - head)
    floor = _FLOOR_SHARE * _HEIGHT_PX - shares[1] * _STATURE_SHARE * _HEIGHT_PX
    origin = (_WIDTH_PX / 2 - plumb * scale, floor - sole * scale)
    matrix = np.array([[scale, 0.0, origin[0]], [0.0, scale, origin[1]]])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    moved = cv2.warpAffine(
        pixels, matrix, (_WIDTH_PX, _HEIGHT_PX), flags=method, borderMode=cv2.BORDER_REPLICATE
    )
    return Aligned(
        pixels=np.asarray(moved, dtype=np.uint8), photo=photo, scale=scale, origin=origin
    )


def draw_aligned(aligned: Aligned, colour: Rgb) -> Image8:
    """Return the picture with its body's lines, its landmarks and the plumb line."""
    picture = aligned.pixels.copy()
    _plumb_line(picture)
    _body(picture, aligned, colour)
    return picture


def draw_overlay(before: Aligned, after: Aligned) -> Image8:
    """Return both pictures in one, paled, with the lines of both bodies."""
    mixed = cv2.addWeighted(before.pixels, 0.5, after.pixels, 0.5, 0.0)
    picture = cv2.addWeighted(np.asarray(mixed), 0.75, np.full_like(before.pixels, 255), 0.25, 0.0)
    drawn = np.asarray(picture, dtype=np.uint8).copy()
    _plumb_line(drawn)
    _body(drawn, before, BEFORE)
    _body(drawn, after, AFTER)
    return drawn


def _plumb_line(picture: Image8) -> None:
    top, bottom = 0.02 * _HEIGHT_PX, _FLOOR_SHARE * _HEIGHT_PX
    middle = _WIDTH_PX / 2
    ink.dashed_line(picture, (middle, top), (middle, bottom), width=2.0, colour=PLUMB)
    ink.line(picture, (0.0, bottom), (float(_WIDTH_PX), bottom), width=1.4, colour=PAPER, halo=INK)


def _body(picture: Image8, aligned: Aligned, colour: Rgb) -> None:
    photo = aligned.photo
    pairs = segments_of(photo.view)
    ends: list[Point] = []
    for names in pairs:
        found = [find_first(photo.landmarks, name, photo.view) for name in names]
        marks = [item[1] for item in found if item is not None]
        if len(marks) == len(names):
            a, b = (aligned.at(mark.x_px, mark.y_px) for mark in marks)
            ink.line(picture, a, b, width=3.0, colour=colour)
            ends += [a, b]
    for point in dict.fromkeys(ends):
        ink.marker(picture, point, "circle", radius=6.0, colour=colour)
