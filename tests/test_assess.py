from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.assess import Estimate, GivenPhoto, assess
from posture.detect import NoPose
from posture.detect.fake import FakeDetector
from posture.errors import InputError
from posture.landmarks import Landmark, LandmarkSet
from posture.measures import MEASURES
from posture.measures.compute import not_measured
from posture.photo import Photo
from posture.results import Client, Measure, Status, Unit
from tests.stick import HEIGHT_PX, LATERAL, WIDTH_PX, landmark_set, standing_pose

PIXELS = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
PIXELS.flags.writeable = False


def photo(name: str) -> Photo:
    return Photo(pixels=PIXELS, file_sha256=name, focal_length_35mm=None, name=name)


def run(*given: tuple[str, View | None, object], **options: object):
    photos = [GivenPhoto(photo=photo(role), role=role, view=view) for role, view, _ in given]
    settings = {
        "client": Client(id="c1", height_cm=180.0),
        "created": "2026-01-02T03:04:05+00:00",
        "software": {"posture": "0"},
        **options,
    }
    return assess(photos, FakeDetector([pose for *_, pose in given]), **settings)


def by_id(assessment) -> dict[str, Measure]:
    return {measure.id: measure for measure in assessment.measures}


FRONT = ("front", View.FRONT, standing_pose(View.FRONT))
SIDE = ("side", None, standing_pose(View.RIGHT))


def test_without_clinical_landmarks_proxies_stand_and_clinical_measures_say_why():
    measures = by_id(run(FRONT, SIDE))
    assert measures["ear_shoulder_angle_deg"].method is Method.PROXY
    assert measures["eye_line_tilt_deg"].value == pytest.approx(0.0)
    clinical = [m for name, m in measures.items() if not MEASURES[name].is_proxy]
    assert clinical
    assert all(not m.is_ok and m.reason for m in clinical)


def test_every_clinical_measure_has_a_record_whatever_was_given():
    for given in ((FRONT,), (SIDE,), (FRONT, SIDE)):
        found = by_id(run(*given))
        assert {
            name for name, d in MEASURES.items() if not d.is_proxy and d.only_from is not View.BACK
        } <= set(found)
        assert not {name for name, d in MEASURES.items() if d.only_from is View.BACK} & set(found)


def test_a_plane_without_photo_says_so():
    assert by_id(run(FRONT))["pelvic_tilt_deg"].reason == "no side photo was given"
    assert by_id(run(SIDE))["shoulder_tilt_deg"].reason == "no front photo was given"


def test_the_side_is_recognised_and_can_be_stated():
    assert run(SIDE).photos[0].view is View.RIGHT
    stated = run(("side", View.RIGHT, standing_pose(View.RIGHT)))
    assert stated.photos[0].view is View.RIGHT


def test_a_side_photo_that_is_a_front_is_refused_and_the_front_still_measured():
    assessment = run(FRONT, ("side", None, standing_pose(View.FRONT)))
    assert assessment.photos[1].quality[0].severity == "refused"
    reason = by_id(assessment)["craniovertebral_angle_deg"].reason
    assert reason.startswith("the side photo was refused")
    assert by_id(assessment)["eye_line_tilt_deg"].is_ok


def test_nobody_in_the_picture_is_a_result():
    assessment = run(FRONT, ("side", None, NoPose(reason="Found nobody.")))
    assert [note.code for note in assessment.photos[1].quality] == ["nobody"]
    assert "Found nobody." in by_id(assessment)["pelvic_tilt_deg"].reason


def test_hand_placed_landmarks_give_clinical_measures_and_displace_their_proxies():
    placed = landmark_set(LATERAL, View.RIGHT)
    measures = by_id(run(SIDE, hand_placed={View.RIGHT: placed}))
    angle = measures["craniovertebral_angle_deg"]
    assert angle.method is Method.MANUAL
    assert angle.low < angle.value < angle.high
    assert "ear_shoulder_angle_deg" not in measures
    assert measures["knee_flexion_deg"].is_ok


def test_a_hand_placed_landmark_of_unknown_error_gets_the_usual_placement_error():
    placed = landmark_set(LATERAL, View.RIGHT, sd_px=0.0)
    assessment = run(SIDE, hand_placed={View.RIGHT: placed})
    assert assessment.photos[0].landmarks["c7"].sd_px > 1.0


@pytest.mark.parametrize("view", [View.LEFT, View.BACK])
def test_landmarks_for_a_view_that_was_not_given_are_an_error(view):
    placed = LandmarkSet({"c7": Landmark(x_px=5, y_px=5, method=Method.MANUAL, sd_px=1.0)})
    with pytest.raises(InputError, match=f"view {view.value}, but the photos show: right"):
        run(SIDE, hand_placed={view: placed})


def test_landmarks_outside_the_picture_are_an_error():
    outside = LandmarkSet(
        {"c7": Landmark(x_px=5, y_px=HEIGHT_PX + 9.0, method=Method.MANUAL, sd_px=1.0)}
    )
    with pytest.raises(InputError, match=r"photos\.right\.c7"):
        run(SIDE, hand_placed={View.RIGHT: outside})


def test_an_unread_photo_is_the_reason_of_its_measures():
    measures = by_id(run(FRONT, unread={"side": "truncated"}))
    assert measures["pelvic_tilt_deg"].reason == "the side photo could not be read"


class KnownEstimator:
    """Knows the craniovertebral angle and where C7 lies."""

    def estimate(self, photos, client):
        (photo,) = photos
        mark = Landmark(x_px=480.0, y_px=360.0, method=Method.ESTIMATED, sd_px=6.0)
        measure = Measure(
            id="craniovertebral_angle_deg",
            unit=Unit.DEGREES,
            status=Status.OK,
            view=photo.view,
            value=40.0,
            low=37.0,
            high=43.0,
            method=Method.ESTIMATED,
        )
        return Estimate(landmarks={photo.view: LandmarkSet({"c7": mark})}, measures=(measure,))


def test_an_estimators_measures_make_findings_and_suggestions():
    assessment = run(SIDE, estimator=KnownEstimator())
    assert by_id(assessment)["craniovertebral_angle_deg"].method is Method.ESTIMATED
    assert [finding.id for finding in assessment.findings] == ["forward_head"]
    assert assessment.suggestions[0].muscles
    assert assessment.photos[0].landmarks["c7"].method is Method.ESTIMATED


class RefusingEstimator:
    """Finds the photo too strange."""

    def estimate(self, photos, client):
        measures = tuple(
            not_measured(MEASURES[name], photos[0].view, "too strange")
            for name in ("craniovertebral_angle_deg", "pelvic_tilt_deg")
        )
        return Estimate(landmarks={}, measures=measures)


def test_landmarks_placed_by_hand_are_measured_where_the_estimator_refuses():
    placed = {name: LATERAL[name] for name in ("c7", "tragus")}
    by_hand = {View.RIGHT: landmark_set(placed, View.RIGHT)}
    measures = by_id(run(SIDE, hand_placed=by_hand, estimator=RefusingEstimator()))
    assert measures["craniovertebral_angle_deg"].method is Method.MANUAL
    assert measures["pelvic_tilt_deg"].reason == "too strange"


def test_a_cropped_outline_costs_lengths_and_keeps_angles():
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), dtype=np.float32)
    mask[200:, 400:600] = 1.0
    cropped = replace(standing_pose(View.RIGHT), silhouette=mask)
    measures = by_id(run(("side", None, cropped)))
    assert "no scale" in measures["ear_shoulder_offset_cm"].reason
    assert measures["ear_shoulder_angle_deg"].is_ok
