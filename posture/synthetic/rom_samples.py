"""Path-traced photos of every range-of-motion test, with the true angles.

    python -m posture.synthetic.rom_samples sample_images/range-of-motion

Per test and client one folder with `neutral.jpg`, `end.jpg` and `truth.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.rom.catalogue import TESTS
from posture.synthetic.camera import Camera
from posture.synthetic.clients import Renderer
from posture.synthetic.render_mitsuba import MitsubaRenderer
from posture.synthetic.rom_poses import RomPair, make_pair
from posture.synthetic.samples import framed

__all__ = ["main", "write_pair"]

_FIRST_SEED = 340_000
_JPEG_QUALITY = 86
_SIZE_PX = (960, 1280)
_SEEN_M, _MIDDLE_M = 2.45, 1.08
"""Height that the picture takes in at the client, and what lies in its middle, metres."""


def write_pair(pair: RomPair, place: Path) -> None:
    """Write a pair's photos and its truth into a folder of their own."""
    place.mkdir(parents=True, exist_ok=True)
    photos = {"neutral": pair.neutral, "end": pair.end}
    for name, pixels in photos.items():
        if name == "end" or TESTS[pair.test].needs_neutral:
            _write_photo(pixels, place / f"{name}.jpg")
    truth = {
        "test": pair.test,
        "side": pair.side,
        "seed": pair.seed,
        "truth_deg": {name: round(value, 2) for name, value in pair.truth_deg.items()},
    }
    (place / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def _framed(camera: Camera) -> Camera:
    return framed(camera, size_px=_SIZE_PX, seen_m=_SEEN_M, middle_m=_MIDDLE_M)


def _write_photo(pixels: NDArray[np.uint8], path: Path) -> None:
    import cv2

    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    cv2.imwrite(str(path), np.ascontiguousarray(pixels[..., ::-1]), options)


def main(argv: list[str] | None = None) -> int:
    """Draw them; what is there already is left."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.rom_samples")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=2, metavar="N", help="per test")
    parser.add_argument("--samples", type=int, default=12, metavar="N", help="light paths a pixel")
    parser.add_argument("--variant", default="scalar_rgb", help="Mitsuba's variant")
    args = parser.parse_args(argv)
    renderer: Renderer = MitsubaRenderer(args.samples, args.variant)
    for number in range(args.clients):
        for place, test in enumerate(TESTS):
            folder = args.folder / f"{test}-{number + 1:02}"
            if not (folder / "truth.json").exists():
                seed = _FIRST_SEED + number * len(TESTS) + place
                write_pair(make_pair(test, seed, renderer, framing=_framed), folder)
                print(folder, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
