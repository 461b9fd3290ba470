"""Train the sitting estimator, and try it on clients kept aside.

    python -m posture.synthetic.sitting .work/sitting --visits 2500 --photos
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
from posture.estimate.features import BodyFrame
from posture.estimate.kernel import Regression
from posture.estimate.outputs import Outputs
from posture.sitting.checks import refusal
from posture.sitting.estimate import SITTING_OUTPUTS, load_sitting
from posture.sitting.features import INPUT_TRUST, sitting_frame, sitting_inputs
from posture.sitting.measures import SITTING_MEASURES
from posture.synthetic.calibration import calibrate, read_example
from posture.synthetic.dataset import PhotoRecord, load_photos, record_pose
from posture.synthetic.training import Samples, fit_plane, kept_aside_of, stored_small

__all__ = ["main"]

_TRIED = 3
_SEEN_SHARE, _LEAST_SPREAD = 0.8, 0.003
_OF_170_CM = 1.7
"""Lengths are shown in cm for a client of 170 cm."""


def _samples(records: Sequence[tuple[PhotoRecord, bytes]], outputs: Outputs) -> Samples:
    inputs: list[NDArray[np.float64]] = []
    targets: list[NDArray[np.float64]] = []
    seeds: list[int] = []
    photos: dict[int, tuple[bytes, BodyFrame]] = {}
    for record, jpeg in records:
        pose = record_pose(record)
        if record.view.plane != outputs.plane or refusal(pose, record.view):
            continue
        frame = sitting_frame(pose, record.view)
        photos[len(inputs)] = (jpeg, frame)
        inputs.append(sitting_inputs(pose, record.view, frame))
        targets.append(_target(record, frame.to_body, outputs))
        seeds.append(record.seed)
    return Samples(
        inputs=np.array(inputs), targets=np.array(targets), seeds=np.array(seeds), photos=photos
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
    """Yield per measure its error, that of always telling the mean, and its coverage.

    The first error is that of the regression alone, the second with close-ups.
    """
    predictions = [regression.predict(inputs) for inputs in samples.inputs]
    used = [row for row, p in enumerate(predictions) if p.strangeness <= REFUSE_FROM]
    plain, looked = [], []
    for row in used:
        prediction = predictions[row]
        reading = read_example(regression, prediction, samples.photos[row])
        plain.append(belief_of(regression, prediction, None).mean)
        looked.append(belief_of(regression, prediction, reading))
    truth = samples.targets[used]
    off = np.array([b.mean for b in looked]) - truth
    half = np.array([b.sd for b in looked]) * regression.quantile
    refused = len(predictions) - len(used)
    yield f"{regression.outputs.plane}: {len(predictions)} photos, {refused} refused as strange"
    for column, name in enumerate(regression.outputs.measures):
        unit = _OF_170_CM if SITTING_MEASURES[name].is_length else 1.0
        alone = np.abs(np.array(plain)[:, column] - truth[:, column]) * unit
        error, width = np.abs(off[:, column]) * unit, half[:, column] * unit
        spread = float(truth[:, column].std()) * unit
        yield (
            f"| `{name}` | {np.mean(alone):.2f} | {np.mean(error):.2f} | {spread:.2f} | "
            f"±{np.mean(width):.2f} | {np.mean(error <= width):.1%} |"
        )


def main(argv: list[str] | None = None) -> int:
    """Train, write the weights, and print how they do on clients they never saw."""
    parser = argparse.ArgumentParser(description="Train the estimator of clients who sit.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    args = parser.parse_args(argv)
    records = [(record, jpeg) for record, jpeg in load_photos(args.folder) if jpeg is not None]
    refused = sum(refusal(record_pose(record), record.view) is not None for record, _ in records)
    print(f"{len(records)} photos, {refused} refused by the checks")
    kept, tried = (
        [item for item in records if (item[0].seed % 5 == _TRIED) is is_tried]
        for is_tried in (False, True)
    )
    stored: dict[str, Any] = {}
    for outputs in SITTING_OUTPUTS:
        learnt = _samples(kept, outputs)
        arrays = fit_plane(learnt, outputs, _trust(learnt))
        plain = {f"{outputs.plane}/{name}": array for name, array in arrays.items()}
        arrays |= calibrate(plain, outputs, kept_aside_of(learnt))
        stored |= stored_small(arrays, outputs)
        print(f"{outputs.plane}: {len(learnt.seeds)} photos learnt from or calibrating")
    partial = args.weights.with_suffix(".partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **stored)
    partial.replace(args.weights)
    print(f"{args.weights}: {args.weights.stat().st_size / 1e6:.1f} MB")
    for outputs in SITTING_OUTPUTS:
        regression = load_sitting(args.weights)[outputs.plane]
        print(*_table(regression, _samples(tried, outputs)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
