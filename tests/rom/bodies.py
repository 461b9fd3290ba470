"""Bodies of known angles, as points in the body's frame: y up, x forward or to the right."""

from __future__ import annotations

import math

import numpy as np


def at(origin, length, lean):
    """Return the point `length` away from the origin, leaning to +x from the upright."""
    a = math.radians(lean)
    return np.asarray(origin, dtype=float) + length * np.array([math.sin(a), math.cos(a)])


def side_view(
    *, trunk=0.0, arm=0.0, forearm=0.0, thigh=0.0, shank=0.0, face=0.0, foot=0.0, side="left"
):
    """Return a body from the side: leans of its parts; the arm's angle from hanging, forwards."""
    ankle = np.array([0.0, 0.0])
    knee = at(ankle, 40, shank)
    hip = at(knee, 40, thigh)
    shoulder = at(hip, 50, trunk)
    elbow = at(shoulder, 30, 180 - arm)
    wrist = at(elbow, 25, 180 - arm - forearm)
    ear = at(shoulder, 25, trunk)
    c, s = math.cos(math.radians(face)), math.sin(math.radians(face))
    turn = np.array([[c, -s], [s, c]])
    head = {"ear": (0, 0), "eye_outer": (8, 2), "eye": (9, 2), "eye_inner": (10, 2)}
    head |= {"mouth": (9, -5), "tragus": (-1, 0), "canthus": (8, 2)}
    points = {f"{name}_{side}": ear + turn @ np.array(place) for name, place in head.items()}
    points["nose"] = ear + turn @ np.array([12.0, -1.0])
    joints = {"ankle": ankle, "knee_centre": knee, "hip": hip, "shoulder": shoulder}
    joints |= {"elbow": elbow, "wrist": wrist}
    points |= {f"{name}_{side}": place for name, place in joints.items()}
    heel = ankle - np.array([5.0, 6.0])
    points[f"heel_{side}"] = heel
    points[f"foot_index_{side}"] = heel + 20 * np.array(
        [math.cos(math.radians(foot)), -math.sin(math.radians(foot))]
    )
    return points


def front_view(*, trunk=0.0, face=0.0, arms=(0.0, 0.0), knees=(0.0, 0.0)):
    """Return a body from the front; x towards the client's right; arms and knees (left, right)."""
    points = {}
    middle = np.array([0.0, 80.0])
    top = at(middle, 50, trunk)
    across = np.array([math.cos(math.radians(trunk)), -math.sin(math.radians(trunk))])
    for side, out, arm, knee in zip(("left", "right"), (-1, 1), arms, knees, strict=True):
        points[f"hip_{side}"] = middle + out * 10 * across
        points[f"shoulder_{side}"] = top + out * 18 * across
        hanging = math.radians(arm)
        along = np.array([out * math.sin(hanging), -math.cos(hanging)])
        points[f"elbow_{side}"] = points[f"shoulder_{side}"] + 30 * along
        points[f"wrist_{side}"] = points[f"shoulder_{side}"] + 55 * along
        inward = -out * 40 * math.sin(math.radians(knee / 2))
        up = 40 * math.cos(math.radians(knee / 2))
        points[f"ankle_{side}"] = np.array([out * 10.0, 0.0])
        points[f"knee_centre_{side}"] = points[f"ankle_{side}"] + (inward, up)
        points[f"hip_{side}"] = points[f"ankle_{side}"] + (0.0, 2 * up)
    c, s = math.cos(math.radians(face)), math.sin(math.radians(face))
    turn = np.array([[c, s], [-s, c]])  # positive: crown towards the client's right
    head = {"nose": (0, 0), "ear_left": (-8, 2), "ear_right": (8, 2)}
    head |= {"eye_left": (-3, 4), "eye_right": (3, 4)}
    head |= {"mouth_left": (-3, -5), "mouth_right": (3, -5)}
    head |= {"tragus_left": (-7, 2), "tragus_right": (7, 2)}
    head |= {"canthus_left": (-4, 4), "canthus_right": (4, 4)}
    middle = top + np.array([0.0, 20.0])
    return points | {n: middle + turn @ np.array(p, dtype=float) for n, p in head.items()}


def pose_of(points, view, *, size=(600, 400)):
    """Return the points as a detector finds them in a picture; what is missing lies amid it."""
    from posture.anatomy import DETECTOR_POINTS
    from posture.landmarks import Pose

    width, height = size
    middle = {name: np.array([0.0, 60.0]) for name in DETECTOR_POINTS}
    found = {name: place for name, place in points.items() if name in DETECTOR_POINTS}
    return Pose(
        points=_in_picture(middle | found, view, size),
        silhouette=None,
        width_px=width,
        height_px=height,
    )


def marks_of(points, view, *, size=(600, 400)):
    """Return what a close-up shows besides a detector's points."""
    from posture.anatomy import DETECTOR_POINTS

    read = {name: place for name, place in points.items() if name not in DETECTOR_POINTS}
    return _in_picture(read, view, size)


def _in_picture(points, view, size):
    from posture.landmarks import Keypoint

    width, height = size
    return {
        name: Keypoint(
            x_px=width / 2 + view.body_x_sign * place[0],
            y_px=height - 60 - place[1],
            z_px=0.0,
            visibility=1.0,
        )
        for name, place in points.items()
    }
