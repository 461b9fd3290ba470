"""Find round adhesive dots in a photo, at full resolution.

A dot is a disc of one strong colour, 12 to 20 mm across, whose surroundings differ from it
on every side. Seen obliquely it is an ellipse. Where several alike stand close together they
are taken for a pattern of the cloth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dot", "Window", "find_dots"]

Array = NDArray[np.float32]
Pixels = NDArray[np.uint8]

_WIDEST_CM, _SMALLEST_CM = 2.5, 1.0
"""Limits of a dot's long axis: 20 and 12 mm, with room for an uncertain scale and for a dot
bent over the bone."""

_SMALLEST_SPOT_CM, _LEAST_SPOT_ROUNDNESS = 0.5, 0.82
"""Limits of what counts as one of several alike, though it is no dot by itself."""

_FLATTEST = 0.36
"""Least short axis over long: a dot turned 69° away."""

_SEED_DIAMETER_PX = 14.0
_SEED_CONTRAST = 5.0
_MOST_SEEDS = 60
_ROUND_DIAMETER_PX = 48.0
_LEAST_ROUNDNESS = 0.965
"""Overlap with the ellipse of the same moments, over their union: 0.98 and more for discs,
0.91 for squares, 0.80 for triangles. Less is asked of small dots, whose edge is ragged by
about `_RAGGED_PX`: JPEG keeps colour at half the resolution."""

_RAGGED_PX = 0.7

_LEAST_CONTRAST = 13.0
_LEAST_CHROMA = 20.0
_LEAST_CHROMA_STEP = 9.0
"""In CIE Lab units: how far a dot differs from what surrounds it, how strong its colour is,
and how far the colour alone differs, so that shadows, moles and buttons are no dots."""

_PATTERN_RADIUS_CM = 6.0
_ALIKE, _ALIKE_SIZE = 14.0, 0.6
_LIGHTNESS_WEIGHT = 0.6
"""Of lightness against colour: shading crosses a dot, colour does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A rectangle of the photo, in pixels; right and bottom are outside it."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A round dot: centre in pixels, long and short axis in cm, colour in CIE Lab.

    `roundness` is its overlap with an ellipse, in [0, 1]; `contrast` its least difference
    from the surroundings. `in_pattern` says whether several alike stand close to it.
    """

    x_px: float
    y_px: float
    long_cm: float
    short_cm: float
    roundness: float
    contrast: float
    lab: tuple[float, float, float]
    in_pattern: bool = False


def find_dots(pixels: Pixels, windows: Sequence[Window], px_per_cm: float) -> list[Dot]:
    """Return the dots in parts of a photo, each once, those of a pattern marked so.

    Parameters
    ----------
    pixels
        uint8 RGB of shape (H, W, 3).
    windows
        Where to look. They may overlap and reach beyond the photo.
    px_per_cm
        Pixels per centimetre at the body.
    """
    height, width = pixels.shape[:2]
    margin = math.ceil(_PATTERN_RADIUS_CM * px_per_cm)
    near: list[_Spot] = []
    for window in windows:
        left, top = max(0, window.left - margin), max(0, window.top - margin)
        right, bottom = min(width, window.right + margin), min(height, window.bottom + margin)
        if right - left < 8 or bottom - top < 8:
            continue
        for spot in _spots_of(_lab(pixels[top:bottom, left:right]), px_per_cm, left, top):
            if not any(_apart_cm(spot.dot, other.dot, px_per_cm) < 0.5 for other in near):
                near.append(spot)
    found = [spot.dot for spot in near if spot.is_dot]
    return [
        replace(dot, in_pattern=_is_pattern(dot, [spot.dot for spot in near], px_per_cm))
        for dot in found
        if any(w.left <= dot.x_px < w.right and w.top <= dot.y_px < w.bottom for w in windows)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Something roundish of one colour, and whether it is a dot by size, shape and colour."""

    dot: Dot
    is_dot: bool


def _is_pattern(dot: Dot, spots: Sequence[Dot], px_per_cm: float) -> bool:
    """Whether another spot of its colour and size stands close."""
    alike = [
        other
        for other in spots
        if _apart_cm(dot, other, px_per_cm) < _PATTERN_RADIUS_CM
        and math.dist(dot.lab, other.lab) < _ALIKE
        and _ALIKE_SIZE < dot.long_cm / other.long_cm < 1 / _ALIKE_SIZE
    ]
    return len(alike) > 1


def _apart_cm(one: Dot, other: Dot, px_per_cm: float) -> float:
    return math.hypot(one.x_px - other.x_px, one.y_px - other.y_px) / px_per_cm


def _lab(pixels: Pixels) -> Array:
    import cv2

    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    weights = np.array([_LIGHTNESS_WEIGHT, 1.0, 1.0], dtype=np.float32)
    return np.asarray(lab, dtype=np.float32) * weights


def _spots_of(lab: Array, px_per_cm: float, left: int, top: int) -> list[_Spot]:
    spots: list[_Spot] = []
    for x, y in _seeds(lab, px_per_cm):
        spot = _measured(lab, x, y, px_per_cm)
        if spot is not None:
            moved = replace(spot.dot, x_px=spot.dot.x_px + left, y_px=spot.dot.y_px + top)
            spots.append(replace(spot, dot=moved))
    return spots


def _seeds(lab: Array, px_per_cm: float) -> list[tuple[float, float]]:
    """Return where something of a dot's size stands out, strongest first."""
    import cv2

    shrink = min(1.0, _SEED_DIAMETER_PX / (1.5 * px_per_cm))
    small = cv2.resize(lab, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    best = np.zeros(small.shape[:2], dtype=np.float32)
    for size_cm in (0.7, 1.2, 1.8):
        sigma = 0.25 * size_cm * px_per_cm * shrink
        inner = cv2.GaussianBlur(small, (0, 0), sigma)
        outer = cv2.GaussianBlur(small, (0, 0), 3.2 * sigma)
        best = np.maximum(best, np.linalg.norm(inner - outer, axis=2))
    reach = 2 * round(0.45 * px_per_cm * shrink) + 1
    peaks = (best >= cv2.dilate(best, np.ones((reach, reach)))) & (best > _SEED_CONTRAST)
    rows, columns = np.nonzero(peaks)
    order = np.argsort(-best[rows, columns])[:_MOST_SEEDS]
    return [
        ((float(columns[i]) + 0.5) / shrink - 0.5, (float(rows[i]) + 0.5) / shrink - 0.5)
        for i in order
    ]


def _measured(lab: Array, x: float, y: float, px_per_cm: float) -> _Spot | None:
    """Return the spot around a seed, or None where there is none."""
    import cv2

    half = math.ceil(1.9 * px_per_cm)
    column, row = round(x), round(y)
    x0, y0 = max(0, column - half), max(0, row - half)
    patch = lab[y0 : row + half + 1, x0 : column + half + 1]
    zoom = max(1.0, _ROUND_DIAMETER_PX / (1.5 * px_per_cm))
    zoomed = cv2.resize(patch, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    patch = np.asarray(zoomed, dtype=np.float32)
    cx, cy = (x - x0 + 0.5) * zoom - 0.5, (y - y0 + 0.5) * zoom - 0.5
    scale = px_per_cm * zoom
    rows, columns = np.mgrid[: patch.shape[0], : patch.shape[1]].astype(np.float32)
    radius_cm = np.hypot(columns - cx, rows - cy) / scale
    core = patch[radius_cm < 0.2]
    if core.size < 3:
        return None
    colour = np.median(core, axis=0)
    away = np.linalg.norm(patch - colour, axis=2)
    beyond = away[(radius_cm > 1.2) & (radius_cm < 1.8)]
    if beyond.size < 8:
        return None
    level = 0.5 * float(np.percentile(beyond, 20))
    if level < 0.5 * _LEAST_CONTRAST:
        return None
    region = _region(away < level, cx, cy)
    if region is None:
        return None
    return _described(patch, away, region, level, scale, (x0, y0, zoom))


def _region(inside: NDArray[np.bool_], cx: float, cy: float) -> NDArray[np.bool_] | None:
    """Return the part that holds the seed, its holes filled; None where it leaves the patch."""
    import cv2

    _, labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)
    label = labels[round(cy), round(cx)] if _within(inside, cx, cy) else 0
    if label == 0:
        return None
    region = labels == label
    if region[0].any() or region[-1].any() or region[:, 0].any() or region[:, -1].any():
        return None
    contours, _ = cv2.findContours(
        region.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    filled = np.zeros(region.shape, dtype=np.uint8)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    whole = filled.astype(bool)
    return whole if np.count_nonzero(region) > 0.96 * np.count_nonzero(whole) else None


def _within(grid: NDArray[np.bool_], x: float, y: float) -> bool:
    return bool(0 <= round(y) < grid.shape[0] and 0 <= round(x) < grid.shape[1])


def _described(
    patch: Array,
    away: Array,
    region: NDArray[np.bool_],
    level: float,
    scale: float,
    origin: tuple[int, int, float],
) -> _Spot | None:
    """Return a region by its shape, size and colour, None where it is not even roundish."""
    weight = _coverage(away, region, level, scale)
    rows, columns = np.mgrid[: patch.shape[0], : patch.shape[1]].astype(np.float64)
    total = weight.sum()
    mx, my = (weight * columns).sum() / total, (weight * rows).sum() / total
    dx, dy = columns - mx, rows - my
    cxx, cyy = (weight * dx * dx).sum() / total, (weight * dy * dy).sum() / total
    cxy = (weight * dx * dy).sum() / total
    spread = np.array([[cxx, cxy], [cxy, cyy]])
    short, long = 4 * np.sqrt(np.maximum(np.linalg.eigvalsh(spread), 1e-9)) / scale
    if not _SMALLEST_SPOT_CM <= long <= _WIDEST_CM:
        return None
    inverse = np.linalg.inv(spread)
    squared = inverse[0, 0] * dx**2 + 2 * inverse[0, 1] * dx * dy + inverse[1, 1] * dy**2
    ellipse = squared <= 4.0
    roundness = (ellipse & region).sum() / (ellipse | region).sum()
    ring = (squared > 4.0 * 1.35**2) & (squared < 4.0 * 1.7**2)
    x0, y0, zoom = origin
    if roundness < _LEAST_SPOT_ROUNDNESS or ring.sum() < 8:
        return None
    contrast = float(np.percentile(away[ring], 5))
    colour = np.median(patch[region], axis=0)
    step = np.hypot(*(patch[ring][:, 1:] - colour[1:]).T)
    chroma = float(np.hypot(colour[1], colour[2]))
    is_dot = (
        long >= _SMALLEST_CM
        and short >= _FLATTEST * long
        and roundness >= _least_roundness(long * scale / zoom, short * scale / zoom)
        and contrast >= _LEAST_CONTRAST
        and chroma >= _LEAST_CHROMA
        and float(np.percentile(step, 10)) >= _LEAST_CHROMA_STEP
    )
    dot = Dot(
        x_px=float((mx + 0.5) / zoom - 0.5 + x0),
        y_px=float((my + 0.5) / zoom - 0.5 + y0),
        long_cm=float(long),
        short_cm=float(short),
        roundness=float(roundness),
        contrast=contrast,
        lab=(float(colour[0]), float(colour[1]), float(colour[2])),
    )
    return _Spot(dot=dot, is_dot=bool(is_dot))


def _least_roundness(long_px: float, short_px: float) -> float:
    return _LEAST_ROUNDNESS - _RAGGED_PX * (1 / long_px + 1 / short_px)


def _coverage(
    away: Array, region: NDArray[np.bool_], level: float, scale: float
) -> NDArray[np.float64]:
    """Return how much of each pixel the dot covers, which gives its centre below a pixel."""
    import cv2

    reach = 2 * max(1, round(0.08 * scale)) + 1
    near = cv2.dilate(region.astype(np.uint8), np.ones((reach, reach))) > 0
    share = 1.0 - away / (2.0 * level)
    soft: NDArray[np.float64] = np.clip((share - 0.2) / 0.6, 0.0, 1.0) * near
    return soft.astype(np.float64)
