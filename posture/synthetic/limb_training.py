"""Train the networks that read the joints of limbs, and write them as ONNX.

    python -m posture.synthetic.limbs .work/limbs
    python -m posture.synthetic.limb_training .work/limbs models/limbs

They are those of the close-ups (see `close_up_training`), taught on limbs in movement. Every
fifth client is not learnt from: on them the errors that are printed were measured.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.rom.limbs import LIMBS, Limb
from posture.synthetic.close_up_training import Training, export, train
from posture.synthetic.dataset import KEPT_ASIDE
from posture.synthetic.limbs import TAUGHT_BY

__all__ = ["main"]

_TRAINING = Training(epochs=120, width=12, moved=0.12)
"""Squares are moved more than those of close-ups: the pose network finds the joints of people and
of rendered bodies differently, so that where a square lies must tell nothing."""


def load_limb(folder: Path, limb: Limb) -> dict[str, NDArray[np.generic]]:
    """Return all samples of a limb, columns by name, those of all tests that move it."""
    parts = [
        dict(np.load(folder / f"{test}.npz"))
        for test, name in TAUGHT_BY.items()
        if name == limb.name
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def main(argv: list[str] | None = None) -> int:
    """Train every network, and write it."""
    parser = argparse.ArgumentParser(description="Train the networks that read limbs.")
    parser.add_argument("folder", type=Path, help="what `posture.synthetic.limbs` wrote")
    parser.add_argument("networks", type=Path, help="where the networks go")
    parser.add_argument("--only", choices=sorted(LIMBS))
    args = parser.parse_args(argv)
    args.networks.mkdir(parents=True, exist_ok=True)
    for limb in LIMBS.values():
        if args.only in (None, limb.name):
            samples = load_limb(args.folder, limb)
            taught = samples["seed"] % 5 != KEPT_ASIDE
            squares, places = samples["square"][taught], samples["joints"][taught]
            print(f"{limb.name}: {len(squares)} squares", flush=True)
            network = train(squares, places.astype(np.float32), _TRAINING)
            export(network, args.networks / f"{limb.name}.onnx")
    return 0


if __name__ == "__main__":
    sys.exit(main())
