"""Rooms and light for synthetic photos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Scene", "sample_scene"]

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A wall behind the client, a floor, light, and how the camera takes it.

    Colours are linear RGB in [0, 1]. `light` points from the scene to the lamp, in the
    camera's frame (right, down, forward); `ambient` is its share of the light.
    `wall_distance_m` is from the client. `clutter` is how many objects stand at the wall.
    """

    wall: Colour
    floor: Colour
    wall_pattern: float
    light: Colour
    ambient: float
    exposure: float
    tint: Colour
    wall_distance_m: float
    clutter: int
    blur_px: float
    noise: float
    jpeg_quality: int
    seed: int


def sample_scene(rng: np.random.Generator) -> Scene:
    """Return a room."""

    def colour(low: float, high: float, saturation: float) -> Colour:
        grey = float(rng.uniform(low, high))
        r, g, b = np.clip(grey + rng.normal(0, saturation, 3), 0.02, 1.0)
        return float(r), float(g), float(b)

    light = rng.normal([0.0, -0.8, -0.9], [0.7, 0.3, 0.4])
    light /= np.linalg.norm(light)
    tint = 1 + rng.normal(0, 0.04, 3)
    return Scene(
        wall=colour(0.15, 0.9, 0.10) if rng.random() < 0.85 else (0.05, 0.45, 0.12),
        floor=colour(0.08, 0.6, 0.06),
        wall_pattern=float(rng.choice([0.0, 0.03, 0.10])),
        light=(float(light[0]), float(light[1]), float(light[2])),
        ambient=float(rng.uniform(0.35, 0.7)),
        exposure=float(rng.uniform(0.75, 1.25)),
        tint=(float(tint[0]), float(tint[1]), float(tint[2])),
        wall_distance_m=float(rng.uniform(0.3, 2.0)),
        clutter=int(rng.integers(0, 5)),
        blur_px=float(rng.uniform(0.0, 0.9)),
        noise=float(rng.uniform(0.0, 0.025)),
        jpeg_quality=int(rng.integers(55, 96)),
        seed=int(rng.integers(2**31)),
    )
