"""Whether a photo shows a client who sits, fit to measure."""

from __future__ import annotations

import math

from posture.anatomy import View
from posture.errors import PhotoError
from posture.landmarks import Pose
from posture.views import OBLIQUE_REFUSE_DEG, recognise_view

__all__ = ["refusal", "view_of"]

_THIGH_LIMIT_DEG = 38.0
"""A thigh that rises or falls by more, seen from the side, is not that of one who sits upright
on a seat at knee height."""

_FRONT_THIGH_LIMIT = 0.62
"""From the front a thigh is foreshortened: below this share of the trunk's length. Of one who
stands it is about as long as the trunk."""

_LEAST_TRUNK_PX = 80.0


def view_of(pose: Pose, *, from_side: bool) -> View:
    """Return which view a photo given as the side or the front is taken for."""
    return recognise_view(pose).nearer_side if from_side else View.FRONT


def refusal(pose: Pose, view: View, *, name: str = "photo") -> PhotoError | None:
    """Return why a photo must not be measured as one of a client who sits, None if it may.

    `name` is what the message calls the photo.
    """
    shoulders, hips = pose.middle("shoulder"), pose.middle("hip")
    knees = pose.middle("knee_centre")
    trunk = math.hypot(*(shoulders - hips))
    if hips[1] - shoulders[1] < 0.6 * trunk or trunk < _LEAST_TRUNK_PX:
        return PhotoError(
            f"{name}: expected a client who sits upright, head up, trunk at least "
            f"{_LEAST_TRUNK_PX:.0f} pixels long; found shoulders and hips otherwise. Turn the "
            "picture upright or move closer.",
            key="sitting_not_upright",
            photo=name,
        )
    if not all(pose.is_inside(point) for point in ("nose", "hip_left", "hip_right")):
        return PhotoError(
            f"{name}: head or hips are not in the picture. Show the client from head to knees.",
            key="sitting_outside",
            photo=name,
        )
    oblique = recognise_view(pose).oblique_deg(view)
    if oblique >= OBLIQUE_REFUSE_DEG:
        wanted = "side" if view.is_lateral else "front"
        return PhotoError(
            f"{name}: expected the client from the {wanted}, found them turned by about "
            f"{oblique:.0f}°. Take the photo again, square to the camera.",
            key="client_turned",
            photo=name,
            amount=round(oblique),
        )
    drop = float(knees[1] - hips[1])
    if view.is_lateral:
        along = abs(float(knees[0] - hips[0]))
        thigh = math.degrees(math.atan2(drop, along))
        if abs(thigh) > _THIGH_LIMIT_DEG:
            return _not_sitting(f"thighs at {abs(thigh):.0f}° to the horizontal", name)
    elif drop > _FRONT_THIGH_LIMIT * trunk:
        return _not_sitting("the knees far below the hips", name)
    return None


def _not_sitting(found: str, name: str) -> PhotoError:
    return PhotoError(
        f"{name}: expected a client who sits, thighs about level, found {found}. If the client "
        "stands, use `posture analyze`; else choose a seat as high as the knees.",
        key="not_sitting",
        photo=name,
    )
