"""Calibrate the estimator on clients kept aside: its errors, and the factors of its intervals.

Split-conformal prediction normalised by difficulty (Papadopoulos 2008; Lei et al. 2018): an
interval is the spread believed in, times the factor that held for 95 % of these clients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.estimate.belief import Belief
from posture.estimate.close_up import (
    CLOSE_UP_PX,
    CloseUp,
    Reading,
    doubts,
    load_networks,
    read_close_ups,
    read_landmarks,
    read_square,
)
from posture.estimate.estimator import belief_of
from posture.estimate.features import BodyFrame
from posture.estimate.kernel import Prediction, Regression, from_arrays
from posture.estimate.outputs import Outputs
from posture.synthetic.dataset import decoded

__all__ = ["Example", "calibrate", "calibrate_unlooked", "read_example"]

Array = NDArray[np.float64]

_COVERAGE = 0.95
_FOLDS = 5
_SURPRISING = 0.99
_DOUBT_RIDGE = 20.0
_LEAST_MISS = 0.1
_PLAIN_SHADES = (30, 128, 220)
_AS_UNSURE = 0.8
"""A network that is nearly as unsure as of a plain square sees nothing."""

_FAR_OFF = 4.0
"""Errors of a network beyond this many times what it says of them count as this many."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """One photo kept aside: inputs (d,), targets (n,), and the photo with the body's frame."""

    inputs: Array
    targets: Array
    photo: tuple[bytes, BodyFrame] | None


def calibrate(
    arrays: Mapping[str, Any], outputs: Outputs, examples: Sequence[Example]
) -> dict[str, Any]:
    """Return the covariance of errors, the noise of close-ups, and the factors of intervals.

    Parameters
    ----------
    arrays
        The plane's arrays as they are stored, all but these.
    outputs
        What the plane gives.
    examples
        Photos that nothing was learnt from.
    """
    regression = _uncalibrated(arrays, outputs)
    predictions = [regression.predict(example.inputs) for example in examples]
    regression = replace(regression, covariance=_covariance(predictions, examples))
    looked = [
        (prediction, example, read_example(regression, prediction, example.photo))
        for prediction, example in zip(predictions, examples, strict=True)
        if example.photo is not None
    ]
    if not looked:
        raise ValueError("expected photos of clients kept aside; render with --photos")
    regression = replace(regression, look_noise=_look_noise(regression, looked))
    unsure = np.array([doubts(reading) for _, _, reading in looked])
    regression = replace(
        regression,
        surprise_limit=_surprise_limit(regression, looked),
        doubt_mean=unsure.mean(0),
        unseen_from=_unseen_from(outputs.looks),
    )
    # Doubt is learnt from four fifths and tried on the last, so that factors are honest.
    folds = np.arange(len(looked)) % _FOLDS
    misses = _misses(regression, looked)
    ratios = np.empty_like(misses)
    for fold in range(_FOLDS):
        tried = folds == fold
        weights = _doubt_weights(unsure[~tried] - regression.doubt_mean, misses[~tried])
        doubting = replace(regression, doubt_weights=weights)
        ratios[tried] = _misses(doubting, [looked[i] for i in np.flatnonzero(tried)])
    unlooked = [(p, e, None) for p, e in zip(predictions, examples, strict=True)]
    return {
        "covariance": regression.covariance,
        "look_noise": regression.look_noise,
        "surprise_limit": np.array(regression.surprise_limit),
        "doubt_mean": regression.doubt_mean,
        "doubt_weights": _doubt_weights(unsure - regression.doubt_mean, misses),
        "unseen_from": regression.unseen_from,
        "quantile": _factors(ratios),
        "unlooked_quantile": _factors(_misses(regression, unlooked)),
    }


def calibrate_unlooked(
    arrays: Mapping[str, Any], outputs: Outputs, examples: Sequence[Example]
) -> dict[str, Any]:
    """Return what `calibrate` does for a plane without close-ups."""
    regression = _uncalibrated(arrays, outputs)
    predictions = [regression.predict(example.inputs) for example in examples]
    regression = replace(regression, covariance=_covariance(predictions, examples))
    factors = _factors(
        _misses(regression, [(p, e, None) for p, e in zip(predictions, examples, strict=True)])
    )
    return {
        "covariance": regression.covariance,
        "look_noise": regression.look_noise,
        "surprise_limit": np.array(regression.surprise_limit),
        "doubt_mean": regression.doubt_mean,
        "doubt_weights": regression.doubt_weights,
        "unseen_from": regression.unseen_from,
        "quantile": factors,
        "unlooked_quantile": factors,
    }


def _covariance(predictions: Sequence[Prediction], examples: Sequence[Example]) -> Array:
    """Return the covariance of errors over the spread first told of them."""
    ratios = np.array(
        [(p.mean - e.targets) / p.sd for p, e in zip(predictions, examples, strict=True)]
    )
    covariance: Array = ratios.T @ ratios / len(ratios)
    return covariance


def _uncalibrated(arrays: Mapping[str, Any], outputs: Outputs) -> Regression:
    count, landmarks = outputs.count, len(read_landmarks(outputs.looks))
    blank = {
        "covariance": np.eye(count),
        "look_noise": np.ones(2 * landmarks),
        "doubt_mean": np.zeros(landmarks),
        "doubt_weights": np.zeros((landmarks, count)),
        "unseen_from": np.full(landmarks, np.inf),
        "surprise_limit": np.array(np.inf),
        "quantile": np.ones(count),
        "unlooked_quantile": np.ones(count),
    }
    stored = {f"{outputs.plane}/{name}": array for name, array in blank.items()}
    return from_arrays(outputs, {**arrays, **stored})


def read_example(
    regression: Regression, prediction: Prediction, photo: tuple[bytes, BodyFrame]
) -> Reading:
    """Return what the close-ups of a photo show; `photo` is a JPEG and the body's frame in it."""
    jpeg, frame = photo
    outputs = regression.outputs
    places = outputs.places(prediction.mean)
    networks = load_networks(outputs.looks)
    return read_close_ups(decoded(jpeg), frame, outputs.looks, places, networks)


def _look_noise(
    regression: Regression, looked: Sequence[tuple[Prediction, Example, Reading]]
) -> Array:
    """Return the networks' errors over what they say of them, root mean square."""
    places = [regression.outputs.place(name) for name in read_landmarks(regression.outputs.looks)]
    truth = np.array([[example.targets[place] for place in places] for _, example, _ in looked])
    seen = np.array([reading.places for _, _, reading in looked])
    spread = np.exp([reading.log_sd for _, _, reading in looked])
    ratio = np.clip((seen - truth) / spread, -_FAR_OFF, _FAR_OFF)
    noise: Array = np.sqrt(np.mean(ratio**2, axis=0)).ravel()
    return noise


def _unseen_from(looks: tuple[CloseUp, ...]) -> Array:
    """Return how unsure of each landmark the networks are of plain squares, less a margin."""
    networks = load_networks(looks)
    unsure: list[Array] = []
    for close_up in looks:
        told = []
        for shade in _PLAIN_SHADES:
            plain = np.full((CLOSE_UP_PX, CLOSE_UP_PX, 3), shade, dtype=np.uint8)
            _, log_sd = read_square(networks[close_up.name], plain)
            told.append(log_sd.mean(axis=1) + np.log(close_up.half_width))
        unsure.append(np.min(told, axis=0) + np.log(_AS_UNSURE))
    return np.concatenate(unsure)


def _surprise_limit(
    regression: Regression, looked: Sequence[tuple[Prediction, Example, Reading]]
) -> float:
    names = read_landmarks(regression.outputs.looks)
    surprises = []
    for prediction, _, reading in looked:
        rows = regression.outputs.rows(names)
        spread = np.outer(prediction.sd, prediction.sd)
        first = Belief(mean=prediction.mean, covariance=regression.covariance * spread)
        noise = regression.look_noise * np.exp(reading.log_sd.ravel())
        surprises.append(first.surprise(rows, reading.places.ravel(), noise))
    return float(np.quantile(surprises, _SURPRISING))


def _doubt_weights(unsure: Array, misses: Array) -> Array:
    """Return ridge weights from how unsure the networks are to the logarithm of misses."""
    logs = np.log(misses + _LEAST_MISS)
    inner = unsure.T @ unsure + _DOUBT_RIDGE * np.eye(unsure.shape[1])
    weights: Array = np.linalg.solve(inner, unsure.T @ (logs - logs.mean(axis=0)))
    return weights


def _misses(
    regression: Regression, cases: Sequence[tuple[Prediction, Example, Reading | None]]
) -> Array:
    """Return errors over the spread believed in, shape (cases, n)."""
    misses = []
    for prediction, example, reading in cases:
        believed = belief_of(regression, prediction, reading)
        misses.append(np.abs(believed.mean - example.targets) / believed.sd)
    return np.array(misses)


def _factors(misses: Array) -> Array:
    """Return the factors that turn the spread believed in into half an interval."""
    count = len(misses)
    level = min(1.0, np.ceil((count + 1) * _COVERAGE) / count)
    factors: Array = np.quantile(misses, level, axis=0)
    return factors
