"""Straight edges in a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["straight_edges"]


def straight_edges(grey: NDArray[np.uint8], *, are_refined: bool = True) -> NDArray[np.float64]:
    """Return straight edges as (n, 4): x and y of both ends, in pixels.

    Refined ones are cut where they bend, which takes longer (LSD, von Gioi et al. 2012).
    """
    import cv2

    refinement = cv2.LSD_REFINE_STD if are_refined else cv2.LSD_REFINE_NONE
    lines: Any = cv2.createLineSegmentDetector(refinement).detect(grey)[0]
    if lines is None:
        return np.zeros((0, 4))
    return np.asarray(lines, dtype=np.float64).reshape(-1, 4)
