"""What is said of a picture, on readings and on drawn pictures of known blur and light."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from posture.anatomy import View
from posture.capture.quality import check_quality
from posture.capture.quality_picture import read_picture, with_reading
from posture.silhouette import outline
from tests.stick import GOOD_PICTURE, HEIGHT_PX, WIDTH_PX, standing_pose


def codes(has_camera_data: bool = True, **reading: float) -> dict[str, str]:
    pose = replace(standing_pose(View.FRONT), picture=replace(GOOD_PICTURE, **reading))
    notes = check_quality(
        pose, View.FRONT, outline(pose), is_fit=True, has_camera_data=has_camera_data
    )
    return {note.code: note.severity for note in notes}


@pytest.mark.parametrize(
    ("reading", "found"),
    [
        ({}, {}),
        ({"blur_across": 0.005}, {"blurred": "warning"}),
        ({"blur_down": 0.012}, {"blurred": "refused"}),
        ({"blur_across": math.nan, "blur_down": math.nan}, {}),
        ({"light": 0.3}, {"too_dark": "warning"}),
        ({"light": 0.1, "border_seen": 0.0}, {"too_dark": "refused"}),
        ({"person_light": 0.05, "person_range": 0.1}, {"backlit": "warning"}),
        ({"person_light": 0.05, "person_range": 0.1, "background_light": 0.2}, {}),
        ({"person_light": 0.05}, {}),
        ({"person_white": 0.4}, {"blown_out": "warning"}),
        ({"border_seen": 0.3}, {"low_contrast": "warning"}),
        ({"bars_above_below": 0.2}, {"screenshot": "warning"}),
        ({"bars_beside": 0.2}, {"screenshot": "warning"}),
        ({"bars_above_below": 0.2, "bars_beside": 0.1}, {"framed_picture": "warning"}),
        ({"frame_seen": 0.9}, {"framed_picture": "warning"}),
        ({"frame_seen": 0.6}, {}),
    ],
)
def test_each_reading_has_its_note(reading, found):
    assert codes(**reading) == found


def test_what_a_detector_did_not_read_is_not_told():
    pose = standing_pose(View.FRONT)
    assert pose.picture is None
    assert check_quality(pose, View.FRONT, None, is_fit=True, has_camera_data=True) == ()


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ({"blur_across": 0.009, "blur_down": 0.002}, ("shaken", "timer")),
        ({"blur_across": 0.009, "blur_down": 0.008}, ("out of focus", "focus")),
    ],
)
def test_blur_along_a_line_is_told_from_blur_all_round(reading, words):
    pose = replace(standing_pose(View.FRONT), picture=replace(GOOD_PICTURE, **reading))
    (note,) = check_quality(pose, View.FRONT, None, is_fit=True, has_camera_data=True)
    assert all(word in note.text for word in words)


@pytest.mark.parametrize(
    ("size", "has_camera_data", "told"),
    [((1170, 2532), False, True), ((1170, 2532), True, False), ((1500, 2000), False, False)],
)
def test_a_picture_of_a_screens_size_without_camera_data_is_told(size, has_camera_data, told):
    pose = replace(standing_pose(View.FRONT), width_px=size[0], height_px=size[1])
    notes = check_quality(pose, View.FRONT, None, is_fit=False, has_camera_data=has_camera_data)
    assert [note.code for note in notes] == ["screenshot"] * told


def test_a_photo_found_unfit_is_not_asked_how_the_client_stands():
    pose = standing_pose(View.LEFT, turned_deg=40.0)
    assert check_quality(pose, View.LEFT, None, is_fit=False, has_camera_data=True) == ()


def drawn(*, shade: float = 0.35, wall: float = 0.75, seed: int = 0) -> np.ndarray:
    """A picture of a client in dark clothes with stripes, before a light wall."""
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), 255 * wall)
    picture[200:1400, 400:600] = 255 * shade
    for row in range(420, 1000, 120):
        picture[row : row + 60, 430:570] = 255 * (shade + 0.25)
    noise = np.random.default_rng(seed).normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("blur_px", [5.0, 7.0, 10.0])
def test_blur_is_read_off_the_edges(blur_px):
    """The stick figure is 1,116 px high from its lowest to its highest point."""
    pose = standing_pose(View.FRONT)
    picture = cv2.GaussianBlur(drawn(), (0, 0), blur_px)
    reading = read_picture(picture, pose)
    assert reading.blur_across == pytest.approx(blur_px / 1115, rel=0.15)
    assert reading.blur_down == pytest.approx(blur_px / 1115, rel=0.15)


def test_a_sharp_picture_reads_sharp_whatever_its_contrast():
    pose = standing_pose(View.FRONT)
    for wall in (0.45, 0.95):
        reading = read_picture(drawn(wall=wall), pose)
        assert max(reading.blur_across, reading.blur_down) < 0.003


def test_shaking_sideways_blurs_across_alone():
    shaken = cv2.blur(drawn(), (41, 1))
    reading = read_picture(shaken, standing_pose(View.FRONT))
    assert reading.blur_across > 0.008
    assert reading.blur_down < 0.003


def test_a_smaller_copy_reads_alike():
    pose = standing_pose(View.FRONT)
    picture = cv2.GaussianBlur(drawn(), (0, 0), 10)
    half = cv2.resize(picture, (WIDTH_PX // 2, HEIGHT_PX // 2), interpolation=cv2.INTER_AREA)
    whole, small = read_picture(picture, pose), read_picture(half, pose)
    assert small.blur_across == pytest.approx(whole.blur_across, rel=0.1)
    assert small.person_light == pytest.approx(whole.person_light, abs=0.03)
    assert small.border_seen == pytest.approx(whole.border_seen, abs=0.05)


def test_light_is_that_of_the_picture_and_of_the_person():
    reading = read_picture(drawn(shade=0.1, wall=0.8), standing_pose(View.FRONT))
    assert reading.light == pytest.approx(0.8, abs=0.05)
    assert reading.person_light == pytest.approx(0.1, abs=0.05)
    assert reading.background_light == pytest.approx(0.8, abs=0.03)


def test_a_client_of_the_walls_colour_does_not_stand_out():
    pose = standing_pose(View.FRONT)
    assert read_picture(drawn(shade=0.75), pose).border_seen < 0.2
    assert read_picture(drawn(shade=0.3), pose).border_seen > 0.9


@pytest.mark.parametrize(("above", "beside"), [(0, 0), (90, 0), (0, 60), (90, 60)])
def test_plain_bars_at_opposite_borders_are_measured(above, beside):
    picture = drawn()
    if above:
        picture[:above] = picture[-above:] = 12
    if beside:
        picture[:, :beside] = picture[:, -beside:] = 12
    reading = read_picture(picture, standing_pose(View.FRONT))
    assert reading.bars_above_below == pytest.approx(2 * above / HEIGHT_PX, abs=0.01)
    assert reading.bars_beside == pytest.approx(2 * beside / WIDTH_PX, abs=0.01)


def test_a_bar_at_one_border_may_be_a_ceiling():
    picture = drawn()
    picture[:90] = 250
    assert read_picture(picture, standing_pose(View.FRONT)).bars_above_below == 0.0


def test_a_plain_wall_behind_the_client_is_no_bar():
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), 240, np.uint8)
    picture[200:1400, 400:600] = 60
    reading = read_picture(picture, standing_pose(View.FRONT))
    assert (reading.bars_above_below, reading.bars_beside) == (0.0, 0.0)


def test_without_a_silhouette_the_box_of_points_stands_in():
    pose = replace(standing_pose(View.FRONT), silhouette=None)
    reading = with_reading(pose, drawn()).picture
    assert reading is not None
    assert reading.person_light < 0.75
    assert math.isfinite(reading.blur_across)


@pytest.mark.parametrize("is_front", [True, False])
def test_a_picture_of_the_front_camera_may_be_mirrored_and_is_told(is_front):
    pose = standing_pose(View.FRONT)
    notes = check_quality(
        pose, View.FRONT, None, is_fit=True, has_camera_data=True, is_front_camera=is_front
    )
    assert [note.code for note in notes] == ["front_camera"] * is_front
