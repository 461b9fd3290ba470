"""The camera's roll from the gravity that the phone felt."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.capture.level import detect_levelled
from posture.capture.phone_level import phone_stance
from posture.detect.fake import FakeDetector
from posture.photo import Photo
from tests import stick


def gravity(held_deg=0.0, down_deg=0.0):
    """Return gravity in a phone turned clockwise by its user and then tipped to look down."""
    held, down = math.radians(held_deg), math.radians(down_deg)
    return (
        math.sin(held) * math.cos(down),
        -math.cos(held) * math.cos(down),
        -math.sin(down),
    )


@pytest.mark.parametrize("quarter", [0, 90, 180, -90])
@pytest.mark.parametrize("roll", [-6.0, -0.4, 0.0, 3.5])
def test_a_phone_turned_clockwise_turns_the_content_anticlockwise(quarter, roll):
    stance = phone_stance(gravity(quarter + roll))
    assert stance.roll_deg == pytest.approx(roll, abs=1e-6)
    assert stance.pitch_deg == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("down", [12.0, -8.0])
def test_a_phone_that_looks_down_has_a_negative_pitch(down):
    stance = phone_stance(gravity(2.0, down))
    assert stance.pitch_deg == pytest.approx(-down, abs=1e-6)
    assert stance.roll_deg == pytest.approx(2.0, abs=1e-6)


@pytest.mark.parametrize("felt", [gravity(20.0), gravity(0.0, 60.0), (0.0, 0.0, -1.0)])
def test_a_phone_held_aslant_or_over_the_floor_tells_no_roll(felt):
    assert phone_stance(felt) is None


def photo(**more):
    pixels = np.full((stick.HEIGHT_PX, stick.WIDTH_PX, 3), 128, dtype=np.uint8)
    plain = Photo(pixels=pixels, file_sha256="0" * 64, focal_length_35mm=26.0, name="photo.jpg")
    return replace(plain, **more)


def levelled(given):
    pose = stick.standing_pose(View.FRONT)
    return detect_levelled(given, FakeDetector([pose, pose]), "auto")


def test_where_no_edge_tells_the_roll_the_phone_does():
    level = levelled(photo(gravity=gravity(3.0, 10.0)))
    assert (level.source, level.roll_deg) == ("phone", pytest.approx(3.0, abs=1e-6))
    assert [note.code for note in level.notes] == ["camera_pitched"]


@pytest.mark.parametrize("more", [{}, {"gravity": gravity(3.0), "is_front_camera": True}])
def test_without_a_phone_or_with_its_front_camera_nothing_is_turned(more):
    level = levelled(photo(**more))
    assert (level.source, level.roll_deg) == (None, None)
