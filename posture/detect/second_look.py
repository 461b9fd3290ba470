"""Whether someone else stands beside the client: a second look with the client painted over.

A network that looks for people finds the plainest one and may miss another. Once the client
is painted over, the other is the plainest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posture.shrinking import size_within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posture.landmarks import Pose

__all__ = ["painted_over", "stands_beside"]

_PERSON = 0.1
_GROWN = 1 / 60
_COARSE_PX = 56
_NEAR_PX, _FAR_PX = (15, 3), (57, 57)
_FAR_WEIGHT = 0.01
"""Colours are taken from near by, to both sides, in a coarse copy; where all that is covered,
from further away. One colour for all would leave the person's shape, in which the
network sees a person again in one photo of six."""

_LEAST_ASIDE = 0.2
"""Distance across of two trunks, over the client's height, that two people keep."""


def painted_over(pixels: NDArray[np.uint8], pose: Pose) -> NDArray[np.uint8]:
    """Return a copy in which the person is covered by the colours of the background beside.

    Parameters
    ----------
    pixels
        A small copy of the photo, a few hundred pixels high, uint8 RGB of shape (H, W, 3).
    pose
        The person, with a silhouette.
    """
    import cv2

    if pose.silhouette is None:
        raise ValueError("expected a pose with a silhouette, found none")
    height, width = pixels.shape[:2]
    person = (cv2.resize(pose.silhouette, (width, height)) > _PERSON).astype(np.uint8)
    reach = max(3, round(_GROWN * height)) | 1
    covered = np.asarray(cv2.dilate(person, np.ones((reach, reach), np.uint8)), np.uint8)
    copy = pixels.copy()
    cv2.copyTo(_background(pixels, covered), covered, copy)
    return copy


def _background(pixels: NDArray[np.uint8], covered: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return how the background may go on behind what is covered."""
    import cv2

    height, width = covered.shape
    free = np.float32(1) - covered
    coarse = size_within(pixels, _COARSE_PX)
    sums = cv2.resize(
        np.dstack([pixels * free[..., None], free]), coarse, interpolation=cv2.INTER_AREA
    )
    near, far = (cv2.blur(sums, px, borderType=cv2.BORDER_CONSTANT) for px in (_NEAR_PX, _FAR_PX))
    total = near + _FAR_WEIGHT * far
    colours = total[..., :3] / np.maximum(total[..., 3:], 1e-6)
    return np.rint(cv2.resize(colours, (width, height))).astype(np.uint8)


def stands_beside(other: Pose, client: Pose) -> bool:
    """Return whether a person found after painting over stands elsewhere than the client."""
    ys = [point.y_px for point in client.points.values()]
    across = abs(_trunk_x_px(other) - _trunk_x_px(client))
    return across > _LEAST_ASIDE * (max(ys) - min(ys))


def _trunk_x_px(pose: Pose) -> float:
    return float(pose.middle("shoulder")[0] + pose.middle("hip")[0]) / 2
