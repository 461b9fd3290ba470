"""From pixels to centimetres: the client's stature in the picture, and the camera's distance.

The scale is taken from the silhouette's length from crown to sole, corrected for what
perspective adds to it: the sole's lowest visible edge lies nearer to the lens than the
body's middle, so it appears lower than the heel under the middle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from posture.anatomy import View
from posture.landmarks import Pose
from posture.silhouette import Outline

__all__ = ["NOMINAL_DISTANCE_M", "BodyScale", "body_length_px", "body_scale", "focal_length_px"]

NOMINAL_DISTANCE_M = 3.0
"""Distance assumed where neither focal length nor distance is known: the usual protocol."""

_NOMINAL_CAMERA_HEIGHT_M = 1.0
_NOMINAL_STATURE_M = 1.70
_NEAR_SOLE_M = {View.FRONT: 0.17, View.BACK: 0.07, View.LEFT: 0.13, View.RIGHT: 0.13}
"""How far the lowest visible edge of the feet lies in front of the body's middle plane:
toes from in front, heels from behind, the near foot from the side."""

_RELATIVE_SD = 0.02
"""Relative error of the scale from shoes (1–4 cm of sole), hair, and unknown distance."""

_FULL_FRAME_DIAGONAL_MM = math.hypot(36.0, 24.0)

_LENSES_MM = (10.0, 300.0)
_CAMERA_SHAPES = (1.31, 1.80)
"""Long side over short: 4:3 to 16:9, with the few pixels that cameras round by. A photo of 16:9 is
cut from a sensor of 4:3 by the camera; the diagonal is then 8 % short, which moves the scale
by 0.3 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyScale:
    """How long the client is in the picture, and in life where that is known.

    `stature_px` is what the stature would measure in the body's middle plane.
    `relative_sd` is the standard deviation of that length over the length.
    """

    stature_px: float
    relative_sd: float
    stature_cm: float | None = None

    def __post_init__(self) -> None:
        if not self.stature_px > 0:
            raise ValueError(f"expected stature_px > 0, found {self.stature_px}")

    def length(self, length_px: float) -> float:
        """Return a length of the picture in cm, or in % of stature where no stature is known."""
        whole = 100.0 if self.stature_cm is None else self.stature_cm
        return length_px / self.stature_px * whole


def focal_length_px(focal_length_35mm: float | None, width_px: int, height_px: int) -> float | None:
    """Return the focal length in pixels from its 35 mm equivalent, by the diagonal.

    None where it is unknown or cannot be trusted: a value that no camera for people has, or a
    picture of a shape that cameras do not take. Such a picture was cropped, and its file still
    tells the lens of the whole. Turning a picture changes nothing.

    Examples
    --------
    >>> round(focal_length_px(28.0, 3000, 4000))
    3236
    >>> focal_length_px(28.0, 1500, 4000) is None
    True
    """
    if focal_length_35mm is None:
        return None
    low, high = _LENSES_MM
    squat, slim = _CAMERA_SHAPES
    shape = max(width_px, height_px) / min(width_px, height_px)
    if not (low <= focal_length_35mm <= high and squat <= shape <= slim):
        return None
    return focal_length_35mm * math.hypot(width_px, height_px) / _FULL_FRAME_DIAGONAL_MM


def body_length_px(pose: Pose) -> float:
    """Return how far the detector's points reach from top to bottom: a height without outline."""
    ys = [point.y_px for point in pose.points.values()]
    return max(ys) - min(ys)


def body_scale(
    extent: Outline,
    view: View,
    *,
    stature_cm: float | None,
    focal_px: float | None = None,
) -> BodyScale:
    """Return the scale of a standing client.

    Parameters
    ----------
    extent
        Crown and sole of the silhouette; both must be inside the picture.
    view
        From where the client is seen: decides which edge of the feet is lowest.
    stature_cm
        The client's height, None where unknown: lengths are then % of stature.
    focal_px
        Focal length in pixels; where known, the distance follows from the stature.

    Raises
    ------
    ValueError
        If the silhouette runs out of the picture.
    """
    if extent.touches_top or extent.touches_bottom:
        raise ValueError("expected crown and soles inside the picture")
    stature_m = _NOMINAL_STATURE_M if stature_cm is None else stature_cm / 100.0
    distance_m = NOMINAL_DISTANCE_M
    if focal_px is not None:
        distance_m = max(1.0, focal_px * stature_m / extent.height_px)
    stretch = _NOMINAL_CAMERA_HEIGHT_M / stature_m * _NEAR_SOLE_M[view] / distance_m
    return BodyScale(
        stature_px=extent.height_px / (1.0 + stretch),
        relative_sd=_RELATIVE_SD,
        stature_cm=stature_cm,
    )
