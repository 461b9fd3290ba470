"""The photographer: a pinhole camera somewhere in front of the client, held more or less well."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View

__all__ = ["Camera", "sample_camera"]

Array = NDArray[np.float64]

_AZIMUTH_DEG = {View.FRONT: 0.0, View.LEFT: 90.0, View.BACK: 180.0, View.RIGHT: -90.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera in the body's frame (metres; x anterior, y the client's left, z up).

    `azimuth_deg` is where it stands around the client: 0 in front, 90 at the client's left.
    It looks at the client's vertical axis, then is panned, pitched (+ up) and rolled
    (+ anticlockwise picture content). `centre` is the principal point; pixel centres lie at
    whole numbers.
    """

    azimuth_deg: float
    distance_m: float
    height_m: float
    pan_deg: float
    pitch_deg: float
    roll_deg: float
    focal_px: float
    width_px: int
    height_px: int
    centre_px: tuple[float, float]
    yaw_deg: float = 0.0

    def axes(self) -> tuple[Array, Array]:
        """Return the position (3,) and the rows right, down, forward (3, 3)."""
        a = math.radians(self.azimuth_deg)
        position = np.array(
            [self.distance_m * math.cos(a), self.distance_m * math.sin(a), self.height_m]
        )
        h = a + math.pi + math.radians(self.pan_deg)
        p, r = math.radians(self.pitch_deg), math.radians(self.roll_deg)
        forward = np.array([math.cos(h) * math.cos(p), math.sin(h) * math.cos(p), math.sin(p)])
        right = np.array([math.sin(h), -math.cos(h), 0.0])
        down = np.cross(forward, right)
        c, s = math.cos(r), math.sin(r)
        return position, np.stack([c * right + s * down, c * down - s * right, forward])

    def project(self, points: Array) -> Array:
        """Return the pixel positions (N, 2) of points (N, 3)."""
        position, rows = self.axes()
        local = (points - position) @ rows.T
        pixels: Array = self.focal_px * local[:, :2] / local[:, 2:] + np.array(self.centre_px)
        return pixels

    def describe(self) -> dict[str, float]:
        """Return what slices of an accuracy table go by."""
        diagonal = math.hypot(self.width_px, self.height_px)
        return {
            "height_m": self.height_m,
            "distance_m": self.distance_m,
            "yaw_deg": self.yaw_deg,
            "roll_deg": self.roll_deg,
            "pitch_deg": self.pitch_deg,
            "focal_35mm": self.focal_px / diagonal * math.hypot(36.0, 24.0),
        }


def sample_camera(
    rng: np.random.Generator,
    view: View,
    stature_m: float,
    *,
    style: Literal["careful", "casual"] = "careful",
    long_side_px: int = 640,
) -> Camera:
    """Return a camera for one photo.

    A careful amateur stands 2.6–3.8 m away with the camera at 0.8–1.25 m, turned by 3° and
    rolled by 1° (standard deviations); a casual one 2–5 m, 0.6–1.6 m, 6° and 2°, and cuts off
    the feet in one photo of twelve. One photo in four is landscape.
    """
    careful = style == "careful"
    distance = float(rng.uniform(2.6, 3.8) if careful else rng.uniform(2.0, 5.0))
    height = float(rng.uniform(0.8, 1.25) if careful else rng.uniform(0.6, 1.6))
    yaw = float(np.clip(rng.normal(0.0, 3.0 if careful else 6.0), -16.0, 16.0))
    roll = float(rng.normal(0.0, 1.0 if careful else 2.0))
    landscape = rng.random() < 0.25
    width, depth = (3, 4) if not landscape else (4, 3)
    scale = long_side_px / 4
    width_px, height_px = round(width * scale), round(depth * scale)
    share = float(rng.uniform(0.62, 0.90) if not landscape else rng.uniform(0.62, 0.88))
    focal = share * height_px * distance / stature_m
    cropped = not careful and rng.random() < 1 / 12
    aim_z = stature_m * (0.62 if cropped else float(rng.normal(0.5, 0.02)))
    room = (1 - share) / 2 * stature_m / share
    aim_z += float(rng.uniform(-0.5, 0.5)) * room * (0.0 if cropped else 1.0)
    if cropped:
        focal *= 1.12
    # Half aim the lens at the body, half hold it level and frame by cropping afterwards.
    wanted = math.degrees(math.atan2(aim_z - height, distance))
    pitch = wanted if rng.random() < 0.5 else float(rng.normal(0.0, 1.5))
    offset_y = focal * math.tan(math.radians(wanted - pitch))
    offset_x = float(rng.normal(0.0, 0.06 if landscape else 0.02)) * width_px
    return Camera(
        azimuth_deg=_AZIMUTH_DEG[view] + yaw,
        yaw_deg=yaw,
        distance_m=distance,
        height_m=height,
        pan_deg=0.0,
        pitch_deg=pitch,
        roll_deg=roll,
        focal_px=focal,
        width_px=width_px,
        height_px=height_px,
        centre_px=(width_px / 2 - 0.5 + offset_x, height_px / 2 - 0.5 + offset_y),
    )
