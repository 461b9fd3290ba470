"""What the sitting estimator reads of a photo: head, shoulders, hips, and the trunk's outline.

The legs are left out: how they are placed says nothing of head and trunk. The frame's origin is
the middle of the hips, its unit the length from there to the shoulders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import DETECTOR_POINTS, View, near_side, swap_sides
from posture.estimate.features import BodyFrame, contour_edges
from posture.landmarks import Pose

__all__ = ["INPUT_TRUST", "sitting_frame", "sitting_inputs"]

Array = NDArray[np.float64]

_UPPER = (
    *DETECTOR_POINTS[: DETECTOR_POINTS.index("elbow_left")],
    "hip_left",
    "hip_right",
)
_LEVELS: Array = np.concatenate([np.linspace(-1.7, -0.05, 28), np.linspace(0.0, 0.9, 16)])
"""Along the axis ear (−1), shoulders (0), hips (1); finely about the nape."""

_FACING = {View.FRONT: 0.0, View.LEFT: 1.0, View.RIGHT: -1.0}


def _trust() -> Array:
    groups = (
        (2 * len(_UPPER), 1.0),
        (len(_UPPER), 0.2),
        (3 * len(_UPPER), 0.35),
        (2 * len(_LEVELS), 1.0),
        (4, 0.4),
    )
    return np.concatenate([np.full(count, weight / np.sqrt(count)) for count, weight in groups])


INPUT_TRUST: Array = _trust()
"""The weight of each input in the kernel's distance, as for standing clients."""


def sitting_frame(pose: Pose, view: View) -> BodyFrame:
    """Return the frame of one photo.

    Raises
    ------
    ValueError
        If shoulders and hips lie at one place.
    """
    hips = pose.middle("hip")
    unit = float(np.hypot(*(pose.middle("shoulder") - hips)))
    if not unit > 0:
        raise ValueError("expected a trunk with length, found shoulders and hips at one place")
    return BodyFrame(origin_px=hips, unit_px=unit, flip=view.body_x_sign)


def sitting_inputs(pose: Pose, view: View, frame: BodyFrame) -> Array:
    """Return the numbers that the regression reads; NaN where the outline was not found.

    In a side view the points come near side first.
    """
    is_right = view.is_lateral and near_side(view) == "right"
    points = [pose.points[swap_sides(name) if is_right else name] for name in _UPPER]
    world = np.array([p.world_m or (0.0, 0.0, 0.0) for p in points])
    return np.concatenate(
        [
            frame.to_body(np.array([(p.x_px, p.y_px) for p in points])).ravel(),
            np.array([p.z_px for p in points]) / frame.unit_px,
            (world * np.array([frame.flip, -1.0, 1.0])).ravel(),
            contour_edges(pose, frame, _LEVELS).ravel(),
            frame.to_body(np.array([pose.width_px / 2, pose.height_px / 2])),
            [pose.height_px / frame.unit_px, _FACING[view]],
        ]
    )
