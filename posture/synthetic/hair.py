"""Hair and headscarves: what hides ears, nape and C7 from the camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.appearance import ear_skin, linear
from posture.synthetic.body import BODY_PARTS, Body
from posture.synthetic.cloth import pushed, smoothed, stretched_over
from posture.synthetic.mesh import Mesh, clipped, refined
from posture.synthetic.surface import vertex_normals

__all__ = ["HAIR_STYLES", "hair", "hides_ears", "sample_hair"]

Array = NDArray[np.float64]

HAIR_STYLES: tuple[str, ...] = ("bald", "short", "tied", "over the ears", "long", "scarf")
_COLOURS = ("#0e0a08", "#24160d", "#3b2716", "#6b4a2b", "#a98a5a", "#b8b4ae", "#5a2a16")


def sample_hair(rng: np.random.Generator, sex: str, *, undressed: bool) -> str:
    """Return a style of `HAIR_STYLES`; clients undressed for a photo have it short or up."""
    if undressed:
        chances = (
            (0.0, 0.3, 0.7, 0.0, 0.0, 0.0) if sex == "female" else (0.2, 0.75, 0.05, 0.0, 0.0, 0.0)
        )
    elif sex == "female":
        chances = (0.0, 0.2, 0.3, 0.2, 0.22, 0.08)
    else:
        chances = (0.15, 0.7, 0.04, 0.07, 0.04, 0.0)
    return str(rng.choice(HAIR_STYLES, p=chances))


def hair(body: Body, style: str, rng: np.random.Generator, *, detail: bool = False) -> list[Mesh]:
    """Return the meshes of a hair style; finer ones with `detail`."""
    if style == "bald":
        return []
    colour = linear(str(rng.choice(_COLOURS)))
    if style == "scarf":
        scarf = np.clip(rng.uniform(0.05, 0.7) * (1 + rng.normal(0, 0.2, 3)), 0, 1)
        return [_cap(body, _scarf(body), 0.014, scarf, rng, covers=True, detail=detail)]
    covers = hides_ears(style)
    field = _scalp(body, over_ears=covers)
    if style == "long":
        field = np.maximum(field, _down_the_back(body, float(rng.uniform(0.45, 0.68))))
    thickness = {
        "short": rng.uniform(0.006, 0.022),
        "tied": rng.uniform(0.004, 0.010),
        "over the ears": rng.uniform(0.016, 0.035),
        "long": rng.uniform(0.014, 0.032),
    }[style]
    if style == "short" and rng.random() < 0.06:
        thickness = rng.uniform(0.04, 0.07)  # Worn as a large round shape.
    meshes = [_cap(body, field, float(thickness), colour, rng, covers=covers, detail=detail)]
    if style == "tied":
        meshes.append(_tail(body, colour, rng))
    return meshes


def hides_ears(style: str) -> bool:
    """Return whether a style lies over the ears."""
    return style in ("over the ears", "long", "scarf")


def _scalp(body: Body, *, over_ears: bool) -> Array:
    """Return a field, positive where hair grows; the ear stays out unless it is covered."""
    x, y, z = body.rest.T
    if over_ears:
        line = np.interp(x, (-0.1, 0.05, 0.075, 0.09, 0.12, 0.16), _COVERING)
        return _all(_on(body, "head", "neck"), z - line)
    line = np.interp(x, (-0.1, -0.02, 0.03, 0.068, 0.085, 0.10, 0.13, 0.16), _CROPPED)
    ear = np.maximum(np.hypot((x - 0.046) / 0.026, (z - 0.883) / 0.036) - 1, -0.9) * 0.03
    beside = np.where(np.abs(y) > 0.05, ear, 1.0)
    return _all(_on(body, "head", "neck"), z - line, beside)


_CROPPED = (0.80, 0.815, 0.85, 0.875, 0.905, 0.945, 0.972, 0.985)
_COVERING = (0.775, 0.785, 0.84, 0.915, 0.968, 0.985)
"""Height of the hairline from nape to forehead, on the default body at rest, metres."""


def _on(body: Body, *names: str) -> Array:
    wanted = [BODY_PARTS.index(name) for name in names]
    return np.where(np.isin(body.part, wanted), 1.0, -1.0)


def _all(*fields: Array) -> Array:
    field: Array = np.minimum.reduce(fields)
    return field


def _down_the_back(body: Body, down_to: float) -> Array:
    x, y, z = body.rest.T
    behind = 0.03 - 0.25 * np.clip(0.74 - z, 0, 1) - x
    return _all(_on(body, "neck", "torso", "head"), behind, 0.11 - np.abs(y), z - down_to, 0.90 - z)


def _scarf(body: Body) -> Array:
    x, y, z = body.rest.T
    face = _all(x - 0.075, 0.08 * (1 - np.hypot(y / 0.068, (z - 0.885) / 0.092)))
    return _all(
        _on(body, "head", "neck", "torso", "upper_arm_left", "upper_arm_right"),
        -face,
        z - 0.60,
        0.16 - np.abs(y),
    )


def _cap(
    body: Body,
    field: Array,
    thickness_m: float,
    colour: Array,
    rng: np.random.Generator,
    *,
    covers: bool,
    detail: bool,
) -> Mesh:
    """Return the region lifted off the skin.

    At the hairline in front it is thin, so that it grows out of the skin. What covers the
    ears is evened out over them, and hangs from the widest place behind.
    """
    chosen = field > -0.02
    base = stretched_over(body.vertices, ear_skin()) if covers else body.vertices
    normals = vertex_normals(base, body.faces)
    wave = np.sin(body.rest @ rng.normal(0, 60, 3))
    rise = np.where(body.rest[:, 0] > 0.06, np.clip(field / 0.03, 0.12, 1.0), 1.0)
    lift = np.maximum(thickness_m * (1 + 0.12 * wave) * rise, 0.002)
    lift += (0.030 if covers else 0.0) * np.clip(
        (0.77 - body.rest[:, 2]) / 0.04, 0, 1
    )  # Over the collar.
    shell = pushed(base, normals, chosen, lift)
    if covers:
        shell[chosen] = _hang_behind(shell[chosen])
    shell = smoothed(base, normals, shell, chosen, least_m=0.002, rounds=4)
    values, faces = clipped(np.hstack([shell, body.rest]), body.faces, field)
    points, rest = values[:, :3], values[:, 3:]
    if detail:
        points, faces, rest = refined(points, faces, rest)
    strands = np.sin(rest @ rng.normal(0, 90, 3)) + 0.5 * rng.standard_normal(len(rest))
    return Mesh(
        vertices=points,
        faces=faces,
        colours=np.clip(colour * (1 + 0.12 * strands[:, None]), 0, 1).astype(np.float32),
        roughness=0.7,
    )


def _hang_behind(points: Array) -> Array:
    """Return points of which those below the back of the head hang straight down from it."""
    hung = points.copy()
    middle = np.median(points, axis=0)
    edge = np.inf
    for index in np.argsort(-points[:, 2]):
        x = points[index, 0]
        if x < middle[0] and abs(points[index, 1] - middle[1]) < 0.10:
            edge = min(edge + 0.0004, x)
            if edge < x - 0.004:
                hung[index, 0] = 0.35 * x + 0.65 * edge
    return hung


def _tail(body: Body, colour: Array, rng: np.random.Generator) -> Mesh:
    """Return a pony tail or a bun at the back of the head."""
    head = body.vertices[_scalp(body, over_ears=False) > 0]
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
