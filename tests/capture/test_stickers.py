"""Dots drawn on a plain picture, and the assignment of dots to landmarks."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from posture.anatomy import Method
from posture.capture.dot_colour import common_colour
from posture.capture.dots import Dot, Window, find_dots
from posture.capture.stickers import assign_dots, look_for_dots
from posture.landmarks import Landmark, LandmarkSet

PX_PER_CM = 12.0
HEIGHT_PX = 170 * PX_PER_CM
SKIN, BLUE = (190, 150, 125), (20, 90, 220)
ALL = [Window(left=0, top=0, right=600, bottom=500)]


def picture(draw=(), *, size=(500, 600), seed=0):
    """Return a skin-coloured picture; `draw` holds (shape, x, y, long_cm, flat, colour)."""
    fine = 8
    big = np.full((size[0] * fine, size[1] * fine, 3), SKIN, dtype=np.uint8)
    for shape, x, y, long_cm, flat, colour in draw:
        centre = (round((x + 0.5) * fine), round((y + 0.5) * fine))
        half = long_cm / 2 * PX_PER_CM * fine
        if shape == "dot":
            axes = (round(half), round(half * flat))
            cv2.ellipse(big, centre, axes, 30, 0, 360, colour, -1)
        elif shape == "ring":
            cv2.circle(big, centre, round(half), colour, round(half * 0.5))
        else:
            corners = {"square": 4, "triangle": 3}[shape]
            turns = np.arange(corners) * 2 * np.pi / corners + 0.3
            points = np.stack([np.cos(turns), np.sin(turns)], axis=1) * half * 1.15
            cv2.fillPoly(big, [np.rint(points + centre).astype(np.int32)], colour)
    small = cv2.resize(big, size[::-1], interpolation=cv2.INTER_AREA).astype(float)
    small += np.random.default_rng(seed).normal(0, 4, small.shape)
    _, data = cv2.imencode(".jpg", np.clip(small, 0, 255)[..., ::-1], [1, 85])
    return np.ascontiguousarray(cv2.imdecode(data, 1)[..., ::-1])


def mark(x, y, sd_px=10.0):
    return Landmark(x_px=x, y_px=y, method=Method.ESTIMATED, sd_px=sd_px)


def dot(x, y):
    return Dot(
        x_px=x, y_px=y, long_cm=1.5, short_cm=1.5, roundness=1, contrast=50, lab=(30, 20, -60)
    )


@pytest.mark.parametrize("flat", [1.0, 0.7, 0.5])
@pytest.mark.parametrize("colour", [BLUE, (0, 150, 70), (225, 30, 40), (250, 215, 0)])
@pytest.mark.parametrize("long_cm", [1.2, 1.5, 2.0])
def test_a_dot_is_found_to_a_fraction_of_a_pixel(flat, colour, long_cm):
    found = find_dots(picture([("dot", 301.3, 250.6, long_cm, flat, colour)]), ALL, PX_PER_CM)
    assert len(found) == 1
    assert np.hypot(found[0].x_px - 301.3, found[0].y_px - 250.6) < 0.4
    assert found[0].long_cm == pytest.approx(long_cm, rel=0.10)


@pytest.mark.parametrize(
    "thing",
    [
        ("square", 300, 250, 1.5, 1, BLUE),
        ("triangle", 300, 250, 1.5, 1, BLUE),
        ("ring", 300, 250, 1.6, 1, BLUE),
        ("dot", 300, 250, 0.6, 1, BLUE),
        ("dot", 300, 250, 3.5, 1, BLUE),
        ("dot", 300, 250, 1.5, 0.2, BLUE),
        ("dot", 300, 250, 1.5, 1, (120, 95, 80)),
    ],
    ids=["square", "triangle", "ring", "too small", "too large", "too flat", "mole"],
)
def test_other_things_are_no_dots(thing):
    assert find_dots(picture([thing]), ALL, PX_PER_CM) == []


def test_dots_of_a_pattern_are_told_from_a_lone_one():
    cloth = [("dot", 80 + 40 * i, 80 + 40 * j, 1.5, 1, BLUE) for i in range(4) for j in range(4)]
    found = find_dots(picture([*cloth, ("dot", 480, 400, 1.5, 1, BLUE)]), ALL, PX_PER_CM)
    alone = [(round(d.x_px), round(d.y_px)) for d in found if not d.in_pattern]
    assert alone == [(480, 400)]
    assert len(found) == 17


def test_each_dot_goes_to_the_landmark_that_it_is_nearest_to():
    expected = LandmarkSet({"asis_left": mark(200, 250), "trochanter_left": mark(300, 300)})
    drawn = [("dot", 210, 243, 1.5, 0.7, BLUE), ("dot", 290, 306, 1.5, 1, BLUE)]
    reading = look_for_dots(picture(drawn), expected, HEIGHT_PX).assigned()
    places = {name: (m.x_px, m.y_px) for name, m in reading.landmarks.items()}
    assert places["asis_left"] == pytest.approx((210, 243), abs=0.4)
    assert places["trochanter_left"] == pytest.approx((290, 306), abs=0.4)
    assert {m.method for m in reading.landmarks.values()} == {Method.STICKER}
    assert reading.notes() == ()


def test_two_dots_that_may_mark_one_landmark_are_both_left_out():
    reading = assign_dots([dot(195, 250), dot(212, 250)], {"knee_left": mark(200, 250)}, HEIGHT_PX)
    assert not reading.landmarks
    assert reading.ambiguous == ("knee_left",)
    assert len(reading.unassigned) == 2
    assert "knee left" in reading.notes()[0].text


def test_a_dot_between_two_landmarks_is_left_out():
    expected = {"asis_left": mark(200, 250), "trochanter_left": mark(240, 250)}
    assert not assign_dots([dot(222, 250)], expected, HEIGHT_PX).landmarks


def test_two_dots_settle_what_one_alone_would_not():
    expected = {"asis_left": mark(200, 250), "trochanter_left": mark(300, 250)}
    reading = assign_dots([dot(225, 250), dot(320, 250)], expected, HEIGHT_PX)
    assert reading.landmarks["asis_left"].x_px == 225
    assert reading.landmarks["trochanter_left"].x_px == 320


def test_landmarks_placed_by_hand_and_those_without_dots_stay_as_they_are():
    placed = Landmark(x_px=210, y_px=243, method=Method.MANUAL, sd_px=2)
    expected = LandmarkSet({"asis_left": placed, "tragus_left": mark(290, 306)})
    drawn = [("dot", 210, 243, 1.5, 1, BLUE), ("dot", 290, 306, 1.5, 1, BLUE)]
    reading = look_for_dots(picture(drawn), expected, HEIGHT_PX).assigned()
    assert not reading.landmarks
    assert reading.notes()[0].code == "no_stickers"


def test_a_dot_beside_a_pattern_is_not_taken_in_its_place():
    cloth = [("dot", 180 + 30 * i, 250, 1.5, 1, BLUE) for i in range(3)]
    drawn = [*cloth, ("dot", 330, 290, 1.5, 0.5, BLUE)]
    reading = look_for_dots(
        picture(drawn), LandmarkSet({"trochanter_left": mark(225, 255)}), HEIGHT_PX
    ).assigned()
    assert not reading.landmarks
    assert reading.ambiguous == ("trochanter_left",)


def test_the_colour_that_the_other_dots_have_tells_the_dot_from_a_badge():
    expected = LandmarkSet(
        {
            "asis_left": mark(150, 150),
            "knee_left": mark(150, 400),
            "trochanter_left": mark(400, 300),
        }
    )
    blue = [("dot", 155, 150, 1.5, 1, BLUE), ("dot", 152, 404, 1.5, 1, BLUE)]
    near = [("dot", 405, 300, 1.5, 1, BLUE), ("dot", 395, 325, 1.5, 1, (225, 30, 40))]
    dots = look_for_dots(picture([*blue, *near]), expected, HEIGHT_PX)
    alone = dots.assigned()
    assert alone.ambiguous == ("trochanter_left",)
    together = dots.assigned(common_colour(alone.marking))
    assert together.landmarks["trochanter_left"].x_px == pytest.approx(405, abs=0.4)
    assert not together.ambiguous


def test_dots_of_as_many_colours_as_dots_have_none_in_common():
    many = [dot(0, 0), replace(dot(0, 0), lab=(30, 50, 30)), replace(dot(0, 0), lab=(30, -40, 30))]
    assert common_colour(many) is None
    assert common_colour([]) is None


@pytest.mark.parametrize(("cloth", "most_mm"), [(0.0, 3.1), (1.0, 18)])
def test_a_dot_on_cloth_says_less_of_the_bone(cloth, most_mm):
    expected = {"asis_left": mark(200, 250)}
    found = assign_dots([dot(200, 250)], expected, HEIGHT_PX, [cloth]).landmarks["asis_left"]
    assert found.sd_px / PX_PER_CM * 10 == pytest.approx(most_mm, rel=0.05)
