"""From the photos of a visit to clinical landmarks and measures, each with its interval.

A landmark placed by hand replaces its estimate and moves the rest: the errors of all
outputs are correlated, as the calibration clients showed, so knowing one output exactly
tells how far the others are off (a Kalman update). Because the measures are those of the
body in space and not of the picture, a click is corrected for the camera's height and
rotation as far as the photo lets them be known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Method, View, near_name
from posture.estimate.features import BodyFrame, extract_features
from posture.estimate.kernel import Prediction, Regression, input_vector, load_regressions
from posture.estimate.outputs import is_length
from posture.landmarks import Landmark, LandmarkSet
from posture.measures.compute import not_measured
from posture.measures.table import MEASURES
from posture.results import Client, Measure, Status, Unit
from posture.seen import Estimate, SeenPhoto

__all__ = ["CALIBRATED_VARIANT", "VisitEstimator", "load_estimator"]

Array = NDArray[np.float64]

CALIBRATED_VARIANT = "heavy"
"""The BlazePose variant whose points the estimator learnt from. The points of the others lie
elsewhere: with them its intervals do not hold."""

_WIDEN_FROM = 1.0
"""Strangeness beyond which intervals grow in proportion to it."""

_REFUSE_FROM = 1.8
"""Strangeness beyond which nothing is estimated."""

_PLACED = (Method.MANUAL, Method.STICKER)

_DRAWN_OFFSET_PERCENT = {
    "tragus": (-0.2, -0.1),
    "c7": (-0.5, -0.4),
    "acromion": (-0.9, 0.9),
    "asis": (0.6, 0.6),
    "psis": (0.1, 0.4),
    "trochanter": (1.3, 0.1),
    "knee": (0.7, 2.2),
    "malleolus": (-0.4, 2.1),
}
"""How landmarks of a side view are moved, forward and up in % of body height, before they are
drawn. BlazePose puts some points elsewhere on people than on the rendered bodies that the
estimator learnt from: mean differences to landmarks placed twice by hand on 13 photographs,
shortened to what so few photos warrant. The measures do not use it."""

_HEIGHT_IN_UNITS = 1.33
"""Body height over the segment length that body frames are measured in."""


def load_estimator() -> VisitEstimator:
    """Return the estimator with the weights that ship with the program.

    Raises
    ------
    WeightsError
        If they are missing or of another version.
    """
    return VisitEstimator(load_regressions())


class VisitEstimator:
    """Implements `posture.assess.Estimator` on the regressions of both planes."""

    def __init__(self, regressions: Mapping[str, Regression]) -> None:
        self._regressions = regressions

    def estimate(self, photos: Sequence[SeenPhoto], client: Client) -> Estimate:
        """Return landmarks per view and every measure of the views that can be estimated."""
        landmarks: dict[View, LandmarkSet] = {}
        measures: list[Measure] = []
        for photo in photos:
            if photo.view is View.BACK:
                continue
            marks, found = self._photo(photo, client)
            landmarks[photo.view] = marks
            measures += found
        return Estimate(landmarks=landmarks, measures=tuple(measures))

    def _photo(self, photo: SeenPhoto, client: Client) -> tuple[LandmarkSet, list[Measure]]:
        regression = self._regressions["lateral" if photo.view.is_lateral else "frontal"]
        features = extract_features(photo.pose, photo.view)
        prediction = regression.predict(input_vector(features))
        if prediction.strangeness > _REFUSE_FROM:
            reason = (
                "the photo is unlike any that the estimator was validated on (stance, clothing, "
                "framing or outline); place the landmarks by hand, or take it again by the protocol"
            )
            return LandmarkSet(), [
                not_measured(MEASURES[name], photo.view, reason)
                for name in regression.outputs.measures
            ]
        placed = _placed(regression, photo, features.frame)
        mean, half = _updated(regression, prediction, placed)
        marks = _landmarks(regression, photo.view, features.frame, mean, half, placed)
        return marks, _measures(regression, photo.view, client, mean, half, placed)


def _placed(
    regression: Regression, photo: SeenPhoto, frame: BodyFrame
) -> dict[str, tuple[Array, float, Method]]:
    """Return landmarks given by hand or sticker: place and error in the body's frame."""
    found = {}
    for name in regression.outputs.landmarks:
        mark = photo.landmarks.get(near_name(name, photo.view))
        if mark is not None and mark.method in _PLACED:
            place = frame.to_body(np.array([mark.x_px, mark.y_px]))
            found[name] = (place, mark.sd_px / frame.unit_px, mark.method)
    return found


def _updated(
    regression: Regression,
    prediction: Prediction,
    placed: Mapping[str, tuple[Array, float, Method]],
) -> tuple[Array, Array]:
    """Return means and half-widths of the 95 % intervals, given the landmarks placed."""
    sd = prediction.sd
    widened = max(1.0, prediction.strangeness / _WIDEN_FROM)
    half = regression.quantile * sd * widened
    if not placed:
        return prediction.mean, half
    rows = np.concatenate([np.arange(*_span(regression, name)) for name in placed])
    observed = np.concatenate([place for place, _, _ in placed.values()])
    noise = np.repeat([max(error, 1e-6) for _, error, _ in placed.values()], 2)
    covariance = regression.covariance * np.outer(sd, sd)
    gain = np.linalg.solve(covariance[np.ix_(rows, rows)] + np.diag(noise**2), covariance[rows]).T
    mean = prediction.mean + gain @ (observed - prediction.mean[rows])
    remaining = np.diag(covariance) - np.einsum("ij,ji->i", gain, covariance[rows])
    share = np.sqrt(np.clip(remaining / np.diag(covariance), 1e-6, 1.0))
    return mean, half * share


def _span(regression: Regression, name: str) -> tuple[int, int]:
    place = regression.outputs.place(name)
    return place.start, place.stop


def _landmarks(
    regression: Regression,
    view: View,
    frame: BodyFrame,
    mean: Array,
    half: Array,
    placed: Mapping[str, tuple[Array, float, Method]],
) -> LandmarkSet:
    marks = {}
    for name in regression.outputs.landmarks:
        if name in placed:
            continue
        place = regression.outputs.place(name)
        x_px, y_px = frame.to_pixels(mean[place] + _drawn_offset(name, view))
        marks[near_name(name, view)] = Landmark(
            x_px=float(x_px),
            y_px=float(y_px),
            method=Method.ESTIMATED,
            sd_px=float(np.mean(half[place]) / 1.96 * frame.unit_px),
        )
    return LandmarkSet(marks)


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
    placed: Mapping[str, tuple[Array, float, Method]],
) -> list[Measure]:
    found = []
    for index, name in enumerate(regression.outputs.measures):
        unit, factor = MEASURES[name].unit, 1.0
        if is_length(name):
            factor = (client.height_cm or 100.0) / 100.0
            unit = Unit.CENTIMETRES if client.height_cm else Unit.PERCENT_STATURE
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


def _method(name: str, placed: Mapping[str, tuple[Array, float, Method]]) -> Method:
    """Return the provenance: placed only where every landmark of the measure was placed."""
    methods = [placed[mark][2] for mark in MEASURES[name].landmarks if mark in placed]
    if len(methods) < len(MEASURES[name].landmarks):
        return Method.ESTIMATED
    return Method.STICKER if Method.STICKER in methods else Method.MANUAL
