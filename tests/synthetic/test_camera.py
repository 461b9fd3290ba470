"""The pinhole camera: where points land, which way its angles turn, and what is sampled."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.synthetic.camera import Camera, sample_camera

STATURE_M = 1.72

LEVEL = Camera(
    azimuth_deg=0.0,
    distance_m=3.0,
    height_m=1.0,
    pan_deg=0.0,
    pitch_deg=0.0,
    roll_deg=0.0,
    focal_px=900.0,
    width_px=480,
    height_px=640,
    centre_px=(239.5, 319.5),
)
AZIMUTH_DEG = {View.FRONT: 0.0, View.LEFT: 90.0, View.BACK: 180.0, View.RIGHT: -90.0}
FORWARD, LEFTWARD, UP = np.array([[0.1, 0, 1], [0, 0.1, 1], [0, 0, 1.1]])
AXIS = np.array([0.0, 0.0, 1.0])


def seen(camera, *points):
    return camera.project(np.array(points, dtype=float))


def drawn(style, view=View.FRONT, count=1500):
    rng = np.random.default_rng(8)
    return [sample_camera(rng, view, STATURE_M, style=style) for _ in range(count)]


def extent_px(camera):
    """The rows of crown and sole on the client's axis."""
    crown, sole = seen(camera, (0, 0, STATURE_M), (0, 0, 0))
    return crown[1], sole[1]


def test_a_point_on_the_optical_axis_lands_on_the_principal_point():
    assert seen(LEVEL, AXIS) == pytest.approx(np.array([[239.5, 319.5]]))


def test_size_is_focal_length_over_distance():
    axis, up = seen(LEVEL, AXIS, UP)
    assert axis[1] - up[1] == pytest.approx(0.1 * 900 / 3.0)
    nearer = seen(replace(LEVEL, distance_m=1.5), AXIS, UP)
    assert nearer[0, 1] - nearer[1, 1] == pytest.approx(0.1 * 900 / 1.5)


@pytest.mark.parametrize(
    ("view", "point", "right_in_picture"),
    [
        (View.FRONT, LEFTWARD, True),
        (View.BACK, LEFTWARD, False),
        (View.LEFT, FORWARD, False),
        (View.RIGHT, FORWARD, True),
    ],
)
def test_each_view_shows_the_body_from_its_side(view, point, right_in_picture):
    axis, moved, up = seen(replace(LEVEL, azimuth_deg=AZIMUTH_DEG[view]), AXIS, point, UP)
    assert (moved[0] > axis[0]) == right_in_picture
    assert abs(moved[0] - axis[0]) == pytest.approx(0.1 * 900 / 3.0)
    assert up[1] < axis[1]


@pytest.mark.parametrize("roll_deg", [-7.0, 4.0])
def test_roll_turns_the_picture_anticlockwise_by_its_angle(roll_deg):
    axis, up = seen(replace(LEVEL, roll_deg=roll_deg), AXIS, UP)
    right, down = up - axis
    assert math.degrees(math.atan2(-right, -down)) == pytest.approx(roll_deg)


def test_pitching_up_moves_the_client_down():
    row = seen(replace(LEVEL, pitch_deg=5.0), AXIS)[0, 1]
    assert row - 319.5 == pytest.approx(900 * math.tan(math.radians(5.0)))


def test_panning_moves_the_client_sideways_only():
    panned = seen(replace(LEVEL, pan_deg=3.0), AXIS)[0]
    assert abs(panned[0] - 239.5) == pytest.approx(900 * math.tan(math.radians(3.0)))
    assert panned[1] == pytest.approx(319.5)


def test_the_axes_are_orthonormal_and_right_handed():
    camera = replace(LEVEL, azimuth_deg=37.0, pan_deg=4.0, pitch_deg=-11.0, roll_deg=6.0)
    _, rows = camera.axes()
    assert rows @ rows.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(rows) == pytest.approx(1.0)


def test_yaw_turns_the_client_as_much_as_the_azimuth_does():
    """Seen from 5° towards the client's left, the picture is that of a client turned right."""
    a = math.radians(5.0)
    turned = np.array([[math.cos(a), math.sin(a), 0], [-math.sin(a), math.cos(a), 0], [0, 0, 1]])
    points = np.array([FORWARD, LEFTWARD, UP])
    around = replace(LEVEL, azimuth_deg=5.0).project(points)
    assert around == pytest.approx(LEVEL.project(points @ turned.T))


@pytest.mark.parametrize("view", list(View))
def test_a_sampled_camera_stands_on_the_side_of_its_view(view):
    for camera in drawn("careful", view, count=50):
        assert camera.azimuth_deg == pytest.approx(AZIMUTH_DEG[view] + camera.yaw_deg)
        assert abs(camera.yaw_deg) <= 16.0


def test_a_careful_photographer_keeps_to_the_instructions():
    cameras = drawn("careful")
    assert all(2.6 <= c.distance_m <= 3.8 and 0.8 <= c.height_m <= 1.25 for c in cameras)
    assert np.std([c.yaw_deg for c in cameras]) == pytest.approx(3.0, rel=0.1)
    assert np.std([c.roll_deg for c in cameras]) == pytest.approx(1.0, rel=0.1)


def test_a_careful_photographer_fills_the_picture_and_hardly_ever_cuts_anything_off():
    cameras = drawn("careful")
    extents = np.array([extent_px(camera) for camera in cameras])
    heights = np.array([camera.height_px for camera in cameras])
    share = (extents[:, 1] - extents[:, 0]) / heights
    assert 0.58 < share.min() < 0.65
    assert 0.88 < share.max() < 0.95
    cut = (extents[:, 0] < 0) | (extents[:, 1] > heights - 1)
    assert cut.mean() < 0.01


def test_a_casual_photographer_is_worse_and_sometimes_cuts_off_the_feet():
    cameras = drawn("casual")
    assert np.std([c.yaw_deg for c in cameras]) == pytest.approx(6.0, rel=0.1)
    assert np.std([c.roll_deg for c in cameras]) == pytest.approx(2.0, rel=0.1)
    cut = np.mean([extent_px(camera)[1] > camera.height_px - 1 for camera in cameras])
    assert 0.04 < cut < 0.13


def test_most_pictures_are_upright_and_all_have_the_size_asked_for():
    cameras = drawn("careful")
    landscape = np.mean([c.width_px > c.height_px for c in cameras])
    assert landscape == pytest.approx(0.25, abs=0.04)
    assert {max(c.width_px, c.height_px) for c in cameras} == {640}
    assert {min(c.width_px, c.height_px) for c in cameras} == {480}


def test_the_same_seed_gives_the_same_camera():
    first, second = (
        sample_camera(np.random.default_rng(3), View.LEFT, STATURE_M) for _ in range(2)
    )
    assert first == second


def test_the_description_gives_the_lens_as_on_35_mm_film():
    """A lens as long as the film's diagonal, 43.3 mm, covers the picture's diagonal."""
    camera = replace(LEVEL, focal_px=math.hypot(480, 640))
    assert camera.describe()["focal_35mm"] == pytest.approx(43.27, abs=0.01)
