"""Whether someone else stands beside the client: a second look with the client painted over.

A network that looks for people finds the plainest one and may miss another. Once the client
is painted over, the other is the plainest. What remains of the client is told by its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posture.landmarks import Pose

__all__ = ["painted_over", "stands_beside"]

_PERSON = 0.1
_GROWN = 1 / 60
_LEAST_ASIDE = 0.2
"""Distance across of two trunks, over the client's height, that two people keep."""


def painted_over(pixels: NDArray[np.uint8], pose: Pose) -> NDArray[np.uint8]:
    """Return a copy in which the person is covered by the background's usual colour.

    Parameters
    ----------
    pixels
        The photo or a smaller copy of it, uint8 RGB of shape (H, W, 3).
    pose
        The person, with a silhouette.
    """
    import cv2

    if pose.silhouette is None:
        raise ValueError("expected a pose with a silhouette, found none")
    height, width = pixels.shape[:2]
    mask = cv2.resize(pose.silhouette, (width, height)) > _PERSON
    reach = max(3, round(_GROWN * height)) | 1
    covered = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    free = pixels.reshape(-1, 3)[np.flatnonzero(~covered)[::97]]
    copy = pixels.copy()
    copy[covered] = np.median(free, axis=0) if len(free) else 128
    return copy


def stands_beside(other: Pose, client: Pose) -> bool:
    """Return whether a person found after painting over stands elsewhere than the client."""
    ys = [point.y_px for point in client.points.values()]
    across = abs(_trunk_x_px(other) - _trunk_x_px(client))
    return across > _LEAST_ASIDE * (max(ys) - min(ys))


def _trunk_x_px(pose: Pose) -> float:
    return float(pose.middle("shoulder")[0] + pose.middle("hip")[0]) / 2
