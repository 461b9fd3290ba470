"""A second try for a photo in which nobody was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.landmarks import Pose

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.detect import Detector, NoPose

__all__ = ["detect_patiently"]

_SMOOTHED_TO_PX = 640
"""A smoothed copy shows no more than a photo with so many pixels along its longer side."""


def detect_patiently(pixels: NDArray[np.uint8], detector: Detector) -> Pose | NoPose:
    """Return what the detector finds in a photo, at the second try in a smoothed copy of it.

    BlazePose skips pixels when it shrinks a photo, and so missed two of forty clients who sit seen
    from the side; smoothed, it found them. Pixels as for the detector.
    """
    found = detector.detect(pixels)
    if isinstance(found, Pose):
        return found
    import cv2

    smoothed = cv2.GaussianBlur(pixels, (0, 0), max(pixels.shape[:2]) / _SMOOTHED_TO_PX)
    again = detector.detect(smoothed)  # type: ignore[arg-type]
    return again if isinstance(again, Pose) else found
