"""How well movements are measured, on synthetic clients.

    python -m posture.synthetic.rom_error
    python -m posture.synthetic.rom_error --write

The table gives mean absolute errors in degrees: of the angle between the detector's points, and
after the line from measured to true that other clients gave. `--write` keeps the lines and spreads
in `posture/data/rom_error.csv`.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import pickle
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Side
from posture.detect import Detector, open_detector
from posture.errors import PhotoError
from posture.output import write_atomically
from posture.rom.catalogue import TESTS
from posture.rom.kinds import RomTest
from posture.rom.measure import MovementError, measure
from posture.rom.photos import look
from posture.rom.regression import reading_deg
from posture.synthetic.render_gl import GLRenderer
from posture.synthetic.rom_poses import as_photo, make_pair

__all__ = ["main"]

_FIRST_SEED = 210_000
_ERROR_FILE = Path(__file__).parents[1] / "data" / "rom_error.csv"
_LOST = 6.0
_FOLDS = 5
_MOVEMENTS = {movement.id: movement for test in TESTS.values() for movement in test.movements}

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Observation:
    """One client: points of both photos, None where the program refuses, and true angles."""

    seed: int
    side: Side
    points: tuple[Mapping[str, Array], Mapping[str, Array]] | None
    truth: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    movement: str
    seed: int
    truth: float
    measured: float


def _observe(seed: int, test: RomTest, renderer: GLRenderer, detector: Detector) -> _Observation:
    """Return what the program found in the two photos of one client."""
    pair = make_pair(test.id, seed, renderer)
    try:
        end = look(as_photo(pair.end), test, detector, view=pair.view)
        neutral = None
        if test.needs_neutral:
            neutral = look(as_photo(pair.neutral), test, detector, view=pair.view)
        measure(test, neutral, end, pair.side)
        points = (neutral or end).points, end.points
    except PhotoError:
        points = None
    return _Observation(seed=seed, side=pair.side, points=points, truth=pair.truth_deg)


def _rows(observations: Sequence[_Observation]) -> Iterator[_Row]:
    for seen in observations:
        for movement, truth in seen.truth.items():
            if seen.points is None:
                continue
            measured = reading_deg(movement, *seen.points, seen.side)
            yield _Row(movement=movement, seed=seen.seed, truth=truth, measured=measured)


def main(argv: list[str] | None = None) -> int:
    """Render, measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.rom_error")
    parser.add_argument("--clients", type=int, default=40, metavar="N", help="per test")
    parser.add_argument("--kept", type=Path, help="file of what was found, so as to fit anew")
    parser.add_argument("--write", action="store_true", help="keep the errors found")
    args = parser.parse_args(argv)
    if args.kept and args.kept.exists():
        observations = pickle.loads(args.kept.read_bytes())
    else:
        observations = _observed(args.clients)
        if args.kept:
            args.kept.write_bytes(pickle.dumps(observations))
    rows = list(_rows(observations))
    movements = dict.fromkeys(row.movement for row in rows)
    errors = {m: _judged([row for row in rows if row.movement == m]) for m in movements}
    print("| movement | as detected | corrected | interval ± | n | refused |")
    print("|---|---:|---:|---:|---:|---:|")
    for movement, (error, raw, corrected) in errors.items():
        half = 1.96 * error.sd_deg
        refused = sum(movement in one.truth and one.points is None for one in observations)
        figures = f"{raw:.1f} | {corrected:.1f} | {half:.0f} | {error.n} | {refused}"
        print(f"| `{movement}` | {figures} |")
    if args.write:
        kept = {movement: error for movement, (error, _, _) in errors.items()}
        write_atomically(_ERROR_FILE, _as_csv(kept).encode("utf-8"))
    return 0


def _observed(clients: int) -> list[_Observation]:
    renderer = GLRenderer()
    with open_detector() as detector:
        return [
            _observe(seed, test, renderer, detector)
            for test in TESTS.values()
            for seed in range(_FIRST_SEED, _FIRST_SEED + clients)
        ]


def _judged(rows: Sequence[_Row]) -> tuple[MovementError, float, float]:
    """Return the correction of one movement, and the error without and with it.

    The error with it, and the spread, come from clients that did not draw the line.
    """
    measured = np.array([row.measured for row in rows])
    truth = np.array([row.truth for row in rows])
    is_change = _MOVEMENTS[rows[0].movement].is_change
    folds = np.array([row.seed for row in rows]) % _FOLDS
    left = np.empty(len(rows))
    for fold in range(_FOLDS):
        tried = folds == fold
        slope, offset = _line(measured[~tried], truth[~tried], is_change=is_change)
        left[tried] = np.abs(offset + slope * measured[tried] - truth[tried])
    level = min(1.0, math.ceil(0.95 * (len(rows) + 1)) / len(rows))
    slope, offset = _line(measured, truth, is_change=is_change)
    error = MovementError(
        offset_deg=offset,
        slope=slope,
        sd_deg=float(np.quantile(left, level)) / 1.96,
        n=len(rows),
    )
    return error, float(np.abs(measured - truth).mean()), float(left.mean())


def _line(measured: Array, truth: Array, *, is_change: bool) -> tuple[float, float]:
    """Return slope and offset; a limb that the network lost altogether does not draw them.

    A change has no offset: where nothing moved, nothing is to be told.
    """
    ones = np.zeros_like(measured) if is_change else np.ones_like(measured)
    facts = np.column_stack([measured, ones])
    kept = np.ones(len(measured), dtype=bool)
    weights = np.zeros(2)
    for _ in range(2):
        found = np.linalg.lstsq(facts[kept], truth[kept], rcond=None)[0]
        weights = np.asarray(found, dtype=np.float64)
        left = np.abs(facts @ weights - truth)
        kept = left <= _LOST * np.median(left)
    return float(weights[0]), float(weights[1])


def _as_csv(errors: Mapping[str, MovementError]) -> str:
    out = io.StringIO()
    out.write("# true = offset_deg + slope × the angle between detector points, on synthetic\n")
    out.write("# clients; sd_deg is the spread left. Made by\n")
    out.write("# python -m posture.synthetic.rom_error --write\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("movement", "offset_deg", "slope", "sd_deg", "n"))
    for movement, error in errors.items():
        numbers = (f"{error.offset_deg:.2f}", f"{error.slope:.3f}", f"{error.sd_deg:.2f}")
        writer.writerow((movement, *numbers, error.n))
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
