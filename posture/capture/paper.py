"""Pixels per centimetre from a sheet of printing paper held beside the body.

A sheet is white, and its size is known to a hair. It is looked for at the size that it must have
beside a person of any height, its four edges are each fitted as a line, and it is believed only
where everything fits: shape, size, whiteness, straight edges, and no second sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from posture.capture.dots import Window
from posture.capture.markers import ScaleReading

__all__ = ["SHEET_CM", "SheetName", "find_paper"]

Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]

SheetName = Literal["a4", "letter"]

SHEET_CM: dict[SheetName, tuple[float, float]] = {"a4": (21.0, 29.7), "letter": (21.59, 27.94)}
"""Short and long side: ISO 216, ANSI Y14.1."""

_SCALES = (0.72, 1.38)
"""The sheet's scale over that of a person of 170 cm: 130 to 210 cm tall, a little off the plane."""

_MOST_TILTED_DEG = 22.0
"""Beyond it one size of paper could be the other, tilted: their shapes differ by 9 %."""

_MOST_KEYSTONE = 0.07
"""Difference of opposite sides over their mean: a sheet tilted by 22° at 3 m shows 0.04."""

_SEARCHED_PX_PER_CM = 6.0
_LEAST_PX_PER_CM = 2.0
_LEAST_STEP = 14.0
"""How much darker than the sheet its surroundings are, in grey levels of 255."""

_LEAST_LIGHT, _MOST_CHROMA = 110.0, 22.0
_LEAST_FILLED = 0.7
"""Of a sheet's outline that is light: fingers, a shadow or print take the rest."""

_SAMPLES = 48
_REACH_CM = 1.2
_STRAIGHT_CM = 0.12
_LEAST_EDGE_SHARE = 0.6
"""Of each edge that must be seen as one straight line; fingers cover the rest."""

_DEPTH_SD = 0.03
"""Relative error of a sheet held by hand about 10 cm off the body's middle plane at 3 m."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sheet:
    """Corners in order, (4, 2); `side_sd` is the error of the edges' places in pixels."""

    corners: Array
    side_sd: float


def find_paper(
    pixels: Pixels, sheet: SheetName, *, around: Window, px_per_cm: float
) -> ScaleReading | None:
    """Return the scale of the one sheet of paper in a part of a photo.

    Parameters
    ----------
    pixels
        uint8 RGB of shape (H, W, 3).
    sheet
        What paper it is.
    around
        Where to look: the person with what is held beside the body.
    px_per_cm
        Pixels per centimetre if the person were 170 cm tall; decides how large a sheet must be.

    Returns
    -------
    ScaleReading or None
        None where there is no sheet, more than one, or a doubtful one: bent, tilted by more
        than 22°, of another shape, on white, or too small.
    """
    left, top = max(0, around.left), max(0, around.top)
    part = pixels[top : max(top, around.bottom), left : max(left, around.right)]
    if min(part.shape[:2]) < 20 * _LEAST_PX_PER_CM or px_per_cm < _LEAST_PX_PER_CM:
        return None
    grey = _grey(part)
    found: list[ScaleReading] = []
    places: list[Array] = []
    for quad in _candidates(part, SHEET_CM[sheet], px_per_cm):
        if any(np.hypot(*(quad.mean(axis=0) - place)) < 6 * px_per_cm for place in places):
            continue
        edges = _refined(grey, quad, px_per_cm)
        reading = edges and _scale_of(edges, SHEET_CM[sheet], px_per_cm)
        if edges and reading:
            found.append(reading)
            places.append(edges.corners.mean(axis=0))
    return found[0] if len(found) == 1 else None


def _grey(pixels: Pixels) -> NDArray[np.float32]:
    """Return the darkest of the three colours: white paper keeps all of them high."""
    import cv2

    darkest = pixels.min(axis=2).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(darkest, (0, 0), 0.8), dtype=np.float32)


def _candidates(part: Pixels, size_cm: tuple[float, float], px_per_cm: float) -> Iterator[Array]:
    """Yield four-cornered light patches of a sheet's area, corners (4, 2) in the part's pixels."""
    import cv2

    shrink = min(1.0, _SEARCHED_PX_PER_CM / px_per_cm)
    small = cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    chroma = np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
    whole = size_cm[0] * size_cm[1] * (px_per_cm * shrink) ** 2
    low, high = 0.8 * _SCALES[0] ** 2 * whole, 1.1 * _SCALES[1] ** 2 * whole
    for level in np.arange(_LEAST_LIGHT, 250.0, 5.0):
        light = ((lab[..., 0] > level) & (chroma < _MOST_CHROMA)).astype(np.uint8)
        contours, _ = cv2.findContours(light, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            hull = cv2.convexHull(contour)
            area = cv2.contourArea(hull)
            if not low <= area <= high or cv2.contourArea(contour) < _LEAST_FILLED * area:
                continue
            for quad in _quads(hull, area):
                yield (quad + 0.5) / shrink - 0.5


def _quads(hull: Any, area: float) -> Iterator[Array]:
    """Yield four corners about a hull: its own, and those of the rectangle that holds it."""
    import cv2

    own = cv2.approxPolyDP(hull, 0.05 * cv2.arcLength(hull, True), True)
    if len(own) == 4 and cv2.contourArea(own) > 0.85 * area:
        yield own.reshape(4, 2).astype(np.float64)
    box = cv2.minAreaRect(hull)
    if area > 0.8 * box[1][0] * box[1][1]:
        yield np.asarray(cv2.boxPoints(box), dtype=np.float64)


def _refined(grey: NDArray[np.float32], quad: Array, px_per_cm: float) -> _Sheet | None:
    """Return the sheet with each edge fitted as a line, or None where one is no edge."""
    lines = []
    for index in range(4):
        line = _edge(grey, quad[index], quad[(index + 1) % 4], quad.mean(axis=0), px_per_cm)
        if line is None:
            return None
        lines.append(line)
    corners = []
    for index in range(4):
        (one, n1, _), (other, n2, _) = lines[index - 1], lines[index]
        normals = np.stack([n1, n2])
        if abs(np.linalg.det(normals)) < 0.8:
            return None
        corners.append(np.linalg.solve(normals, [n1 @ one, n2 @ other]))
    return _Sheet(corners=np.array(corners), side_sd=max(sd for _, _, sd in lines))


def _edge(
    grey: NDArray[np.float32], start: Array, end: Array, middle: Array, px_per_cm: float
) -> tuple[Array, Array, float] | None:
    """Return a point and the outward normal of the line from light to dark, and its error."""
    import cv2

    along = (end - start) / np.hypot(*(end - start))
    normal = np.array([along[1], -along[0]])
    if normal @ (start - middle) < 0:
        normal = -normal
    share = np.linspace(0.08, 0.92, _SAMPLES)[:, None]
    reach = max(4, round(_REACH_CM * px_per_cm))
    steps = np.arange(-reach, reach + 1)
    spots = (start + share * (end - start))[:, None] + steps[:, None] * normal
    across, down = np.moveaxis(spots.astype(np.float32), 2, 0)
    profiles = cv2.remap(grey, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    values = np.asarray(profiles, dtype=np.float32)
    half = max(1, reach // 4)
    fall = values[:, : -2 * half] - values[:, 2 * half :]
    best = np.argmax(fall, axis=1)
    seen = fall[np.arange(_SAMPLES), best] > _LEAST_STEP
    if seen.sum() < _LEAST_EDGE_SHARE * _SAMPLES:
        return None
    # Where the fall is half done, to less than a pixel.
    offset = _half_way(values, best, half) - reach
    points = (start + share * (end - start)) + offset[:, None] * normal
    return _line(points[seen], normal, max(0.7, _STRAIGHT_CM * px_per_cm))


def _half_way(values: NDArray[np.float32], first: NDArray[np.intp], half: int) -> Array:
    """Return where each profile crosses the middle between both ends of its fall."""
    places = np.empty(len(values))
    for row, (profile, begin) in enumerate(zip(values, first, strict=True)):
        fall = profile[begin : begin + 2 * half + 1].astype(np.float64)
        level = (fall[0] + fall[-1]) / 2
        after = int(np.argmax(fall < level))
        rise = fall[after - 1] - fall[after]
        inside = (fall[after - 1] - level) / rise if after and rise > 0 else 0.5
        places[row] = begin + after - 1 + inside
    return places


def _line(points: Array, normal: Array, straight_px: float) -> tuple[Array, Array, float] | None:
    """Fit a line to most of the points; None where too few lie on one."""
    for _ in range(4):
        centre = points.mean(axis=0)
        fitted = np.linalg.svd(points - centre)[2][1]
        fitted = fitted if fitted @ normal > 0 else -fitted
        off = (points - np.median(points, axis=0)) @ fitted
        off -= np.median(off)
        kept = points[np.abs(off) < max(straight_px, 1.5 * float(np.median(np.abs(off))))]
        if len(kept) == len(points):
            break
        points = kept
        if len(points) < _LEAST_EDGE_SHARE * _SAMPLES:
            return None
    spread = float(np.sqrt(np.mean(((points - centre) @ fitted) ** 2)))
    return (centre, fitted, spread) if spread <= straight_px else None


def _scale_of(sheet: _Sheet, size_cm: tuple[float, float], px_per_cm: float) -> ScaleReading | None:
    """Return the scale from the sheet's shape, the way up that tilts it least."""
    corners = sheet.corners
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    if any(abs(lengths[i] - lengths[i + 2]) > _MOST_KEYSTONE * lengths[i] for i in (0, 1)):
        return None
    one, other = (sides[0] - sides[2]) / 2, (sides[1] - sides[3]) / 2
    fits = []
    for first, second in (size_cm, size_cm[::-1]):
        shape = np.stack([one / first, other / second], axis=1)
        long, short = np.linalg.svd(shape, compute_uv=False)
        fits.append((math.degrees(math.acos(min(1.0, float(short / long)))), float(long)))
    tilt, scale = min(fits)
    if tilt > _MOST_TILTED_DEG or not _SCALES[0] <= scale / px_per_cm <= _SCALES[1]:
        return None
    edge_sd = sheet.side_sd * math.sqrt(2) / (scale * size_cm[0])
    return ScaleReading(
        px_per_cm=scale,
        relative_sd=math.hypot(_DEPTH_SD, edge_sd),
        tilt_deg=tilt,
        source="sheet of paper",
    )
