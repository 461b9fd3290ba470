"""Recipes that make an ordinary synthetic photo unfit to measure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.appearance import MONK_TONES
from posture.synthetic.body import Body, Posture, build_body
from posture.synthetic.camera import Camera
from posture.synthetic.clients import client_meshes
from posture.synthetic.garments import sample_outfit
from posture.synthetic.hair import sample_hair
from posture.synthetic.mesh import Mesh, clipped
from posture.synthetic.population import sample_client
from posture.synthetic.pose import Turn
from posture.synthetic.scene import Scene

__all__ = ["RECIPES", "Staging", "dressed"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """What is changed of an ordinary photo; None leaves it as drawn.

    `stance` replaces how the client stands, `framing` the camera, given the stature in
    metres, `staging` what stands in the room, `scene` the room, `spoil` the finished picture.
    """

    stance: Callable[[Posture], Posture] | None = None
    framing: Callable[[Camera, float], Camera] | None = None
    staging: Callable[[list[Mesh], Camera], list[Mesh]] | None = None
    scene: Callable[[Scene], Scene] | None = None
    spoil: Callable[[NDArray[np.uint8]], NDArray[np.uint8]] | None = None


def _turned(rng: np.random.Generator) -> Staging:
    by_deg = float(rng.choice([-1.0, 1.0]) * rng.uniform(35.0, 60.0))

    def framing(camera: Camera, stature_m: float) -> Camera:
        yaw = camera.yaw_deg
        return replace(camera, yaw_deg=by_deg, azimuth_deg=camera.azimuth_deg - yaw + by_deg)

    return Staging(framing=framing)


def _cropped(rng: np.random.Generator, low: float, high: float, *, above: bool) -> Staging:
    """Return a framing whose upper or lower border cuts the body at a share of its stature."""
    at = float(rng.uniform(low, high))

    def framing(camera: Camera, stature_m: float) -> Camera:
        nearer = replace(camera, focal_px=1.15 * camera.focal_px)
        y = float(nearer.project(np.array([[0.0, 0.0, at * stature_m]]))[0, 1])
        border = -0.5 if above else camera.height_px - 0.5
        x_px, y_px = nearer.centre_px
        return replace(nearer, centre_px=(x_px, y_px + border - y))

    return Staging(framing=framing)


def _bent(rng: np.random.Generator) -> Staging:
    bend, crouch = float(rng.uniform(40.0, 85.0)), bool(rng.random() < 0.4)
    knees = float(rng.uniform(50.0, 85.0)) if crouch else 0.0

    def stance(p: Posture) -> Posture:
        return replace(
            p,
            pelvis=_pitched(p.pelvis, 0.5 * bend),
            lumbar=_pitched(p.lumbar, 0.75 * bend),
            thorax_low=_pitched(p.thorax_low, bend),
            thorax_high=_pitched(p.thorax_high, bend),
            neck=_pitched(p.neck, 0.8 * bend),
            head=_pitched(p.head, 0.5 * bend),
            arm_flexion_deg=(0.3 * bend, 0.3 * bend),
            knee_flexion_deg=(knees, knees) if crouch else p.knee_flexion_deg,
        )

    return Staging(stance=stance)


def _pitched(turn: Turn, by_deg: float) -> Turn:
    return replace(turn, pitch_deg=turn.pitch_deg + by_deg)


def _sitting(rng: np.random.Generator) -> Staging:
    knees, back_m = float(rng.uniform(80.0, 95.0)), float(rng.uniform(-0.30, -0.24))
    colour = tuple(rng.uniform(0.05, 0.6, 3))

    def stance(p: Posture) -> Posture:
        return replace(
            p,
            knee_flexion_deg=(knees, knees),
            balance_m=back_m,
            arm_flexion_deg=(25.0, 25.0),
            elbow_flexion_deg=(50.0, 50.0),
        )

    def staging(meshes: list[Mesh], camera: Camera) -> list[Mesh]:
        vertices = np.concatenate([mesh.vertices for mesh in meshes])
        behind = vertices[vertices[:, 0] < np.quantile(vertices[:, 0], 0.25)]
        seat = (float(np.median(behind[:, 0])), float(np.median(vertices[:, 1])))
        low = vertices[np.hypot(vertices[:, 0] - seat[0], vertices[:, 1] - seat[1]) < 0.2]
        top = float(low[:, 2].min()) + 0.03
        return [*meshes, _block((seat[0] - 0.02, seat[1]), (0.36, 0.40), top, colour)]

    return Staging(stance=stance, staging=staging)


def _block(
    middle: tuple[float, float], size: tuple[float, float], top: float, colour: tuple[float, ...]
) -> Mesh:
    """Return an upright block that stands on the floor."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2 * np.array(size) + middle
    vertices = np.concatenate([np.column_stack([corners, np.full(4, z)]) for z in (0.0, top)])
    quads = [[4, 5, 6, 7], *([i, (i + 1) % 4, (i + 1) % 4 + 4, i + 4] for i in range(4))]
    split = [[q[a] for a in (0, *rest)] for q in quads for rest in ((1, 2), (2, 3))]
    # Each side has corners of its own, so that edges stay sharp.
    faces = np.arange(3 * len(split)).reshape(-1, 3)
    return Mesh(
        vertices=vertices[np.array(split).ravel()],
        faces=faces.astype(np.int32),
        colours=np.tile(np.asarray(colour, dtype=np.float32), (faces.size, 1)),
        roughness=0.9,
    )


def _two_people(rng: np.random.Generator) -> Staging:
    seed = int(rng.integers(2**31))
    aside = float(rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 0.9))
    behind, turn = float(rng.uniform(-0.2, 0.8)), float(rng.uniform(-180.0, 180.0))

    def framing(camera: Camera, stature_m: float) -> Camera:
        """Make room: the picture is as wide as high, and the client a little off its middle."""
        x_px, y_px = camera.centre_px
        width_px = camera.height_px
        x_px += (width_px - camera.width_px) / 2 - 0.2 * aside * camera.focal_px / camera.distance_m
        return replace(camera, width_px=width_px, centre_px=(x_px, y_px))

    def staging(meshes: list[Mesh], camera: Camera) -> list[Mesh]:
        _, (right, _, forward) = camera.axes()
        place = aside * right + behind * np.array([forward[0], forward[1], 0.0])
        return [*meshes, *(_moved(mesh, turn, place) for mesh in _stranger(seed))]

    def room(scene: Scene) -> Scene:
        return replace(scene, wall_distance_m=max(scene.wall_distance_m, behind + 0.6))

    return Staging(framing=framing, staging=staging, scene=room)


def _stranger(seed: int) -> list[Mesh]:
    client = sample_client(seed)
    return dressed(build_body(client.body), client.sex, seed, np.random.default_rng(seed))


def _moved(mesh: Mesh, turn_deg: float, by: Array) -> Mesh:
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    x, y, z = mesh.vertices.T
    return replace(mesh, vertices=np.column_stack([c * x - s * y, s * x + c * y, z]) + by)


_STATURE_M = 1.68
"""A usual stature, by which the parts of dummies are cut."""


def _part_of_a_body(rng: np.random.Generator) -> Staging:
    """Return a shop's dummy: bust, upper half or legs, on a stand where it would fall."""
    low, high = ((0.50, 0.86), (0.50, 2.0), (0.0, 0.54))[int(rng.integers(3))]
    low, high = low * _STATURE_M, high * _STATURE_M

    def staging(meshes: list[Mesh], camera: Camera) -> list[Mesh]:
        kept = [_between_heights(mesh, low, high) for mesh in meshes]
        parts = [mesh for mesh in kept if len(mesh.faces)]
        stand = [_block((0.0, 0.0), (0.04, 0.04), low + 0.05, (0.1, 0.1, 0.1))] if low else []
        return [*parts, *stand]

    return Staging(staging=staging)


def _between_heights(mesh: Mesh, low: float, high: float) -> Mesh:
    values, faces = np.hstack([mesh.vertices, mesh.colours]), mesh.faces
    for sign, height in ((1.0, low), (-1.0, high)):
        values, faces = clipped(values, faces, sign * (values[:, 2] - height))
    return replace(
        mesh, vertices=values[:, :3], faces=faces, colours=values[:, 3:].astype(np.float32)
    )


def _blurred(rng: np.random.Generator) -> Staging:
    """Return a camera out of focus, or shaken along a line."""
    shaken, share, angle = bool(rng.random() < 0.5), float(rng.random()), float(rng.random())

    def spoil(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        import cv2

        height_px = pixels.shape[0]
        if not shaken:
            sd = (0.006 + 0.008 * share) * height_px
            return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sd), dtype=np.uint8)
        kernel = _line((0.025 + 0.035 * share) * height_px, math.pi * angle)
        return np.asarray(cv2.filter2D(pixels, -1, kernel), dtype=np.uint8)

    return Staging(spoil=spoil)


def _line(length_px: float, angle: float) -> NDArray[np.float32]:
    """Return the kernel of a straight movement."""
    import cv2

    half = math.ceil(length_px / 2)
    kernel = np.zeros((2 * half + 1, 2 * half + 1), dtype=np.float32)
    reach = np.array([math.cos(angle), math.sin(angle)]) * length_px / 2
    start, end = ((round(half + x), round(half + y)) for x, y in (-reach, reach))
    cv2.line(kernel, start, end, (1.0,))
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def _dark(rng: np.random.Generator) -> Staging:
    exposure, noise = float(rng.uniform(0.006, 0.04)), float(rng.uniform(0.01, 0.03))
    return Staging(scene=lambda scene: replace(scene, exposure=exposure, noise=noise))


def _photo_of_a_picture(rng: np.random.Generator) -> Staging:
    """Return a screen, a print with a margin or one without, photographed by hand."""
    seed = int(rng.integers(2**31))
    return Staging(spoil=lambda pixels: _photographed(pixels, np.random.default_rng(seed)))


def _photographed(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a picture as a photo of it shows it, at the same size."""
    import cv2

    height, width = pixels.shape[:2]
    rim_px = int(rng.choice([0, 1, 1]) * rng.uniform(0.015, 0.06) * height)
    shade = rng.uniform(5, 35) if rng.random() < 0.5 else rng.uniform(215, 250)
    shown = np.pad(pixels, ((rim_px, rim_px), (rim_px, rim_px), (0, 0)), constant_values=int(shade))
    size = np.array([shown.shape[1], shown.shape[0]], dtype=np.float64)
    own = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size
    angle = math.radians(rng.normal(0.0, 2.5))
    turn = np.array(
        [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
    ) * rng.uniform(0.6, 0.92)
    held = (own - size / 2) @ turn * (height / size[1]) + np.array([width, height]) / 2
    held += rng.normal(0.0, 0.012 * height, (4, 2))
    matrix = cv2.getPerspectiveTransform(own.astype(np.float32), held.astype(np.float32))
    surface = _surface(rng, (width, height))
    cv2.warpPerspective(
        shown, matrix, (width, height), surface, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT
    )
    soft = cv2.GaussianBlur(surface, (0, 0), rng.uniform(0.0006, 0.0012) * height)
    noisy = soft + rng.normal(0.0, 3.0, soft.shape)
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)


def _surface(rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a table or a wall: a colour, uneven, under light from one side."""
    import cv2

    uneven = cv2.resize(rng.normal(0.0, 6.0, (7, 5)), size, interpolation=cv2.INTER_CUBIC)
    light = rng.uniform(0.7, 1.0) + rng.uniform(0.0, 0.3) * np.linspace(0.0, 1.0, size[0])
    colour = rng.uniform(40, 230) * rng.uniform(0.8, 1.1, 3)
    shaded = (colour + uneven[..., None]) * light[:, None]
    return np.asarray(np.clip(shaded, 0, 255), dtype=np.uint8)


RECIPES: dict[str, Callable[[np.random.Generator], Staging]] = {
    "turned": _turned,
    "head cropped": lambda rng: _cropped(rng, 0.80, 0.94, above=True),
    "feet cropped": lambda rng: _cropped(rng, 0.02, 0.12, above=False),
    "knees cropped": lambda rng: _cropped(rng, 0.20, 0.45, above=False),
    "bent": _bent,
    "sitting": _sitting,
    "two people": _two_people,
    "part of a body": _part_of_a_body,
    "blurred": _blurred,
    "dark": _dark,
    "photo of a picture": _photo_of_a_picture,
}
"""The recipes by name."""


def dressed(body: Body, sex: str, seed: int, rng: np.random.Generator) -> list[Mesh]:
    """Return a client's skin, clothes and hair, drawn from `rng`."""
    outfit = sample_outfit(rng, sex, undressed=bool(rng.random() < 1 / 3))
    style = sample_hair(rng, sex, undressed=outfit.is_undressed)
    tone = int(rng.integers(len(MONK_TONES)))
    return client_meshes(body, tone, outfit, style, (seed, seed), detail=False)
