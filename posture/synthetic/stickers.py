"""How well adhesive dots are found: synthetic clients with dots, and things that are none.

    python -m posture.synthetic.stickers --visits 12

Each client wears dots of 15 mm in a colour far from the clothes', as the protocol asks, and
badges, stripes and dotted cloth near them. A dot counts as visible where the camera sees
all of it, at no more than 63° from head-on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Method, View, near_name
from posture.capture.stickers import takes_dot
from posture.estimate.outputs import FRONTAL, LATERAL
from posture.synthetic.camera import Camera
from posture.synthetic.clients import Clothing, Renderer, Visit, VisitPhoto, make_visit
from posture.synthetic.mesh import Mesh
from posture.synthetic.patches import Patch, Surface, disc, is_visible, polygon, put_on
from posture.synthetic.scene import Colour, Scene

if TYPE_CHECKING:
    from posture.visit import AssessedVisit, Assessor

__all__ = ["DottedPhoto", "Tally", "dotted_visit", "score"]

Array = NDArray[np.float64]

DOT_DIAMETER_M = 0.015
_COLOURS: tuple[Colour, ...] = (
    (0.01, 0.10, 0.70),
    (0.01, 0.35, 0.08),
    (0.65, 0.01, 0.25),
    (0.85, 0.62, 0.01),
)
"""Blue, green, magenta and yellow, linear."""

_SAME_DOT_CM = 1.0
_TWELVE_MEGAPIXEL_SIDE = 4000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DottedPhoto:
    """A photo of a client with dots.

    `dots_px` are the dots' centres by landmark, `visible` names those that the camera sees.
    """

    view: View
    pixels: NDArray[np.uint8]
    dots_px: Mapping[str, Array]
    visible: frozenset[str]
    truth: Mapping[str, float]
    px_per_cm: float


@dataclass(slots=True, kw_only=True)
class Tally:
    """What came of the dots. Errors in pixels of a photo whose long side has 4000."""

    visible: int = 0
    found: int = 0
    wrong: int = 0
    errors_px: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        errors = self.errors_px or [float("nan")]
        return (
            f"{self.visible} visible dots: {self.found} found "
            f"({self.found / max(self.visible, 1):.1%}), {self.wrong} landmarks on something "
            f"else; centre error at 12 MP {np.mean(errors):.2f} px on average, "
            f"{np.percentile(errors, 95):.2f} at the 95th percentile, {np.max(errors):.2f} at most"
        )


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
    clothing: Clothing = "any",
    long_side_px: int = _TWELVE_MEGAPIXEL_SIDE,
    distractors: int = 10,
) -> tuple[Visit, list[DottedPhoto]]:
    """Return the visit of a seed, photographed with dots on and distracting things about."""
    recorder = _Recorder()
    visit = make_visit(seed, recorder, clothing=clothing, long_side_px=long_side_px)
    rng = np.random.default_rng([seed, 77])
    photos = []
    for photo, (meshes, camera, scene, noise) in zip(visit.photos, recorder.taken, strict=True):
        dots = _stick(photo, meshes)
        bystanders = _distract(photo, meshes, rng, distractors, avoid=list(dots.values()))
        added = [patch.mesh for patch in (*dots.values(), *bystanders)]
        whole = Surface([*meshes, *(patch.mesh for patch in bystanders)])
        photos.append(
            DottedPhoto(
                view=photo.view,
                pixels=renderer.render([*meshes, *added], camera, scene, noise),
                dots_px={n: camera.project(dot.middle[None])[0] for n, dot in dots.items()},
                visible=frozenset(n for n, dot in dots.items() if is_visible(dot, whole, camera)),
                truth=photo.truth,
                px_per_cm=camera.focal_px / camera.distance_m / 100,
            )
        )
    return visit, photos


def _stick(photo: VisitPhoto, meshes: Sequence[Mesh]) -> dict[str, Patch]:
    colour = max(_COLOURS, key=lambda c: min(_apart(c, mesh) for mesh in meshes))
    whole, skin = Surface(meshes), Surface(meshes[:1])
    outputs = LATERAL if photo.view.is_lateral else FRONTAL
    dots = {}
    for landmark in outputs.landmarks:
        name = near_name(landmark, photo.view)
        if takes_dot(name, photo.view):
            patch = put_on(whole, skin, photo.landmarks_m[name], disc(DOT_DIAMETER_M), colour)
            if patch is not None:
                dots[name] = patch
    return dots


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
    room = reach + DOT_DIAMETER_M
    return any(np.linalg.norm(patch.middle - dot.middle) < room for dot in dots)


def score(photos: Sequence[DottedPhoto], assessed: AssessedVisit, tally: Tally) -> None:
    """Add to a tally what an assessment made of the dots of its photos."""
    for photo, record in zip(photos, assessed.assessment.photos, strict=True):
        stickers = {n: m for n, m in record.landmarks.items() if m.method is Method.STICKER}
        at_twelve = _TWELVE_MEGAPIXEL_SIDE / max(photo.pixels.shape[:2])
        tally.visible += len(photo.visible)
        tally.missed += [f"{photo.view} {name}" for name in sorted(photo.visible - set(stickers))]
        for name, mark in stickers.items():
            centre = photo.dots_px.get(name, np.array([np.inf, np.inf]))
            error_px = float(np.hypot(mark.x_px - centre[0], mark.y_px - centre[1]))
            if error_px > _SAME_DOT_CM * photo.px_per_cm:
                tally.wrong += 1
                tally.missed.append(f"{photo.view} {name} wrong")
            elif name in photo.visible:
                tally.found += 1
                tally.errors_px.append(error_px * at_twelve)


def assess_dotted(visit: Visit, photos: Sequence[DottedPhoto], assessor: Assessor) -> AssessedVisit:
    """Return what an assessor makes of the photos."""
    from hashlib import sha256

    from posture.assess import GivenPhoto
    from posture.photo import Photo
    from posture.results import Client

    given = [
        GivenPhoto(
            photo=Photo(
                pixels=photo.pixels,
                file_sha256=sha256(photo.pixels.tobytes()).hexdigest(),
                focal_length_35mm=None,
                name=f"{photo.view}.jpg",
            ),
            role="side" if photo.view.is_lateral else "front",
            view=photo.view,
        )
        for photo in photos
    ]
    return assessor.assess_photos(given, Client(id="c", height_cm=100 * visit.stature_m))


def main(argv: list[str] | None = None) -> int:
    """Print how many dots were found, and what they do to the measures' errors."""
    parser = argparse.ArgumentParser(description="How well adhesive dots are found.")
    parser.add_argument("--visits", type=int, default=12)
    parser.add_argument("--first", type=int, default=1001)
    parser.add_argument("--long-side", type=int, default=_TWELVE_MEGAPIXEL_SIDE, metavar="PX")
    args = parser.parse_args(argv)
    from posture.synthetic.render_gl import GLRenderer
    from posture.visit import Assessor

    renderer, tally = GLRenderer(), Tally()
    errors: dict[bool, dict[str, list[float]]] = {True: {}, False: {}}
    with Assessor(stickers=True) as dotted, Assessor() as plain:
        for seed in range(args.first, args.first + args.visits):
            visit, photos = dotted_visit(seed, renderer, long_side_px=args.long_side)
            for stickers, assessor in ((True, dotted), (False, plain)):
                assessed = assess_dotted(visit, photos, assessor)
                _add_errors(errors[stickers], photos, assessed)
                if stickers:
                    score(photos, assessed, tally)
            print(f"{seed}: {tally}", flush=True)
    print("not found or wrong:", ", ".join(tally.missed) or "none")
    for name in sorted(errors[True]):
        without, with_dots = (
            float(np.mean(errors[key].get(name, [np.nan]))) for key in (False, True)
        )
        print(f"{name:32} mean error {without:5.2f} without dots, {with_dots:5.2f} with")
    return 0


def _add_errors(
    errors: dict[str, list[float]], photos: Sequence[DottedPhoto], assessed: AssessedVisit
) -> None:
    truth = {(photo.view, name): v for photo in photos for name, v in photo.truth.items()}
    for measure in assessed.assessment.measures:
        true = truth.get((measure.view, measure.id)) if measure.view else None
        if measure.value is not None and true is not None:
            errors.setdefault(measure.id, []).append(abs(measure.value - true))


if __name__ == "__main__":
    sys.exit(main())
