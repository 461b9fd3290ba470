"""Train the sitting estimator, and try it on clients kept aside.

    python -m posture.synthetic.sitting .work/sitting --visits 1000
    python -m posture.synthetic.sitting_training .work/sitting models/sitting.npz

Every fifth client, by seed, calibrates; those whose seed leaves 3 when divided by five are
neither learnt from nor calibrate: on them the table was measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import near_name
from posture.estimate.estimator import REFUSE_FROM, belief_of
from posture.estimate.kernel import Regression
from posture.estimate.outputs import Outputs
from posture.sitting.checks import refusal
from posture.sitting.estimate import SITTING_OUTPUTS, load_sitting
from posture.sitting.features import INPUT_TRUST, sitting_frame, sitting_inputs
from posture.sitting.measures import SITTING_MEASURES
from posture.synthetic.calibration import calibrate_unlooked
from posture.synthetic.dataset import PhotoRecord, load_photos, record_pose
from posture.synthetic.training import Samples, fit_plane, kept_aside_of, stored_small

__all__ = ["main"]

_TRIED = 3
_SEEN_SHARE, _LEAST_SPREAD = 0.8, 0.003
_OF_170_CM = 1.7
"""Lengths are shown in cm for a client of 170 cm."""


def _samples(records: Sequence[PhotoRecord], outputs: Outputs) -> Samples:
    inputs, targets, seeds = [], [], []
    for record in records:
        pose = record_pose(record)
        if record.view.plane != outputs.plane or refusal(pose, record.view):
            continue
        frame = sitting_frame(pose, record.view)
        inputs.append(sitting_inputs(pose, record.view, frame))
        targets.append(_target(record, frame.to_body, outputs))
        seeds.append(record.seed)
    return Samples(
        inputs=np.array(inputs), targets=np.array(targets), seeds=np.array(seeds), photos={}
    )


def _target(record: PhotoRecord, to_body: Any, outputs: Outputs) -> NDArray[np.float64]:
    values = [
        record.truth[name] / (record.stature_m if SITTING_MEASURES[name].is_length else 1.0)
        for name in outputs.measures
    ]
    for name in outputs.landmarks:
        values.extend(to_body(record.landmarks_px[near_name(name, record.view)]))
    return np.array(values)


def _trust(samples: Samples) -> NDArray[np.float64]:
    """Return the inputs' trust, none in those that are seldom seen or hardly vary."""
    seen = np.isfinite(samples.inputs)
    filled = np.where(seen, samples.inputs, 0.0)
    count = np.maximum(seen.sum(axis=0), 1)
    mean = filled.sum(axis=0) / count
    spread = np.sqrt((np.where(seen, filled - mean, 0.0) ** 2).sum(axis=0) / count)
    tells = (seen.mean(axis=0) >= _SEEN_SHARE) & (spread >= _LEAST_SPREAD)
    return np.where(tells, INPUT_TRUST, 0.0)


def _table(regression: Regression, samples: Samples) -> Iterator[str]:
    """Yield per measure its error, that of always telling the mean, and its coverage."""
    predictions = [regression.predict(inputs) for inputs in samples.inputs]
    used = np.array([p.strangeness <= REFUSE_FROM for p in predictions])
    beliefs = [belief_of(regression, p, None) for p in predictions]
    off = np.array([b.mean for b in beliefs])[used] - samples.targets[used]
    half = np.array([b.sd for b in beliefs])[used] * regression.unlooked_quantile
    yield f"{regression.outputs.plane}: {len(used)} photos, {int((~used).sum())} refused as strange"
    for column, name in enumerate(regression.outputs.measures):
        unit = _OF_170_CM if SITTING_MEASURES[name].is_length else 1.0
        error, width = off[:, column] * unit, half[:, column] * unit
        spread = float(samples.targets[used][:, column].std()) * unit
        yield (
            f"| `{name}` | {np.mean(np.abs(error)):.2f} | {spread:.2f} | ±{np.mean(width):.2f} | "
            f"{np.mean(np.abs(error) <= width):.1%} |"
        )


def main(argv: list[str] | None = None) -> int:
    """Train, write the weights, and print how they do on clients they never saw."""
    parser = argparse.ArgumentParser(description="Train the estimator of clients who sit.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    args = parser.parse_args(argv)
    records = [record for record, _ in load_photos(args.folder)]
    refused = sum(refusal(record_pose(record), record.view) is not None for record in records)
    print(f"{len(records)} photos, {refused} refused by the checks")
    stored: dict[str, Any] = {}
    tried: dict[str, Samples] = {}
    for outputs in SITTING_OUTPUTS:
        samples = _samples(records, outputs)
        is_tried = samples.seeds % 5 == _TRIED
        tried[outputs.plane] = samples.part(is_tried)
        learnt = samples.part(~is_tried)
        arrays = fit_plane(learnt, outputs, _trust(learnt))
        plain = {f"{outputs.plane}/{name}": array for name, array in arrays.items()}
        arrays |= calibrate_unlooked(plain, outputs, kept_aside_of(learnt))
        stored |= stored_small(arrays, outputs)
        print(f"{outputs.plane}: {len(learnt.seeds)} photos learnt from or calibrating")
    partial = args.weights.with_suffix(".partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **stored)
    partial.replace(args.weights)
    print(f"{args.weights}: {args.weights.stat().st_size / 1e6:.1f} MB")
    for plane, regression in load_sitting(args.weights).items():
        print(*_table(regression, tried[plane]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
