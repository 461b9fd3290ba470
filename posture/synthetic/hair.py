"""Hair and headscarves: what hides ears, nape and C7 from the camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.appearance import linear
from posture.synthetic.body import BODY_PARTS, Body
from posture.synthetic.mesh import Mesh

__all__ = ["HAIR_STYLES", "hair", "sample_hair"]

Array = NDArray[np.float64]

HAIR_STYLES = ("bald", "short", "tied", "over the ears", "long", "scarf")
_COLOURS = ("#0e0a08", "#24160d", "#3b2716", "#6b4a2b", "#a98a5a", "#b8b4ae", "#5a2a16")


def sample_hair(rng: np.random.Generator, sex: str, *, undressed: bool) -> str:
    """Return a style of `HAIR_STYLES`; clients undressed for a photo have it short or up."""
    if undressed:
        chances = (0.0, 0.3, 0.7, 0, 0, 0) if sex == "female" else (0.2, 0.75, 0.05, 0, 0, 0)
    elif sex == "female":
        chances = (0.0, 0.2, 0.3, 0.2, 0.22, 0.08)
    else:
        chances = (0.15, 0.7, 0.04, 0.07, 0.04, 0.0)
    return str(rng.choice(HAIR_STYLES, p=chances))


def hair(body: Body, style: str, rng: np.random.Generator) -> list[Mesh]:
    """Return the meshes of a hair style."""
    if style == "bald":
        return []
    colour = linear(str(rng.choice(_COLOURS)))
    if style == "scarf":
        scarf = np.clip(rng.uniform(0.05, 0.7) * (1 + rng.normal(0, 0.3, 3)), 0, 1)
        return [_cap(body, _scarf_region(body), 0.014, 0.05, scarf, rng)]
    region = _scalp(body, lower=0.065 if style in ("over the ears", "long") else 0.0)
    if style == "long":
        region |= _back_of_neck(body, down_to=float(rng.uniform(0.45, 0.68)))
    thickness = {
        "short": rng.uniform(0.006, 0.022),
        "tied": rng.uniform(0.004, 0.010),
        "over the ears": rng.uniform(0.016, 0.035),
        "long": rng.uniform(0.014, 0.032),
    }[style]
    if style == "short" and rng.random() < 0.06:
        thickness = rng.uniform(0.04, 0.07)  # Worn as a large round shape.
    meshes = [_cap(body, region, float(thickness), 0.5, colour, rng)]
    if style == "tied":
        meshes.append(_tail(body, colour, rng))
    return meshes


def _scalp(body: Body, *, lower: float) -> NDArray[np.bool_]:
    x, z = body.rest[:, 0], body.rest[:, 2]
    line = 0.845 - lower + 0.145 * np.clip((x + 0.03) / 0.16, 0, 1)
    head = body.part == BODY_PARTS.index("head")
    face = (x > 0.085) & (z < 0.975)
    return (head | (body.part == BODY_PARTS.index("neck"))) & (z > line) & ~face


def _back_of_neck(body: Body, *, down_to: float) -> NDArray[np.bool_]:
    x, y, z = body.rest.T
    names = ("neck", "torso", "head")
    parts = np.isin(body.part, [BODY_PARTS.index(name) for name in names])
    behind = x < 0.02 - 0.25 * np.clip(0.74 - z, 0, 1)
    return parts & behind & (np.abs(y) < 0.11) & (z > down_to) & (z < 0.88)


def _scarf_region(body: Body) -> NDArray[np.bool_]:
    x, y, z = body.rest.T
    parts = np.isin(body.part, [BODY_PARTS.index(name) for name in ("head", "neck", "torso")])
    face = (x > 0.085) & (z > 0.80) & (z < 0.965) & (np.abs(y) < 0.068)
    return parts & ~face & (z > 0.60) & (np.abs(y) < 0.16)


def _cap(
    body: Body,
    region: NDArray[np.bool_],
    thickness_m: float,
    roughness_of_shape: float,
    colour: Array,
    rng: np.random.Generator,
) -> Mesh:
    """Return the region lifted off the skin; behind, it hangs from the widest place above."""
    wave = np.sin(body.rest @ rng.normal(0, 60, 3)) * roughness_of_shape
    shell = body.vertices + body.normals * (thickness_m * (1 + 0.4 * wave))[:, None]
    keep = region[body.faces].all(axis=1)
    used, faces = np.unique(body.faces[keep], return_inverse=True)
    points = _hang_behind(shell[used])
    shade = 1 + 0.15 * np.sin(body.rest[used] @ rng.normal(0, 90, 3))
    return Mesh(
        vertices=points,
        faces=faces.reshape(-1, 3).astype(np.int32),
        colours=np.clip(colour * shade[:, None], 0, 1).astype(np.float32),
        roughness=0.7,
    )


def _hang_behind(points: Array) -> Array:
    """Return points of which those below the back of the head hang straight down from it."""
    hung = points.copy()
    order = np.argsort(-points[:, 2])
    middle = np.median(points[:, 0])
    edge = np.inf
    for index in order:
        x = hung[index, 0]
        if x < middle and abs(points[index, 1] - np.median(points[:, 1])) < 0.10:
            edge = min(edge + 0.0004, x)
            if edge < x - 0.004:
                hung[index, 0] = 0.35 * x + 0.65 * edge
    return hung


def _tail(body: Body, colour: Array, rng: np.random.Generator) -> Mesh:
    """Return a pony tail or a bun at the back of the head."""
    head = body.vertices[_scalp(body, lower=0.0)]
    back = head[int(np.argmin(head[:, 0] + 0.3 * np.abs(head[:, 2] - np.mean(head[:, 2]))))]
    u, v = np.meshgrid(np.linspace(0, np.pi, 12), np.linspace(0, 2 * np.pi, 16))
    ball = np.stack([np.sin(u) * np.cos(v), np.sin(u) * np.sin(v), np.cos(u)], axis=-1)
    bun = rng.random() < 0.6
    size = np.array([0.03, 0.035, 0.032]) if bun else np.array([0.022, 0.028, 0.10])
    size = size * rng.uniform(0.8, 1.3)
    lift = float(rng.uniform(-0.02, 0.06)) if bun else -0.07
    points = (ball * size).reshape(-1, 3) + back + np.array([-0.015, 0.0, lift])
    columns = 12
    first = (np.arange(15)[:, None] * columns + np.arange(columns - 1)).ravel()
    square = np.stack([first, first + 1, first + columns + 1, first + columns], axis=1)
    faces = np.concatenate([square[:, [0, 1, 2]], square[:, [0, 2, 3]]]).astype(np.int32)
    colours = np.tile(colour, (len(points), 1)).astype(np.float32)
    return Mesh(vertices=points, faces=faces, colours=colours, roughness=0.7)
