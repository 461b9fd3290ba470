"""Arms and legs in a close-up: where their joints lie, however the limb is turned.

The pose network reads the whole body in 256 pixels, and has seen few arms overhead. The limb that
a test moves is cut from the photo, turned until it hangs, and its three joints are read by a small
network of its own, which was taught on rendered bodies only: the pose network keeps a share in
where a joint is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Plane, Side, View
from posture.estimate.close_up import CLOSE_UP_PX, load_network, read_square, sampled
from posture.estimate.features import BodyFrame
from posture.estimate.shipped import shipped, shipped_sha256
from posture.geometry import rotation
from posture.landmarks import Keypoint, Pose

__all__ = ["LIMBS", "Limb", "LimbSquare", "limb_square", "limbs_sha256", "read_limbs"]

Array = NDArray[np.float64]

_NETWORK_SHARE = 0.7
_REACH = 0.68
"""Half the side of a limb's square, in lengths of the limb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limb:
    """A chain of three joints, from the trunk outwards, without side; seen in one plane."""

    name: str
    plane: Plane
    joints: tuple[str, str, str]


LIMBS: Mapping[str, Limb] = MappingProxyType(
    {
        limb.name: limb
        for limb in (
            Limb(name="lateral-arm", plane="lateral", joints=("shoulder", "elbow", "wrist")),
            Limb(name="frontal-arm", plane="frontal", joints=("shoulder", "elbow", "wrist")),
            Limb(name="lateral-leg", plane="lateral", joints=("hip", "knee_centre", "ankle")),
            Limb(name="frontal-leg", plane="frontal", joints=("hip", "knee_centre", "ankle")),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimbSquare:
    """Where a limb's square lies in a photo.

    `frame` has its origin in the square's middle and half its side as unit; x runs forwards or
    outwards. In it the limb is turned by `turn_deg` from hanging, from +x towards +y.
    """

    frame: BodyFrame
    turn_deg: float

    def to_square(self, pixels: Array) -> Array:
        """Return places (…, 2) in the photo as those in the square, from −1 to 1, y up."""
        return self.frame.to_body(pixels) @ rotation(-self.turn_deg).T

    def to_pixels(self, places: Array) -> Array:
        """Return places (…, 2) in the square as those in the photo."""
        return self.frame.to_pixels(places @ rotation(self.turn_deg).T)

    def cut(self, pixels: NDArray[np.uint8], size: int, margin: float = 1.0) -> NDArray[np.uint8]:
        """Return the square, RGB of shape (size, size, 3), `margin` times as large."""
        step = 2 * margin / size
        middle = (size - 1) / 2
        corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        at = self.to_pixels((corners - middle) * step * np.array([1.0, -1.0]))
        matrix = np.column_stack([at[1] - at[0], at[2] - at[0], at[0]])
        shrink = math.hypot(*(at[1] - at[0]))
        part = pixels
        if shrink > 1.0:
            sigma = 0.5 * math.sqrt(shrink**2 - 1.0)
            part, matrix = _smoothed(pixels, matrix, size, sigma)
        return sampled(part, matrix, size)


def read_limbs(
    pixels: NDArray[np.uint8], pose: Pose, view: View, limb: Limb
) -> dict[str, Keypoint]:
    """Return the joints of a limb, on each side that the photo shows, by their full names.

    Parameters
    ----------
    pixels
        The upright photo, sRGB, shape (H, W, 3).
    pose
        The person in it.
    view
        What it shows; a side view gives the near side's joints.
    limb
        Which; it is of the view's plane.

    Raises
    ------
    WeightsError
        If the network is missing.
    """
    network = load_network(shipped(_file(limb)))
    found = {}
    for side in view.sides:
        square = limb_square(pose.points, limb, view, side)
        places, _ = read_square(network, square.cut(pixels, CLOSE_UP_PX))
        for joint, read in zip(limb.joints, square.to_pixels(places), strict=True):
            name = f"{joint}_{side}"
            point = pose.points[name]
            x, y = read + (1.0 - _NETWORK_SHARE) * (np.array([point.x_px, point.y_px]) - read)
            found[name] = replace(point, x_px=float(x), y_px=float(y))
    return found


def limbs_sha256() -> str:
    """Return one checksum of all networks, in the order of the limbs."""
    return shipped_sha256(*(_file(limb) for limb in LIMBS.values()))


def _file(limb: Limb) -> str:
    return f"limbs/{limb.name}.onnx"


def limb_square(points: Mapping[str, Keypoint], limb: Limb, view: View, side: Side) -> LimbSquare:
    """Return the square of a limb, by the pose network's points of the photo."""
    sides = f"_{side}"
    chain = np.array(
        [(points[f"{j}{sides}"].x_px, points[f"{j}{sides}"].y_px) for j in limb.joints]
    )
    flip = view.body_x_sign
    if not view.is_lateral and side == "left":
        flip = -flip
    length = float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum())
    middle = (chain.min(axis=0) + chain.max(axis=0)) / 2
    frame = BodyFrame(origin_px=middle, unit_px=max(1.0, _REACH * length), flip=flip)
    across, up = frame.to_body(chain[0]) - frame.to_body(chain[2])
    # From the limb's end to the trunk is upwards where it hangs.
    return LimbSquare(frame=frame, turn_deg=-math.degrees(math.atan2(across, up)))


def _smoothed(
    pixels: NDArray[np.uint8], matrix: Array, size: int, sigma: float
) -> tuple[NDArray[np.uint8], Array]:
    """Return the part of the photo about the square, blurred for its scale, and its matrix."""
    import cv2

    corners = np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]], dtype=np.float64)
    reached = corners @ matrix.T
    reach = math.ceil(3 * sigma) + 2
    height, width = pixels.shape[:2]
    x0, y0 = (
        int(np.clip(v, 0, end - 1))
        for v, end in zip(reached.min(0) - reach, (width, height), strict=True)
    )
    x1, y1 = (
        int(np.clip(np.ceil(v), first + 1, end))
        for v, first, end in zip(reached.max(0) + reach, (x0, y0), (width, height), strict=True)
    )
    part = cv2.GaussianBlur(pixels[y0:y1, x0:x1], (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    moved = matrix.copy()
    moved[:, 2] -= (x0, y0)
    return np.asarray(part, dtype=np.uint8), moved
