"""The sample clients: path-traced photographs of synthetic people, with their true measures.

`python -m posture.synthetic.samples sample_images` makes them anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.synthetic.camera import Camera
from posture.synthetic.clients import Choice, Renderer, Visit, VisitPhoto, make_visit
from posture.synthetic.garments import Outfit
from posture.synthetic.scene import Colour, Scene
from posture.synthetic.sitting import sitting_visit

__all__ = ["SAMPLES", "Sample", "framed", "write_sample", "write_visit"]

_WIDTH_PX, _HEIGHT_PX = 900, 1350
_SEEN_M, _SEEN_SITTING_M = 2.15, 1.72
"""Height that the picture takes in at the client, metres."""
_MIDDLE_M, _MIDDLE_SITTING_M = 0.93, 0.66
"""Height at the client that lies in the picture's middle, metres."""
_JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample visit: a seed, and what is settled by hand. `folder` is its name.

    One who `sits` does so still for all photos; one who stands stands up anew.
    """

    folder: str
    seed: int
    views: tuple[View, ...]
    outfit: Outfit
    hair: str
    tone: int
    wall: Colour
    floor: Colour
    day: int = 0
    change: float = 0.0
    sits: bool = False


def _outfit(top: str, bottom: str, **changes: float | str) -> Outfit:
    plain = Outfit(
        top=top,
        bottom=bottom,
        shoes="none",
        looseness=0.0,
        hem_z=0.10,
        sleeve=0.5,
        leg=0.3,
        sole_m=0.0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


_FRONT_LEFT = (View.FRONT, View.LEFT)

_CLIENT_A = Sample(
    folder="client-a",
    seed=7034,
    views=_FRONT_LEFT,
    outfit=_outfit("sports bra", "shorts", leg=0.1),
    hair="tied",
    tone=4,
    wall=(0.62, 0.60, 0.55),
    floor=(0.34, 0.26, 0.19),
)

SAMPLES = (
    _CLIENT_A,
    replace(_CLIENT_A, folder="client-a-later", day=1, change=0.8),
    replace(_CLIENT_A, folder="client-a-sitting", sits=True),
    Sample(
        folder="client-b",
        seed=7031,
        views=(View.FRONT, View.LEFT, View.BACK),
        outfit=_outfit("none", "shorts", leg=0.2),
        hair="short",
        tone=2,
        wall=(0.45, 0.52, 0.56),
        floor=(0.30, 0.30, 0.30),
    ),
    Sample(
        folder="client-c",
        seed=7002,
        views=(View.FRONT, View.RIGHT),
        outfit=_outfit("shirt", "trousers", looseness=0.15),
        hair="tied",
        tone=7,
        wall=(0.60, 0.52, 0.42),
        floor=(0.22, 0.20, 0.19),
    ),
    Sample(
        folder="client-d",
        seed=7008,
        views=_FRONT_LEFT,
        outfit=_outfit("shirt", "trousers", looseness=0.8, shoes="shoes", sole_m=0.025, hem_z=0.06),
        hair="short",
        tone=5,
        wall=(0.50, 0.55, 0.48),
        floor=(0.40, 0.33, 0.25),
    ),
)
"""Client A comes twice, and sits; B is shown from behind as well; C and D are dressed."""


def write_sample(sample: Sample, renderer: Renderer, folder: Path) -> None:
    """Write a sample's photos, its stature and its truth into a folder of its own."""
    choose = Choice(
        outfit=sample.outfit,
        hair=sample.hair,
        tone=sample.tone,
        scene=_room(sample),
        framing=partial(_framed, sits=sample.sits),
    )
    if sample.sits:
        visit = sitting_visit(sample.seed, renderer, views=sample.views, detail=True, choose=choose)
    else:
        visit = make_visit(
            sample.seed,
            renderer,
            views=sample.views,
            day=sample.day,
            change=sample.change,
            detail=True,
            choose=choose,
        )
    write_visit(visit, folder / sample.folder, jpeg_quality=_JPEG_QUALITY)


def write_visit(visit: Visit, place: Path, *, jpeg_quality: int) -> None:
    """Write a visit's photos, its stature and its truth into a folder of their own."""
    import cv2

    place.mkdir(parents=True, exist_ok=True)
    for photo in visit.photos:
        path = place / f"{photo.view.value}.jpg"
        options = [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality]
        cv2.imwrite(str(path), np.ascontiguousarray(photo.pixels[..., ::-1]), options)
    truth = {
        "seed": visit.seed,
        "height_cm": round(100 * visit.stature_m, 1),
        "client": dict(visit.descriptors),
        "photos": {photo.view.value: _truth_of(photo) for photo in visit.photos},
    }
    (place / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    (place / "height_cm.txt").write_text(f"{_height_cm(visit):.0f}\n", encoding="utf-8")


def _height_cm(visit: Visit) -> float:
    return 100 * visit.stature_m


def _truth_of(photo: VisitPhoto) -> dict[str, object]:
    return {
        "measures": {name: round(value, 3) for name, value in photo.truth.items()},
        "landmarks_px": _rounded(photo.landmarks_px),
        "camera": {name: round(value, 3) for name, value in photo.camera.describe().items()},
    }


def _rounded(points: Mapping[str, NDArray[np.float64]]) -> dict[str, list[float]]:
    return {name: [round(float(c), 1) for c in point] for name, point in points.items()}


def _framed(camera: Camera, *, sits: bool) -> Camera:
    seen_m, middle_m = (_SEEN_SITTING_M, _MIDDLE_SITTING_M) if sits else (_SEEN_M, _MIDDLE_M)
    return framed(camera, size_px=(_WIDTH_PX, _HEIGHT_PX), seen_m=seen_m, middle_m=middle_m)


def framed(camera: Camera, *, size_px: tuple[int, int], seen_m: float, middle_m: float) -> Camera:
    """Return the camera held level, with the client in the middle of the picture.

    Parameters
    ----------
    camera
        Where it stands.
    size_px
        The picture's width and height.
    seen_m, middle_m
        Which height the picture takes in at the client, and what height lies in its middle.
    """
    width_px, height_px = size_px
    focal_px = height_px * camera.distance_m / seen_m
    drop_px = focal_px * (camera.height_m - middle_m) / camera.distance_m
    return replace(
        camera,
        pitch_deg=0.0,
        focal_px=focal_px,
        width_px=width_px,
        height_px=height_px,
        centre_px=(width_px / 2 - 0.5, height_px / 2 - 0.5 - drop_px),
    )


def _room(sample: Sample) -> Scene:
    return Scene(
        wall=sample.wall,
        floor=sample.floor,
        wall_pattern=0.0,
        light=(-0.48, -0.62, -0.62),
        ambient=0.5,
        exposure=1.15,
        tint=(1.02, 1.0, 0.97),
        wall_distance_m=1.1,
        clutter=2,
        blur_px=0.0,
        noise=0.006,
        jpeg_quality=97,
        seed=sample.seed,
    )


def main(argv: list[str] | None = None) -> int:
    """Make the samples named, by default all."""
    from posture.synthetic.render_mitsuba import MitsubaRenderer

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="folders to make, by default all")
    parser.add_argument("--samples", type=int, default=20, help="light paths per pixel")
    parser.add_argument("--variant", default="scalar_rgb", help="of Mitsuba")
    args = parser.parse_args(argv)
    renderer = MitsubaRenderer(samples=args.samples, variant=args.variant)
    for sample in SAMPLES:
        if not args.names or sample.folder in args.names:
            write_sample(sample, renderer, args.folder)
            print(args.folder / sample.folder, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
