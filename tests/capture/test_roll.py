"""The camera's roll from upright edges drawn as a rolled and pitched camera sees them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from posture.capture.roll import estimate_roll


def room(roll_deg, *, fan_deg=0.0, places=(-0.8, -0.5, 0.45, 0.7), seed=0):
    """Return a picture of 900 × 1200 with bars whose tops lean left by the roll."""
    picture = np.full((1200, 900), 150, dtype=np.uint8)
    for place in places:
        lean = np.radians(roll_deg + fan_deg * place)
        x, y = 450 + 450 * place, 600
        along = np.array([np.sin(lean), np.cos(lean)]) * 450
        ends = [((x, y) + sign * along) * 16 for sign in (-1, 1)]
        start, end = (tuple(round(c) for c in point) for point in ends)
        cv2.line(picture, start, end, 60, 14, cv2.LINE_AA, shift=4)
    noisy = picture + np.random.default_rng(seed).normal(0, 3, picture.shape)
    return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("roll", [-4.7, -1.0, 0.0, 2.3, 5.0])
@pytest.mark.parametrize("fan", [0.0, 3.0])
def test_roll_is_told_from_the_fan_that_pitch_makes(roll, fan):
    reading = estimate_roll(room(roll, fan_deg=fan), None)
    assert reading is not None
    assert reading.roll_deg == pytest.approx(roll, abs=0.15)
    assert abs(reading.roll_deg - roll) < 3 * reading.sd_deg


def test_a_plain_wall_tells_nothing():
    assert estimate_roll(room(2.0, places=()), None) is None


def test_edges_that_contradict_each_other_tell_nothing():
    picture = room(0.0, places=())
    for index, lean in enumerate((-9, 5, -3, 10, 1, -6)):
        x, along = 80 + 140 * index, np.tan(np.radians(lean)) * 200
        cv2.line(picture, (int(x - along), 400), (int(x + along), 800), (60,) * 3, 9)
    assert estimate_roll(picture, None) is None


def test_edges_on_the_person_are_left_out():
    picture = room(4.0, places=(-0.1, 0.0, 0.1))
    mask = np.zeros((120, 90), dtype=np.float32)
    mask[:, 30:60] = 1.0
    assert estimate_roll(picture, None) is not None
    assert estimate_roll(picture, mask) is None


def test_one_plumb_line_at_the_side_cannot_tell_roll_from_pitch():
    assert estimate_roll(room(2.0, places=(0.6,)), None) is None
    behind = estimate_roll(room(2.0, places=(0.02,)), None)
    assert behind.roll_deg == pytest.approx(2.0, abs=0.15)


def test_the_wide_fan_of_a_photo_that_may_be_cropped_is_doubtful():
    narrow, wide = (estimate_roll(room(1.0, fan_deg=fan), None) for fan in (0.5, 2.5))
    assert wide.sd_deg > narrow.sd_deg
    assert estimate_roll(room(1.0, fan_deg=6.0), None) is None
