"""The stage of a drawing: the part of the photo shown, its size, the margins for labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from posture.draw.canvas import Image8, Point
from posture.draw.layout import Box
from posture.draw.style import PAPER
from posture.i18n.phrases import Say, as_it_is
from posture.landmarks import LandmarkSet

__all__ = ["Frame", "Stage", "body_box", "set_stage"]

Frame = Literal["body", "photo"]

_HEAD_POINTS = ("nose", "eye", "ear", "mouth", "tragus", "canthus")
_MARGIN_ABOVE, _MARGIN_BELOW, _MARGIN_BESIDE = 0.14, 0.055, 0.075  # shares of body height
_COLUMN, _HEADER, _LEGEND = 0.245, 0.055, 0.075  # shares of the picture's height
_LEAST_BODY_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """A canvas with the photo on it.

    `canvas` is the RGB picture to draw on; a photo position times `scale` plus `origin`
    is a canvas position. `unit` is 1 % of the shown photo's height. `left`, `right` are
    the columns for labels, `header` and `legend` the strips above and below; `keep_free`
    are boxes no label may cover, `photo` is where the photo lies. `plates` says that labels
    stand on the photo itself. `say` puts words into the reader's language.
    """

    canvas: Image8
    scale: float
    origin: Point
    unit: float
    left: Box
    right: Box
    header: Box
    legend: Box
    keep_free: tuple[Box, ...]
    photo: Box
    plates: bool
    say: Say = as_it_is

    def at(self, x_px: float, y_px: float) -> Point:
        """Return where a position of the photo lies on the canvas."""
        return (
            (x_px + 0.5) * self.scale + self.origin[0],
            (y_px + 0.5) * self.scale + self.origin[1],
        )


def body_box(landmarks: LandmarkSet) -> Box | None:
    """Return the box around all landmarks, or None without any."""
    if not landmarks:
        return None
    xs = [mark.x_px for mark in landmarks.values()]
    ys = [mark.y_px for mark in landmarks.values()]
    return Box(left=min(xs), top=min(ys), right=max(xs), bottom=max(ys))


def set_stage(pixels: Image8, landmarks: LandmarkSet, frame: Frame, height_px: int) -> Stage:
    """Return the stage: the client with margins for labels, or the whole photo as it is."""
    if frame == "photo":
        return _whole_photo(pixels, landmarks)
    return _plate(pixels, _crop(pixels, landmarks), height_px)


def _crop(pixels: Image8, landmarks: LandmarkSet) -> Box:
    """Return the part of the photo to show: the body with margins, in whole pixels."""
    height, width = pixels.shape[:2]
    body = body_box(landmarks)
    if body is None or body.height < _LEAST_BODY_SHARE * height:
        return Box(left=0, top=0, right=width, bottom=height)
    side = _MARGIN_BESIDE * body.height
    return Box(
        left=max(0, int(body.left - side)),
        top=max(0, int(body.top - _MARGIN_ABOVE * body.height)),
        right=min(width, int(body.right + side) + 1),
        bottom=min(height, int(body.bottom + _MARGIN_BELOW * body.height) + 1),
    )


def _plate(pixels: Image8, crop: Box, height_px: int) -> Stage:
    """Lay the cropped photo on paper, with margins for labels at both sides."""
    scale = height_px / crop.height
    shown_width = max(1, round(crop.width * scale))
    column, header, legend = (round(share * height_px) for share in (_COLUMN, _HEADER, _LEGEND))
    canvas = np.full(
        (header + height_px + legend, shown_width + 2 * column, 3), PAPER, dtype=np.uint8
    )
    part = pixels[int(crop.top) : int(crop.bottom), int(crop.left) : int(crop.right)]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    canvas[header : header + height_px, column : column + shown_width] = cv2.resize(
        part, (shown_width, height_px), interpolation=method
    )
    total, inset = canvas.shape[1], 0.008 * height_px
    bottom = header + height_px
    return Stage(
        canvas=canvas,
        scale=scale,
        origin=(column - crop.left * scale, header - crop.top * scale),
        unit=height_px / 100,
        left=Box(left=inset, top=header, right=column - inset, bottom=bottom),
        right=Box(left=total - column + inset, top=header, right=total - inset, bottom=bottom),
        header=Box(left=0, top=0, right=total, bottom=header),
        legend=Box(left=0, top=bottom, right=total, bottom=bottom + legend),
        keep_free=(),
        photo=Box(left=column, top=header, right=column + shown_width, bottom=bottom),
        plates=False,
    )


def _whole_photo(pixels: Image8, landmarks: LandmarkSet) -> Stage:
    """Keep the photo's size, with paper around it; columns stand beside the body."""
    height, width = pixels.shape[:2]
    unit = min(height, width * 1.5) / 100
    column, strip, gap = 24 * unit, round(5.5 * unit), 6 * unit
    body = body_box(landmarks) or Box(left=width / 2, top=0, right=width / 2, bottom=height)
    room = column + gap + unit
    before, after = (max(0, math.ceil(room - free)) for free in (body.left, width - body.right))
    body, total = body.moved(before, strip), before + width + after
    canvas = np.full((height + 2 * strip, total, 3), PAPER, dtype=np.uint8)
    canvas[strip : strip + height, before : before + width] = pixels
    top, bottom = strip + unit, strip + height - unit
    left, right = body.left - gap - column, body.right + gap + column
    return Stage(
        canvas=canvas,
        scale=1.0,
        origin=(before - 0.5, strip - 0.5),
        unit=unit,
        left=Box(left=left, top=top, right=left + column, bottom=bottom),
        right=Box(left=right - column, top=top, right=right, bottom=bottom),
        header=Box(left=0, top=0, right=total, bottom=strip),
        legend=Box(left=0, top=strip + height, right=total, bottom=2 * strip + height),
        keep_free=tuple(face.moved(before, strip) for face in _face(landmarks, body.height)),
        photo=Box(left=before, top=strip, right=before + width, bottom=strip + height),
        plates=True,
    )


def _face(landmarks: LandmarkSet, body_height: float) -> tuple[Box, ...]:
    points = [mark for name, mark in landmarks.items() if name.startswith(_HEAD_POINTS)]
    if not points:
        return ()
    reach = 0.05 * body_height
    return (
        Box(
            left=min(mark.x_px for mark in points) - reach,
            top=min(mark.y_px for mark in points) - 1.8 * reach,
            right=max(mark.x_px for mark in points) + reach,
            bottom=max(mark.y_px for mark in points) + 1.2 * reach,
        ),
    )
