"""One photo of a client who sits with the lines that its measures rest on."""

from __future__ import annotations

import cv2
import numpy as np

from posture.anatomy import View, near_name
from posture.draw import canvas as ink
from posture.draw.canvas import Image8, Point
from posture.draw.style import COLOURS, SEGMENT, SHAPES
from posture.landmarks import LandmarkSet, Pose

__all__ = ["draw_sitting"]

_MARGIN = 0.12
_LINES = {
    "lateral": (
        ("c7", "tragus"),
        ("c7", "acromion"),
        ("tragus", "canthus"),
        ("trochanter", "acromion"),
        ("psis", "asis"),
    ),
    "frontal": (
        ("tragus_right", "tragus_left"),
        ("acromion_right", "acromion_left"),
        ("asis_right", "asis_left"),
    ),
}


def draw_sitting(
    pixels: Image8, view: View, pose: Pose, landmarks: LandmarkSet, *, height_px: int = 1100
) -> Image8:
    """Return the photo, cropped to the client, with landmarks and the lines between them."""
    places = np.array([(p.x_px, p.y_px) for p in pose.points.values()])
    low, high = places.min(axis=0), places.max(axis=0)
    room = _MARGIN * float((high - low).max())
    left, top = np.maximum(np.floor(low - room), 0).astype(int)
    right, bottom = np.minimum((high + room).astype(int) + 1, pixels.shape[1::-1])
    scale = height_px / (bottom - top)
    picture = np.asarray(
        cv2.resize(
            pixels[top:bottom, left:right],
            (max(1, round((right - left) * scale)), height_px),
            interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC,
        ),
        dtype=np.uint8,
    ).copy()
    unit = height_px / 100

    def at(name: str) -> Point:
        mark = landmarks[name]
        return (
            (mark.x_px + 0.5 - float(left)) * scale - 0.5,
            (mark.y_px + 0.5 - float(top)) * scale - 0.5,
        )

    lines = [(near_name(a, view), near_name(b, view)) for a, b in _LINES[view.plane]]
    for one, two in lines:
        if one in landmarks and two in landmarks:
            ink.line(picture, at(one), at(two), width=0.45 * unit, colour=SEGMENT)
    for name in dict.fromkeys(name for pair in lines for name in pair):
        if name in landmarks:
            method = landmarks[name].method
            shape, colour = SHAPES[method], COLOURS[method]
            ink.marker(picture, at(name), shape, radius=0.8 * unit, colour=colour)
    return picture
