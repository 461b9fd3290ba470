"""From one photo of a client who sits to landmarks and measures with their intervals.

The same kind of regression as for standing, with weights of its own; the close-ups of head and
shoulders are read by the networks of standing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_name
from posture.estimate.close_up import Reading, load_networks, read_close_ups
from posture.estimate.estimator import REFUSE_FROM, belief_of
from posture.estimate.features import BodyFrame
from posture.estimate.kernel import Prediction, Regression, from_arrays, read_arrays
from posture.estimate.outputs import Outputs, of_stature
from posture.estimate.placed import Placed, estimated_landmarks, with_placed
from posture.estimate.shipped import shipped
from posture.landmarks import Landmark, LandmarkSet, Pose
from posture.results import Unit
from posture.sitting.close_ups import sitting_looks
from posture.sitting.features import sitting_frame, sitting_inputs
from posture.sitting.measures import SITTING_MEASURES, measures_of

__all__ = [
    "SITTING_OUTPUTS",
    "SITTING_WEIGHTS_NAME",
    "UNLIKE",
    "SittingEstimate",
    "SittingValue",
    "estimate_sitting",
    "load_sitting",
]

Array = NDArray[np.float64]

SITTING_WEIGHTS_NAME = "sitting.npz"

UNLIKE = (
    "the photo is unlike any that the sitting estimator was validated on (seat, clothing, framing "
    "or outline). Take it again, square to the client, free of backrest and table."
)
"""Why there are no values, where there are none."""

SITTING_OUTPUTS = (
    Outputs(
        plane="lateral",
        measures=measures_of("lateral"),
        landmarks=("tragus", "canthus", "c7", "t8", "l4", "acromion", "asis", "psis", "trochanter"),
        looks=sitting_looks("lateral"),
    ),
    Outputs(
        plane="frontal",
        measures=measures_of("frontal"),
        landmarks=tuple(
            f"{name}_{side}"
            for name in ("tragus", "canthus", "acromion", "asis")
            for side in ("left", "right")
        ),
        looks=sitting_looks("frontal"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingValue:
    """One measure with its 95 % interval, in degrees, cm, or % of stature without a height.

    To hundredths, as files hold them: a report made again from its file tells the same.

    `is_placed` tells that every landmark it rests on was placed by hand.
    """

    id: str
    unit: Unit
    value: float
    low: float
    high: float
    is_placed: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SittingEstimate:
    """What one photo gave. `reason` says why there are no values, and is empty where there are."""

    landmarks: LandmarkSet
    values: tuple[SittingValue, ...]
    reason: str = ""


@cache
def load_sitting(path: Path | None = None) -> Mapping[str, Regression]:
    """Return the regressions by plane.

    Raises
    ------
    WeightsError
        If the weights are missing or of another version.
    """
    arrays = read_arrays(path or shipped(SITTING_WEIGHTS_NAME))
    return {outputs.plane: from_arrays(outputs, arrays) for outputs in SITTING_OUTPUTS}


def estimate_sitting(
    pose: Pose,
    view: View,
    *,
    pixels: NDArray[np.uint8] | None = None,
    height_cm: float | None = None,
    placed: Mapping[str, Landmark] | None = None,
) -> SittingEstimate:
    """Return landmarks and measures of one photo.

    Parameters
    ----------
    pose, view
        What the detector found in it.
    pixels
        The photo, RGB, for the close-ups; without it intervals are wider.
    height_cm
        Stature: lengths come out in cm; in % of stature without.
    placed
        Landmarks placed by hand, pixels; they replace their estimates and move the rest.
    """
    regression = load_sitting()[view.plane]
    given = {
        name: mark
        for name in regression.outputs.landmarks
        if (mark := (placed or {}).get(near_name(name, view))) is not None
    }
    frame = sitting_frame(pose, view)
    prediction = regression.predict(sitting_inputs(pose, view, frame))
    marks = {near_name(name, view): mark for name, mark in given.items()}
    if prediction.strangeness > REFUSE_FROM:
        return SittingEstimate(
            landmarks=LandmarkSet(marks),
            values=(),
            reason=UNLIKE,
        )
    placed_in_frame = {
        name: Placed.of(name, mark, frame, view.plane) for name, mark in given.items()
    }
    reading = _read(regression, prediction, frame, pixels)
    believed = belief_of(regression, prediction, reading)
    believed = with_placed(believed, regression.outputs, placed_in_frame)
    half = (regression.unlooked_quantile if reading is None else regression.quantile) * believed.sd
    marks |= estimated_landmarks(
        regression.outputs, view, frame, believed.mean, half, without=given
    )
    values = tuple(
        _value(name, float(believed.mean[row]), float(half[row]), height_cm, given)
        for row, name in enumerate(regression.outputs.measures)
    )
    return SittingEstimate(landmarks=LandmarkSet(marks), values=values)


def _read(
    regression: Regression,
    prediction: Prediction,
    frame: BodyFrame,
    pixels: NDArray[np.uint8] | None,
) -> Reading | None:
    """Return what the close-ups show, None where there are no pixels to look at."""
    if pixels is None:
        return None
    looks = regression.outputs.looks
    places = regression.outputs.places(prediction.mean)
    return read_close_ups(pixels, frame, looks, places, load_networks(looks))


def _value(
    name: str, mean: float, half: float, height_cm: float | None, given: Mapping[str, Landmark]
) -> SittingValue:
    measure = SITTING_MEASURES[name]
    unit, factor = Unit.DEGREES, 1.0
    if measure.is_length:
        unit, factor = of_stature(height_cm)
    return SittingValue(
        id=name,
        unit=unit,
        value=round(mean * factor, 2),
        low=round((mean - half) * factor, 2),
        high=round((mean + half) * factor, 2),
        is_placed=all(mark in given for mark in measure.landmarks),
    )
