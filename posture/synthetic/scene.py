"""Rooms and light for synthetic photos, and what the camera makes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.camera import Camera
from posture.synthetic.mesh import Mesh

__all__ = ["Scene", "develop", "door", "panel", "room_meshes", "sample_scene"]

Array = NDArray[np.float64]
Colour = tuple[float, float, float]

_ROOM_WIDTH_M, _ROOM_HEIGHT_M, _ROOM_DEPTH_M = 12.0, 5.0, 8.0
_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A wall behind the client, a floor, light, and how the camera takes it.

    Colours are linear RGB in [0, 1]. `light` points from the scene to the lamp, in the
    camera's frame (right, down, forward); `ambient` is its share of the light.
    `wall_distance_m` is from the client. `clutter` is how many objects stand at the wall;
    `seed` says which.
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
        r, g, b = np.clip(grey * (1 + rng.normal(0, saturation, 3)), 0.02, 1.0)
        return float(r), float(g), float(b)

    light = rng.normal([0.0, -0.8, -0.9], [0.7, 0.3, 0.4])
    light /= np.linalg.norm(light)
    tint = 1 + rng.normal(0, 0.04, 3)
    return Scene(
        wall=colour(0.15, 0.9, 0.12 if rng.random() < 0.85 else 0.5),
        floor=colour(0.08, 0.6, 0.20),
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


def room_meshes(camera: Camera, scene: Scene) -> list[Mesh]:
    """Return wall, skirting, floor and furniture as seen by this camera.

    The wall faces the camera's place without its yaw: it is the client who turned.
    """
    rng = np.random.default_rng(scene.seed)
    a = math.radians(camera.azimuth_deg - camera.yaw_deg)
    away = np.array([-math.cos(a), -math.sin(a), 0.0])
    across = np.array([-away[1], away[0], 0.0])
    foot = away * scene.wall_distance_m
    corner = foot - _ROOM_WIDTH_M / 2 * across
    width, height = _ROOM_WIDTH_M * across, _ROOM_HEIGHT_M * _UP
    boards = (60, 5) if rng.random() < 0.5 else (30, 20)
    meshes = [
        _grid(corner, width, height, scene.wall, scene.wall_pattern, rng),
        _tiles(corner, width, -_ROOM_DEPTH_M * away, scene.floor, float(rng.choice([0, 0.1])),
               boards, rng),
        panel(corner - 0.012 * away, width, 0.09 * _UP, _skirting(scene)),
    ]  # fmt: skip
    slots = rng.permutation([-3.0, -1.7, 0.7, 2.0])
    for slot in slots[: scene.clutter]:
        sideways = float(slot + rng.uniform(-0.1, 0.1))
        place = foot + sideways * across
        furnish = (door, _picture, _cupboard)[int(rng.integers(3))]
        meshes.extend(furnish(place, across, away, scene, rng))
    return meshes


def _skirting(scene: Scene) -> Colour:
    """Return white for a dark wall, and dark for a light one."""
    grey = 0.75 if sum(scene.wall) < 1.0 else 0.25
    return grey, 0.98 * grey, 0.94 * grey


def _muted(rng: np.random.Generator) -> Colour:
    grey = rng.uniform(0.05, 0.7)
    r, g, b = np.clip(grey * (1 + rng.normal(0, 0.12, 3)), 0.02, 0.95)
    return float(r), float(g), float(b)


def door(
    place: Array, across: Array, away: Array, scene: Scene, rng: np.random.Generator
) -> list[Mesh]:
    """Return a door in the wall, its lower end at `place`; `away` points from the camera."""
    leaf, frame = _muted(rng), _muted(rng)
    start = place + 0.05 * across
    return [
        panel(start - 0.015 * away - 0.08 * across, 1.06 * across, 2.13 * _UP, frame),
        panel(start - 0.025 * away, 0.9 * across, 2.05 * _UP, leaf),
        panel(start - 0.05 * away + 0.05 * across + 1.03 * _UP, 0.12 * across, 0.025 * _UP,
               (0.4, 0.4, 0.4)),
    ]  # fmt: skip


def _picture(
    place: Array, across: Array, away: Array, scene: Scene, rng: np.random.Generator
) -> list[Mesh]:
    width, height, lift = rng.uniform(0.25, 0.9), rng.uniform(0.25, 0.8), rng.uniform(1.0, 1.7)
    corner = place + lift * _UP
    inner = corner + 0.04 * across + 0.04 * _UP - 0.03 * away
    return [
        panel(corner - 0.02 * away, (width + 0.08) * across, (height + 0.08) * _UP, _muted(rng)),
        _grid(inner, width * across, height * _UP, _muted(rng), 0.6, rng, cells=8),
    ]


def _cupboard(
    place: Array, across: Array, away: Array, scene: Scene, rng: np.random.Generator
) -> list[Mesh]:
    width, height = rng.uniform(0.4, 1.2), rng.uniform(0.4, 2.0)
    depth = min(float(rng.uniform(0.25, 0.5)), max(scene.wall_distance_m - 0.3, 0.05))
    paint = _muted(rng)
    front = place - depth * away
    sides = [
        panel(front, width * across, height * _UP, paint),
        panel(front, depth * away, height * _UP, paint),
        panel(front + width * across, depth * away, height * _UP, paint),
        panel(front + height * _UP, width * across, depth * away, paint),
    ]
    gap = (0.3 * paint[0], 0.3 * paint[1], 0.3 * paint[2])
    middle = front + 0.5 * width * across - 0.004 * away
    return [*sides, panel(middle, 0.008 * across, height * _UP, gap)]


def panel(corner: Array, side: Array, other: Array, colour: Sequence[float]) -> Mesh:
    """Return a plain rectangle."""
    return _tiles(corner, side, other, colour, 0.0, (1, 1), np.random.default_rng(0))


def _tiles(
    corner: Array,
    side: Array,
    other: Array,
    colour: Sequence[float],
    pattern: float,
    count: tuple[int, int],
    rng: np.random.Generator,
) -> Mesh:
    """Return a rectangle of tiles, each of one shade; `pattern` is how far they differ."""
    across, along = count
    u, v = (
        axis.reshape(-1, 1)
        for axis in np.meshgrid(np.arange(across) / across, np.arange(along) / along)
    )
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) / np.array([across, along])
    places = np.stack([u + square[:, 0], v + square[:, 1]], axis=-1).reshape(-1, 2)
    tiles = len(u)
    faces = 4 * np.arange(tiles)[:, None, None] + np.array([[0, 1, 2], [0, 2, 3]])
    shade = np.repeat(1 + pattern * rng.standard_normal((tiles, 1)), 4, axis=0)
    return Mesh(
        vertices=corner + places[:, :1] * side + places[:, 1:] * other,
        faces=faces.reshape(-1, 3).astype(np.int32),
        colours=np.clip(np.asarray(colour) * shade, 0, 1).astype(np.float32),
        roughness=0.9,
    )


def _grid(
    corner: Array,
    side: Array,
    other: Array,
    colour: Sequence[float],
    pattern: float,
    rng: np.random.Generator,
    cells: int = 24,
) -> Mesh:
    """Return a rectangle whose shade varies smoothly; `pattern` is how far."""
    u, v = np.meshgrid(np.linspace(0, 1, cells + 1), np.linspace(0, 1, cells + 1))
    first = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    square = np.stack([first, first + 1, first + cells + 2, first + cells + 1], axis=1)
    shade = 1 + pattern * rng.standard_normal((u.size, 1))
    return Mesh(
        vertices=corner + u.reshape(-1, 1) * side + v.reshape(-1, 1) * other,
        faces=np.concatenate([square[:, [0, 1, 2]], square[:, [0, 2, 3]]]).astype(np.int32),
        colours=np.clip(np.asarray(colour) * shade, 0, 1).astype(np.float32),
        roughness=1.0,
    )


def develop(
    picture: NDArray[np.uint8],
    size: tuple[int, int],
    scene: Scene,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Return the picture at (width, height) as a camera gives it: blurred, noisy, compressed."""
    import cv2

    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    if scene.blur_px > 0.3:
        small = cv2.GaussianBlur(small, (0, 0), scene.blur_px)
    noisy = small.astype(np.float32) + 255 * scene.noise * rng.standard_normal(
        small.shape, dtype=np.float32
    )
    clean = np.clip(noisy, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", clean[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, scene.jpeg_quality])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])
