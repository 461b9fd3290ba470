"""How cloth lies on a body: pushed off the skin, spanning hollows, hanging, cut along borders."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.anny_model import load_anny
from posture.synthetic.body import BODY_PARTS, Body
from posture.synthetic.mesh import Mesh, clipped, refined

__all__ = [
    "colour_of_cloth",
    "cut",
    "hang",
    "part",
    "pattern",
    "pushed",
    "smoothed",
    "stretched_over",
    "wrapped",
    "wrinkles",
]

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

_SECTORS = 48
_LEVELS = 40


def wrinkles(rest: Array, rng: np.random.Generator) -> Array:
    """Return a smooth random factor per vertex, about 0.2 to 1.8."""
    waves = np.zeros(len(rest))
    for wavelength in (0.30, 0.14, 0.07):
        direction = rng.normal(0.0, 1.0, 3)
        direction *= 2 * np.pi / wavelength / np.linalg.norm(direction)
        waves += np.sin(rest @ direction + rng.uniform(0, 6.28)) / 3
    factor: Array = 1 + 0.8 * waves
    return factor


def pushed(vertices: Array, normals: Array, chosen: Chosen, by_m: Array | float) -> Array:
    """Return the vertices with the chosen ones moved outward."""
    amount = np.broadcast_to(np.asarray(by_m, dtype=float), (len(vertices),))
    moved = vertices.copy()
    moved[chosen] += normals[chosen] * amount[chosen, None]
    return moved


def hang(cloth: Array, zones: list[Chosen], looseness: float, rng: np.random.Generator) -> Array:
    """Return the cloth hanging, per zone: the trunk, each leg.

    Going down, the radius in each sector of azimuth may shrink by so many metres per metre
    only: tight cloth follows the body, loose cloth hangs straight.
    """
    slope = 2.5 * (1 - looseness) ** 4 + 0.02
    hung = cloth.copy()
    for zone in zones:
        if zone.sum() > 50:
            hung[zone] = _spanned(hung[zone], slope * rng.uniform(0.8, 1.3))
    return hung


def smoothed(
    base: Array, normals: Array, cloth: Array, chosen: Chosen, *, least_m: float, rounds: int
) -> Array:
    """Return the cloth evened out, but nowhere nearer to its base than `least_m`."""
    offset = np.where(chosen[:, None], cloth - base, 0.0)
    inside = _neighbours()[chosen][:, chosen]
    weight = np.maximum(np.asarray(inside.sum(axis=1)), 1e-9)
    even = offset[chosen]
    for _ in range(rounds):
        even = 0.4 * even + 0.6 * (inside @ even) / weight
    outward = np.einsum("ij,ij->i", even, normals[chosen])
    even += normals[chosen] * np.maximum(least_m - outward, 0.0)[:, None]
    places = base.copy()
    places[chosen] += even
    return places


def stretched_over(vertices: Array, chosen: Chosen) -> Array:
    """Return the vertices with the chosen ones on a taut skin between those around them."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import spsolve

    links = _neighbours()[chosen]
    within, around = links[:, chosen], links[:, ~chosen]
    tension = diags(np.asarray(links.sum(axis=1)).ravel()) - within
    taut = vertices.copy()
    taut[chosen] = spsolve(tension.tocsc(), around @ vertices[~chosen])
    return taut


@cache
def _neighbours() -> Any:
    from scipy.sparse import coo_matrix

    faces = load_anny().faces
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    count = int(faces.max()) + 1
    links = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    return (links + links.T).astype(bool).astype(float).tocsr()


def _spanned(points: Array, slope: float) -> Array:
    """Return points pushed out to the surface that shrinks no faster than `slope`."""
    levels, centre, table = _radii(points)
    step = abs(levels[1] - levels[0])
    for index in range(1, len(levels)):
        table[index] = np.maximum(table[index], table[index - 1] - slope * step)
    smooth = (np.roll(table, 1, axis=1) + 2 * table + np.roll(table, -1, axis=1)) / 4
    z = points[:, 2]
    middle = np.stack([np.interp(-z, -levels, centre[:, axis]) for axis in (0, 1)], axis=1)
    offset = points[:, :2] - middle
    radius = np.linalg.norm(offset, axis=1)
    azimuth = np.arctan2(offset[:, 1], offset[:, 0])
    wanted = np.maximum(radius, 0.995 * _looked_up(smooth, levels, z, azimuth))
    pushed_out = points.copy()
    pushed_out[:, :2] = middle + offset / np.maximum(radius, 1e-6)[:, None] * wanted[:, None]
    return pushed_out


def _radii(points: Array) -> tuple[Array, Array, Array]:
    """Return levels (L,) from the top, their centres (L, 2), and radii (L, sectors)."""
    z = points[:, 2]
    levels = np.linspace(z.max(), z.min(), _LEVELS)
    centre = np.stack([_middle(points[:, axis], z, levels) for axis in (0, 1)], axis=1)
    row = np.clip(np.searchsorted(-levels, -z), 0, _LEVELS - 1)
    offset = points[:, :2] - centre[row]
    radius = np.linalg.norm(offset, axis=1)
    turn = np.arctan2(offset[:, 1], offset[:, 0]) / (2 * np.pi) + 0.5
    table = np.zeros((_LEVELS, _SECTORS))
    np.maximum.at(table, (row, (turn * _SECTORS).astype(int) % _SECTORS), radius)
    return (
        levels,
        centre,
        np.maximum(table, 0.5 * (np.roll(table, 1, axis=1) + np.roll(table, -1, axis=1))),
    )


def _looked_up(table: Array, levels: Array, z: Array, azimuth: Array) -> Array:
    """Return the radius at heights and azimuths, interpolated."""
    column = (azimuth / (2 * np.pi) + 0.5) * _SECTORS - 0.5
    low = np.floor(column).astype(int)
    share = column - low
    row = np.clip(np.interp(-z, -levels, np.arange(_LEVELS)), 0, _LEVELS - 1)
    top = np.minimum(row.astype(int), _LEVELS - 2)
    down = row - top
    left, right = low % _SECTORS, (low + 1) % _SECTORS
    above = table[top, left] * (1 - share) + table[top, right] * share
    below = table[top + 1, left] * (1 - share) + table[top + 1, right] * share
    found: Array = above * (1 - down) + below * down
    return found


def _middle(values: Array, z: Array, levels: Array) -> Array:
    """Return the middle between smallest and largest value around each level."""
    width = 1.5 * abs(levels[1] - levels[0])
    middle = np.full(len(levels), np.nan)
    for index, level in enumerate(levels):
        near = values[np.abs(z - level) <= width]
        if len(near):
            middle[index] = (near.min() + near.max()) / 2
    good = np.isfinite(middle)
    filled: Array = np.interp(np.arange(len(middle)), np.flatnonzero(good), middle[good])
    return filled


def wrapped(
    points: Array,
    *,
    growth: float,
    ease_m: float,
    fold_m: float,
    colour: Array,
    rng: np.random.Generator,
) -> Mesh:
    """Return cloth or leather wrapped around points from top to bottom: a skirt, a shoe.

    At each height it holds the points in every direction, and going down it grows by at
    least `growth` metres a metre. `fold_m` is the depth of its folds at the hem.
    """
    levels, centre, _ = _radii(points)
    step = abs(levels[1] - levels[0])
    azimuth = 2 * np.pi * np.arange(_SECTORS) / _SECTORS
    direction = np.stack([np.cos(azimuth), np.sin(azimuth)])
    width = np.full((_LEVELS, _SECTORS), -np.inf)
    for index, level in enumerate(levels):
        near = points[np.abs(points[:, 2] - level) <= 1.5 * step, :2] - centre[index]
        if len(near):
            width[index] = (near @ direction).max(axis=0)
        if index:
            above = width[index - 1] - (centre[index] - centre[index - 1]) @ direction
            width[index] = np.maximum(width[index], above + growth * step)
    # The outline is inside all its tangents: nearest of those that a ray meets.
    cosine = np.cos(azimuth[:, None] - azimuth)
    met = cosine > 0.05
    reach = width[:, None, :] * (1 / np.where(met, cosine, 1.0))
    radius = np.where(met, reach, np.inf).min(axis=2) + ease_m
    folds = np.sin(rng.integers(5, 11) * azimuth + rng.uniform(0, 6.28))
    radius += fold_m * np.linspace(0, 1, _LEVELS)[:, None] * (1 + folds)
    places = centre[:, None, :] + radius[..., None] * direction.T
    heights = np.broadcast_to(levels[:, None, None], (_LEVELS, _SECTORS, 1))
    vertices = np.concatenate([places, heights], axis=2).reshape(-1, 3)
    row = np.arange(_LEVELS - 1)[:, None] * _SECTORS
    a = (row + np.arange(_SECTORS)).ravel()
    b = (row + (np.arange(_SECTORS) + 1) % _SECTORS).ravel()
    faces = np.concatenate(
        [np.stack([a, a + _SECTORS, b + _SECTORS], axis=1), np.stack([a, b + _SECTORS, b], axis=1)]
    )
    return Mesh(
        vertices=vertices,
        faces=faces.astype(np.int32),
        colours=pattern(vertices, colour, rng),
        roughness=1.0,
    )


def cut(
    body: Body,
    vertices: Array,
    field: Array,
    colour: Array,
    rng: np.random.Generator,
    *,
    detail: bool = False,
) -> Mesh:
    """Return the part of the body's mesh where the field is positive as a garment."""
    values, faces = clipped(np.hstack([vertices, body.rest]), body.faces, field)
    places, rest = values[:, :3], values[:, 3:]
    if detail:
        places, faces, rest = refined(places, faces, rest)
    return Mesh(vertices=places, faces=faces, colours=pattern(rest, colour, rng), roughness=1.0)


def pattern(rest: Array, colour: Array, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return plain, striped or blotched cloth."""
    kind = rng.random()
    shade = np.ones(len(rest))
    if kind < 0.12:
        shade = 1 + 0.5 * np.tanh(3 * np.sin(rest[:, 2] * rng.uniform(60, 140)))
    elif kind < 0.24:
        shade = 1 + 0.4 * np.sin(rest @ rng.normal(0, 40, 3))
    shade = shade + 0.04 * rng.standard_normal(len(rest))
    return np.clip(colour * shade[:, None], 0, 1).astype(np.float32)


def colour_of_cloth(rng: np.random.Generator) -> Array:
    """Return a colour in linear RGB: mostly dark, seldom bright."""
    value = rng.choice([0.03, 0.1, 0.35, 0.75], p=[0.3, 0.25, 0.25, 0.2])
    colour: Array = np.clip(value * (1 + rng.normal(0, 0.3, 3)), 0.01, 0.95)
    return colour


def part(body: Body, *names: str) -> Chosen:
    """Return which vertices belong to any of the named parts."""
    chosen: Chosen = np.isin(body.part, [BODY_PARTS.index(name) for name in names])
    return chosen
