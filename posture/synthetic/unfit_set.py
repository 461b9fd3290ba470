"""Photos that must not be measured, and others that must: how well the two are told apart.

`python -m posture.synthetic.unfit_set OUT` makes 220 unfit photos by eleven recipes and 100
fit ones, assesses them and prints the table. Pictures that are there are not made again. Thresholds
were set on the photos from `TUNING_SEED` on; another first seed makes a set they never saw.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.assess import GivenPhoto, Role, assess
from posture.results import AssessedPhoto, Client
from posture.synthetic.body import build_body
from posture.synthetic.camera import sample_camera
from posture.synthetic.clients import Renderer
from posture.synthetic.population import restand, sample_client
from posture.synthetic.scene import sample_scene
from posture.synthetic.unfit_recipes import RECIPES, Staging, dressed

if TYPE_CHECKING:
    from posture.detect import Detector

__all__ = ["FIT", "TUNING_SEED", "SetPhoto", "main", "photos_of_set", "render_photo", "verdict"]

FIT = "fit"
TUNING_SEED = 220_000
_SEEDS_OF_UNFIT = 500
_PER_RECIPE, _FIT_PHOTOS = 20, 100
_VIEWS = (View.FRONT, View.LEFT, View.BACK, View.RIGHT)
_JPEG_QUALITY = 90
_EPOCH = "1970-01-01T00:00:00+00:00"

Verdict = Literal["refused", "flagged", "passed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPhoto:
    """One photo of the set; `kind` names its recipe or is `FIT`."""

    kind: str
    seed: int
    view: View

    @property
    def role(self) -> Role:
        """What the photo is given as."""
        return "side" if self.view.is_lateral else "front" if self.view is View.FRONT else "back"

    @property
    def file_name(self) -> str:
        """The name of its picture."""
        return f"{self.kind.replace(' ', '-')}-{self.seed}-{self.view.value}.jpg"


def photos_of_set(first_seed: int = TUNING_SEED) -> Iterator[SetPhoto]:
    """Yield all photos: twenty of each recipe, then the fit ones, through all views in turn."""
    seed = first_seed
    for kind in RECIPES:
        for _ in range(_PER_RECIPE):
            yield SetPhoto(kind=kind, seed=seed, view=_VIEWS[seed // 2 % 4])
            seed += 1
    fit = first_seed + _SEEDS_OF_UNFIT
    for seed in range(fit, fit + _FIT_PHOTOS):
        yield SetPhoto(kind=FIT, seed=seed, view=_VIEWS[seed // 2 % 4])


def render_photo(photo: SetPhoto, renderer: Renderer) -> NDArray[np.uint8]:
    """Return the picture of one photo of the set, uint8 RGB of shape (H, W, 3)."""
    rng = np.random.default_rng([photo.seed, 9])
    staging = RECIPES[photo.kind](rng) if photo.kind != FIT else Staging()
    client = sample_client(photo.seed)
    body = restand(client.body, rng)
    if staging.stance:
        body = replace(body, posture=staging.stance(body.posture))
    built = build_body(body)
    camera = sample_camera(rng, photo.view, built.stature_m)
    if staging.framing:
        camera = staging.framing(camera, built.stature_m)
    meshes = dressed(built, client.sex, photo.seed, rng)
    if staging.staging:
        meshes = staging.staging(meshes, camera)
    scene = sample_scene(rng)
    if staging.scene:
        scene = staging.scene(scene)
    pixels = renderer.render(meshes, camera, scene, rng)
    return staging.spoil(pixels) if staging.spoil else pixels


def verdict(seen: AssessedPhoto) -> Verdict:
    """Return what became of a photo: refused, measured with a warning, or measured."""
    return "refused" if seen.is_refused else "flagged" if seen.quality else "passed"


def _render_missing(folder: Path, photos: Sequence[SetPhoto]) -> None:
    from PIL import Image

    missing = [photo for photo in photos if not (folder / photo.file_name).exists()]
    if not missing:
        return
    from posture.synthetic.render_gl import GLRenderer

    folder.mkdir(parents=True, exist_ok=True)
    renderer = GLRenderer()
    for photo in missing:
        picture = Image.fromarray(render_photo(photo, renderer))
        picture.save(folder / photo.file_name, quality=_JPEG_QUALITY)


def _assessed(path: Path, photo: SetPhoto, detector: Detector) -> AssessedPhoto:
    """Return what the program says of a photo. The side is to be recognised."""
    from posture.photo import read_photo

    stated = None if photo.view.is_lateral else photo.view
    given = GivenPhoto(photo=read_photo(path), role=photo.role, view=stated)
    client = Client(id="unfit-set")
    done = assess([given], detector, client=client, created=_EPOCH, software={})
    return done.photos[0]


def _print_table(seen: Sequence[tuple[SetPhoto, AssessedPhoto]]) -> None:
    print("| kind | photos | refused | flagged only | passed | most told |")
    print("|---|---:|---:|---:|---:|---|")
    for kind in (*RECIPES, FIT):
        of_kind = [record for photo, record in seen if photo.kind == kind]
        count = Counter(verdict(record) for record in of_kind)
        codes = Counter(note.code for record in of_kind for note in record.quality)
        told = ", ".join(f"`{code}` {number}" for code, number in codes.most_common(3))
        numbers = " | ".join(str(count[name]) for name in ("refused", "flagged", "passed"))
        print(f"| {kind} | {len(of_kind)} | {numbers} | {told} |")
    unfit = [verdict(record) for photo, record in seen if photo.kind != FIT]
    fit = [(photo, record) for photo, record in seen if photo.kind == FIT]
    refused = sum(record.is_refused for _, record in fit)
    right = sum(record.view is photo.view and not record.is_refused for photo, record in fit)
    print(
        f"\nUnfit: refused {unfit.count('refused') / len(unfit):.1%}, refused or flagged "
        f"{1 - unfit.count('passed') / len(unfit):.1%}. Fit: refused {refused / len(fit):.1%}, "
        f"right view {right / len(fit):.1%}."
    )


def main(argv: list[str] | None = None) -> int:
    """Render what is missing, assess all, print the table."""
    from posture.detect import open_detector

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=TUNING_SEED, help="first seed of the set")
    parser.add_argument("--list", action="store_true", help="name the photos judged wrongly")
    args = parser.parse_args(argv)
    photos = list(photos_of_set(args.first))
    _render_missing(args.folder, photos)
    with open_detector() as detector:
        seen = [
            (photo, _assessed(args.folder / photo.file_name, photo, detector)) for photo in photos
        ]
    _print_table(seen)
    for photo, record in seen if args.list else ():
        wrong = record.is_refused if photo.kind == FIT else verdict(record) == "passed"
        if wrong:
            print(photo.file_name, *(note.code for note in record.quality))
    return 0


if __name__ == "__main__":
    sys.exit(main())
