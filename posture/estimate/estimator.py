"""From the photos of a visit to clinical landmarks and measures, each with its interval.

First a regression on what BlazePose found, then what the close-ups show, then what was
placed by hand or by sticker, which replaces its estimate; each moves all the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import LANDMARK_PROTOCOL, Method, View, near_name
from posture.estimate.back import load_back
from posture.estimate.belief import Belief
from posture.estimate.close_up import (
    Reading,
    doubts,
    load_networks,
    of_plane,
    read_close_ups,
    read_landmarks,
)
from posture.estimate.features import BodyFrame, extract_features
from posture.estimate.kernel import Prediction, Regression, input_vector, load_regressions
from posture.estimate.outputs import is_length, of_stature
from posture.estimate.placed import Placed, estimated_landmarks, with_placed
from posture.landmarks import LandmarkSet
from posture.measures.compute import not_measured
from posture.measures.table import MEASURES
from posture.results import Client, Measure, QualityNote, Status
from posture.seen import Estimate, SeenPhoto

__all__ = [
    "CALIBRATED_VARIANT",
    "REFUSE_FROM",
    "CloseLook",
    "VisitEstimator",
    "belief_of",
    "load_estimator",
    "look_closely",
]

Array = NDArray[np.float64]

CALIBRATED_VARIANT = "heavy"
"""The BlazePose variant whose points the estimator learnt from. The points of the others lie
elsewhere: with them its intervals do not hold."""

_WIDEN_FROM = 1.0
"""Strangeness beyond which intervals grow in proportion to it."""

REFUSE_FROM = 2.0
"""Strangeness beyond which nothing is estimated."""

_DOUBT_LIMITS = (-0.5, 1.5)
"""The logarithm of a factor on an interval stays inside: half as wide to four times."""

_NOTHING_TOLD = 1e3
"""Spread of a place that nothing is known of, in units of the frame."""

_POORLY_SEEN = {
    "tragus": (3.65, "hair over the ear"),
    "c7": (1.7, "hair or a collar over the nape"),
    "acromion": (1.75, "loose clothes"),
    "asis": (1.8, "an arm or loose clothes"),
    "psis": (2.2, "loose clothes"),
}
"""Landmarks of a side view: how many times its usual doubt a network has of it in one photo of
thirty among those kept aside, and what hides it as a rule."""

_PLACED = (Method.MANUAL, Method.STICKER)

_DRAWN_OFFSET_PERCENT = {
    "tragus": (-0.3, -0.1),
    "c7": (-0.7, -0.4),
    "acromion": (-0.9, 0.2),
    "asis": (0.5, 0.4),
    "psis": (-0.1, 0.5),
    "trochanter": (0.9, 0.1),
    "knee": (0.8, 2.2),
    "malleolus": (-0.2, 2.5),
}
"""How landmarks of a side view are moved, forward and up in % of body height, before they are
drawn. People are not the rendered bodies that the estimator learnt from; most of all, shoes and
trousers hide ankle and knee: mean differences to landmarks placed twice by hand on 13 photographs,
shortened to what so few photos warrant. The measures do not use it."""

_HEIGHT_IN_UNITS = 1.33
"""Body height over the segment length that body frames are measured in."""


class CloseLook(Protocol):
    """Reads the close-ups of a photo. None where there are no pixels to look at."""

    def __call__(
        self, photo: SeenPhoto, frame: BodyFrame, places: Mapping[str, Array]
    ) -> Reading | None:
        """Return what they show, given the first estimate of the landmarks."""
        ...


def load_estimator(look: CloseLook | None = None) -> VisitEstimator:
    """Return the estimator with the weights that ship with the program.

    `look` reads the close-ups; by default the networks do, on the photo's pixels.

    Raises
    ------
    WeightsError
        If the weights are missing or of another version.
    """
    if look is None:
        load_networks()
    return VisitEstimator(load_regressions(), look or look_closely)


def look_closely(photo: SeenPhoto, frame: BodyFrame, places: Mapping[str, Array]) -> Reading | None:
    """Read the close-ups off the photo's pixels."""
    looks = of_plane(photo.view.plane)
    return read_close_ups(photo.photo.pixels, frame, looks, places, load_networks(looks))


class VisitEstimator:
    """Implements `posture.assess.Estimator` on the regressions of both planes and of the back.

    `back` gives that of back views when the first comes; they have no close-ups.
    """

    def __init__(
        self,
        regressions: Mapping[str, Regression],
        look: CloseLook,
        back: Callable[[], Regression] = load_back,
    ) -> None:
        self._regressions = regressions
        self._look = look
        self._back = back

    def estimate(self, photos: Sequence[SeenPhoto], client: Client) -> Estimate:
        """Return landmarks per view and every measure of the views that can be estimated."""
        landmarks: dict[View, LandmarkSet] = {}
        measures: list[Measure] = []
        notes: dict[View, tuple[QualityNote, ...]] = {}
        for photo in photos:
            landmarks[photo.view], found, notes[photo.view] = self._photo(photo, client)
            measures += found
        return Estimate(landmarks=landmarks, measures=tuple(measures), notes=notes)

    def _photo(
        self, photo: SeenPhoto, client: Client
    ) -> tuple[LandmarkSet, list[Measure], tuple[QualityNote, ...]]:
        is_back = photo.view is View.BACK
        regression = self._back() if is_back else self._regressions[photo.view.plane]
        features = extract_features(photo.pose, photo.view)
        prediction = regression.predict(input_vector(features))
        if prediction.strangeness > REFUSE_FROM:
            reason = (
                "the photo is unlike any that the estimator was validated on (stance, clothing, "
                "framing or outline); place the landmarks by hand, or take it again by the protocol"
            )
            return (
                LandmarkSet(),
                [
                    not_measured(MEASURES[name], photo.view, reason)
                    for name in regression.outputs.measures
                ],
                (),
            )
        places = regression.outputs.places(prediction.mean)
        reading = None if is_back else self._look(photo, features.frame, places)
        placed = _placed(regression, photo, features.frame)
        believed = with_placed(
            belief_of(regression, prediction, reading), regression.outputs, placed
        )
        factor = regression.unlooked_quantile if reading is None else regression.quantile
        half = factor * believed.sd
        marks = estimated_landmarks(
            regression.outputs,
            photo.view,
            features.frame,
            believed.mean,
            half,
            without=placed,
            moved=partial(_drawn_offset, view=photo.view),
        )
        measures = _measures(regression, photo.view, client, believed.mean, half, placed)
        return LandmarkSet(marks), measures, _poorly_seen(regression, reading, placed)


def _poorly_seen(
    regression: Regression, reading: Reading | None, placed: Mapping[str, Placed]
) -> tuple[QualityNote, ...]:
    """Return a remark for each landmark that the close-ups hardly show and nobody placed."""
    if reading is None:
        return ()
    factors = np.exp(doubts(reading) - regression.doubt_mean)
    names = read_landmarks(regression.outputs.looks)
    notes = []
    for name, factor in zip(names, factors, strict=True):
        limit, cause = _POORLY_SEEN.get(name, (math.inf, ""))
        if factor > limit and name not in placed:
            title = LANDMARK_PROTOCOL[name].title
            notes.append(
                QualityNote(
                    code=f"{name}_hardly_seen",
                    severity="warning",
                    text=f"{title} is hardly seen, as with {cause}: intervals of the measures "
                    "that rest on it are wider. Free it for the photo, or place it by hand.",
                )
            )
    return tuple(notes)


def belief_of(regression: Regression, prediction: Prediction, reading: Reading | None) -> Belief:
    """Return what the regression gives, moved by what the close-ups showed.

    It is the less sure the stranger the photo is, the less sure the networks are of what
    they show, and the further that lies from what the regression gave.
    """
    widened = max(1.0, prediction.strangeness / _WIDEN_FROM)
    sd = prediction.sd * widened
    first = Belief(mean=prediction.mean, covariance=regression.covariance * np.outer(sd, sd))
    if reading is None:
        return first
    noise = regression.look_noise * np.exp(reading.log_sd.ravel()) * widened
    unsure = doubts(reading)
    unusual, unseen = unsure - regression.doubt_mean, unsure > regression.unseen_from
    noise[np.repeat(unseen, 2)] = _NOTHING_TOLD
    unusual[unseen] = 0.0
    rows = regression.outputs.rows(read_landmarks(regression.outputs.looks))
    seen = reading.places.ravel()
    surprise = first.surprise(rows, seen, noise) / regression.surprise_limit
    doubt = unusual @ regression.doubt_weights
    factor = max(1.0, surprise) * np.exp(np.clip(doubt, *_DOUBT_LIMITS))
    return first.observing(rows, seen, noise).scaled(factor)


def _placed(regression: Regression, photo: SeenPhoto, frame: BodyFrame) -> dict[str, Placed]:
    """Return landmarks given by hand or sticker."""
    found = {}
    for name in regression.outputs.landmarks:
        mark = photo.landmarks.get(near_name(name, photo.view))
        if mark is not None and mark.method in _PLACED:
            found[name] = Placed.of(name, mark, frame, photo.view.plane)
    return found


def _drawn_offset(name: str, view: View) -> Array:
    """Return how a landmark is moved for drawing, in the body's frame."""
    forward, up = _DRAWN_OFFSET_PERCENT.get(name, (0.0, 0.0)) if view.is_lateral else (0.0, 0.0)
    return np.array([forward, up]) * _HEIGHT_IN_UNITS / 100


def _measures(
    regression: Regression,
    view: View,
    client: Client,
    mean: Array,
    half: Array,
    placed: Mapping[str, Placed],
) -> list[Measure]:
    found = []
    for index, name in enumerate(regression.outputs.measures):
        unit, factor = MEASURES[name].unit, 1.0
        if is_length(name):
            unit, factor = of_stature(client.height_cm)
        value, width = float(mean[index]) * factor, float(half[index]) * factor
        if not math.isfinite(value + width):
            found.append(not_measured(MEASURES[name], view, "the estimate did not come out finite"))
            continue
        found.append(
            Measure(
                id=name,
                unit=unit,
                status=Status.OK,
                view=view,
                value=value,
                low=value - width,
                high=value + width,
                method=_method(name, placed),
            )
        )
    return found


def _method(name: str, placed: Mapping[str, Placed]) -> Method:
    """Return the provenance: placed only where every landmark of the measure was placed."""
    methods = [placed[mark].method for mark in MEASURES[name].landmarks if mark in placed]
    if len(methods) < len(MEASURES[name].landmarks):
        return Method.ESTIMATED
    return Method.STICKER if Method.STICKER in methods else Method.MANUAL
