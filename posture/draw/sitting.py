"""One photo of a client who sits with the lines that its measures rest on."""

from __future__ import annotations

from posture.anatomy import View, near_name
from posture.draw.canvas import Image8
from posture.draw.cutout import cut_out
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
    cutout = cut_out(pixels, pose, margin=_MARGIN, height_px=height_px)
    pairs = [(near_name(a, view), near_name(b, view)) for a, b in _LINES[view.plane]]
    names = dict.fromkeys(name for pair in pairs for name in pair if name in landmarks)
    places = {name: (landmarks[name].x_px, landmarks[name].y_px) for name in names}
    lines = [(places[one], places[two]) for one, two in pairs if one in places and two in places]
    marks = {places[name]: landmarks[name].method for name in names}
    cutout.draw(lines, marks, width=0.45, radius=0.8)
    return cutout.picture
