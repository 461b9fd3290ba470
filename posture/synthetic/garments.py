"""Clothes and shoes that change a client's outline while the landmarks stay on the body.

A garment is the body's own surface between borders that are set once on the body at rest,
pushed outward. Loose cloth spans hollows: going down from the shoulders, its radius about
the trunk shrinks only slowly, so it hangs from chest, shoulder blades and buttocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.body import Body
from posture.synthetic.cloth import (
    colour_of_cloth,
    cut,
    hang,
    part,
    pushed,
    smoothed,
    wrapped,
    wrinkles,
)
from posture.synthetic.mesh import Mesh

__all__ = ["Outfit", "bare_field", "dress", "sample_outfit", "shoe_lift_m"]

Array = NDArray[np.float64]

_SHOULDER_Z, _WAIST_Z, _HIP_Z, _CROTCH_Z, _KNEE_Z, _ANKLE_Z = 0.70, 0.33, 0.16, 0.06, -0.29, -0.72
"""Heights on the body at rest that borders refer to, metres in the model's frame."""

_MARGIN_M = 0.05
"""Cloth is shaped this far beyond its borders, so that it is cut where it already hangs."""


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
        bottom=str(rng.choice(["trousers", "shorts", "skirt", "robe"], p=[0.60, 0.27, 0.09, 0.04])),
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


def dress(
    body: Body, outfit: Outfit, rng: np.random.Generator, *, detail: bool = False
) -> list[Mesh]:
    """Return the clothes, standing on the body's own floor: soles reach below it.

    With `detail` the cloth is meshed more finely, for pictures that are looked at closely.
    """
    folds = wrinkles(body.rest, rng)
    meshes = []
    trousers = colour_of_cloth(rng)
    loose_legs = min(outfit.looseness * float(rng.uniform(0.5, 1.1)), 1.0)
    if outfit.bottom in ("skirt", "robe"):
        meshes.append(_skirt(body, outfit, trousers, rng))
    else:
        field = _underwear(body) if outfit.bottom == "underwear" else _legwear(body, outfit)
        # Under a shirt the cloth lies close, and it hangs from the crotch down.
        ease = 0.028 * loose_legs * folds * np.clip((0.14 - body.rest[:, 2]) / 0.12, 0, 1)
        shape = _shaped(body, field, 0.004, ease, loose_legs, _CROTCH_Z, rng)
        meshes.append(cut(body, shape, field, trousers, rng, detail=detail))
    if outfit.top != "none":
        outermost = outfit.top == "shirt" and outfit.bottom != "robe"
        loose = outfit.looseness if outermost else 0.0
        field = _upper(body, outfit)
        off = 0.009 + 0.012 * loose if outermost else 0.004
        shape = _shaped(body, field, off, 0.020 * loose * folds, loose, 0.62, rng)
        meshes.append(cut(body, shape, field, colour_of_cloth(rng), rng, detail=detail))
    if outfit.shoes != "none":
        meshes.extend(_shoes(body, outfit, rng))
    return meshes


def _shaped(
    body: Body,
    field: Array,
    least_m: float,
    ease_m: Array,
    looseness: float,
    hangs_below: float,
    rng: np.random.Generator,
) -> Array:
    """Return the vertices with those of a garment where its cloth lies."""
    chosen = field > -_MARGIN_M
    cloth = pushed(body.vertices, body.normals, chosen, least_m + ease_m)
    if looseness > 0:
        z = body.rest[:, 2]
        trunk = part(body, "torso", "pelvis", "thigh_left", "thigh_right")
        below_crotch = z < _CROTCH_Z - 0.02
        zones = [chosen & trunk & ~below_crotch & (z < hangs_below)]
        for side in ("left", "right"):
            zones.append(chosen & below_crotch & part(body, f"thigh_{side}", f"shank_{side}"))
        cloth = hang(cloth, zones, looseness, rng)
    rounds = 2 + round(6 * looseness)
    return smoothed(body.vertices, body.normals, cloth, chosen, least_m=least_m, rounds=rounds)


def _skirt(body: Body, outfit: Outfit, colour: Array, rng: np.random.Generator) -> Mesh:
    lowest = _KNEE_Z if outfit.bottom == "robe" else _KNEE_Z + 0.1
    hem = float(rng.uniform(_ANKLE_Z + 0.05, lowest))
    names = [f"{name}_{side}" for name in ("thigh", "shank") for side in ("left", "right")]
    z, loose = body.rest[:, 2], outfit.looseness
    top = 0.50 if outfit.bottom == "robe" else min(_WAIST_Z - 0.02, outfit.hem_z + 0.05)
    covered = part(body, "pelvis", "torso", *names) & (z < top) & (z > hem)
    return wrapped(
        body.vertices[covered],
        growth=0.12 * loose - 0.25 * (1 - loose),
        ease_m=0.020 + 0.020 * loose if outfit.bottom == "robe" else 0.006,
        fold_m=0.025 * loose,
        colour=colour,
        rng=rng,
    )


# Borders: fields over the vertices, positive where there is cloth, in metres at rest.


def _within(chosen: NDArray[np.bool_]) -> Array:
    return np.where(chosen, 1.0, -1.0)


def _all(*fields: Array | float) -> Array:
    field: Array = np.minimum.reduce(np.broadcast_arrays(*fields))
    return field


def _trunk(body: Body) -> Array:
    return _within(part(body, "torso", "pelvis", "thigh_left", "thigh_right"))


def _underwear(body: Body) -> Array:
    z, y = body.rest[:, 2], np.abs(body.rest[:, 1])
    return _all(_trunk(body), 0.235 - z, z - 0.0 - 0.35 * np.clip(y - 0.06, 0, 1))


def _legwear(body: Body, outfit: Outfit) -> Array:
    z = body.rest[:, 2]
    shorts = _CROTCH_Z - 0.05 - outfit.leg * (_CROTCH_Z - _KNEE_Z)
    names = [f"{name}_{side}" for name in ("thigh", "shank") for side in ("left", "right")]
    covered = _within(part(body, "pelvis", "torso", *names))
    bottom = _ANKLE_Z if outfit.bottom == "trousers" else shorts
    return _all(covered, z - bottom, _WAIST_Z - 0.05 - z)


def _upper(body: Body, outfit: Outfit) -> Array:
    x, y, z = body.rest[:, 0], np.abs(body.rest[:, 1]), body.rest[:, 2]
    if outfit.top == "sports bra":
        chest = _within(part(body, "torso", "upper_arm_left", "upper_arm_right", "neck"))
        band = _all(_trunk(body), z - 0.405, 0.575 - z, 0.185 - y)
        straps = _all(chest, z - 0.5, 0.030 - np.abs(y - 0.105))
        return np.maximum(band, straps)
    collar = _SHOULDER_Z + 0.045 - 0.35 * np.clip(x - 0.02, 0, 0.2) - z
    arms = [f"{n}_{s}" for s in ("left", "right") for n in ("upper_arm", "forearm")]
    neck = _within(part(body, "neck"))
    shirt = _all(np.maximum(_trunk(body), neck), collar, z - outfit.hem_z)
    sleeves = _all(_within(part(body, *arms)), 0.19 + 0.32 * outfit.sleeve - y)
    return np.maximum(shirt, sleeves)


def bare_field(body: Body, outfit: Outfit) -> Array:
    """Return a field, positive where skin may show: not inside shoes."""
    if outfit.shoes == "none":
        return np.ones(len(body.rest))
    return np.asarray(np.maximum(body.rest[:, 2] + 0.735, -_within(part(body, *_FEET))))


_FEET = ("foot_left", "foot_right")


def _shoes(body: Body, outfit: Outfit, rng: np.random.Generator) -> list[Mesh]:
    """Return both shoes, around all toes at once and down to the floor under the sole."""
    colour, ease = colour_of_cloth(rng), float(rng.uniform(0.004, 0.010))
    cuff = float(rng.uniform(-0.735, -0.70))
    shoes = []
    for name in _FEET:
        foot = part(body, name, name.replace("foot", "shank")) & (body.rest[:, 2] < cuff)
        points = body.vertices[foot]
        ground = points[points[:, 2] < 0.025] * [1, 1, 0] - [0, 0, outfit.sole_m]
        shoes.append(
            wrapped(
                np.concatenate([points, ground]),
                growth=0.0,
                ease_m=ease,
                fold_m=0.0,
                colour=colour,
                rng=rng,
            )
        )
    return shoes
