"""Train the estimator of back views on synthetic clients, and try it on others.

    python -m posture.synthetic.dataset .work/back --first 240000 --visits 2000 --back
    python -m posture.synthetic.back_training .work/back models/back.npz

Every fifth client, by seed, calibrates and is not learnt from. From seed 241700 on nobody is
either: on these the table that is printed was measured, with what the waist's outline gives.
`--traced 24` prints it for path-traced views of yet others too, and trains nothing anew where
the weights are there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.estimate.back import load_back
from posture.estimate.estimator import REFUSE_FROM, belief_of
from posture.estimate.kernel import Regression
from posture.estimate.outputs import POSTERIOR, is_length
from posture.landmarks import Pose
from posture.measures.posterior import WAIST, WAIST_SD, asymmetry, waist_gaps
from posture.scale import body_scale
from posture.silhouette import outline
from posture.synthetic.calibration import calibrate_unlooked
from posture.synthetic.clients import make_visit
from posture.synthetic.dataset import PhotoRecord, load_photos, record_of, record_pose
from posture.synthetic.training import Samples, fit_plane, gather, kept_aside_of, stored_small

__all__ = ["main"]

_FIRST_TRIED = 241_700
_FIRST_TRACED = 246_000
_LIGHT_PATHS = 12
_OF_170_CM = 1.7
"""Lengths are shown in cm for a client of 170 cm."""


def train(samples: Samples) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the back view's weights."""
    arrays = fit_plane(samples, POSTERIOR)
    stored = {f"{POSTERIOR.plane}/{name}": array for name, array in arrays.items()}
    arrays |= calibrate_unlooked(stored, POSTERIOR, kept_aside_of(samples))
    return stored_small(arrays, POSTERIOR)


def _table(regression: Regression, samples: Samples) -> Iterator[str]:
    """Yield per measure its error beside that of always telling the mean, and its coverage."""
    told, half, strange = [], [], []
    for inputs in samples.inputs:
        prediction = regression.predict(inputs)
        believed = belief_of(regression, prediction, None)
        told.append(believed.mean)
        half.append(regression.quantile * believed.sd)
        strange.append(prediction.strangeness)
    used = np.array(strange) <= REFUSE_FROM
    yield f"{len(used)} photos, {int((~used).sum())} refused as strange"
    off = (np.array(told) - samples.targets)[used]
    spread = samples.targets[used].std(axis=0)
    for column, name in enumerate(POSTERIOR.measures):
        unit = _OF_170_CM if is_length(name) else 1.0
        error, width = off[:, column] * unit, np.array(half)[used, column] * unit
        yield _row(name, error, width, float(spread[column]) * unit)


def _row(name: str, error: NDArray[np.float64], half: NDArray[np.float64], true_sd: float) -> str:
    explained = 1.0 - float(np.mean(error**2)) / true_sd**2
    return (
        f"{name:28} MAE {np.mean(np.abs(error)):5.2f}  bias {np.mean(error):+5.2f}  "
        f"true sd {true_sd:5.2f}  explained {explained:5.2f}  "
        f"95 % interval ±{np.mean(half):5.2f}  holds {np.mean(np.abs(error) <= half):6.1%}"
    )


def _waist(records: Sequence[PhotoRecord]) -> str:
    """Return the waist's row, on the photos whose outline shows both gaps."""
    found, true = [], []
    for record in records:
        pose = record_pose(record)
        extent = outline(pose)
        apart_px = asymmetry(waist_gaps(pose, View.BACK))
        if extent is None or apart_px is None or WAIST not in record.truth:
            continue
        if not (extent.touches_top or extent.touches_bottom):
            scale = body_scale(extent, View.BACK, stature_cm=100 * record.stature_m)
            found.append(scale.length(apart_px) / record.stature_m)
            true.append(record.truth[WAIST] / record.stature_m)
    error = (np.array(found) - true) * _OF_170_CM
    half = np.full(len(error), 1.96 * WAIST_SD * 100 * _OF_170_CM)
    row = _row(WAIST, error, half, float(np.std(true)) * _OF_170_CM)
    rms = float(np.sqrt(np.mean(error**2))) / _OF_170_CM
    return f"{row}\n  read on {len(found)} of {len(records)}; rms {rms:.3f} % of stature"


def _traced(count: int, variant: str) -> Iterator[PhotoRecord]:
    """Yield path-traced back views that a person was found in."""
    from posture.detect import open_detector
    from posture.synthetic.render_mitsuba import MitsubaRenderer

    renderer = MitsubaRenderer(samples=_LIGHT_PATHS, variant=variant)
    with open_detector("heavy") as detector:
        for seed in range(_FIRST_TRACED, _FIRST_TRACED + count):
            visit = make_visit(seed, renderer, views=(View.BACK,))
            (photo,) = visit.photos
            pose = detector.detect(photo.pixels)
            if isinstance(pose, Pose):
                yield record_of(visit, photo, pose, day=0)


def _samples(records: Sequence[PhotoRecord]) -> Samples:
    return gather(((record, None) for record in records), POSTERIOR)


def main(argv: list[str] | None = None) -> int:
    """Train, write the weights, and print how they do on clients they never saw."""
    parser = argparse.ArgumentParser(description="Train the estimator of back views.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--tried-from", type=int, default=_FIRST_TRIED, metavar="SEED")
    parser.add_argument("--traced", type=int, default=0, metavar="N", help="path-traced views")
    parser.add_argument("--variant", default="scalar_rgb", help="Mitsuba's; see decision 5")
    args = parser.parse_args(argv)
    records = [record for record, _ in load_photos(args.folder)]
    samples = _samples(records)
    tried = samples.seeds >= args.tried_from
    if not (args.traced and args.weights.exists()):
        stored = train(samples.part(~tried))
        partial = args.weights.with_suffix(".partial.npz")
        np.savez_compressed(partial, allow_pickle=False, **stored)
        partial.replace(args.weights)
        print(f"{args.weights}: {args.weights.stat().st_size / 1e6:.1f} MB")
    regression = load_back(args.weights)
    print(*_table(regression, samples.part(tried)), _waist(records), sep="\n")
    if args.traced:
        traced = list(_traced(args.traced, args.variant))
        print("path-traced:", *_table(regression, _samples(traced)), _waist(traced), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
