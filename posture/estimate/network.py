"""The estimator's networks: loading them, and running them with NumPy.

Each plane has a small ensemble of perceptrons that give a mean and a spread for every
output; the spread is scaled so that intervals hold on clients kept aside (split-conformal
prediction normalised by difficulty, Papadopoulos 2008; Lei et al. 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.errors import WeightsError
from posture.estimate.features import PhotoFeatures
from posture.estimate.outputs import FRONTAL, LATERAL, Outputs

__all__ = ["Network", "Prediction", "input_vector", "load_networks", "weights_path"]

Array = NDArray[np.float64]

WEIGHTS_NAME = "estimator.npz"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """All outputs of one plane for one photo.

    `mean` (n,), `sd` (n,): the spread as the network states it, before conformal scaling.
    `strangeness` is how far the photo lies from the training photos: 1 at the limit that one
    in a thousand of those kept aside exceeds.
    """

    mean: Array
    sd: Array
    strangeness: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """One plane's ensemble.

    `layers` holds per member the weight and bias of each layer. `quantile` (n,) turns a
    spread into half the width of a 95 % interval. `covariance` (n, n) is that of the errors
    on clients kept aside, in units of spread. `axes`, `axis_sd` and `strange_limit` describe
    the cloud of training photos.
    """

    outputs: Outputs
    input_mean: Array
    input_sd: Array
    output_mean: Array
    output_sd: Array
    layers: tuple[tuple[tuple[Array, Array], ...], ...]
    quantile: Array
    covariance: Array
    axes: Array
    axis_sd: Array
    strange_limit: float

    def predict(self, vector: Array) -> Prediction:
        """Return the outputs for one photo's input vector; NaN stands for not seen."""
        scaled = np.nan_to_num((vector - self.input_mean) / self.input_sd)
        count = self.outputs.count
        means, variances = [], []
        for member in self.layers:
            raw = _forward(member, scaled)
            means.append(raw[:count])
            variances.append(np.exp(2 * np.clip(raw[count:], -5.0, 3.0)))
        mean = np.mean(means, axis=0)
        variance = np.mean(variances, axis=0) + np.var(means, axis=0)
        return Prediction(
            mean=mean * self.output_sd + self.output_mean,
            sd=np.sqrt(variance) * self.output_sd,
            strangeness=self._strangeness(scaled),
        )

    def _strangeness(self, scaled: Array) -> float:
        along = self.axes @ scaled
        rest = scaled - self.axes.T @ along
        distance = float(np.sum((along / self.axis_sd[:-1]) ** 2))
        distance += float(np.sum(rest**2)) / float(self.axis_sd[-1]) ** 2
        return float(np.sqrt(distance)) / self.strange_limit


def _forward(member: Sequence[tuple[Array, Array]], vector: Array) -> Array:
    value = vector
    for index, (weight, bias) in enumerate(member):
        value = weight @ value + bias
        if index < len(member) - 1:
            value = value / (1.0 + np.exp(-np.clip(value, -60, 60)))  # SiLU
    return value


def input_vector(features: PhotoFeatures) -> Array:
    """Return the numbers the networks read, in their order; NaN where not seen."""
    return np.concatenate(
        [
            features.points,
            features.depth,
            features.world,
            features.visibility,
            features.contour,
            features.camera,
        ]
    )


def weights_path() -> Path:
    """Return where the estimator's weights lie, in a checkout or an installed package."""
    checkout = Path(__file__).resolve().parents[2] / "models" / WEIGHTS_NAME
    return checkout if checkout.is_file() else Path(str(files("posture"))) / "data" / WEIGHTS_NAME


@cache
def load_networks(path: Path | None = None) -> Mapping[str, Network]:
    """Return the networks by plane.

    Raises
    ------
    WeightsError
        If the weights are missing or of another version.
    """
    path = path or weights_path()
    if not path.is_file():
        raise WeightsError(
            f"Expected the estimator's weights at {path}, found none. Install posture again."
        )
    with np.load(path) as archive:
        return {
            outputs.plane: _network(outputs, {k: archive[k] for k in archive.files})
            for outputs in (LATERAL, FRONTAL)
        }


def _network(outputs: Outputs, arrays: Mapping[str, NDArray[np.float32]]) -> Network:
    def get(name: str) -> Array:
        return arrays[f"{outputs.plane}/{name}"].astype(np.float64)

    names = tuple(str(name) for name in arrays[f"{outputs.plane}/names"])
    if names != (*outputs.measures, *outputs.landmarks):
        raise WeightsError(
            "Expected weights for this version's measures, found another version's. "
            "Install posture again."
        )
    members, depth = (int(n) for n in arrays[f"{outputs.plane}/shape"])
    return Network(
        outputs=outputs,
        input_mean=get("input_mean"),
        input_sd=get("input_sd"),
        output_mean=get("output_mean"),
        output_sd=get("output_sd"),
        layers=tuple(
            tuple((get(f"weight_{m}_{d}"), get(f"bias_{m}_{d}")) for d in range(depth))
            for m in range(members)
        ),
        quantile=get("quantile"),
        covariance=get("covariance"),
        axes=get("axes"),
        axis_sd=get("axis_sd"),
        strange_limit=float(arrays[f"{outputs.plane}/strange_limit"]),
    )
