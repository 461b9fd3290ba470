"""Stick figures of known angles, so that the expected number is arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from posture.anatomy import DETECTOR_POINTS, Method, View
from posture.landmarks import Keypoint, Landmark, LandmarkSet, PictureReading, Pose

WIDTH_PX, HEIGHT_PX = 1000, 1500
CENTRE_X_PX, FLOOR_Y_PX = 500.0, 1400.0

GOOD_PICTURE = PictureReading(
    blur_across=0.0018,
    blur_down=0.0017,
    light=0.72,
    person_light=0.4,
    person_range=0.4,
    background_light=0.6,
    person_white=0.0,
    border_seen=0.97,
    bars_above_below=0.0,
    bars_beside=0.0,
)
"""A picture that nothing is to be said of."""

# An upright client of 1200 px in the body's frame: x forward (side) or right (front), y up.
LATERAL = {
    "c7": (-40.0, 1040.0),
    "tragus": (0.0, 1110.0),
    "canthus": (60.0, 1120.0),
    "acromion": (0.0, 985.0),
    "asis": (60.0, 670.0),
    "psis": (-60.0, 695.0),
    "trochanter": (0.0, 630.0),
    "knee": (5.0, 345.0),
    "malleolus": (-15.0, 50.0),
}
FRONTAL = {
    "tragus_right": (50.0, 1110.0),
    "tragus_left": (-50.0, 1110.0),
    "acromion_right": (130.0, 985.0),
    "acromion_left": (-130.0, 985.0),
    "asis_right": (85.0, 670.0),
    "asis_left": (-85.0, 670.0),
    "psis_right": (40.0, 695.0),
    "psis_left": (-40.0, 695.0),
    "scapula_right": (90.0, 850.0),
    "scapula_left": (-90.0, 850.0),
    "calf_right": (60.0, 160.0),
    "calf_left": (-60.0, 160.0),
    "achilles_right": (60.0, 55.0),
    "achilles_left": (-60.0, 55.0),
    "calcaneus_right": (60.0, 15.0),
    "calcaneus_left": (-60.0, 15.0),
}


def rotated(
    point: tuple[float, float], about: tuple[float, float], angle_deg: float
) -> tuple[float, float]:
    """Return the point turned anticlockwise about another (y up)."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    dx, dy = point[0] - about[0], point[1] - about[1]
    return about[0] + c * dx - s * dy, about[1] + s * dx + c * dy


def at_angle(origin: tuple[float, float], angle_deg: float, length: float) -> tuple[float, float]:
    """Return the point at an angle above the forward horizontal, at a distance."""
    return (
        origin[0] + length * math.cos(math.radians(angle_deg)),
        origin[1] + length * math.sin(math.radians(angle_deg)),
    )


def landmark_set(
    points: Mapping[str, tuple[float, float]],
    view: View,
    *,
    method: Method = Method.MANUAL,
    sd_px: float = 0.0,
) -> LandmarkSet:
    """Return points of the body's frame as landmarks of a photo of this view."""
    flip = -1.0 if view in (View.LEFT, View.FRONT) else 1.0
    suffix = f"_{view.value}" if view.is_lateral else ""
    marks = {}
    for name, (x, y) in points.items():
        full = name if name in ("c7", "t8", "l4", "nose") else f"{name}{suffix}"
        marks[full] = Landmark(
            x_px=CENTRE_X_PX + flip * x, y_px=FLOOR_Y_PX - y, method=method, sd_px=sd_px
        )
    return LandmarkSet(marks)


def standing_pose(view: View, *, turned_deg: float = 0.0, people_count: int = 1) -> Pose:
    """Return the detector points and silhouette of an upright client.

    `turned_deg` rotates the client about the vertical away from the view's ideal.
    """
    azimuth = {View.FRONT: 0.0, View.LEFT: 90.0, View.BACK: 180.0, View.RIGHT: -90.0}[view]
    azimuth += turned_deg
    # Body frame: (towards the client's left, forward, up) in pixels.
    body = dict.fromkeys(DETECTOR_POINTS, (0.0, 0.0, 0.0))
    heights = {
        "eye_inner": (10, 70, 1125),
        "eye": (20, 70, 1125),
        "eye_outer": (35, 60, 1122),
        "ear": (50, 5, 1110),
        "mouth": (15, 75, 1080),
        "shoulder": (115, 0, 975),
        "elbow": (150, 0, 760),
        "wrist": (160, 20, 580),
        "pinky": (165, 25, 520),
        "index": (160, 35, 515),
        "thumb": (155, 40, 540),
        "hip": (65, 5, 640),
        "knee_centre": (65, 10, 350),
        "ankle": (60, -15, 60),
        "heel": (60, -50, 15),
        "foot_index": (75, 90, 10),
    }
    body["nose"] = (0.0, 90.0, 1105.0)
    for name, (across, forward, up) in heights.items():
        body[f"{name}_left"] = (float(across), float(forward), float(up))
        body[f"{name}_right"] = (-float(across), float(forward), float(up))
    c, s = math.cos(math.radians(azimuth)), math.sin(math.radians(azimuth))
    points = {}
    for name, (left, forward, up) in body.items():
        # Facing the camera, the client's left is the picture's right and forward is nearer.
        x, z = c * left - s * forward, -s * left - c * forward
        points[name] = Keypoint(x_px=CENTRE_X_PX + x, y_px=FLOOR_Y_PX - up, z_px=z, visibility=1.0)
    return Pose(
        points=points,
        silhouette=_block_silhouette(),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        people_count=people_count,
    )


def _block_silhouette() -> np.ndarray:
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), dtype=np.float32)
    mask[int(FLOOR_Y_PX) - 1200 : int(FLOOR_Y_PX), 400:600] = 1.0
    return mask
