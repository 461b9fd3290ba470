"""Train the estimator on synthetic clients and write its weights.

    python -m posture.synthetic.dataset .work/train --first 100000 --visits 6000
    python -m posture.synthetic.training .work/train models/estimator.npz

Clients are split by seed into those learnt from, those the intervals are calibrated on, and
a few to watch; the validation set of `posture validate` is of other seeds and rendered
otherwise. Reproducible: seeds fix everything but the order of floating-point sums.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_side, swap_sides
from posture.estimate.features import CONTOUR_LEVELS, extract_features
from posture.estimate.network import input_vector
from posture.estimate.outputs import FRONTAL, LATERAL, Outputs, is_length
from posture.synthetic.dataset import PhotoRecord, load_records, record_pose

__all__ = ["Samples", "gather", "mirrored", "train_plane"]

Array = NDArray[np.float64]

_MEMBERS = 4
_HIDDEN = (256, 192)
_EPOCHS = 70
_COVERAGE = 0.95
_AXES = 40
_STRANGE_QUANTILE = 0.999

# Input noise while learning, in body units: the detector's own jitter and what its points
# and outline do on people that they do not do on renders.
_POINT_NOISE = 0.003
_CONTOUR_NOISE = 0.003
_CONTOUR_DROPPED = 0.08


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """Inputs (n, d), targets (n, k) and who they are of, for one plane."""

    inputs: Array
    targets: Array
    seeds: NDArray[np.int64]
    records: tuple[dict[str, str], ...]


def gather(records: Iterator[PhotoRecord] | Sequence[PhotoRecord], outputs: Outputs) -> Samples:
    """Return the samples of one plane: side views, or front views and their mirror images."""
    inputs, targets, seeds, notes = [], [], [], []
    for record in records:
        if record.view.is_lateral != (outputs is LATERAL) or record.view is View.BACK:
            continue
        features = extract_features(record_pose(record), record.view)
        target = _target(record, features.frame.to_body, outputs)
        inputs.append(input_vector(features))
        targets.append(target)
        seeds.append(record.seed)
        notes.append({**record.descriptors, **_camera_slices(record.camera)})
    return Samples(
        inputs=np.array(inputs),
        targets=np.array(targets),
        seeds=np.array(seeds),
        records=tuple(notes),
    )


def _camera_slices(camera: dict[str, float]) -> dict[str, str]:
    return {
        "camera height": "low" if camera["height_m"] < 1.0 else "high",
        "yaw": "square" if abs(camera["yaw_deg"]) < 4 else "turned",
    }


def _target(record: PhotoRecord, to_body: Any, outputs: Outputs) -> Array:
    whole = 1.0 / record.stature_m  # cm of truth to % of stature
    values = [record.truth[name] * (whole if is_length(name) else 1.0) for name in outputs.measures]
    for name in outputs.landmarks:
        full = name if outputs is FRONTAL else _near(name, record)
        values.extend(to_body(record.landmarks_px[full]))
    return np.array(values)


def _near(name: str, record: PhotoRecord) -> str:
    return name if name in record.landmarks_px else f"{name}_{near_side(record.view)}"


def mirrored(inputs: Array, targets: Array) -> tuple[Array, Array]:
    """Return frontal samples of the mirrored clients: left and right change places."""
    from posture.anatomy import DETECTOR_POINTS

    order = [DETECTOR_POINTS.index(swap_sides(name)) for name in DETECTOR_POINTS]
    levels = len(CONTOUR_LEVELS)
    n = len(inputs)
    points = inputs[:, :66].reshape(n, 33, 2)[:, order] * [-1, 1]
    depth = inputs[:, 66:99][:, order]
    world = inputs[:, 99:198].reshape(n, 33, 3)[:, order] * [-1, 1, 1]
    visibility = inputs[:, 198:231][:, order]
    contour = -inputs[:, 231 : 231 + 2 * levels].reshape(n, 2, levels)[:, ::-1]
    camera = inputs[:, -3:] * [-1, 1, 1]
    flipped = np.hstack(
        [
            points.reshape(n, -1),
            depth,
            world.reshape(n, -1),
            visibility,
            contour.reshape(n, -1),
            camera,
        ]
    )
    return flipped, _mirrored_targets(targets)


def _mirrored_targets(targets: Array) -> Array:
    swapped = np.empty_like(targets)
    for index, name in enumerate(FRONTAL.measures):
        paired = "_left_" in name or "_right_" in name
        other = name.replace("_left_", "_#_").replace("_right_", "_left_").replace("_#_", "_right_")
        source = FRONTAL.measures.index(other)
        swapped[:, index] = targets[:, source] * (1.0 if paired else -1.0)
    for name in FRONTAL.landmarks:
        source_place = FRONTAL.place(swap_sides(name))
        swapped[:, FRONTAL.place(name)] = targets[:, source_place] * [-1, 1]
    return swapped


def train_plane(samples: Samples, outputs: Outputs, *, epochs: int = _EPOCHS) -> dict[str, Any]:
    """Return one plane's arrays, as they are stored.

    A fifth of the clients calibrate: they are learnt from by no member.
    """
    calibrate = samples.seeds % 5 == 4
    inputs, targets = samples.inputs[~calibrate], samples.targets[~calibrate]
    if outputs is FRONTAL:
        more_inputs, more_targets = mirrored(inputs, targets)
        inputs, targets = np.vstack([inputs, more_inputs]), np.vstack([targets, more_targets])
    mean, sd = np.nanmean(inputs, axis=0), np.nanstd(inputs, axis=0) + 1e-6
    target_mean, target_sd = targets.mean(axis=0), targets.std(axis=0) + 1e-9
    scaled = np.nan_to_num((inputs - mean) / sd)
    arrays: dict[str, Any] = {
        "names": np.array((*outputs.measures, *outputs.landmarks)),
        "input_mean": mean,
        "input_sd": sd,
        "output_mean": target_mean,
        "output_sd": target_sd,
        "shape": np.array([_MEMBERS, len(_HIDDEN) + 1]),
    }
    for member in range(_MEMBERS):
        layers = _fit(scaled, (targets - target_mean) / target_sd, sd, seed=member, epochs=epochs)
        for depth, (weight, bias) in enumerate(layers):
            arrays[f"weight_{member}_{depth}"] = weight
            arrays[f"bias_{member}_{depth}"] = bias
    arrays |= _cloud(scaled, np.nan_to_num((samples.inputs[calibrate] - mean) / sd))
    return arrays | _calibration(arrays, samples, calibrate, outputs)


def _fit(scaled: Array, targets: Array, input_sd: Array, *, seed: int, epochs: int) -> list[Any]:
    """Fit one member by beta-NLL with beta 1 (Seitzer et al. 2022): means learn as by squares."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(2)
    x, y = (torch.tensor(a, dtype=torch.float32) for a in (scaled, targets))
    noise = _Noise(torch.tensor(input_sd, dtype=torch.float32))
    sizes = (x.shape[1], *_HIDDEN, 2 * y.shape[1])
    modules: list[Any] = []
    for depth, (size, following) in enumerate(itertools.pairwise(sizes)):
        modules.append(torch.nn.Linear(size, following))
        if depth < len(sizes) - 2:
            modules += [torch.nn.SiLU(), torch.nn.Dropout(0.08)]
    net = torch.nn.Sequential(*modules)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=2e-3)
    batch = 128
    steps = epochs * (len(x) // batch + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            mean, log_sd = net(noise(x[rows])).chunk(2, dim=1)
            log_sd = log_sd.clamp(-5.0, 3.0)
            loss = 0.5 * ((y[rows] - mean) / log_sd.exp()) ** 2 + log_sd
            loss = (loss * (2 * log_sd).exp().detach()).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    linear = [module for module in net if isinstance(module, torch.nn.Linear)]
    return [
        (layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy())
        for layer in linear
    ]


class _Noise:
    """Shakes inputs as detectors and people do: points, outline bands, a lost outline."""

    def __init__(self, input_sd: Any) -> None:
        self.input_sd = input_sd
        levels = len(CONTOUR_LEVELS)
        self.points, self.world = slice(0, 66), slice(99, 198)
        self.contour = slice(231, 231 + 2 * levels)
        self.levels = levels

    def __call__(self, x: Any) -> Any:
        import torch

        count = len(x)
        shift = torch.zeros_like(x)
        shift[:, self.points] = _POINT_NOISE * torch.randn(count, 66)
        shift[:, self.world] = 2 * _POINT_NOISE * torch.randn(count, 99)
        bands = torch.nn.functional.interpolate(
            _CONTOUR_NOISE * torch.randn(count, 2, 10),
            size=self.levels,
            mode="linear",
            align_corners=True,
        )
        shift[:, self.contour] = bands.reshape(count, -1)
        shaken = x + shift / self.input_sd
        lost = (torch.rand(count, 1) < _CONTOUR_DROPPED).float()
        shaken[:, self.contour] = shaken[:, self.contour] * (1 - lost)
        return shaken


def _cloud(scaled: Array, kept_aside: Array) -> dict[str, Any]:
    """Return the principal axes of the training photos and the limit of strangeness."""
    _, singular, axes = np.linalg.svd(scaled - scaled.mean(axis=0), full_matrices=False)
    axes = axes[:_AXES]
    along_sd = singular[:_AXES] / np.sqrt(len(scaled))
    rest = scaled - scaled @ axes.T @ axes
    rest_sd = np.sqrt(np.mean(np.sum(rest**2, axis=1)) / (scaled.shape[1] - _AXES))
    axis_sd = np.append(along_sd, rest_sd)
    along = kept_aside @ axes.T
    distance = np.sum((along / along_sd) ** 2, axis=1) + np.sum(
        (kept_aside - along @ axes) ** 2, axis=1
    ) / (rest_sd**2)
    limit = float(np.quantile(np.sqrt(distance), _STRANGE_QUANTILE))
    return {"axes": axes, "axis_sd": axis_sd, "strange_limit": np.array(limit)}


def _calibration(
    arrays: dict[str, Any], samples: Samples, calibrate: NDArray[np.bool_], outputs: Outputs
) -> dict[str, Any]:
    from posture.estimate.network import _network

    blank = {"quantile": np.ones(outputs.count), "covariance": np.eye(outputs.count)}
    stored = {f"{outputs.plane}/{name}": a for name, a in {**arrays, **blank}.items()}
    network = _network(outputs, stored)
    predictions = [network.predict(row) for row in samples.inputs[calibrate]]
    errors = np.array([p.mean for p in predictions]) - samples.targets[calibrate]
    ratios = errors / np.array([p.sd for p in predictions])
    count = len(ratios)
    level = min(1.0, np.ceil((count + 1) * _COVERAGE) / count)
    return {
        "quantile": np.quantile(np.abs(ratios), level, axis=0),
        "covariance": ratios.T @ ratios / count,
    }


def main(argv: list[str] | None = None) -> int:
    """Train both planes and write the weights."""
    parser = argparse.ArgumentParser(description="Train the estimator on rendered visits.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--epochs", type=int, default=_EPOCHS)
    args = parser.parse_args(argv)
    stored: dict[str, Any] = {}
    for outputs in (LATERAL, FRONTAL):
        samples = gather(load_records(args.folder), outputs)
        print(f"{outputs.plane}: {len(samples.inputs)} photos", flush=True)
        arrays = train_plane(samples, outputs, epochs=args.epochs)
        for name, array in arrays.items():
            small = array.astype(np.float16) if name.startswith("weight") else array
            if small.dtype == np.float64:
                small = small.astype(np.float32)
            stored[f"{outputs.plane}/{name}"] = small
    partial = args.weights.with_suffix(".partial.npz")
    np.savez_compressed(partial, **stored)
    partial.replace(args.weights)
    print(f"{args.weights}: {args.weights.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
