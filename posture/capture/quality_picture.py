"""What a picture itself is like where the person stands: sharpness, light, contrast, borders.

Everything is measured on a small copy in which the person has the same height, so that a
photo of two megapixels and one of fifty read alike.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.capture.frame_around import Box, frame_around
from posture.landmarks import PictureReading, Pose
from posture.shrinking import shrunk

__all__ = ["read_picture", "with_reading"]

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_BODY_PX = 400
"""Height of the person in the small copy."""

_MARGIN = 0.12
_LEAST_PX = 16
_INSIDE = 0.5
_BRIGHT_QUANTILE = 0.95
_WHITE = 250

_FINE_PX, _COARSE_PX = 1.0, 3.0
_STRONGEST = 0.85
_LEAST_SLOPE = 1.0
_LEAST_EDGES = 40
_SHARPEST = 0.75
"""Blur is read off the strongest 15 % of edges, at the sharpest quarter of these: the rest
are soft for reasons of their own, a shadow's border or a fold."""

_RING_PX = 4
_TOLD_APART = 9.0
"""Difference in CIE 1976 L*a*b* at which a border is plain to see in a small copy."""

_SAME_LEVEL = 5
_BAR_SHARE, _BEYOND_SHARE = 0.75, 0.45
_LEAST_BAR, _MOST_BAR = 0.02, 0.4


def with_reading(pose: Pose, pixels: NDArray[np.uint8]) -> Pose:
    """Return the pose with what `read_picture` says of the picture it was found in."""
    return replace(pose, picture=read_picture(pixels, pose))


def read_picture(pixels: NDArray[np.uint8], pose: Pose) -> PictureReading:
    """Return what the picture is like.

    Parameters
    ----------
    pixels
        The photo or a smaller copy of it, sRGB, uint8 of shape (H, W, 3).
    pose
        The person, in pixels of the whole photo.
    """
    import cv2

    share = pixels.shape[0] / pose.height_px
    body_px = _body_px(pose) * share
    rows, columns = _around_person(pose, share, (pixels.shape[0], pixels.shape[1]))
    near = pixels[rows, columns]
    factor = min(1.0, _BODY_PX / body_px)
    height, width = (max(_LEAST_PX, round(side * factor)) for side in near.shape[:2])
    small = shrunk(near, (width, height))
    person = _person(pose, share, (rows.start, columns.start), factor, small.shape)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    across, down = _blur_px(grey, person)
    sparse = pixels[:: max(1, pixels.shape[0] // 200), :: max(1, pixels.shape[1] // 200)]
    on_person, around = grey[person], grey[~person]
    if not (on_person.size and around.size):
        on_person = around = grey.ravel()
    dark, middle, bright = np.quantile(on_person[::7], (0.1, 0.5, 0.9)) / 255
    box = _box(pose)
    upright, sideways = _bars(pixels, box)
    return PictureReading(
        blur_across=across / (body_px * factor),
        blur_down=down / (body_px * factor),
        light=float(np.quantile(sparse.max(axis=2), _BRIGHT_QUANTILE)) / 255,
        person_light=float(middle),
        person_range=float(bright - dark),
        background_light=float(np.median(around[::7])) / 255,
        person_white=float(np.mean(on_person >= _WHITE)),
        border_seen=_border_seen(small, person),
        bars_above_below=upright,
        bars_beside=sideways,
        frame_seen=frame_around(pixels, box),
    )


def _body_px(pose: Pose) -> float:
    ys = [point.y_px for point in pose.points.values()]
    return max(max(ys) - min(ys), 1.0)


def _around_person(pose: Pose, share: float, size: tuple[int, int]) -> tuple[slice, slice]:
    """Return the rows and columns about the person, in a copy `share` times the photo."""
    margin = _MARGIN * _body_px(pose) * share
    cuts = []
    for places, length in (
        ([point.y_px for point in pose.points.values()], size[0]),
        ([point.x_px for point in pose.points.values()], size[1]),
    ):
        first = min(max(0, int(min(places) * share - margin)), length - _LEAST_PX)
        last = max(min(length, int(max(places) * share + margin)), first + _LEAST_PX)
        cuts.append(slice(max(0, first), last))
    return cuts[0], cuts[1]


def _person(
    pose: Pose, share: float, start: tuple[int, int], factor: float, size: tuple[int, ...]
) -> Mask:
    """Return where the person is in the small copy; without a silhouette the box of points.

    `start` is the small copy's first row and column in the copy of `share`, `factor` how much
    smaller it is.
    """
    import cv2

    scale = share * factor
    top, left = start[0] * factor, start[1] * factor
    if pose.silhouette is not None:
        rows, columns = pose.silhouette.shape
        sx, sy = columns / (pose.width_px * scale), rows / (pose.height_px * scale)
        move = np.array([[sx, 0, (left + 0.5) * sx - 0.5], [0, sy, (top + 0.5) * sy - 0.5]])
        grown = cv2.warpAffine(
            pose.silhouette, move, (size[1], size[0]), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        return np.asarray(grown >= _INSIDE)
    person = np.zeros(size[:2], dtype=np.bool_)
    xs = np.array([point.x_px for point in pose.points.values()]) * scale - left
    ys = np.array([point.y_px for point in pose.points.values()]) * scale - top
    person[max(0, int(ys.min())) : int(ys.max()), max(0, int(xs.min())) : int(xs.max())] = True
    return person


def _blur_px(grey: NDArray[np.uint8], person: Mask) -> tuple[float, float]:
    """Return the standard deviation of the blur across and down, NaN where no edge tells.

    An edge blurred by s has the slope 1 / √(σ² + s²) after smoothing by σ: from its slopes
    after two smoothings s follows, whatever its contrast.
    """
    import cv2

    near = cv2.dilate(person.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)
    floats = grey.astype(np.float32)
    fine, coarse = (cv2.GaussianBlur(floats, (0, 0), px) for px in (_FINE_PX, _COARSE_PX))
    found = []
    for axis in (1, 0):
        order = (1, 0) if axis else (0, 1)
        slope = _slope(coarse, order)
        steep = _slope(fine, order)
        window = np.ones((1, 5) if axis else (5, 1), np.uint8)
        crest = near & (slope > _LEAST_SLOPE) & (slope >= cv2.dilate(slope, window))
        steepest = np.asarray(cv2.dilate(steep, window), np.float32)
        found.append(_blur_of(steepest[crest], slope[crest]))
    return found[0], found[1]


def _slope(grey: NDArray[Any], order: tuple[int, int]) -> Floats:
    import cv2

    return np.asarray(np.abs(cv2.Sobel(grey, cv2.CV_32F, *order, ksize=3)) / 8, np.float32)


def _blur_of(steep: Floats, slope: Floats) -> float:
    if slope.size < _LEAST_EDGES:
        return math.nan
    strong = slope >= np.quantile(slope, _STRONGEST)
    ratio = float(np.quantile(steep[strong] / slope[strong], _SHARPEST))
    squared = (_COARSE_PX**2 - ratio**2 * _FINE_PX**2) / max(ratio**2 - 1, 1e-3)
    return math.sqrt(max(squared, 0.0))


def _border_seen(small: NDArray[np.uint8], person: Mask) -> float:
    """Return the share of the person's border where colours inside and outside differ."""
    import cv2

    half = (max(1, small.shape[1] // 2), max(1, small.shape[0] // 2))
    inside = cv2.resize(person.astype(np.float32), half, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(
        cv2.resize(small, half, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB
    ).astype(np.float32) * np.array([100 / 255, 1, 1], dtype=np.float32)
    size = (2 * _RING_PX + 1, 2 * _RING_PX + 1)
    share = cv2.blur(inside, size)
    within = cv2.blur(lab * inside[..., None], size)
    without = cv2.blur(lab, size) - within
    border = (share > 0.3) & (share < 0.7)
    if not border.any():
        return 1.0
    here = share[border][:, None]
    apart = np.linalg.norm(within[border] / here - without[border] / (1 - here), axis=1)
    return float(np.mean(apart > _TOLD_APART))


def _box(pose: Pose) -> Box:
    """Return what the points take up of the picture."""
    xs = [point.x_px / pose.width_px for point in pose.points.values()]
    ys = [point.y_px / pose.height_px for point in pose.points.values()]
    return min(xs), min(ys), max(xs), max(ys)


def _bars(pixels: NDArray[np.uint8], box: Box) -> tuple[float, float]:
    """Return the share of the picture's height, and of its width, that plain bars take up.

    A bar is of one colour, ends sharply along the whole picture and ends before the person;
    those at opposite borders must be alike. 0 where there are none.
    """
    left, top, right, bottom = box
    upright = _opposite_bars(pixels, top, 1 - bottom)
    return upright, _opposite_bars(pixels.transpose(1, 0, 2), left, 1 - right)


def _opposite_bars(pixels: NDArray[np.uint8], before: float, after: float) -> float:
    rows = pixels[:, :: max(1, pixels.shape[1] // 200)]
    colour = np.median(rows[0], axis=0).astype(np.float32)
    if np.abs(np.median(rows[-1], axis=0) - colour).max() > _SAME_LEVEL:
        return 0.0
    first = _bar(rows, colour)
    last = _bar(rows[::-1], colour) if first else 0.0
    if not (first < min(before, _MOST_BAR) and last < min(after, _MOST_BAR)):
        return 0.0
    return first + last if min(first, last) >= _LEAST_BAR else 0.0


def _bar(rows: NDArray[np.uint8], colour: Floats) -> float:
    """Return how far one colour reaches from the first row on, as a share of all rows."""
    if _same(rows[:1], colour)[0] < _BAR_SHARE:
        return 0.0
    same = _same(rows, colour)
    ends = np.flatnonzero(same < _BAR_SHARE)
    if not ends.size:
        return 0.0
    end = int(ends[0])
    beyond = same[end : end + max(3, len(same) // 100)]
    return end / len(same) if float(beyond.min()) < _BEYOND_SHARE else 0.0


def _same(rows: NDArray[np.uint8], colour: Floats) -> NDArray[np.float64]:
    """Return of each row the share that has the colour."""
    share: NDArray[np.float64] = (np.abs(rows - colour).max(axis=2) <= _SAME_LEVEL).mean(axis=1)
    return share
