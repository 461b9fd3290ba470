"""Angles of the tests on points placed with a ruler."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posture.rom.angles import ANGLES, body_turn_deg, foot_lift_deg, lean_deg
from posture.rom.catalogue import TESTS
from posture.rom.measure import movement_errors
from tests.rom.bodies import front_view, side_view


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    ("movement", "neutral", "end", "expected"),
    [
        ("cervical_flexion_deg", {}, {"face": -40}, 40),
        ("cervical_flexion_deg", {}, {"face": -40, "trunk": 10}, 30),
        ("cervical_extension_deg", {"face": -5}, {"face": 45}, 50),
        ("cervical_extension_deg", {}, {"face": 50, "trunk": -10}, 40),
        ("shoulder_flexion_deg", {"arm": 5}, {"arm": 175}, 170),
        ("shoulder_flexion_deg", {}, {"arm": 185, "trunk": -15}, 170),
        ("trunk_flexion_deg", {"trunk": 2}, {"trunk": 92}, 90),
        ("trunk_flexion_deg", {}, {"trunk": 120}, 120),
        ("squat_thigh_deg", {}, {"thigh": -80, "shank": 30, "trunk": 35}, 10),
        ("squat_thigh_deg", {}, {"thigh": -100, "shank": 30}, -10),
        ("squat_knee_flexion_deg", {}, {"thigh": -80, "shank": 30}, 110),
        ("squat_trunk_tibia_deg", {}, {"thigh": -80, "shank": 30, "trunk": 35}, 5),
        ("ankle_dorsiflexion_deg", {"shank": 3}, {"shank": 43}, 40),
    ],
)
def test_side_movements(movement, neutral, end, expected, side):
    one, two = side_view(**neutral, side=side), side_view(**end, side=side)
    assert ANGLES[movement](one, two, side) == pytest.approx(expected, abs=1e-6)


def test_the_wrist_counts_a_quarter():
    """The line to it, 30 units of upper arm and 25 of forearm, turns by half of the bend."""
    straight = ANGLES["shoulder_flexion_deg"](side_view(), side_view(arm=100), "left")
    bent = ANGLES["shoulder_flexion_deg"](side_view(), side_view(arm=100, forearm=20), "left")
    assert straight == pytest.approx(100)
    assert bent - straight == pytest.approx(20 * 25 / 55 / 4, abs=0.05)


@pytest.mark.parametrize(
    ("movement", "side", "end", "expected"),
    [
        ("cervical_lateral_flexion_deg", "right", {"face": 40}, 40),
        ("cervical_lateral_flexion_deg", "left", {"face": -40}, 40),
        ("cervical_lateral_flexion_deg", "right", {"face": 40, "trunk": 10}, 30),
        ("shoulder_abduction_deg", "left", {"arms": (170, 0)}, 170),
        ("shoulder_abduction_deg", "right", {"arms": (0, 90)}, 90),
        ("shoulder_abduction_deg", "right", {"arms": (0, 90), "trunk": -15}, 75),
        ("shoulder_abduction_deg", "left", {"arms": (90, 0), "trunk": 15}, 75),
        ("knee_projection_deg", "left", {"knees": (12, 0)}, 12),
        ("knee_projection_deg", "right", {"knees": (0, -8)}, -8),
    ],
)
def test_frontal_movements(movement, side, end, expected):
    angle = ANGLES[movement](front_view(), front_view(**end), side)
    if "trunk" in end and movement == "shoulder_abduction_deg":
        # Hips stay over the feet here, so the trunk's line is found from the shoulders' shift.
        assert angle == pytest.approx(expected, abs=0.5)
    else:
        assert angle == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("side", "sign"), [("right", 1), ("left", -1)])
def test_a_bend_to_the_right_is_the_rights(side, sign):
    angle = ANGLES["trunk_side_bend_deg"](front_view(), front_view(trunk=20), side)
    assert angle == pytest.approx(sign * 20, abs=0.5)


def test_a_heel_that_rises_is_seen():
    assert foot_lift_deg(side_view(), side_view(foot=15), "left") == pytest.approx(15)


def test_a_turn_is_found_whatever_moved_and_grew():
    rng = np.random.default_rng(4)
    one = {str(i): place for i, place in enumerate(rng.normal(size=(5, 2)))}
    a = math.radians(33)
    turn = 1.7 * np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
    two = {name: turn @ place + (3, 9) for name, place in one.items()}
    assert body_turn_deg(one, two, one) == pytest.approx(33)


def test_a_lean_is_signed():
    assert lean_deg(np.zeros(2), np.array([-1.0, 1.0])) == pytest.approx(-45)


def test_every_movement_has_a_formula_and_an_error():
    movements = [m.id for test in TESTS.values() for m in test.movements]
    assert len(movements) == len(set(movements))
    assert set(movements) == set(ANGLES) == set(movement_errors())
    assert all(error.sd_deg > 0 and error.n >= 10 for error in movement_errors().values())
