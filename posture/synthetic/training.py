"""Train the estimator on synthetic clients and write its weights.

    python -m posture.synthetic.dataset .work/train --first 120000 --visits 1200 --photos
    python -m posture.synthetic.dataset .work/train --first 121200 --visits 600
    python -m posture.synthetic.dataset .work/train --first 130000 --visits 6000 --photos
    python -m posture.synthetic.close_up_training .work/train models/close_ups
    python -m posture.synthetic.training .work/train models/estimator.npz

Every fifth client, by seed, is not learnt from, neither here nor by the networks of the
close-ups: on these the intervals are calibrated. The validation set of `posture validate` is
of other seeds and rendered otherwise. Reproducible: seeds fix everything but the order of
floating-point sums.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_name
from posture.estimate.features import CONTOUR_LEVELS, BodyFrame, extract_features
from posture.estimate.kernel import input_vector
from posture.estimate.outputs import FRONTAL, LATERAL, Outputs, is_length
from posture.synthetic.calibration import Example, calibrate
from posture.synthetic.dataset import KEPT_ASIDE, PhotoRecord, load_photos, record_pose

__all__ = ["Samples", "fit_plane", "gather", "kept_aside_of", "stored_small", "train_plane"]

Array = NDArray[np.float64]

_AXES = 120
_STRANGE_QUANTILE = 0.99

_TRUST = {
    "points": (66, 1.0),
    "depth": (33, 0.2),
    "world": (99, 0.35),
    "visibility": (33, 0.25),
    "contour": (2 * len(CONTOUR_LEVELS), 1.25),
    "camera": (4, 0.5),
}
"""Per group of inputs its length and its weight in the kernel's distance: by how much better
the measures of clients kept aside, and those of photographed people, came out with it."""

_NECK_ENDS = 0.2
_TRUST_IN_CLOTHES = 0.5
"""Below the neck the outline is that of clothes, which differ more between people and renders
than the neck does: it is trusted less there."""

_RIDGE = 0.03
_ERROR_RIDGE = 3.0
_WIDTH = 0.1
"""The kernel's exponent at the median squared distance of two training photos."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """Inputs (n, d), targets (n, k) and who they are of, for one plane.

    `photos` holds those of clients kept aside, as JPEG by their row, where they were kept,
    each with the body's frame in it.
    """

    inputs: Array
    targets: Array
    seeds: NDArray[np.int64]
    photos: Mapping[int, tuple[bytes, BodyFrame]]

    def part(self, rows: NDArray[np.bool_]) -> Samples:
        """Return some of the rows, without photos."""
        return Samples(
            inputs=self.inputs[rows],
            targets=self.targets[rows],
            seeds=self.seeds[rows],
            photos={},
        )


def gather(records: Iterable[tuple[PhotoRecord, bytes | None]], outputs: Outputs) -> Samples:
    """Return the samples of one plane: side views, front views, or back views."""
    inputs: list[Array] = []
    targets: list[Array] = []
    seeds: list[int] = []
    photos: dict[int, tuple[bytes, BodyFrame]] = {}
    for record, jpeg in records:
        plane = "posterior" if record.view is View.BACK else record.view.plane
        if plane != outputs.plane:
            continue
        features = extract_features(record_pose(record), record.view)
        if jpeg is not None and record.seed % 5 == KEPT_ASIDE:
            photos[len(inputs)] = (jpeg, features.frame)
        inputs.append(input_vector(features))
        targets.append(_target(record, features.frame.to_body, outputs))
        seeds.append(record.seed)
    return Samples(
        inputs=np.array(inputs),
        targets=np.array(targets),
        seeds=np.array(seeds),
        photos=photos,
    )


def _target(record: PhotoRecord, to_body: Any, outputs: Outputs) -> Array:
    whole = 1.0 / record.stature_m  # cm of truth to % of stature
    values = [record.truth[name] * (whole if is_length(name) else 1.0) for name in outputs.measures]
    for name in outputs.landmarks:
        values.extend(to_body(record.landmarks_px[near_name(name, record.view)]))
    return np.array(values)


def train_plane(samples: Samples, outputs: Outputs) -> dict[str, Any]:
    """Return one plane's arrays, as they are stored."""
    arrays = fit_plane(samples, outputs)
    stored = {f"{outputs.plane}/{name}": array for name, array in arrays.items()}
    return arrays | calibrate(stored, outputs, kept_aside_of(samples))


def fit_plane(samples: Samples, outputs: Outputs, trust: Array | None = None) -> dict[str, Any]:
    """Return one plane's arrays, as they are stored, without those of its calibration.

    `trust` (d,) weighs the inputs in the kernel's distance; None stands for what suits those of
    standing clients.
    """
    kept_aside = samples.seeds % 5 == KEPT_ASIDE
    inputs, targets = samples.inputs[~kept_aside], samples.targets[~kept_aside]
    mean = np.nanmean(inputs, axis=0)
    scale = (_trust() if trust is None else trust) / (np.nanstd(inputs, axis=0) + 1e-6)
    scaled = np.nan_to_num((inputs - mean) * scale)
    _, _, axes = np.linalg.svd(scaled, full_matrices=False)
    axes = axes[:_AXES].astype(np.float32).astype(np.float64)
    support = (scaled @ axes.T).astype(np.float16).astype(np.float64)
    kernel, width = _kernel(support)
    output_mean, output_sd = targets.mean(axis=0), targets.std(axis=0) + 1e-9
    inverse = np.linalg.inv(kernel + _RIDGE * np.eye(len(kernel)))
    weights = inverse @ ((targets - output_mean) / output_sd)
    # Errors as if each client had been left out, in closed form.
    log_errors = np.log(np.abs(weights / np.diag(inverse)[:, None]) + 1e-3)
    error_mean = log_errors.mean(axis=0)
    error_weights = np.linalg.solve(
        kernel + _ERROR_RIDGE * np.eye(len(kernel)), log_errors - error_mean
    )
    arrays: dict[str, Any] = {
        "names": np.array((*outputs.measures, *outputs.landmarks)),
        "input_mean": mean,
        "input_scale": scale,
        "axes": axes,
        "support": support,
        "width": np.array(width),
        "weights": weights,
        "output_mean": output_mean,
        "output_sd": output_sd,
        "error_weights": error_weights,
        "error_mean": error_mean,
    }
    aside = np.nan_to_num((samples.inputs[kept_aside] - mean) * scale)
    return arrays | _cloud(scaled, aside, axes)


def kept_aside_of(samples: Samples) -> list[Example]:
    """Return the photos of clients that nothing is learnt from."""
    return [
        Example(
            inputs=samples.inputs[row],
            targets=samples.targets[row],
            photo=samples.photos.get(int(row)),
        )
        for row in np.flatnonzero(samples.seeds % 5 == KEPT_ASIDE)
    ]


def _trust() -> Array:
    groups = {name: np.full(n, weight / np.sqrt(n)) for name, (n, weight) in _TRUST.items()}
    below_neck = np.tile(CONTOUR_LEVELS > _NECK_ENDS, 2)
    groups["contour"][below_neck] *= _TRUST_IN_CLOTHES
    return np.concatenate(list(groups.values()))


def _kernel(support: Array) -> tuple[Array, float]:
    """Return the kernel matrix of the training photos, and its width."""
    squares = np.sum(support**2, axis=1)
    distance = np.maximum(squares[:, None] + squares - 2 * support @ support.T, 0.0)
    width = _WIDTH / float(np.median(distance[:500, :500]))
    return np.exp(-width * distance), width


def _cloud(scaled: Array, kept_aside: Array, axes: Array) -> dict[str, Any]:
    """Return the spread of the training photos along the axes, and the limit of strangeness."""

    def rest_of(rows: Array) -> Array:
        rest: Array = np.sum((rows - rows @ axes.T @ axes) ** 2, axis=1)
        return rest

    along_sd = np.std(scaled @ axes.T, axis=0)
    rest_sd = np.sqrt(np.mean(rest_of(scaled)) / (scaled.shape[1] - len(axes)))
    distance = np.sum((kept_aside @ axes.T / along_sd) ** 2, axis=1)
    distance += rest_of(kept_aside) / rest_sd**2
    limit = float(np.quantile(np.sqrt(distance), _STRANGE_QUANTILE))
    return {"axis_sd": np.append(along_sd, rest_sd), "strange_limit": np.array(limit)}


def stored_small(arrays: Mapping[str, Any], outputs: Outputs) -> dict[str, Any]:
    """Return one plane's arrays by the names in the file, in half or single precision."""
    stored = {}
    for name, array in arrays.items():
        small = array.astype(np.float16) if name == "support" else array
        if small.dtype == np.float64:
            small = small.astype(np.float32)
        stored[f"{outputs.plane}/{name}"] = small
    return stored


def main(argv: list[str] | None = None) -> int:
    """Train both planes and write the weights."""
    parser = argparse.ArgumentParser(description="Train the estimator on rendered visits.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    args = parser.parse_args(argv)
    stored: dict[str, Any] = {}
    for outputs in (LATERAL, FRONTAL):
        samples = gather(load_photos(args.folder), outputs)
        print(f"{outputs.plane}: {len(samples.inputs)} photos", flush=True)
        arrays = train_plane(samples, outputs)
        stored |= stored_small(arrays, outputs)
    partial = args.weights.with_suffix(".partial.npz")
    np.savez_compressed(partial, **stored)
    partial.replace(args.weights)
    print(f"{args.weights}: {args.weights.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
