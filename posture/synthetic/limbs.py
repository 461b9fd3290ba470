"""Squares of limbs in range-of-motion tests, as the networks that read them are taught by.

    python -m posture.synthetic.limbs .work/limbs

One file per test, of clients that nothing else uses. A square is cut where the pose network's
points lead the program to, wider by a margin, so that it can be moved.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Side
from posture.detect import Detector, open_detector
from posture.landmarks import Pose
from posture.rom.catalogue import TESTS
from posture.rom.limbs import LIMBS, Limb, limb_square
from posture.rom.photos import detect_lying
from posture.synthetic.render_gl import GLRenderer
from posture.synthetic.rom_poses import RomPair, make_pair

__all__ = ["TAUGHT_BY", "LimbSample", "limb_squares", "main"]

_MARGIN = 1.25
_STORED_PX = 120
_FIRST_SEED = 400_000

TAUGHT_BY: Mapping[str, str] = MappingProxyType(
    {test.id: test.limb for test in TESTS.values() if test.limb is not None}
)
"""The limb that each test moves."""

CLIENTS: Mapping[str, int] = MappingProxyType(
    {
        "shoulder-flexion": 1000,
        "shoulder-abduction": 500,
        "squat": 400,
        "modified-thomas": 300,
        "lunge": 250,
        "squat-front": 400,
    }
)
"""How many clients do each test; a frontal photo shows two limbs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimbSample:
    """One limb in one photo: its square, and where its joints lie in it, true and as detected.

    `joints` and `detected` have shape (3, 2), from −1 to 1, y up.
    """

    seed: int
    is_end: bool
    square: NDArray[np.uint8]
    joints: NDArray[np.float64]
    detected: NDArray[np.float64]


def limb_squares(pair: RomPair, detector: Detector, limb: Limb) -> Iterator[LimbSample]:
    """Yield the limb's squares in both photos of a client: in frontal ones, of both sides."""
    sides: tuple[Side, ...] = (pair.side,) if pair.view.is_lateral else ("left", "right")
    photos = (pair.neutral, pair.end)
    for is_end, (pixels, joints) in enumerate(zip(photos, pair.joints_px, strict=True)):
        lies = bool(is_end) and TESTS[pair.test].lies
        pose = detect_lying(pixels, detector) if lies else detector.detect(pixels)
        if not isinstance(pose, Pose):
            continue
        for side in sides:
            square = limb_square(pose.points, limb, pair.view, side)
            names = [f"{joint}_{side}" for joint in limb.joints]
            seen = [(pose.points[name].x_px, pose.points[name].y_px) for name in names]
            yield LimbSample(
                seed=pair.seed,
                is_end=bool(is_end),
                square=square.cut(pixels, _STORED_PX, _MARGIN),
                joints=square.to_square(np.array([joints[name] for name in names])),
                detected=square.to_square(np.array(seen)),
            )


def main(argv: list[str] | None = None) -> int:
    """Render, detect, and write one file per test; those that are there are kept."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.limbs")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, metavar="N", help="of each test, to try it out")
    parser.add_argument("--only", choices=sorted(TAUGHT_BY))
    args = parser.parse_args(argv)
    args.folder.mkdir(parents=True, exist_ok=True)
    renderer = GLRenderer()
    with open_detector() as detector:
        for test in [args.only] if args.only else TAUGHT_BY:
            path = args.folder / f"{test}.npz"
            if path.exists():
                continue
            limb = LIMBS[TAUGHT_BY[test]]
            seeds = range(_FIRST_SEED, _FIRST_SEED + (args.clients or CLIENTS[test]))
            pairs = (make_pair(test, seed, renderer) for seed in seeds)
            samples = [one for pair in pairs for one in limb_squares(pair, detector, limb)]
            np.savez(
                path,
                seed=[one.seed for one in samples],
                is_end=[one.is_end for one in samples],
                square=[one.square for one in samples],
                joints=[one.joints for one in samples],
                detected=[one.detected for one in samples],
            )
            print(f"{test}: {len(samples)} squares", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
