"""Synthetic clients with adhesive dots on, and with things near them that are none.

Each client wears dots of 12 to 20 mm in one colour far from the clothes', as the protocol
asks, and badges, stripes and dotted cloth near them. A hand that feels for the bone misses it
by 3 mm. The photos have gone through JPEG, as those of phones have. A dot counts as visible
where the camera sees all of it, at no more than 63° from head-on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_name
from posture.capture.stickers import takes_dot
from posture.estimate.outputs import FRONTAL, LATERAL, POSTERIOR
from posture.synthetic.camera import Camera
from posture.synthetic.clients import Clothing, Renderer, Visit, VisitPhoto, make_visit
from posture.synthetic.dataset import decoded, jpeg_of
from posture.synthetic.mesh import Mesh
from posture.synthetic.patches import Patch, Surface, disc, is_visible, polygon, put_on
from posture.synthetic.scene import Colour, Scene

__all__ = ["TWELVE_MEGAPIXEL_SIDE", "DottedPhoto", "dotted_visit"]

Array = NDArray[np.float64]

_DIAMETERS_M = (0.012, 0.020)
_HAND_SD_M = 0.003
"""Error, along each axis of the skin, of the hand that feels for the bone."""

_COLOURS: tuple[Colour, ...] = (
    (0.01, 0.10, 0.70),
    (0.01, 0.35, 0.08),
    (0.65, 0.01, 0.25),
    (0.85, 0.62, 0.01),
)
"""Blue, green, magenta and yellow, linear."""

_MOST_BENT_M = 0.006
_COLOUR_CHOICE = 0.75
"""Colours at least this share as far from the clothes as the furthest may be taken."""

TWELVE_MEGAPIXEL_SIDE = 4000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DottedPhoto:
    """A photo of a client with dots.

    `dots_px` are the dots' centres by landmark, `landmarks_px` the landmarks themselves;
    `visible` names the dots that the camera sees. `truth` holds the measures.
    """

    view: View
    pixels: NDArray[np.uint8]
    dots_px: Mapping[str, Array]
    landmarks_px: Mapping[str, Array]
    visible: frozenset[str]
    truth: Mapping[str, float]
    px_per_cm: float


class _Recorder:
    """Stands in for a renderer and keeps what it was given, so that dots can be added."""

    def __init__(self) -> None:
        self.taken: list[tuple[Sequence[Mesh], Camera, Scene, np.random.Generator]] = []

    def render(
        self, meshes: Sequence[Mesh], camera: Camera, scene: Scene, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        self.taken.append((meshes, camera, scene, rng))
        return np.zeros((1, 1, 3), dtype=np.uint8)


def dotted_visit(
    seed: int,
    renderer: Renderer,
    *,
    views: Sequence[View] | None = None,
    clothing: Clothing = "any",
    long_side_px: int = TWELVE_MEGAPIXEL_SIDE,
    distractors: int = 10,
) -> tuple[Visit, list[DottedPhoto]]:
    """Return the visit of a seed, photographed with dots on and distracting things about.

    By default from the front, and from the left or the right by the seed.
    """
    recorder = _Recorder()
    visit = make_visit(seed, recorder, views=views, clothing=clothing, long_side_px=long_side_px)
    rng = np.random.default_rng([seed, 77])
    colour = _colour([mesh for meshes, *_ in recorder.taken for mesh in meshes], rng)
    outline = disc(float(rng.uniform(*_DIAMETERS_M)))
    photos = []
    for photo, (meshes, camera, scene, noise) in zip(visit.photos, recorder.taken, strict=True):
        dots = _stick(photo, meshes, outline, colour, rng)
        bystanders = _distract(photo, meshes, rng, distractors, avoid=list(dots.values()))
        added = [patch.mesh for patch in (*dots.values(), *bystanders)]
        whole = Surface([*meshes, *(patch.mesh for patch in bystanders)])
        photos.append(
            DottedPhoto(
                view=photo.view,
                pixels=decoded(jpeg_of(renderer.render([*meshes, *added], camera, scene, noise))),
                dots_px={n: camera.project(dot.middle[None])[0] for n, dot in dots.items()},
                landmarks_px=photo.landmarks_px,
                visible=frozenset(n for n, dot in dots.items() if is_visible(dot, whole, camera)),
                truth=photo.truth,
                px_per_cm=camera.focal_px / camera.distance_m / 100,
            )
        )
    return visit, photos


def _stick(
    photo: VisitPhoto,
    meshes: Sequence[Mesh],
    outline: Array,
    colour: Colour,
    rng: np.random.Generator,
) -> dict[str, Patch]:
    whole, skin = Surface(meshes), Surface(meshes[:1])
    outputs = LATERAL if photo.view.is_lateral else FRONTAL
    if photo.view is View.BACK:
        outputs = POSTERIOR
    dots = {}
    for landmark in outputs.landmarks:
        name = near_name(landmark, photo.view)
        if takes_dot(name, photo.view):
            felt = photo.landmarks_m[name] + rng.normal(0, _HAND_SD_M, 3)
            patch = put_on(whole, skin, felt, outline, colour)
            if patch is not None and _lies(patch):
                dots[name] = patch
    return dots


def _lies(patch: Patch) -> bool:
    """Whether a dot lies on one thing: nobody sticks it over a hem."""
    off = (patch.mesh.vertices - patch.middle) @ patch.outward
    return bool(np.ptp(off) < _MOST_BENT_M)


def _colour(meshes: Sequence[Mesh], rng: np.random.Generator) -> Colour:
    """Return one of the colours that are far from those of skin and clothes."""
    apart = [min(_apart(colour, mesh) for mesh in meshes) for colour in _COLOURS]
    far = [c for c, a in zip(_COLOURS, apart, strict=True) if a >= _COLOUR_CHOICE * max(apart)]
    return far[int(rng.integers(len(far)))]


def _apart(colour: Colour, mesh: Mesh) -> float:
    """Return how unlike a mesh's colour is, with brightness divided out."""
    other = mesh.colours.mean(axis=0)
    shares = np.asarray(colour) / sum(colour) - other / max(float(other.sum()), 1e-6)
    return float(np.linalg.norm(shares))


def _distract(
    photo: VisitPhoto,
    meshes: Sequence[Mesh],
    rng: np.random.Generator,
    count: int,
    avoid: Sequence[Patch],
) -> list[Patch]:
    """Return badges, stripes, large and small discs, and dotted cloth near the landmarks."""
    whole, skin = Surface(meshes), Surface(meshes[:1])
    places = list(photo.landmarks_m.values())
    found: list[Patch] = []
    for kind in rng.integers(0, 6, count):
        near = places[int(rng.integers(len(places)))] + rng.normal(0, 0.06, 3)
        colour = _vivid(rng)
        for outline, offset in _shapes(int(kind), rng):
            patch = put_on(whole, skin, near + offset, outline, colour)
            if patch is not None and not _covers(patch, avoid):
                found.append(patch)
    return found


def _vivid(rng: np.random.Generator) -> Colour:
    if rng.random() < 0.5:
        return _COLOURS[int(rng.integers(len(_COLOURS)))]
    r, g, b = rng.uniform(0.0, 0.9, 3)
    return float(r), float(g), float(b)


def _shapes(kind: int, rng: np.random.Generator) -> list[tuple[Array, Array]]:
    """Return outlines with their offsets: one thing, or a cloth of many dots."""
    here, turned = np.zeros(3), float(rng.uniform(0, np.pi))
    if kind == 0:
        return [(disc(float(rng.uniform(0.032, 0.06))), here)]
    if kind == 1:
        return [(disc(float(rng.uniform(0.003, 0.006))), here)]
    if kind == 2:
        side = float(rng.uniform(0.012, 0.05))
        return [(polygon(4, side, side, turned), here)]
    if kind == 3:
        side = float(rng.uniform(0.012, 0.05))
        return [(polygon(3, side, side, turned), here)]
    if kind == 4:
        return [(polygon(4, 0.01, float(rng.uniform(0.04, 0.12)), turned), here)]
    step = float(rng.uniform(0.022, 0.035))
    spots = disc(float(rng.uniform(0.008, 0.016)))
    grid = step * (np.arange(4) - 1.5)
    return [(spots, np.array([0.0, y, z])) for y in grid for z in grid]


def _covers(patch: Patch, dots: Sequence[Patch]) -> bool:
    reach = float(np.linalg.norm(patch.mesh.vertices - patch.middle, axis=1).max())
    room = reach + _DIAMETERS_M[1]
    return any(np.linalg.norm(patch.middle - dot.middle) < room for dot in dots)
