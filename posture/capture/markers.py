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
    "DISAGREEMENT_SD",
    "MARKER_CM",
    "MARKER_QUIET_CM",
    "ScaleReading",
    "compare_scales",
    "find_marker",
    "known_length",
    "marker_cells",
]

MARKER_CM = 10
MARKER_QUIET_CM = 1.2
_MARKER_ID = 7
_CELLS = 6

_MOST_TILTED_DEG = 40.0
_SEARCHED_PX = 2000
_MIN_EDGE_PX = 24.0
_CORNER_SD_PX = 0.3
_DEPTH_SD = 0.015
"""Relative error of a scale whose object is held by hand about 5 cm off the body's middle
plane, 3 m from the camera."""

_CLICK_SD_PX = 2.0
DISAGREEMENT_SD = 3.0
"""How far two scales lie apart, in standard deviations, before they contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleReading:
    """Pixels per centimetre at the object, with the relative standard deviation.

    `tilt_deg` is how far the object is turned from facing the camera; `source` names it.
    """

    px_per_cm: float
    relative_sd: float
    tilt_deg: float
    source: str


def marker_cells() -> list[list[bool]]:
    """Return the marker's 6 × 6 cells, black border included; True is white."""
    import cv2

    image = cv2.aruco.generateImageMarker(_dictionary(), _MARKER_ID, _CELLS)
    return [[bool(cell > 127) for cell in row] for row in np.asarray(image)]


def _dictionary() -> Any:
    import cv2

    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)


def find_marker(pixels: NDArray[np.uint8]) -> ScaleReading | None:
    """Return the scale of the printed marker in a photo.

    Parameters
    ----------
    pixels
        uint8 RGB of shape (H, W, 3).

    Returns
    -------
    ScaleReading or None
        None where there is no marker, more than one, or one too small or too oblique.
    """
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    shrink = max(1.0, max(grey.shape) / _SEARCHED_PX)
    sides = (round(grey.shape[1] / shrink), round(grey.shape[0] / shrink))
    # Looked for in a smaller picture, which takes a quarter of the time, and read in the photo.
    small = cv2.resize(grey, sides, interpolation=cv2.INTER_AREA) if shrink > 1 else grey
    found = _markers(np.asarray(small, dtype=np.uint8))
    if shrink == 1 or len(found) != 1:
        return _scale_of(found[0]) if len(found) == 1 else None
    corners = found[0] * shrink
    margin = float(np.ptp(corners, axis=0).max()) / 2
    x0, y0 = np.maximum(corners.min(axis=0) - margin, 0).astype(int)
    x1, y1 = (corners.max(axis=0) + margin).astype(int)
    close = _markers(np.ascontiguousarray(grey[y0:y1, x0:x1], dtype=np.uint8))
    return _scale_of(close[0]) if len(close) == 1 else None


def _markers(grey: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Return the corners (4, 2) of every printed marker of ours."""
    import cv2

    options = cv2.aruco.DetectorParameters()
    options.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    corners, ids, _ = cv2.aruco.ArucoDetector(_dictionary(), options).detectMarkers(grey)
    return [
        quad.reshape(4, 2).astype(np.float64)
        for quad, number in zip(corners, [] if ids is None else ids.ravel(), strict=True)
        if number == _MARKER_ID
    ]


def _scale_of(quad: NDArray[np.float64]) -> ScaleReading | None:
    """Return the scale from the square's affine shape: its longer axis is unshortened."""
    right = (quad[1] - quad[0] + quad[2] - quad[3]) / 2
    down = (quad[3] - quad[0] + quad[2] - quad[1]) / 2
    long, short = np.linalg.svd(np.stack([right, down], axis=1), compute_uv=False)
    if short < _MIN_EDGE_PX:
        return None
    tilt = math.degrees(math.acos(min(1.0, float(short / long))))
    if tilt > _MOST_TILTED_DEG:
        return None
    return ScaleReading(
        px_per_cm=float(long) / MARKER_CM,
        relative_sd=math.hypot(_DEPTH_SD, _CORNER_SD_PX * math.sqrt(2) / float(long)),
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
        relative_sd=math.hypot(_DEPTH_SD, _CLICK_SD_PX * math.sqrt(2) / length_px),
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
