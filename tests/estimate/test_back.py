"""The estimate of back views: the shipped weights, and its arithmetic on a small estimator."""

from __future__ import annotations

import time

import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.errors import WeightsError
from posture.estimate.back import load_back
from posture.estimate.estimator import VisitEstimator
from posture.estimate.features import extract_features
from posture.estimate.kernel import input_vector
from posture.estimate.outputs import FRONTAL, LATERAL, POSTERIOR
from posture.landmarks import Landmark, LandmarkSet
from posture.measures import MEASURES
from tests.estimate.test_estimator import TALL, constant, seen
from tests.stick import FRONTAL as FIGURE
from tests.stick import landmark_set, standing_pose


def looking(photo, frame, places):
    raise AssertionError("expected no close-up of a back view")


def estimator(**changes):
    regressions = {"lateral": constant(LATERAL), "frontal": constant(FRONTAL)}
    return VisitEstimator(regressions, looking, lambda: constant(POSTERIOR, **changes))


def test_each_output_can_be_seen_from_behind():
    for name in POSTERIOR.measures:
        assert MEASURES[name].shows_in(View.BACK)
    assert not {"scapular_tilt_deg", "calcaneal_angle_left_deg"} & set(POSTERIOR.measures)


def test_a_back_view_gives_its_measures_and_landmarks_without_a_close_look():
    found = estimator().estimate([seen(View.BACK)], TALL)
    assert [measure.id for measure in found.measures] == list(POSTERIOR.measures)
    assert all(measure.view is View.BACK for measure in found.measures)
    assert all(measure.method is Method.ESTIMATED for measure in found.measures)
    assert set(found.landmarks[View.BACK]) == set(POSTERIOR.landmarks)


def test_the_clients_right_is_on_the_pictures_right():
    regression = constant(POSTERIOR)
    regression.output_mean[POSTERIOR.place("acromion_right")] = (0.2, 0.5)
    regression.output_mean[POSTERIOR.place("acromion_left")] = (-0.2, 0.5)
    found = VisitEstimator({}, looking, lambda: regression).estimate([seen(View.BACK)], TALL)
    marks = found.landmarks[View.BACK]
    assert marks["acromion_right"].x_px > marks["acromion_left"].x_px


def test_a_strange_back_view_is_refused_with_the_reason():
    vector = input_vector(extract_features(standing_pose(View.BACK), View.BACK))
    scale = np.zeros(len(vector))
    scale[int(np.argmax(np.nan_to_num(np.abs(vector))))] = 10.0
    found = estimator(input_scale=scale).estimate([seen(View.BACK)], TALL)
    assert all("unlike any" in (measure.reason or "") for measure in found.measures)


def test_a_landmark_placed_by_hand_moves_the_measure_as_far_as_their_errors_go_together():
    """The x of C7 is seen 0.05 ahead of what was believed, almost without error."""
    count, place = POSTERIOR.count, POSTERIOR.place("c7")
    covariance = np.eye(count)
    covariance[0, place.start] = covariance[place.start, 0] = 0.5
    small = estimator(covariance=covariance)
    before = small.estimate([seen(View.BACK)], TALL).measures[0].value
    frame = extract_features(standing_pose(View.BACK), View.BACK).frame
    x_px, y_px = frame.to_pixels(np.array([0.15, 0.1]))
    placed = LandmarkSet(
        {"c7": Landmark(x_px=float(x_px), y_px=float(y_px), method=Method.MANUAL, sd_px=1e-3)}
    )
    found = small.estimate([seen(View.BACK, placed)], TALL)
    assert found.measures[0].value - before == pytest.approx(0.5 * 0.05, rel=1e-3)
    assert "c7" not in found.landmarks[View.BACK]


def test_the_stick_figure_from_behind_is_unlike_any_client():
    marks = landmark_set(FIGURE, View.BACK)
    found = VisitEstimator({}, looking).estimate([seen(View.BACK, marks)], TALL)
    assert found.measures
    assert not any(measure.is_ok for measure in found.measures)


def test_the_shipped_weights_answer_within_five_milliseconds():
    regression = load_back()
    vector = regression.input_mean.copy()
    regression.predict(vector)
    taken = []
    for _ in range(20):
        start = time.perf_counter()
        regression.predict(vector)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.005
    assert (regression.quantile > 1).all()


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(WeightsError, match="found none"):
        load_back(tmp_path / "none.npz")
