"""The sitting assessment: its checks, its truth table, its estimate and its files."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from posture.anatomy import DETECTOR_POINTS, Method, View, swap_sides
from posture.assessment_file import MEASURE_COLUMNS
from posture.errors import InputError, PhotoError
from posture.estimate.estimator import REFUSE_FROM
from posture.landmarks import Keypoint, Landmark, LandmarkSet, Pose
from posture.photo import Photo
from posture.report.sitting import build_sitting_report, write_sitting
from posture.results import Client
from posture.sitting.checks import refusal, view_of
from posture.sitting.estimate import estimate_sitting, load_sitting
from posture.sitting.features import sitting_frame, sitting_inputs
from posture.sitting.file import (
    check_sitting,
    sitting_from_dict,
    sitting_to_csv,
    sitting_to_dict,
    sitting_to_json,
)
from posture.sitting.measures import SITTING_MEASURES, measures_of, true_values
from posture.sitting.session import assess_sitting
from tests.stick import GOOD_PICTURE

POSES = Path(__file__).parent / "poses.npz"
"""What BlazePose found on two photos of synthetic clients that nothing was learnt from."""


def sitting_pose(view=View.RIGHT, *, thigh_deg=None):
    """Return the pose of a client who sits; mirrored for the left side, knees put elsewhere."""
    kept = np.load(POSES)
    key = "right" if view.is_lateral else "front"
    mask = cv2.imdecode(kept[f"{key}_mask"], cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
    width, height = map(int, kept[f"{key}_size"])
    points = {}
    for name, row in zip(DETECTOR_POINTS, kept[f"{key}_points"].astype(float), strict=True):
        x, y, z, seen, *world = map(float, row)
        if view is View.LEFT:
            name, x, world[0] = swap_sides(name), width - 1 - x, -world[0]
        points[name] = Keypoint(x_px=x, y_px=y, z_px=z, visibility=seen, world_m=tuple(world))
    if view is View.LEFT:
        mask = mask[:, ::-1]
    pose = Pose(points=points, silhouette=mask, width_px=width, height_px=height)
    return pose if thigh_deg is None else _with_thighs(pose, view, np.deg2rad(thigh_deg))


def _with_thighs(pose, view, angle):
    trunk = np.hypot(*(pose.middle("shoulder") - pose.middle("hip")))
    ahead = view.body_x_sign * np.cos(angle) if view.is_lateral else 0.0
    points = dict(pose.points)
    for side in ("left", "right"):
        hip = points[f"hip_{side}"]
        points[f"knee_centre_{side}"] = replace(
            hip, x_px=hip.x_px + 0.9 * trunk * ahead, y_px=hip.y_px + 0.9 * trunk * np.sin(angle)
        )
    return replace(pose, points=points)


class OnePose:
    """A detector that finds the same pose in every photo."""

    def __init__(self, pose):
        self._pose = pose

    def detect(self, pixels):
        return self._pose


def _photo(name="side.jpg"):
    pixels = np.full((800, 800, 3), 128, dtype=np.uint8)
    return Photo(pixels=pixels, file_sha256="0" * 64, focal_length_35mm=None, name=name)


def a_sitting_session(pose=None, **options):
    return assess_sitting(
        _photo(),
        None,
        OnePose(pose or sitting_pose()),
        client=Client(id="c1", height_cm=options.pop("height_cm", 170.0)),
        created="2026-01-02T03:04:05+00:00",
        software={"posture": "test"},
        **options,
    )


def test_true_values_of_points_drawn_by_hand():
    landmarks = {
        "tragus_right": np.array([0.05, -0.07, 1.20]),
        "canthus_right": np.array([0.13, -0.05, 1.22]),
        "c7": np.array([-0.05, 0.0, 1.10]),
        "acromion_right": np.array([0.0, -0.18, 1.05]),
        "trochanter_right": np.array([0.0, -0.18, 0.55]),
        "asis_right": np.array([0.10, -0.12, 0.70]),
        "psis_right": np.array([-0.08, -0.05, 0.70]),
    }
    truth = true_values(landmarks, View.RIGHT)
    assert truth["sitting_craniovertebral_angle_deg"] == pytest.approx(45.0)
    assert truth["sitting_forward_head_cm"] == pytest.approx(5.0)
    assert truth["sitting_shoulder_forward_cm"] == pytest.approx(5.0)
    assert truth["sitting_trunk_lean_deg"] == pytest.approx(0.0)
    assert truth["sitting_pelvic_tilt_deg"] == pytest.approx(0.0)
    assert set(truth) == set(measures_of("lateral"))


def test_no_measure_shares_its_id_with_standing():
    from posture.measures.table import MEASURES

    assert not set(SITTING_MEASURES) & set(MEASURES)


@pytest.mark.parametrize("view", [View.LEFT, View.RIGHT, View.FRONT])
def test_a_client_who_sits_is_taken(view):
    pose = sitting_pose(view)
    assert view_of(pose, from_side=view.is_lateral) is view
    assert refusal(pose, view) is None


@pytest.mark.parametrize("view", [View.LEFT, View.FRONT])
def test_a_client_who_stands_is_refused(view):
    reason = refusal(sitting_pose(view, thigh_deg=85.0), view)
    assert reason is not None
    assert "posture analyze" in str(reason)


def test_a_front_photo_given_as_side_is_refused():
    pose = sitting_pose(View.FRONT)
    assert "turned" in str(refusal(pose, view_of(pose, from_side=True)))


def test_lengths_follow_stature():
    pose = sitting_pose()
    relative = {v.id: v for v in estimate_sitting(pose, View.RIGHT).values}
    scaled = {v.id: v for v in estimate_sitting(pose, View.RIGHT, height_cm=200.0).values}
    for name, measure in SITTING_MEASURES.items():
        if measure.plane == "lateral":
            factor = 2.0 if measure.is_length else 1.0
            assert scaled[name].value == pytest.approx(factor * relative[name].value, abs=0.02)
            assert scaled[name].low < scaled[name].value < scaled[name].high


def test_mirrored_photos_give_the_same_but_for_the_side_they_show():
    left, right = (
        sitting_inputs(pose, view, sitting_frame(pose, view))
        for view in (View.LEFT, View.RIGHT)
        for pose in [sitting_pose(view)]
    )
    assert (left[-1], right[-1]) == (1.0, -1.0)
    np.testing.assert_allclose(left[:-4], right[:-4], atol=0.01)


def test_a_placed_landmark_moves_its_measure_and_narrows_it():
    pose = sitting_pose()
    before = estimate_sitting(pose, View.RIGHT)
    first = before.landmarks["tragus_right"]
    moved = Landmark(x_px=first.x_px + 12.0, y_px=first.y_px, method=Method.MANUAL, sd_px=0.5)
    c7 = replace(before.landmarks["c7"], method=Method.MANUAL, sd_px=0.5)
    after = estimate_sitting(pose, View.RIGHT, placed={"tragus_right": moved, "c7": c7})
    name = "sitting_craniovertebral_angle_deg"
    old, new = (next(v for v in e.values if v.id == name) for e in (before, after))
    assert new.value < old.value
    assert new.high - new.low < old.high - old.low
    assert new.is_placed
    assert not old.is_placed
    assert after.landmarks["tragus_right"] == moved


def test_a_strange_photo_gives_no_values_but_a_reason():
    pose = sitting_pose()
    far = {
        name: replace(p, y_px=p.y_px - 150.0) if name.startswith(("ear", "eye", "mouth")) else p
        for name, p in pose.points.items()
    }
    strange = replace(pose, points=far)
    frame = sitting_frame(strange, View.RIGHT)
    prediction = load_sitting()["lateral"].predict(sitting_inputs(strange, View.RIGHT, frame))
    assert prediction.strangeness > REFUSE_FROM
    found = estimate_sitting(strange, View.RIGHT)
    assert found.values == ()
    assert "unlike" in found.reason
    rows = list(csv.DictReader(io.StringIO(sitting_to_csv(a_sitting_session(strange)))))
    assert {row["status"] for row in rows} == {"not_measured"}
    assert all(row["reason"] for row in rows)
    assert {row["unit"] for row in rows} == {"deg", "cm"}


def test_a_standing_client_stops_the_assessment():
    with pytest.raises(PhotoError, match="expected a client who sits"):
        a_sitting_session(sitting_pose(thigh_deg=85.0))


def test_a_fault_of_the_picture_is_told_in_every_place():
    dark = replace(GOOD_PICTURE, light=0.3)
    session = a_sitting_session(replace(sitting_pose(), picture=dark))
    (note,) = session.photos[0].notes
    assert note.code == "too_dark"
    document = check_sitting(sitting_to_dict(session))
    assert document["photos"][0]["quality"][0]["text"] == note.text
    for language, word in (("en", "dark"), ("de", "dunkel")):
        sections = build_sitting_report(session, (), language=language).sections
        (photos,) = (section for section in sections if section.key == "photos")
        assert word in photos.blocks[-1].items[0].text
    fair = a_sitting_session(replace(sitting_pose(), picture=GOOD_PICTURE))
    assert fair.photos[0].notes == ()


def test_a_picture_too_dark_to_see_is_refused():
    black = replace(GOOD_PICTURE, light=0.01)
    with pytest.raises(PhotoError, match="nearly black"):
        a_sitting_session(replace(sitting_pose(), picture=black))


def test_files_hold_the_same_numbers(tmp_path):
    session = a_sitting_session()
    names = write_sitting(tmp_path, session)
    assert "measures.csv" not in names, "that of a standing client in the same folder stays"
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    document = json.loads(sitting_to_json(session))
    assert document["assessment"] == "sitting"
    rows = list(csv.DictReader((tmp_path / "sitting.csv").open(encoding="utf-8")))
    assert tuple(rows[0]) == MEASURE_COLUMNS
    assert [row["measure"] for row in rows] == list(measures_of("lateral"))
    for row, entry in zip(rows, document["measures"], strict=True):
        assert float(row["value"]) == entry["value"]
        assert entry["low"] < entry["value"] < entry["high"]
    assert (tmp_path / "sitting.pdf").read_bytes().startswith(b"%PDF")
    page = (tmp_path / "sitting.html").read_text(encoding="utf-8")
    assert "Craniovertebral angle" in page


def test_landmarks_placed_in_the_session_are_taken_for_its_view():
    plain = a_sitting_session()
    mark = replace(plain.photos[0].estimate.landmarks["c7"], method=Method.MANUAL, sd_px=0.0)
    session = a_sitting_session(placed={View.RIGHT: LandmarkSet({"c7": mark})})
    taken = session.photos[0].estimate.landmarks["c7"]
    assert taken.method is Method.MANUAL
    assert taken.sd_px > 0
    report = build_sitting_report(session, ())
    assert report.title == "Sitting posture"


@pytest.mark.parametrize("session", ["measured", "refused"])
def test_a_document_gives_the_assessment_again(session):
    pose = sitting_pose()
    if session == "refused":
        shifted = {
            name: replace(p, y_px=p.y_px - 150.0) if name.startswith(("ear", "eye", "mouth")) else p
            for name, p in pose.points.items()
        }
        pose = replace(pose, points=shifted)
    made = a_sitting_session(pose)
    document = json.loads(json.dumps(sitting_to_dict(made)))
    pixels = {photo.photo.file_sha256: photo.photo.pixels for photo in made.photos}
    again = sitting_from_dict(document, pixels)
    assert sitting_to_dict(again) == document
    assert build_sitting_report(again, ()).sections == build_sitting_report(made, ()).sections


def _of_a_newer_version(document):
    document["schema_version"] = 2


def _a_value_without_its_interval(document):
    document["measures"][0]["low"] = None


def _of_standing(document):
    document["assessment"] = "standing"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_of_a_newer_version, "Update the program"),
        (_a_value_without_its_interval, "measures"),
        (_of_standing, "assessment"),
    ],
)
def test_a_document_of_another_making_is_refused(change, words):
    document = sitting_to_dict(a_sitting_session())
    change(document)
    with pytest.raises(InputError, match=words):
        check_sitting(document)
