"""The estimator's regressions: loading them, and running them with NumPy.

Each plane has one kernel ridge regression (radial basis functions on the principal axes of
the inputs) that gives every measure and landmark at once, and on the same kernel a second
one that gives how large its error tends to be. The spread is scaled so that intervals hold
on clients kept aside (split-conformal prediction normalised by difficulty, Papadopoulos
2008; Lei et al. 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.errors import WeightsError
from posture.estimate.features import PhotoFeatures
from posture.estimate.outputs import FRONTAL, LATERAL, Outputs
from posture.estimate.shipped import shipped

__all__ = [
    "WEIGHTS_NAME",
    "Prediction",
    "Regression",
    "from_arrays",
    "input_vector",
    "load_regressions",
    "read_arrays",
]

Array = NDArray[np.float64]

WEIGHTS_NAME = "estimator.npz"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """All outputs of one plane for one photo.

    `mean` (n,); `sd` (n,) the error to expect before it is calibrated. `strangeness` is how
    far the photo lies from the training photos: 1 at the limit that one in a hundred of those
    kept aside exceeds.
    """

    mean: Array
    sd: Array
    strangeness: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regression:
    """One plane's regression.

    `input_mean`, `input_scale` (d,) bring an input vector to the scale its group is trusted
    with; `axes` (a, d) are the principal axes, `support` (m, a) the training photos on them,
    `width` the kernel's; `weights` (m, n) give the outputs in units of `output_sd` about
    `output_mean`, `error_weights` (m, n) the logarithm of their expected error about
    `error_mean`. `covariance` (n, n) is that of errors over spread, on clients kept aside.
    Of the close-ups, `look_noise` (2 l,) is that of the networks' errors over what they say
    of them; `doubt_mean` (l,) and `doubt_weights` (l, n) give the logarithm of a factor on
    each spread from how unsure they are of each landmark, and from `unseen_from` (l,) on they see
    nothing; `surprise_limit` is how far they lie from the regression in one photo of a hundred.
    `quantile` (n,) turns the spread that is left into half a 95 % interval; `unlooked_quantile`
    does where no close-up was read.
    `axis_sd` (a + 1,) and `strange_limit` describe the cloud of training photos.
    """

    outputs: Outputs
    input_mean: Array
    input_scale: Array
    axes: Array
    support: Array
    width: float
    weights: Array
    output_mean: Array
    output_sd: Array
    error_weights: Array
    error_mean: Array
    covariance: Array
    look_noise: Array
    doubt_mean: Array
    doubt_weights: Array
    unseen_from: Array
    surprise_limit: float
    quantile: Array
    unlooked_quantile: Array
    axis_sd: Array
    strange_limit: float
    support_squares: Array = field(init=False)

    def __post_init__(self) -> None:
        squares = np.einsum("ij,ij->i", self.support, self.support)
        object.__setattr__(self, "support_squares", squares)

    def predict(self, vector: Array) -> Prediction:
        """Return the outputs for one photo's input vector; NaN stands for not seen."""
        scaled = np.nan_to_num((vector - self.input_mean) * self.input_scale)
        along = self.axes @ scaled
        # |a − b|² by its parts: one product instead of a table of differences. Not by `@`, for
        # its threads wait busily for 20 ms after a product that takes a quarter of one.
        product = np.einsum("ij,j->i", self.support, along)
        distance = np.maximum(self.support_squares + along @ along - 2 * product, 0.0)
        kernel = np.exp(-self.width * distance)
        log_error = self.error_mean + kernel @ self.error_weights
        return Prediction(
            mean=self.output_mean + (kernel @ self.weights) * self.output_sd,
            sd=np.exp(np.clip(log_error, self.error_mean - 1.5, self.error_mean + 2.5))
            * self.output_sd,
            strangeness=self._distance(scaled, along) / self.strange_limit,
        )

    def _distance(self, scaled: Array, along: Array) -> float:
        rest = scaled - self.axes.T @ along
        inside = float(np.sum((along / self.axis_sd[:-1]) ** 2))
        return float(np.sqrt(inside + float(np.sum(rest**2)) / float(self.axis_sd[-1]) ** 2))


def input_vector(features: PhotoFeatures) -> Array:
    """Return the numbers the regressions read, in their order; NaN where not seen."""
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


@cache
def load_regressions(path: Path | None = None) -> Mapping[str, Regression]:
    """Return the regressions by plane.

    Raises
    ------
    WeightsError
        If the weights are missing or of another version.
    """
    arrays = read_arrays(path or shipped(WEIGHTS_NAME))
    return {outputs.plane: from_arrays(outputs, arrays) for outputs in (LATERAL, FRONTAL)}


def read_arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a file of weights.

    Raises
    ------
    WeightsError
        If there is no such file.
    """
    try:
        with np.load(path) as archive:
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError:
        raise WeightsError(
            f"Expected the estimator's weights at {path}, found none. Install posture again."
        ) from None


def from_arrays(outputs: Outputs, arrays: Mapping[str, NDArray[np.generic]]) -> Regression:
    """Return one plane's regression from stored arrays, named `plane/field`."""
    names = tuple(str(name) for name in arrays[f"{outputs.plane}/names"])
    if names != (*outputs.measures, *outputs.landmarks):
        raise WeightsError(
            "Expected weights for this version's measures, found another version's. "
            "Install posture again."
        )

    def get(name: str) -> Array:
        return np.asarray(arrays[f"{outputs.plane}/{name}"], dtype=np.float64)

    return Regression(
        outputs=outputs,
        input_mean=get("input_mean"),
        input_scale=get("input_scale"),
        axes=get("axes"),
        support=get("support"),
        width=float(get("width")),
        weights=get("weights"),
        output_mean=get("output_mean"),
        output_sd=get("output_sd"),
        error_weights=get("error_weights"),
        error_mean=get("error_mean"),
        covariance=get("covariance"),
        look_noise=get("look_noise"),
        doubt_mean=get("doubt_mean"),
        doubt_weights=get("doubt_weights"),
        unseen_from=get("unseen_from"),
        surprise_limit=float(get("surprise_limit")),
        quantile=get("quantile"),
        unlooked_quantile=get("unlooked_quantile"),
        axis_sd=get("axis_sd"),
        strange_limit=float(get("strange_limit")),
    )
