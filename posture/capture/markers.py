"""Pixels per centimetre from something of known size held at the body.

An ArUco marker as `posture markers sheet` prints it, or a length that the user clicked. The
marker's tilt is read from its own shape: seen obliquely it shows its longest edges least
shortened, and those are what the scale is taken from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.results import QualityNote
from posture.scale import BodyScale

__all__ = [
    "BOARD_IDS",
    "DEPTH_SD",
    "DISAGREEMENT_SD",
    "MARKER_CM",
    "MARKER_QUIET_CM",
    "MOST_TILTED_DEG",
    "Printed",
    "ScaleReading",
    "compare_scales",
    "cut_about",
    "find_marker",
    "find_printed",
    "grey_of",
    "known_length",
    "marker_cells",
    "marker_dictionary",
]

MARKER_CM = 10
MARKER_QUIET_CM = 1.2
_MARKER_ID = 7
BOARD_IDS = range(20, 30)
_CELLS = 6

MOST_TILTED_DEG = 40.0
_SEARCHED_PX = 2000
_MIN_EDGE_PX = 24.0
_MOST_UNEQUAL = 1.6
_CORNER_SD_PX = 0.3
DEPTH_SD = 0.015
"""Relative error of a scale whose object is held by hand about 5 cm off the body's middle
plane, 3 m from the camera."""

_CLICK_SD_PX = 2.0
DISAGREEMENT_SD = 3.0
"""How far two scales lie apart, in standard deviations, before they contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleReading:
    """Pixels per centimetre at the object, with the relative standard deviation.

    `tilt_deg` is how far the object is turned from facing the camera; `source` names it.
    `is_mirrored` says whether it shows that the photo was flipped.
    """

    px_per_cm: float
    relative_sd: float
    tilt_deg: float
    source: str
    is_mirrored: bool = False


def marker_cells() -> list[list[bool]]:
    """Return the marker's 6 × 6 cells, black border included; True is white."""
    import cv2

    image = cv2.aruco.generateImageMarker(marker_dictionary(), _MARKER_ID, _CELLS)
    return [[bool(cell > 127) for cell in row] for row in np.asarray(image)]


def marker_dictionary() -> Any:
    """Return the dictionary that all our markers are of."""
    import cv2

    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Printed:
    """Square markers found in a photo, ours or not: corners (4, 2) in pixels, with their ids.

    They were looked for in a smaller picture, which takes a quarter of the time. `is_mirrored`
    says whether one of ours is there the wrong way round.
    """

    quads: tuple[tuple[int, NDArray[np.float64]], ...]
    is_coarse: bool
    is_mirrored: bool = False


def find_printed(pixels: NDArray[np.uint8]) -> Printed:
    """Return the square markers of a photo, uint8 RGB of shape (H, W, 3)."""
    import cv2

    height, width = pixels.shape[:2]
    shrink = max(1.0, max(height, width) / _SEARCHED_PX)
    grey = grey_of(pixels)
    if shrink > 1:
        sides = (round(width / shrink), round(height / shrink))
        grey = np.asarray(cv2.resize(grey, sides, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    found, other = _looked(grey)
    return Printed(
        quads=tuple((number, quad * shrink) for number, quad in found),
        is_coarse=shrink > 1,
        is_mirrored=not found and any(_is_mirrored(grey, quad) for quad in other),
    )


def _is_mirrored(grey: NDArray[np.uint8], quad: NDArray[np.float64]) -> bool:
    """Whether a square that is no marker is one of ours, flipped."""
    edges = np.hypot(*(np.roll(quad, 1, axis=0) - quad).T)
    if edges.min() < _MIN_EDGE_PX or edges.max() > _MOST_UNEQUAL * edges.min():
        return False
    part, _ = cut_about(grey, quad)
    found, _ = _looked(np.ascontiguousarray(part[:, ::-1]))
    return any(number == _MARKER_ID or number in BOARD_IDS for number, _ in found)


def grey_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an RGB picture in grey."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def find_marker(pixels: NDArray[np.uint8], printed: Printed | None = None) -> ScaleReading | None:
    """Return the scale of the printed marker in a photo.

    Parameters
    ----------
    pixels
        uint8 RGB of shape (H, W, 3).
    printed
        The markers of the photo, where they were looked for before.

    Returns
    -------
    ScaleReading or None
        None where there is no marker, more than one, or one too small or too oblique.
    """
    printed = printed or find_printed(pixels)
    found = [quad for number, quad in printed.quads if number == _MARKER_ID]
    if len(found) != 1:
        return None
    if not printed.is_coarse:
        return _scale_of(found[0])
    part, _ = cut_about(pixels, found[0])
    again, _ = _looked(grey_of(part))
    close = [quad for number, quad in again if number == _MARKER_ID]
    return _scale_of(close[0]) if len(close) == 1 else None


def cut_about(
    pixels: NDArray[np.uint8], points: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the part of a photo about points (N, 2) with room about it, and its corner (2,)."""
    margin = float(np.ptp(points, axis=0).max()) / 2
    x0, y0 = np.maximum(points.min(axis=0) - margin, 0).astype(int)
    x1, y1 = np.maximum(points.max(axis=0) + margin, 0).astype(int)
    return np.ascontiguousarray(pixels[y0:y1, x0:x1]), np.array([x0, y0])


def _looked(
    grey: NDArray[np.uint8],
) -> tuple[list[tuple[int, NDArray[np.float64]]], list[NDArray[np.float64]]]:
    """Return id and corners (4, 2) of every marker of the dictionary, and other squares."""
    import cv2

    options = cv2.aruco.DetectorParameters()
    options.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(marker_dictionary(), options)
    corners, ids, other = detector.detectMarkers(grey)
    found = [
        (int(number), quad.reshape(4, 2).astype(np.float64))
        for quad, number in zip(corners, [] if ids is None else ids.ravel(), strict=True)
    ]
    return found, [quad.reshape(4, 2).astype(np.float64) for quad in other]


def _scale_of(quad: NDArray[np.float64]) -> ScaleReading | None:
    """Return the scale from the square's affine shape: its longer axis is unshortened."""
    right = (quad[1] - quad[0] + quad[2] - quad[3]) / 2
    down = (quad[3] - quad[0] + quad[2] - quad[1]) / 2
    long, short = np.linalg.svd(np.stack([right, down], axis=1), compute_uv=False)
    if short < _MIN_EDGE_PX:
        return None
    tilt = math.degrees(math.acos(min(1.0, float(short / long))))
    if tilt > MOST_TILTED_DEG:
        return None
    return ScaleReading(
        px_per_cm=float(long) / MARKER_CM,
        relative_sd=math.hypot(DEPTH_SD, _CORNER_SD_PX * math.sqrt(2) / float(long)),
        tilt_deg=tilt,
        source="marker",
    )


def known_length(
    start_px: tuple[float, float], end_px: tuple[float, float], length_cm: float
) -> ScaleReading:
    """Return the scale of a length that the user clicked.

    Raises
    ------
    ValueError
        If the length is not positive or both ends are one.
    """
    length_px = math.dist(start_px, end_px)
    if not (length_px > 0 and length_cm > 0 and math.isfinite(length_px + length_cm)):
        raise ValueError(
            f"expected two different ends and a length above 0, found {length_px:g} px for "
            f"{length_cm:g} cm"
        )
    return ScaleReading(
        px_per_cm=length_px / length_cm,
        relative_sd=math.hypot(DEPTH_SD, _CLICK_SD_PX * math.sqrt(2) / length_px),
        tilt_deg=0.0,
        source="known length",
    )


def compare_scales(body: BodyScale, reading: ScaleReading) -> QualityNote | None:
    """Return a note where the entered height and a marker disagree beyond their errors.

    None where they agree, or no height was entered.
    """
    if body.stature_cm is None:
        return None
    seen_cm = body.stature_px / reading.px_per_cm
    off = seen_cm / body.stature_cm - 1
    if abs(off) <= DISAGREEMENT_SD * math.hypot(body.relative_sd, reading.relative_sd):
        return None
    return QualityNote(
        code="scales_disagree",
        severity="warning",
        text=f"the {reading.source} makes the client {seen_cm:.0f} cm tall, {abs(off):.0%} "
        f"{'more' if off > 0 else 'less'} than the height entered ({body.stature_cm:.0f} cm), "
        "which lengths are taken from. Check the height, and that the "
        f"{reading.source} is at the body, of its printed size and facing the camera.",
    )
