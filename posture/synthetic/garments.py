"""Clothes and shoes that change a client's outline while the landmarks stay on the body.

A garment is the body's own triangles between borders that are set once on the body at
rest, pushed outward. Loose cloth spans hollows: going down from the shoulders, its radius
about the trunk shrinks only slowly, so it hangs from chest, shoulder blades and buttocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.body import BODY_PARTS, Body
from posture.synthetic.mesh import Mesh

__all__ = ["Outfit", "dress", "sample_outfit", "shoe_lift_m"]

Array = NDArray[np.float64]

_SHOULDER_Z, _WAIST_Z, _HIP_Z, _CROTCH_Z, _KNEE_Z, _ANKLE_Z = 0.70, 0.33, 0.16, 0.06, -0.29, -0.72
"""Heights on the body at rest that borders refer to, metres in the model's frame."""

_SECTORS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What a client wears. `top`, `bottom`, `shoes` name the pieces; looseness in [0, 1]."""

    top: str
    bottom: str
    shoes: str
    looseness: float
    hem_z: float
    sleeve: float
    leg: float
    sole_m: float

    @property
    def is_undressed(self) -> bool:
        """Whether the client stands in underwear, barefoot."""
        return self.top in ("none", "sports bra") and self.bottom == "underwear"

    @property
    def kind(self) -> str:
        """Return the name a slice of a table goes by."""
        if self.is_undressed:
            return "underwear"
        return "loose" if self.looseness > 0.5 else "tight"


def sample_outfit(rng: np.random.Generator, sex: str, *, undressed: bool) -> Outfit:
    """Return what to wear."""
    if undressed:
        return Outfit(
            top="sports bra" if sex == "female" else "none",
            bottom="underwear",
            shoes="none",
            looseness=0.0,
            hem_z=_WAIST_Z,
            sleeve=0.0,
            leg=0.05,
            sole_m=0.0,
        )
    looseness = float(rng.beta(1.2, 1.2))
    shod = rng.random() < 0.75
    return Outfit(
        top="shirt",
        bottom=str(rng.choice(["trousers", "shorts", "skirt"], p=[0.62, 0.28, 0.10])),
        shoes="shoes" if shod else "none",
        looseness=looseness,
        hem_z=float(rng.uniform(_CROTCH_Z - 0.05, _WAIST_Z - 0.06)),
        sleeve=float(rng.choice([0.25, 0.5, 1.0], p=[0.15, 0.5, 0.35])),
        leg=float(rng.uniform(0.25, 0.6)),
        sole_m=float(rng.uniform(0.012, 0.04)) if shod else 0.0,
    )


def shoe_lift_m(outfit: Outfit) -> float:
    """Return how much the soles raise the client."""
    return outfit.sole_m


def dress(body: Body, outfit: Outfit, rng: np.random.Generator) -> list[Mesh]:
    """Return the clothes, standing on the body's own floor: soles reach below it."""
    wrinkles = _wrinkles(body.rest, rng)
    meshes = []
    lower = _underwear(body) if outfit.bottom == "underwear" else _legwear(body, outfit)
    trousers = _colour(rng)
    loose_legs = outfit.looseness * float(rng.uniform(0.5, 1.1))
    cloth = _pushed(body, lower, 0.004 + 0.028 * loose_legs * wrinkles)
    if outfit.bottom != "underwear":
        cloth = _hung(body, cloth, lower, loose_legs, np.array([_WAIST_Z + 0.05, -1.0]), rng)
    meshes.append(_cut(body, cloth, lower, trousers, rng))
    upper = _upper(body, outfit)
    if upper.any():
        loose = outfit.looseness
        shirt = _pushed(body, upper, 0.006 + 0.020 * loose * wrinkles)
        if outfit.top == "shirt":
            shirt = _hung(body, shirt, upper, loose, np.array([0.62, outfit.hem_z]), rng)
            shirt = _pushed_from(shirt, body.normals, upper, 0.004)
        meshes.append(_cut(body, shirt, upper, _colour(rng), rng))
    if outfit.shoes != "none":
        meshes.append(_shoes(body, outfit, rng))
    return meshes


def _part(body: Body, *names: str) -> NDArray[np.bool_]:
    wanted = [BODY_PARTS.index(name) for name in names]
    return np.isin(body.part, wanted)


def _trunk(body: Body) -> NDArray[np.bool_]:
    return _part(body, "torso", "pelvis", "thigh_left", "thigh_right")


def _underwear(body: Body) -> NDArray[np.bool_]:
    z, y = body.rest[:, 2], np.abs(body.rest[:, 1])
    return _trunk(body) & (z < 0.24) & (z > 0.015 + 0.55 * np.clip(y - 0.05, 0, 1))


def _legwear(body: Body, outfit: Outfit) -> NDArray[np.bool_]:
    z = body.rest[:, 2]
    ends = {"trousers": _ANKLE_Z, "shorts": _CROTCH_Z - outfit.leg * (_CROTCH_Z - _KNEE_Z) - 0.05}
    bottom = ends.get(outfit.bottom, _KNEE_Z)
    legs = _part(body, "thigh_left", "thigh_right", "shank_left", "shank_right")
    hips = _part(body, "pelvis", "torso")
    return (legs & (z > bottom)) | (hips & (z < _WAIST_Z - 0.05))


def _upper(body: Body, outfit: Outfit) -> NDArray[np.bool_]:
    z, x = body.rest[:, 2], body.rest[:, 0]
    if outfit.top == "none":
        return np.zeros(len(z), dtype=bool)
    trunk = _trunk(body)
    if outfit.top == "sports bra":
        return trunk & (z > 0.40) & (z < 0.56) & (np.abs(body.rest[:, 1]) < 0.19)
    collar = z < _SHOULDER_Z + 0.045 - 0.35 * np.clip(x - 0.02, 0, 0.2)
    reach = np.abs(body.rest[:, 1])
    arms = _part(body, *(f"{n}_{s}" for s in ("left", "right") for n in ("upper_arm", "forearm")))
    sleeves = arms & (reach < 0.19 + 0.32 * outfit.sleeve)
    return ((trunk | _part(body, "neck")) & collar & (z > outfit.hem_z)) | sleeves


def _wrinkles(rest: Array, rng: np.random.Generator) -> Array:
    """Return a smooth random factor per vertex, about 0.2 to 1.8."""
    waves = np.zeros(len(rest))
    for wavelength in (0.30, 0.14, 0.07):
        direction = rng.normal(0.0, 1.0, 3)
        direction *= 2 * np.pi / wavelength / np.linalg.norm(direction)
        waves += np.sin(rest @ direction + rng.uniform(0, 6.28)) / 3
    factor: Array = 1 + 0.8 * waves
    return factor


def _pushed(body: Body, chosen: NDArray[np.bool_], by_m: Array) -> Array:
    return _pushed_from(body.vertices, body.normals, chosen, by_m)


def _pushed_from(
    vertices: Array, normals: Array, chosen: NDArray[np.bool_], by_m: Array | float
) -> Array:
    """Return the vertices with the chosen ones moved outward."""
    amount = np.broadcast_to(np.asarray(by_m, dtype=float), (len(vertices),))
    moved = vertices.copy()
    moved[chosen] += normals[chosen] * amount[chosen, None]
    return moved


def _hung(
    body: Body,
    cloth: Array,
    chosen: NDArray[np.bool_],
    looseness: float,
    span_z: Array,
    rng: np.random.Generator,
) -> Array:
    """Let the cloth hang: about the trunk and about each leg, below the top of `span_z`.

    Per sector of azimuth, going down, the radius may shrink by `slope` metres per metre only:
    a steep slope follows the body, a flat one hangs straight.
    """
    slope = 2.5 * (1 - looseness) ** 2 + 0.05
    hung = cloth.copy()
    legs = _part(body, "thigh_left", "shank_left"), _part(body, "thigh_right", "shank_right")
    below_crotch = body.rest[:, 2] < _CROTCH_Z - 0.02
    zones = [chosen & _trunk(body) & ~below_crotch & (body.rest[:, 2] < span_z[0])]
    zones += [chosen & leg & below_crotch for leg in legs]
    for zone in zones:
        if zone.sum() > 50:
            hung[zone] = _spanned(hung[zone], slope, rng)
    return hung


def _spanned(points: Array, slope: float, rng: np.random.Generator) -> Array:
    """Return points pushed out to the surface that shrinks no faster than `slope`."""
    z = points[:, 2]
    levels = np.linspace(z.max(), z.min(), 40)
    centre = np.stack(
        [np.interp(z, levels[::-1], _running(points[:, axis], z, levels)[::-1]) for axis in (0, 1)],
        axis=1,
    )
    offset = points[:, :2] - centre
    radius = np.linalg.norm(offset, axis=1)
    sector = np.floor((np.arctan2(offset[:, 1], offset[:, 0]) / (2 * np.pi) + 0.5) * _SECTORS)
    sector = np.clip(sector.astype(int), 0, _SECTORS - 1)
    row = np.clip(np.searchsorted(-levels, -z), 0, len(levels) - 1)
    table = np.zeros((len(levels), _SECTORS))
    np.maximum.at(table, (row, sector), radius)
    table = np.maximum(table, 0.5 * (np.roll(table, 1, axis=1) + np.roll(table, -1, axis=1)))
    step = abs(levels[1] - levels[0])
    sag = slope * rng.uniform(0.8, 1.3)
    for index in range(1, len(levels)):
        table[index] = np.maximum(table[index], table[index - 1] - sag * step)
    smooth = (np.roll(table, 1, axis=1) + 2 * table + np.roll(table, -1, axis=1)) / 4
    wanted = np.maximum(radius, smooth[row, sector] * 0.995)
    pushed = points.copy()
    pushed[:, :2] = centre + offset / np.maximum(radius, 1e-6)[:, None] * wanted[:, None]
    return pushed


def _running(values: Array, z: Array, levels: Array) -> Array:
    """Return the middle between smallest and largest value around each level."""
    width = 1.5 * abs(levels[1] - levels[0])
    middle = []
    for level in levels:
        near = values[np.abs(z - level) <= width]
        middle.append((near.min() + near.max()) / 2 if len(near) else np.nan)
    found = np.array(middle)
    good = np.isfinite(found)
    filled: Array = np.interp(np.arange(len(found)), np.flatnonzero(good), found[good])
    return filled


def _cut(
    body: Body,
    vertices: Array,
    chosen: NDArray[np.bool_],
    colour: Array,
    rng: np.random.Generator,
) -> Mesh:
    """Return the chosen part of the body's mesh as a garment."""
    keep = chosen[body.faces].all(axis=1)
    used, faces = np.unique(body.faces[keep], return_inverse=True)
    return Mesh(
        vertices=vertices[used],
        faces=faces.reshape(-1, 3).astype(np.int32),
        colours=_pattern(body.rest[used], colour, rng),
        roughness=1.0,
    )


def _pattern(rest: Array, colour: Array, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return plain, striped or blotched cloth."""
    kind = rng.random()
    shade = np.ones(len(rest))
    if kind < 0.12:
        shade = 1 + 0.5 * np.sign(np.sin(rest[:, 2] * rng.uniform(80, 200)))
    elif kind < 0.24:
        shade = 1 + 0.4 * np.sin(rest @ rng.normal(0, 40, 3))
    shade = shade + 0.05 * rng.standard_normal(len(rest))
    return np.clip(colour * shade[:, None], 0, 1).astype(np.float32)


def _colour(rng: np.random.Generator) -> Array:
    value = rng.choice([0.03, 0.1, 0.35, 0.75], p=[0.3, 0.25, 0.25, 0.2])
    return np.clip(value * (1 + rng.normal(0, 0.45, 3)), 0.01, 0.95)


def _shoes(body: Body, outfit: Outfit, rng: np.random.Generator) -> Mesh:
    """Return both shoes: the foot widened, its toes joined, on a sole below the floor."""
    feet = _part(body, "foot_left", "foot_right") & (body.rest[:, 2] < -0.735)
    shoe = _pushed(body, feet, np.full(len(body.vertices), float(rng.uniform(0.006, 0.012))))
    near_floor = feet & (body.vertices[:, 2] < 0.03)
    shoe[near_floor, 2] -= outfit.sole_m * np.clip(
        (0.03 - body.vertices[near_floor, 2]) / 0.02, 0, 1
    )
    toes = feet & (body.rest[:, 0] > 0.13)
    shoe[toes, 0] += 0.008
    return _cut(body, shoe, feet, _colour(rng), rng)
