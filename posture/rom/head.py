"""The head in a close-up: where tragi and outer canthi lie, however far it is turned.

The networks that read standing clients know heads that are nearly upright. So the picture is
turned until the head is, as far as the pose network tells. A second look, turned by what the first
one said, gained nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_side
from posture.estimate.close_up import CLOSE_UPS, CloseUp, load_networks, read_close_ups
from posture.estimate.features import BodyFrame, body_frame
from posture.geometry import rotation
from posture.landmarks import Keypoint, Pose

__all__ = ["read_head"]

Array = NDArray[np.float64]

_LOOKS: Mapping[str, CloseUp] = {
    look.plane: look for look in CLOSE_UPS if look.name in ("lateral-head", "frontal-head")
}
_EAR_EYE_DEG = 22.0
"""How far the pose network's eye lies above its ear in those who stand."""

_TRAGUS = np.array([0.036, 0.045])
"""Where the tragus lies from the close-up's middle in those who stand, in the frame's units."""

_EAR_AHEAD = 0.012
_REACH = 1.6


def read_head(pixels: NDArray[np.uint8], pose: Pose, view: View) -> dict[str, Keypoint]:
    """Return the tragi and outer canthi that the photo shows, by their full names.

    Parameters
    ----------
    pixels
        The upright photo, sRGB, shape (H, W, 3).
    pose
        The person in it.
    view
        What it shows; a side view gives the near side's landmarks.

    Raises
    ------
    WeightsError
        If a network is missing.
    """
    look = _LOOKS[view.plane]
    frame = body_frame(pose, view)
    turn_deg, middle = _first_guess(pose, view, frame)
    picture, upright = _upright(pixels, frame, middle, turn_deg, look.half_width)
    nowhere = dict.fromkeys(look.anchors, np.zeros(2))
    reading = read_close_ups(picture, upright, (look,), nowhere, load_networks((look,)))
    places = {
        name: middle + rotation(turn_deg) @ place
        for name, place in zip(look.landmarks, reading.places, strict=True)
        if name.startswith(("tragus", "canthus"))
    }
    suffix = f"_{near_side(view)}" if view.is_lateral else ""
    shown = {f"{name}{suffix}": frame.to_pixels(place) for name, place in places.items()}
    return {
        name: Keypoint(x_px=float(x), y_px=float(y), z_px=0.0, visibility=1.0)
        for name, (x, y) in shown.items()
    }


def _first_guess(pose: Pose, view: View, frame: BodyFrame) -> tuple[float, Array]:
    """Return the head's turn from upright and the close-up's middle, by the pose network."""

    def at(name: str) -> Array:
        point = pose.points[name]
        return frame.to_body(np.array([point.x_px, point.y_px]))

    if not view.is_lateral:
        across, up = at("eye_outer_right") - at("eye_outer_left")
        return math.degrees(math.atan2(up, across)), (at("ear_left") + at("ear_right")) / 2
    side = near_side(view)
    ear = at(f"ear_{side}")
    across, up = at(f"eye_{side}") - ear
    turn_deg = math.degrees(math.atan2(up, across)) - _EAR_EYE_DEG
    tragus = ear - rotation(turn_deg) @ np.array([_EAR_AHEAD, 0.0])
    return turn_deg, tragus - rotation(turn_deg) @ _TRAGUS


def _upright(
    pixels: NDArray[np.uint8], frame: BodyFrame, middle: Array, turn_deg: float, half_width: float
) -> tuple[NDArray[np.uint8], BodyFrame]:
    """Return the part of the photo about the head, turned upright, and its frame."""
    import cv2

    reach = math.ceil(_REACH * half_width * frame.unit_px)
    x, y = frame.to_pixels(middle)
    # A turn of the body's frame is one of the picture the other way, as its y runs down.
    matrix = cv2.getRotationMatrix2D((float(x), float(y)), -turn_deg * frame.flip, 1.0)
    matrix[:, 2] += reach - np.array([x, y])
    picture = cv2.warpAffine(
        pixels,
        matrix,
        (2 * reach + 1, 2 * reach + 1),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    origin = np.array([float(reach), float(reach)])
    upright = BodyFrame(origin_px=origin, unit_px=frame.unit_px, flip=frame.flip)
    return np.asarray(picture, dtype=np.uint8), upright
