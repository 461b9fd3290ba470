"""The truth of a synthetic body, on stick figures whose angles are arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posture.anatomy import ESTIMATED_LANDMARKS, View, swap_sides
from posture.measures.formulas import PLUMB_ANTERIOR_OF_MALLEOLUS
from posture.measures.table import MEASURES
from posture.synthetic.truth import back_line, measure_truth

STATURE_M = 1.70
UPRIGHT = {
    # x anterior, y the client's left (given for the left side), z up; metres.
    "c7": (-0.06, 0.0, 1.47),
    "t8": (-0.10, 0.0, 1.28),
    "l4": (-0.07, 0.0, 1.00),
    "tragus": (0.03, 0.07, 1.57),
    "canthus": (0.10, 0.05, 1.58),
    "acromion": (0.0, 0.19, 1.40),
    "asis": (0.10, 0.12, 0.95),
    "psis": (-0.08, 0.045, 0.98),
    "trochanter": (0.0, 0.17, 0.90),
    "knee": (0.0, 0.12, 0.49),
    "malleolus": (-0.03, 0.12, 0.07),
}
JOINTS = {
    "hip": (0.0, 0.09, 0.88),
    "knee_centre": (0.0, 0.09, 0.48),
    "ankle": (0.0, 0.09, 0.08),
    "heel": (-0.08, 0.09, 0.03),
    "toes": (0.14, 0.09, 0.02),
}


def both_sides(points):
    """Return the points with their mirror images, by full name."""
    full = {}
    for name, (x, y, z) in points.items():
        if y == 0.0:
            full[name] = np.array([x, y, z])
        else:
            full[f"{name}_left"] = np.array([x, y, z])
            full[f"{name}_right"] = np.array([x, -y, z])
    return full


@pytest.fixture
def marks():
    return both_sides(UPRIGHT)


@pytest.fixture
def joints():
    return both_sides(JOINTS)


def truth(marks, joints, view=View.LEFT, back=None):
    return measure_truth(marks, joints, view, stature_m=STATURE_M, back=back)


def turned(point, about, axis, angle_deg):
    """Return a point turned about an axis: y leans forward, x raises the right side."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    d = point - about
    if axis == "y":
        return about + np.array([c * d[0] + s * d[2], d[1], c * d[2] - s * d[0]])
    return about + np.array([d[0], c * d[1] + s * d[2], c * d[2] - s * d[1]])


def test_the_figure_has_every_landmark_of_the_protocol(marks):
    assert set(marks) == set(ESTIMATED_LANDMARKS)


def test_every_clinical_measure_has_a_truth_in_its_view(marks, joints):
    back = np.array([(-0.07, 0.0, z) for z in np.arange(1.5, 0.9, -0.01)])
    for view in View:
        told = set(truth(marks, joints, view, back))
        shown = {n for n, m in MEASURES.items() if m.shows_in(view) and not m.is_proxy}
        lacking = {n for n in shown if not set(MEASURES[n].landmarks) <= {*marks, *joints}}
        if view is View.BACK:
            assert lacking == {
                "scapular_tilt_deg",
                "calcaneal_angle_left_deg",
                "calcaneal_angle_right_deg",
            }
            assert told >= shown - lacking - {"waist_asymmetry_cm"}
        else:
            assert told == shown


@pytest.mark.parametrize(
    ("measure", "moved", "to"),
    [
        # Each landmark is put where the angle follows by hand.
        pytest.param("craniovertebral_angle_deg", "tragus", (-0.06 + 0.1, 1.47 + 0.1), id="cva 45"),
        pytest.param("sagittal_head_angle_deg", "canthus", (0.03 + 0.1, 1.57 + 0.1), id="gaze up"),
        pytest.param("forward_shoulder_angle_deg", "acromion", (-0.06 + 0.1, 1.37), id="shoulder"),
        pytest.param("pelvic_tilt_deg", "asis", (-0.08 + 0.2, 0.98 - 0.2), id="anterior tilt"),
        pytest.param("trunk_lean_deg", "acromion", (0.0 + 0.4, 0.90 + 0.4), id="lean forward"),
        pytest.param("body_lean_deg", "tragus", (-0.03 + 1.5, 0.07 + 1.5), id="body forward"),
    ],
)
def test_side_angles_of_45_degrees(marks, joints, measure, moved, to):
    marks[f"{moved}_left"] = np.array([to[0], 0.1, to[1]])
    assert truth(marks, joints)[measure] == pytest.approx(45.0)


@pytest.mark.parametrize("flexion_deg", [10.0, -6.0])
def test_a_bent_knee_is_flexed_and_an_overstretched_one_negative(marks, joints, flexion_deg):
    trochanter = marks["trochanter_left"]
    half = 0.40
    ahead = half * math.tan(math.radians(flexion_deg / 2))
    marks["knee_left"] = trochanter + np.array([ahead, 0.0, -half])
    marks["malleolus_left"] = trochanter + np.array([0.0, 0.0, -2 * half])
    assert truth(marks, joints)["knee_flexion_deg"] == pytest.approx(flexion_deg)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("forward_head_cm", 3.0),
        ("shoulder_forward_cm", 6.0),
        ("plumb_ear_cm", 6.0 - 100 * PLUMB_ANTERIOR_OF_MALLEOLUS * STATURE_M),
        ("plumb_knee_cm", 3.0 - 100 * PLUMB_ANTERIOR_OF_MALLEOLUS * STATURE_M),
    ],
)
def test_side_distances_are_in_centimetres(marks, joints, measure, expected):
    assert truth(marks, joints)[measure] == pytest.approx(expected)


def test_a_side_view_takes_the_near_side(marks, joints):
    marks["tragus_right"] = marks["tragus_right"] + np.array([0.02, 0.0, 0.0])
    left, right = truth(marks, joints, View.LEFT), truth(marks, joints, View.RIGHT)
    assert right["forward_head_cm"] - left["forward_head_cm"] == pytest.approx(2.0)
    assert right["pelvic_tilt_deg"] == pytest.approx(left["pelvic_tilt_deg"])


@pytest.mark.parametrize(
    ("measure", "pair", "angle_deg"),
    [
        ("head_tilt_deg", "tragus", 5.0),
        ("shoulder_tilt_deg", "acromion", -3.0),
        ("pelvic_obliquity_deg", "asis", 2.0),
    ],
)
def test_a_raised_right_side_is_a_positive_tilt(marks, joints, measure, pair, angle_deg):
    about = np.array([0.0, 0.0, marks[f"{pair}_left"][2]])
    for side in ("left", "right"):
        name = f"{pair}_{side}"
        marks[name] = turned(marks[name], about, "x", angle_deg)
    assert truth(marks, joints, View.FRONT)[measure] == pytest.approx(angle_deg)


def test_frontal_shifts_are_positive_towards_the_right(marks, joints):
    for name in ("tragus_left", "tragus_right"):
        marks[name] = marks[name] + np.array([0.0, -0.03, 0.0])
    told = truth(marks, joints, View.FRONT)
    assert told["head_shift_cm"] == pytest.approx(3.0)
    assert told["trunk_shift_cm"] == pytest.approx(0.0)


def test_knock_knees_are_positive_on_both_sides(marks, joints):
    inward = 0.40 * math.tan(math.radians(3.0))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        joints[f"knee_centre_{side}"] = joints[f"knee_centre_{side}"] - [0.0, sign * inward, 0.0]
    told = truth(marks, joints, View.FRONT)
    assert told["knee_valgus_left_deg"] == pytest.approx(6.0)
    assert told["knee_valgus_right_deg"] == pytest.approx(6.0)


def test_feet_turned_out_are_positive_on_both_sides(marks, joints):
    along = 0.22 * math.tan(math.radians(10.0))
    joints["toes_left"] = joints["toes_left"] + [0.0, along, 0.0]
    told = truth(marks, joints, View.FRONT)
    assert told["foot_turnout_left_deg"] == pytest.approx(10.0)
    assert told["foot_turnout_right_deg"] == pytest.approx(0.0)


def asymmetric(marks, joints):
    rng = np.random.default_rng(3)
    return tuple(
        {name: point + rng.normal(0.0, 0.01, 3) for name, point in points.items()}
        for points in (marks, joints)
    )


def mirrored(points):
    return {swap_sides(name): point * [1.0, -1.0, 1.0] for name, point in points.items()}


def test_a_mirror_flips_frontal_signs_and_swaps_the_sides(marks, joints):
    marks, joints = asymmetric(marks, joints)
    here = truth(marks, joints, View.FRONT)
    there = truth(mirrored(marks), mirrored(joints), View.FRONT)
    for name, value in here.items():
        if "left" in name or "right" in name:
            other = name.replace("left", "#").replace("right", "left").replace("#", "right")
            assert there[other] == pytest.approx(value)
        else:
            assert there[name] == pytest.approx(-value)


def test_a_mirror_shows_the_left_side_as_the_right(marks, joints):
    marks, joints = asymmetric(marks, joints)
    here = truth(marks, joints, View.LEFT)
    there = truth(mirrored(marks), mirrored(joints), View.RIGHT)
    assert there == pytest.approx(here)


def test_leaning_the_whole_client_shifts_lean_and_tilt_alike(marks, joints):
    upright = truth(marks, joints)
    leaning = {name: turned(point, np.zeros(3), "y", 4.0) for name, point in marks.items()}
    told = truth(leaning, joints)
    for name, change in (
        ("trunk_lean_deg", 4.0),
        ("pelvic_tilt_deg", 4.0),
        ("body_lean_deg", 4.0),
        ("craniovertebral_angle_deg", -4.0),
        ("knee_flexion_deg", 0.0),
    ):
        assert told[name] - upright[name] == pytest.approx(change)


def box(low, high):
    """Return a closed box with outward faces."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    vertices = np.asarray(low) + corners * (np.asarray(high) - np.asarray(low))
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    faces = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return vertices, np.array(faces, dtype=np.int32)


def test_the_back_line_has_no_gap_and_never_takes_the_front():
    vertices, faces = box((-0.1, -0.2, 0.0), (0.15, 0.2, 1.7))
    line = back_line(vertices, faces)
    assert np.allclose(line[:, 0], -0.1)
    assert np.allclose(line[:, 1], 0.0, atol=1e-6)
    assert np.allclose(np.diff(line[:, 2]), -0.004)


def test_a_round_back_and_a_hollow_back_have_the_sagitta_of_their_arc(marks, joints):
    top, bottom = marks["c7"][2], marks["psis_left"][2]
    level = top + 0.709 * (bottom - top)
    height = np.linspace(top, bottom, 401)
    thoracic = 0.1 * (top - level) * np.sin(np.pi * (top - height) / (top - level))
    lumbar = 0.2 * (level - bottom) * np.sin(np.pi * (level - height) / (level - bottom))
    behind = np.where(height >= level, -thoracic, lumbar)
    back = np.stack([behind, np.zeros_like(height), height], axis=1)
    told = truth(marks, joints, View.LEFT, back)
    assert told["thoracic_curve_index"] == pytest.approx(0.1, abs=2e-3)
    assert told["lumbar_curve_index"] == pytest.approx(0.2, abs=4e-3)
