"""Photos levelled before they are measured, and their landmarks carried back."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.assess import GivenPhoto, assess
from posture.assessment_file import assessment_from_dict, assessment_to_dict
from posture.capture.level import as_levelled, level_landmarks, level_pixels
from posture.detect.fake import FakeDetector
from posture.draw import annotate
from posture.landmarks import Landmark, LandmarkSet
from posture.photo import Photo
from posture.report.pictures import annotated_pictures
from posture.results import AssessedPhoto, Client
from tests.capture.test_roll import room
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

SIZE = (WIDTH_PX, HEIGHT_PX)
MARKS = {
    "acromion_left": Landmark(x_px=650.0, y_px=400.0, method=Method.MANUAL, sd_px=3.0),
    "acromion_right": Landmark(x_px=350.0, y_px=400.0, method=Method.MANUAL, sd_px=3.0),
}
"""Level shoulders in a level photo."""


def visit(roll, *, pixels=None, marks=None, poses=1):
    pixels = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8) if pixels is None else pixels
    photo = Photo(pixels=pixels, file_sha256="0" * 64, focal_length_35mm=None, name="front.jpg")
    return assess(
        [GivenPhoto(photo=photo, role="front", view=View.FRONT)],
        FakeDetector([standing_pose(View.FRONT)] * poses),
        client=Client(id="c", height_cm=180.0),
        created="2026-01-02T03:04:05+00:00",
        software={},
        hand_placed={View.FRONT: LandmarkSet(marks)} if marks else None,
        roll=roll,
    )


def test_a_picture_and_its_landmarks_turn_together():
    picture = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    cv2.circle(picture, (700, 300), 9, (255, 255, 255), -1)
    mark = Landmark(x_px=700.0, y_px=300.0, method=Method.MANUAL, sd_px=1.0)
    level = level_pixels(picture, 5.0)
    rows, columns = np.nonzero(level[..., 0] > 127)
    (found,) = level_landmarks({"c7": mark}, SIZE, 5.0).values()
    assert (found.x_px, found.y_px) == pytest.approx((columns.mean(), rows.mean()), abs=0.3)
    (back,) = level_landmarks({"c7": found}, SIZE, -5.0).values()
    assert (back.x_px, back.y_px) == pytest.approx((700.0, 300.0))


def test_levelling_makes_upright_lines_upright():
    columns = np.argmin(level_pixels(room(5.0, places=(0.0,)), 5.0)[300:900, :, 0], axis=1)
    assert np.ptp(columns) < 16


@pytest.mark.parametrize("roll", [-4.0, 0.0, 3.0])
def test_an_entered_roll_comes_off_the_tilt_of_landmarks_placed_by_hand(roll):
    rolled = level_landmarks(MARKS, SIZE, -roll)
    assessment = visit(roll, marks=rolled)
    tilt = next(m for m in assessment.measures if m.id == "shoulder_tilt_deg")
    assert tilt.value == pytest.approx(0.0, abs=1e-6)
    (photo,) = assessment.photos
    assert (photo.roll_deg, photo.roll_source) == (roll, "entered")
    for name, mark in rolled.items():
        here = photo.landmarks[name]
        assert (here.x_px, here.y_px) == pytest.approx((mark.x_px, mark.y_px), abs=1e-6)


def test_without_levelling_the_roll_is_in_the_tilt():
    tilt = next(
        m
        for m in visit("off", marks=level_landmarks(MARKS, SIZE, -3.0)).measures
        if m.id == "shoulder_tilt_deg"
    )
    assert abs(tilt.value) == pytest.approx(3.0)


def test_lines_are_read_where_asked_and_where_they_tell():
    pixels = cv2.resize(room(2.0), SIZE, interpolation=cv2.INTER_AREA)
    told = visit("auto", pixels=pixels, poses=2).photos[0]
    # The fixture is stretched by 1.11 across and 1.25 down.
    assert told.roll_deg == pytest.approx(2.0 * 1000 / 900 / (1500 / 1200), abs=0.2)
    assert told.roll_source == "lines"
    assert visit("auto").photos[0].roll_deg is None
    assert visit("off", pixels=pixels).photos[0].roll_deg is None


def test_the_roll_is_in_the_file_and_only_where_there_is_one():
    document = assessment_to_dict(visit(2.5))
    assert document["photos"][0]["roll_deg"] == 2.5
    assert assessment_from_dict(document).photos[0].roll_source == "entered"
    assert "roll_deg" not in assessment_to_dict(visit("off"))["photos"][0]
    with pytest.raises(ValueError, match="a roll with its source"):
        AssessedPhoto(
            view=View.FRONT, file_sha256="0" * 64, width_px=10, height_px=10, roll_deg=1.0
        )


def test_a_roll_that_no_one_photographs_with_is_refused():
    with pytest.raises(ValueError, match="roll from -9 to 9 degrees, found 30"):
        visit(30.0)


def test_a_caption_says_that_the_photo_was_levelled():
    pixels = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    for roll, said in ((-4.0, True), ("off", False)):
        (picture,) = annotated_pictures(visit(roll), {"0" * 64: pixels})
        assert ("Levelled by 4.0°." in picture.caption) == said


def test_drawings_show_the_levelled_photo():
    pixels = np.random.default_rng(0).integers(0, 255, (HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    (photo,) = visit(4.0, pixels=pixels, marks=level_landmarks(MARKS, SIZE, -4.0)).photos
    level, levelled = as_levelled(pixels, photo)
    same = annotate(level, replace(levelled, roll_deg=None, roll_source=None), ())
    assert np.array_equal(annotate(pixels, photo, ()), same)
    ys = [levelled.landmarks[name].y_px for name in MARKS]
    assert ys[0] == pytest.approx(ys[1])
