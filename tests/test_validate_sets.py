"""Clients who sit and clients who move are validated as those who stand."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from posture.anatomy import View
from posture.cli import main
from posture.detect.fake import FakeDetector
from posture.errors import InputError
from posture.rom.measure import movement_errors
from posture.sitting.measures import SITTING_MEASURES
from posture.validation import (
    KNOWN,
    ReferenceMovement,
    read_reference_set,
    refusals,
    run_validation,
    slice_names,
)
from posture.validation.report import render_validation
from tests.rom.bodies import front_view, pose_of
from tests.sitting.test_sitting import sitting_pose

ANGLE = "sitting_craniovertebral_angle_deg"
TILT = "sitting_shoulder_tilt_deg"
BEND = "trunk_side_bend_deg"


def write(place: Path, truth: dict, size: tuple[int, int], *photos: str) -> Path:
    place.mkdir()
    width, height = size
    for shade, name in enumerate(photos, start=128):
        cv2.imwrite(str(place / name), np.full((height, width, 3), shade, dtype=np.uint8))
    (place / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return place.parent


@pytest.fixture
def sitting(tmp_path):
    truth = {
        "height_cm": 170.0,
        "client": {"sex": "female"},
        "photos": {"front": {"measures": {TILT: 1.0}}, "right": {"measures": {ANGLE: 42.0}}},
    }
    return write(tmp_path / "visit-1", truth, (480, 640), "front.jpg", "right.jpg")


@pytest.fixture
def bend(tmp_path):
    truth = {"test": "trunk-side-bend", "side": "right", "seed": 1, "truth_deg": {BEND: 28.0}}
    return write(tmp_path / "bend-01", truth, (600, 400), "neutral.jpg", "end.jpg")


def test_a_client_who_sits_is_assessed_as_such(sitting):
    (visit,) = read_reference_set(sitting)
    assert visit.sits
    detector = FakeDetector([sitting_pose(View.RIGHT), sitting_pose(View.FRONT)])
    rows = {row.measure: row for row in run_validation([visit], detector, None)}
    assert set(rows) == {ANGLE, TILT}
    for row in rows.values():
        assert row.low < row.value < row.high
        assert row.reason is None
    assert rows[ANGLE].truth == 42.0


def test_a_sitting_visit_with_a_photo_refused_is_not_measured(sitting):
    detector = FakeDetector([sitting_pose(View.RIGHT, thigh_deg=85.0), sitting_pose(View.FRONT)])
    rows = run_validation(read_reference_set(sitting), detector, None)
    assert [row.value for row in rows] == [None, None]
    ((reason, count),) = refusals(rows).items()
    assert reason.startswith("the side photo was refused: ")
    assert "posture analyze" in reason
    assert count == 1


def test_a_movement_is_measured_from_its_two_photos(bend):
    (pair,) = read_reference_set(bend)
    assert isinstance(pair, ReferenceMovement)
    assert slice_names([pair]) == ["side", "test"]
    poses = [pose_of(front_view(trunk=trunk), View.FRONT) for trunk in (0, 30)]
    (row,) = run_validation([pair], FakeDetector(poses), None)
    error = movement_errors()[BEND]
    assert row.value == pytest.approx(error.offset_deg + 30 * error.slope, abs=0.01)
    assert (row.low + row.high) / 2 == pytest.approx(row.value)
    assert row.descriptors == {"test": "trunk-side-bend", "side": "right"}


def test_a_movement_that_was_not_made_is_refused_with_its_reason(bend):
    poses = [pose_of(front_view(), View.FRONT) for _ in range(2)]
    (row,) = run_validation(read_reference_set(bend), FakeDetector(poses), None)
    assert row.value is None
    assert "hardly any movement" in row.reason


@pytest.mark.parametrize(
    "change",
    [{"test": "jump"}, {"side": "both"}, {"truth_deg": {"trunk_flexion_deg": 1.0}}],
)
def test_a_truth_that_is_no_test_of_the_product_is_named(bend, change):
    path = bend / "bend-01" / "truth.json"
    truth = json.loads(path.read_text(encoding="utf-8")) | change
    path.write_text(json.dumps(truth), encoding="utf-8")
    with pytest.raises(InputError, match=r"bend-01.truth\.json"):
        read_reference_set(bend)


def test_the_page_shows_movements_and_sitting_by_their_names(bend):
    poses = [pose_of(front_view(trunk=trunk), View.FRONT) for trunk in (0, 30)]
    rows = run_validation(read_reference_set(bend), FakeDetector(poses), None)
    page = render_validation(rows)
    assert "Trunk side bend (°)" in page
    assert {BEND, *SITTING_MEASURES} < set(KNOWN)


def test_no_two_measures_are_told_by_one_name():
    titles = [known.title for known in KNOWN.values()]
    assert len(set(titles)) == len(titles)


def test_a_set_and_what_it_shows_are_not_both_given(capsys):
    with pytest.raises(SystemExit):
        main(["validate", "--of", "rom", "--set", "somewhere"])
    assert "not allowed with" in capsys.readouterr().err


def test_a_back_photo_is_not_held_to_what_only_a_front_one_shows(tmp_path):
    measures = {"shoulder_tilt_deg": 1.0, "trunk_shift_cm": 0.4, "trunk_shift_psis_cm": 0.3}
    truth = {"height_cm": 170.0, "client": {}, "photos": {"back": {"measures": measures}}}
    (visit,) = read_reference_set(write(tmp_path / "visit-1", truth, (480, 640), "back.jpg"))
    assert set(visit.photos[0].truth) == {"shoulder_tilt_deg", "trunk_shift_psis_cm"}
