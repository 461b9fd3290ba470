"""How well a sheet of paper gives the scale: synthetic clients with one beside the body.

    python -m posture.synthetic.paper_scale --visits 40

A sheet of A4 hangs beside the hip, up to 8 cm before or behind the body's middle plane, turned by
up to 15° about either axis, upright or across. Prints how often it is found, how far the client's
height by it is off, and how often a sheet is found where none is.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.assess import GivenPhoto
from posture.capture.paper import SHEET_CM
from posture.capture.scale_aids import ScaleAids
from posture.photo import Photo
from posture.results import Assessment, Client
from posture.synthetic.camera import Camera
from posture.synthetic.clients import make_visit
from posture.synthetic.mesh import Mesh
from posture.synthetic.render_gl import GLRenderer
from posture.synthetic.scene import Scene, panel
from posture.visit import Assessor

__all__ = ["SheetRenderer", "main"]

_FIRST_SEED = 232_000
_LONG_SIDE_PX = 1600
_ASIDE_M, _DEPTH_M, _TILT_DEG = (0.42, 0.55), 0.08, 15.0


class SheetRenderer:
    """Renders a client with a sheet of A4 beside the hip, or without."""

    def __init__(self) -> None:
        self._renderer = GLRenderer()
        self.has_sheet = True

    def render(
        self, meshes: Sequence[Mesh], camera: Camera, scene: Scene, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Return an RGB picture, uint8 of shape (H, W, 3)."""
        sheet = [_sheet(camera, scene)] if self.has_sheet else []
        return self._renderer.render([*meshes, *sheet], camera, scene, rng)


def _sheet(camera: Camera, scene: Scene) -> Mesh:
    rng = np.random.default_rng([scene.seed, 31])
    facing = math.radians(camera.azimuth_deg)
    near = np.array([math.cos(facing), math.sin(facing), 0.0])
    across, up = np.array([-near[1], near[0], 0.0]), np.array([0.0, 0.0, 1.0])
    pan, pitch = np.radians(rng.uniform(-_TILT_DEG, _TILT_DEG, 2))
    right = math.cos(pan) * across + math.sin(pan) * near
    rise = math.cos(pitch) * up + math.sin(pitch) * near
    sides = np.array(SHEET_CM["a4"]) / 100
    width, height = sides if rng.random() < 0.5 else sides[::-1]
    middle = (
        rng.choice([-1.0, 1.0]) * rng.uniform(*_ASIDE_M) * across
        + rng.uniform(-_DEPTH_M, _DEPTH_M) * near
        + rng.uniform(0.8, 1.1) * up
    )
    corner = middle - width / 2 * right - height / 2 * rise
    return panel(corner, width * right, height * rise, (0.85, 0.85, 0.83))


def main(argv: list[str] | None = None) -> int:
    """Render, assess without a height, and print."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.paper_scale")
    parser.add_argument("--visits", type=int, default=40, metavar="N")
    args = parser.parse_args(argv)
    renderer = SheetRenderer()
    errors, found, wrong = [], 0, 0
    with Assessor(scales=ScaleAids(paper="a4")) as assessor:
        for seed in range(_FIRST_SEED, _FIRST_SEED + args.visits):
            for renderer.has_sheet in (True, False):
                visit = make_visit(seed, renderer, views=(View.FRONT,), long_side_px=_LONG_SIDE_PX)
                told_cm = _height_told(_assessed(visit.photos[0].pixels, assessor))
                if told_cm is None:
                    continue
                if not renderer.has_sheet:
                    wrong += 1
                    continue
                found += 1
                errors.append(told_cm / (100 * visit.stature_m) - 1)
    off = np.abs(errors)
    print(f"found {found} of {args.visits}; {wrong} found where there is none")
    print(
        f"height off by {off.mean():.1%} on average, {off.max():.1%} at most, "
        f"{np.mean(errors):+.1%} in the mean; the stated SD is about 3.6 %"
    )
    return 0


def _assessed(pixels: NDArray[np.uint8], assessor: Assessor) -> Assessment:
    photo = Photo(pixels=pixels, file_sha256="0" * 64, focal_length_35mm=None, name="render")
    given = [GivenPhoto(photo=photo, role="front", view=View.FRONT)]
    return assessor.assess_photos(given, Client(id="c")).assessment


def _height_told(assessment: Assessment) -> float | None:
    """Return the height in the note on it, in whole centimetres."""
    notes = (note for note in assessment.photos[0].quality if note.code == "height_from_scale")
    note = next(notes, None)
    return None if note is None else float(note.text.split(" client is ")[1].split(" cm")[0])


if __name__ == "__main__":
    sys.exit(main())
