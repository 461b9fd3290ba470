"""Learn the movements that several angles tell better than one.

    python -m posture.synthetic.rom_regression

A ridge regression on synthetic clients; the table printed is its mean absolute error in degrees on
clients that a fold left out, beside that of the single angle after a line through zero.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.detect import open_detector
from posture.errors import PhotoError
from posture.output import write_atomically
from posture.rom.angles import ANGLES
from posture.rom.catalogue import TESTS
from posture.rom.photos import look
from posture.rom.regression import READ
from posture.synthetic.render_gl import GLRenderer
from posture.synthetic.rom_poses import as_photo, make_pair

__all__ = ["main"]

_FIRST_SEED = 300_000
_FILE = Path(__file__).parents[1] / "data" / "rom_regression.csv"
_FOLDS = 10
_PENALTY = 0.01

Array = NDArray[np.float64]


def main(argv: list[str] | None = None) -> int:
    """Render, learn, print and write."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.rom_regression")
    parser.add_argument("--clients", type=int, default=100, metavar="N", help="per movement")
    args = parser.parse_args(argv)
    out = io.StringIO()
    out.write("# Weights of what is read of a movement, to degrees. Made by\n")
    out.write("# python -m posture.synthetic.rom_regression\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("movement", "read", "weight"))
    print("| movement | single angle | regression | n |\n|---|---:|---:|---:|")
    for movement in READ:
        names, read, single, truth = _observed(movement, args.clients)
        left_out = np.abs(_kept_aside(read, truth) - truth).mean()
        line = (single @ truth) / (single @ single)
        alone = np.abs(line * single - truth).mean()
        print(f"| `{movement}` | {alone:.1f} | {left_out:.1f} | {len(truth)} |", flush=True)
        weights = _ridge(read, truth)
        for name, weight in zip((*names, "constant"), weights, strict=True):
            writer.writerow((movement, name, f"{weight:.5f}"))
    write_atomically(_FILE, out.getvalue().encode("utf-8"))
    return 0


def _observed(movement: str, clients: int) -> tuple[tuple[str, ...], Array, Array, Array]:
    """Return names and values of what is read, the single angles, and the true ones."""
    test = next(t.id for t in TESTS.values() if movement in {m.id for m in t.movements})
    renderer = GLRenderer()
    read, single, truth = [], [], []
    with open_detector() as detector:
        for seed in range(_FIRST_SEED, _FIRST_SEED + clients):
            pair = make_pair(test, seed, renderer)
            try:
                photos = [
                    look(as_photo(pixels), TESTS[test], detector, view=pair.view)
                    for pixels in (pair.neutral, pair.end)
                ]
            except PhotoError:
                continue
            points = photos[0].points, photos[1].points, pair.side
            read.append(READ[movement](*points))
            single.append(ANGLES[movement](*points))
            truth.append(pair.truth_deg[movement])
    names = tuple(read[0])
    values = np.array([[one[name] for name in names] for one in read])
    return names, values, np.array(single), np.array(truth)


def _kept_aside(read: Array, truth: Array) -> Array:
    """Return what clients come to whom the regression did not learn from."""
    folds = np.arange(len(truth)) % _FOLDS
    found = np.empty(len(truth))
    for fold in range(_FOLDS):
        tried = folds == fold
        weights = _ridge(read[~tried], truth[~tried])
        found[tried] = read[tried] @ weights[:-1] + weights[-1]
    return found


def _ridge(read: Array, truth: Array) -> Array:
    """Return the weights, and the constant last."""
    mean, spread = read.mean(axis=0), read.std(axis=0) + 1e-9
    facts = (read - mean) / spread
    squares = facts.T @ facts + _PENALTY * len(truth) * np.eye(read.shape[1])
    weights = np.linalg.solve(squares, facts.T @ (truth - truth.mean())) / spread
    return np.append(weights, truth.mean() - mean @ weights)


if __name__ == "__main__":
    sys.exit(main())
