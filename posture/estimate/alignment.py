"""Where BlazePose's points lie on people, against where it puts them on rendered bodies.

The estimator learns from renders. On photographs of people some points sit elsewhere
relative to the bone; this module moves them to where the renders have them before the
estimator reads them. Differences of the mean offsets (point minus landmark) of people,
from photographs with landmarks placed twice by hand, and of renders, in % of body height.
"""

from __future__ import annotations

from dataclasses import replace

from posture.anatomy import View
from posture.estimate.features import body_frame
from posture.landmarks import Pose

__all__ = ["as_on_renders"]

_LATERAL_OFFSET_PERCENT = {
    "knee_centre": (-0.84, -2.28),
    "ankle": (0.54, -2.28),
    "heel": (0.54, -2.28),
    "foot_index": (0.54, -2.28),
}
"""How much further forward and up the points lie on people than on renders."""

_HEIGHT_IN_UNITS = 1.33
"""Body height over the segment length that body frames are measured in."""


def as_on_renders(pose: Pose, view: View) -> Pose:
    """Return the pose of a photographed person with its points where a render has them.

    Only side views; the frontal offsets are within what hands place them to.
    """
    if not view.is_lateral:
        return pose
    frame = body_frame(pose, view)
    percent_px = frame.unit_px * _HEIGHT_IN_UNITS / 100
    points = dict(pose.points)
    for name, (forward, up) in _LATERAL_OFFSET_PERCENT.items():
        for side in ("left", "right"):
            point = points[f"{name}_{side}"]
            points[f"{name}_{side}"] = replace(
                point,
                x_px=point.x_px - frame.flip * forward * percent_px,
                y_px=point.y_px + up * percent_px,
            )
    return replace(pose, points=points)
