"""The shipped estimator, and its arithmetic on a small one of known answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.errors import WeightsError
from posture.estimate.close_up import (
    Reading,
    doubts,
    load_networks,
    of_plane,
    read_close_ups,
    read_landmarks,
)
from posture.estimate.estimator import CloseLook, VisitEstimator, belief_of, load_estimator
from posture.estimate.features import BodyFrame, body_frame, extract_features
from posture.estimate.kernel import Regression, from_arrays, input_vector, load_regressions
from posture.estimate.outputs import FRONTAL, LATERAL, Outputs, is_length
from posture.landmarks import Landmark, LandmarkSet
from posture.measures import MEASURES
from posture.results import Client, Unit
from posture.seen import SeenPhoto
from tests.stick import standing_pose

TALL = Client(id="c", height_cm=180.0)


def seen(view: View, landmarks: LandmarkSet | None = None) -> SeenPhoto:
    return SeenPhoto(
        photo=None,
        view=view,
        pose=standing_pose(view),
        extent=None,
        landmarks=landmarks or LandmarkSet(),
        scale=None,
    )


def constant(outputs: Outputs, value: float = 0.1, **changes: object) -> Regression:
    """An estimator that says the same of everyone."""
    count, length = (
        outputs.count,
        len(input_vector(extract_features(standing_pose(View.LEFT), View.LEFT))),
    )
    landmarks = len(read_landmarks(outputs.looks))
    settings = {
        "outputs": outputs,
        "input_mean": np.zeros(length),
        "input_scale": np.zeros(length),
        "axes": np.zeros((1, length)),
        "support": np.zeros((1, 1)),
        "width": 1.0,
        "weights": np.zeros((1, count)),
        "output_mean": np.full(count, value),
        "output_sd": np.ones(count),
        "error_weights": np.zeros((1, count)),
        "error_mean": np.full(count, np.log(0.02)),
        "covariance": np.eye(count),
        "look_noise": np.ones(2 * landmarks),
        "doubt_mean": np.zeros(landmarks),
        "doubt_weights": np.zeros((landmarks, count)),
        "unseen_from": np.full(landmarks, np.inf),
        "surprise_limit": np.inf,
        "quantile": np.full(count, 2.0),
        "unlooked_quantile": np.full(count, 2.0),
        "axis_sd": np.ones(2),
        "strange_limit": 1.0,
    }
    return Regression(**{**settings, **changes})


def unlooking(photo: SeenPhoto, frame: BodyFrame, places: Mapping[str, np.ndarray]) -> None:
    """Stand in for the close-ups where there are no pixels."""


def estimator(look: CloseLook = unlooking, **changes: object) -> VisitEstimator:
    return VisitEstimator(
        {"lateral": constant(LATERAL, **changes), "frontal": constant(FRONTAL, **changes)}, look
    )


def test_intervals_are_the_spread_times_the_conformal_factor():
    (first, *_) = estimator().estimate([seen(View.LEFT)], TALL).measures
    assert (first.id, first.value) == ("craniovertebral_angle_deg", pytest.approx(0.1))
    assert first.high - first.value == pytest.approx(0.04)
    assert first.method is Method.ESTIMATED


def test_lengths_scale_with_stature_and_are_percent_without_one():
    with_height = {m.id: m for m in estimator().estimate([seen(View.LEFT)], TALL).measures}
    without = {m.id: m for m in estimator().estimate([seen(View.LEFT)], Client(id="c")).measures}
    assert with_height["forward_head_cm"].value == pytest.approx(0.18)
    assert with_height["forward_head_cm"].unit is Unit.CENTIMETRES
    assert without["forward_head_cm"].unit is Unit.PERCENT_STATURE
    assert with_height["pelvic_tilt_deg"].value == without["pelvic_tilt_deg"].value


@pytest.mark.parametrize(("limit", "widening"), [(100.0, 1.0), (1 / 1.4, 1.4)])
def test_a_strange_photo_gets_wider_intervals(limit, widening):
    # The distance of this estimator is the length of its scaled input: made to be one.
    length = len(constant(LATERAL).input_mean)
    scale = np.zeros(length)
    vector = input_vector(extract_features(standing_pose(View.LEFT), View.LEFT))
    index = int(np.argmax(np.nan_to_num(np.abs(vector))))
    scale[index] = 1 / abs(vector[index])
    strange = estimator(input_scale=scale, strange_limit=limit)
    (first, *_) = strange.estimate([seen(View.LEFT)], TALL).measures
    assert first.high - first.value == pytest.approx(0.04 * widening)


def test_a_photo_too_strange_is_refused_with_a_reason():
    strange = estimator(input_scale=np.full(len(constant(LATERAL).input_mean), 10.0))
    found = strange.estimate([seen(View.LEFT)], TALL)
    assert all(not m.is_ok and "unlike any" in m.reason for m in found.measures)
    assert len(found.landmarks[View.LEFT]) == 0


def placed_at(offset: float, sd_px: float) -> LandmarkSet:
    frame = body_frame(standing_pose(View.LEFT), View.LEFT)
    x_px, y_px = frame.to_pixels(np.array([0.1 + offset, 0.1]))
    return LandmarkSet({"c7": Landmark(x_px=x_px, y_px=y_px, method=Method.MANUAL, sd_px=sd_px)})


def test_a_placed_landmark_moves_what_its_error_is_correlated_with():
    covariance = np.eye(LATERAL.count)
    c7_x, angle = LATERAL.place("c7").start, 0
    covariance[c7_x, angle] = covariance[angle, c7_x] = 0.8
    linked = VisitEstimator({"lateral": constant(LATERAL, covariance=covariance)}, unlooking)
    before = linked.estimate([seen(View.LEFT)], TALL).measures
    after = linked.estimate([seen(View.LEFT, placed_at(0.03, 0.0))], TALL)
    assert after.measures[0].value - before[0].value == pytest.approx(0.8 * 0.03, rel=1e-3)
    width = after.measures[0].high - after.measures[0].value
    assert width == pytest.approx(0.04 * 0.6, rel=1e-3)  # sqrt(1 - 0.8²)
    assert after.measures[8].value == pytest.approx(before[8].value)
    assert "c7" not in after.landmarks[View.LEFT]


def test_an_uncertain_click_weighs_less():
    covariance = np.eye(LATERAL.count)
    c7_x = LATERAL.place("c7").start
    covariance[c7_x, 0] = covariance[0, c7_x] = 0.8
    linked = VisitEstimator({"lateral": constant(LATERAL, covariance=covariance)}, unlooking)
    sure, unsure = (
        linked.estimate([seen(View.LEFT, placed_at(0.03, sd))], TALL).measures[0].value
        for sd in (0.0, 40.0)
    )
    assert 0.1 < unsure < sure


def test_what_a_close_up_shows_moves_the_rest_by_how_sure_it_is():
    covariance = np.eye(LATERAL.count)
    names = read_landmarks(of_plane("lateral"))
    c7_x = LATERAL.place("c7").start
    covariance[c7_x, 0] = covariance[0, c7_x] = 0.8
    places = np.full((len(names), 2), 0.1)
    places[names.index("c7"), 0] += 0.03

    def angle(sd: float) -> tuple[float, float]:
        def look(photo: SeenPhoto, frame: BodyFrame, first: Mapping[str, np.ndarray]) -> Reading:
            assert first["c7"] == pytest.approx([0.1, 0.1])
            return Reading(places=places, log_sd=np.full(places.shape, np.log(sd)))

        linked = VisitEstimator({"lateral": constant(LATERAL, covariance=covariance)}, look)
        first = linked.estimate([seen(View.LEFT)], TALL).measures[0]
        return first.value, first.high - first.value

    # The estimate's own spread is 0.02: with the same noise half of the way is gone.
    assert angle(1e-6) == pytest.approx((0.1 + 0.8 * 0.03, 0.04 * 0.6), rel=1e-3)
    assert angle(0.02)[0] == pytest.approx(0.1 + 0.4 * 0.03, rel=1e-3)
    assert angle(0.02)[1] == pytest.approx(0.04 * np.sqrt(1 - 0.32), rel=1e-3)


@pytest.mark.parametrize(("doubt", "heard"), [(-1.0, True), (1.0, False)])
def test_a_network_that_sees_nothing_is_not_listened_to(doubt, heard):
    names = read_landmarks(of_plane("lateral"))
    regression = constant(
        LATERAL,
        doubt_weights=np.full((len(names), LATERAL.count), 0.3),
        unseen_from=np.zeros(len(names)),
    )
    vector = input_vector(extract_features(standing_pose(View.LEFT), View.LEFT))
    first = belief_of(regression, regression.predict(vector), None)
    reading = Reading(places=np.full((len(names), 2), 0.3), log_sd=np.full((len(names), 2), doubt))
    believed = belief_of(regression, regression.predict(vector), reading)
    moved = believed.mean - first.mean
    assert bool(np.abs(moved).max() > 1e-5) is heard
    if not heard:
        np.testing.assert_allclose(believed.sd, first.sd, rtol=1e-6)


def test_the_shipped_networks_see_nothing_in_a_plain_photo():
    for regression in load_regressions().values():
        looks, outputs = regression.outputs.looks, regression.outputs
        frame = BodyFrame(origin_px=np.array([300.0, 400.0]), unit_px=300.0, flip=1.0)
        places = {name: np.array([0.0, 0.3]) for name in outputs.landmarks}
        for shade in (30, 128, 220):
            plain = np.full((800, 600, 3), shade, np.uint8)
            reading = read_close_ups(plain, frame, looks, places, load_networks(looks))
            assert (doubts(reading) > regression.unseen_from).all()


def test_a_measure_is_manual_only_when_all_its_landmarks_are_placed():
    both = {
        name: Landmark(x_px=500, y_px=300, method=Method.MANUAL, sd_px=2)
        for name in ("c7", "tragus_left")
    }
    found = {
        m.id: m for m in estimator().estimate([seen(View.LEFT, LandmarkSet(both))], TALL).measures
    }
    assert found["craniovertebral_angle_deg"].method is Method.MANUAL
    assert found["forward_head_cm"].method is Method.ESTIMATED


def test_the_shipped_weights_fit_this_versions_measures():
    regressions = load_regressions()
    for outputs in (LATERAL, FRONTAL):
        regression = regressions[outputs.plane]
        assert regression.outputs == outputs
        assert np.isfinite(regression.weights).all()
        assert (regression.quantile > 1.0).all()
        assert np.linalg.eigvalsh(regression.covariance).min() > 0
        assert len(regression.look_noise) == 2 * len(read_landmarks(outputs.looks))
        # A close-up takes doubt away from what it shows.
        assert (regression.unlooked_quantile > 1.0).all()


def test_every_clinical_measure_is_an_output():
    outputs = {*LATERAL.measures, *FRONTAL.measures}
    shown = {n for n, row in MEASURES.items() if row.only_from is not View.BACK}
    assert outputs == {name for name in shown if not MEASURES[name].is_proxy}
    assert is_length("forward_head_cm")
    assert not is_length("thoracic_curve_index")


def test_the_stick_figure_is_unlike_any_client():
    found = load_estimator().estimate([seen(View.LEFT)], TALL)
    assert all(not measure.is_ok for measure in found.measures)


def test_missing_and_foreign_weights_are_told_apart(tmp_path):
    with pytest.raises(WeightsError, match="found none"):
        load_regressions(tmp_path / "none.npz")
    foreign = {"lateral/names": np.array(["nonsense"])}
    with pytest.raises(WeightsError, match="another version"):
        from_arrays(LATERAL, foreign)


def test_a_changed_pose_changes_the_prediction():
    regression = load_regressions()["lateral"]
    pose = standing_pose(View.LEFT)
    ear = pose.points["ear_left"]
    forward = replace(pose, points={**pose.points, "ear_left": replace(ear, x_px=ear.x_px - 40.0)})
    vectors = [input_vector(extract_features(p, View.LEFT)) for p in (pose, forward)]
    upright, poked = (regression.predict(v).mean[0] for v in vectors)
    assert poked != upright


@pytest.mark.parametrize(("doubt", "noted"), [(0.0, False), (np.log(2.0), True)])
def test_a_landmark_that_is_hardly_seen_is_told_unless_it_was_placed(doubt, noted):
    names = read_landmarks(of_plane("lateral"))
    log_sd = np.zeros((len(names), 2))
    log_sd[names.index("c7")] = doubt

    def look(photo: SeenPhoto, frame: BodyFrame, first: Mapping[str, np.ndarray]) -> Reading:
        return Reading(places=np.full(log_sd.shape, 0.1), log_sd=log_sd)

    found = estimator(look).estimate([seen(View.LEFT)], TALL).notes[View.LEFT]
    assert [note.code for note in found] == (["c7_hardly_seen"] if noted else [])
    assert all("hair or a collar" in note.text for note in found)
    placed = estimator(look).estimate([seen(View.LEFT, placed_at(0.0, 1.0))], TALL)
    assert placed.notes[View.LEFT] == ()
