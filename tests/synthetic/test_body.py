"""Synthetic bodies: landmarks by the protocol, posture that does what it says, balance."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import ESTIMATED_LANDMARKS, LANDMARK_PROTOCOL, View
from posture.synthetic.body import BODY_PARTS, BodyParameters, Posture, build_body
from posture.synthetic.pose import Turn
from posture.synthetic.truth import measure_truth

pytestmark = [pytest.mark.synthetic, pytest.mark.usefixtures("anny_model")]

HEIGHT_TOLERANCE = 0.015
"""Of stature: Anny's proportions are its own, and the protocol's surface rules bind."""


@pytest.fixture(scope="module")
def upright(anny_model):
    return build_body(BodyParameters())


def standing(**posture):
    return build_body(BodyParameters(posture=replace(Posture(), **posture)))


def truth(body, view=View.LEFT):
    return measure_truth(body.landmarks, body.joints, view, stature_m=body.stature_m)


def volume_and_middle(body):
    a, b, c = (body.vertices[body.faces[:, i]] for i in range(3))
    volumes = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6
    return volumes.sum(), (volumes[:, None] * (a + b + c) / 4).sum(axis=0) / volumes.sum()


def test_every_landmark_is_there_and_on_the_skin(upright):
    assert set(upright.landmarks) == set(ESTIMATED_LANDMARKS)
    for name, point in upright.landmarks.items():
        nearest = np.linalg.norm(upright.vertices - point, axis=1).min()
        assert nearest < 0.02, name


@pytest.mark.parametrize(
    "name", [name for name, entry in LANDMARK_PROTOCOL.items() if entry.height_fraction]
)
def test_landmarks_lie_at_the_protocols_heights(upright, name):
    entry = LANDMARK_PROTOCOL[name]
    full = f"{name}_left" if entry.paired else name
    height = upright.landmarks[full][2] / upright.stature_m
    assert height == pytest.approx(entry.height_fraction, abs=HEIGHT_TOLERANCE)


def test_landmarks_lie_on_the_right_face_of_the_body(upright):
    def normal(name):
        distances = np.linalg.norm(upright.vertices - upright.landmarks[name], axis=1)
        return upright.normals[int(np.argmin(distances))]

    for name in ("c7", "t8", "l4", "psis_left", "psis_right"):
        assert normal(name)[0] < -0.5, name
    for name in ("asis_left", "asis_right"):
        assert normal(name)[0] > 0.5, name
    for name, sign in (("trochanter", 1), ("knee", 1), ("malleolus", 1)):
        assert sign * normal(f"{name}_left")[1] > 0.5, name
        assert sign * normal(f"{name}_right")[1] < -0.5, name


def test_the_default_body_is_symmetric(upright):
    for name, point in upright.landmarks.items():
        if name.endswith("_left"):
            other = upright.landmarks[name.removesuffix("left") + "right"]
            assert np.allclose(point, other * [1, -1, 1], atol=2e-3), name
    told = truth(upright, View.FRONT)
    for name in ("head_tilt_deg", "shoulder_tilt_deg", "pelvic_obliquity_deg", "trunk_shift_cm"):
        assert told[name] == pytest.approx(0.0, abs=0.1)


def test_the_mesh_is_closed_and_wound_outwards(upright):
    volume, _ = volume_and_middle(upright)
    assert 0.05 < volume < 0.12
    assert upright.part.max() < len(BODY_PARTS)
    assert set(range(len(BODY_PARTS))) == set(np.unique(upright.part).tolist())


@pytest.mark.parametrize(
    ("part", "measure", "share"),
    [
        pytest.param({"pelvis": Turn(pitch_deg=8.0)}, "pelvic_tilt_deg", 1.0, id="pelvis"),
        pytest.param(
            {"neck": Turn(pitch_deg=8.0), "head": Turn(pitch_deg=8.0)},
            "craniovertebral_angle_deg",
            -1.0,
            id="neck and head",
        ),
        pytest.param({"head": Turn(pitch_deg=8.0)}, "sagittal_head_angle_deg", -1.0, id="head"),
    ],
)
def test_a_side_angle_follows_its_segment(upright, part, measure, share):
    # The skin follows the bone beneath it in part: on the pelvis, by two thirds.
    change = truth(standing(**part))[measure] - truth(upright)[measure]
    assert change == pytest.approx(8.0 * share, rel=0.4)


def test_the_pelvis_turns_on_its_own(upright):
    tilted = standing(pelvis=Turn(pitch_deg=8.0))
    before, after = truth(upright), truth(tilted)
    assert abs(after["knee_flexion_deg"] - before["knee_flexion_deg"]) < 1.0
    assert abs(after["craniovertebral_angle_deg"] - before["craniovertebral_angle_deg"]) < 1.0


@pytest.mark.parametrize(
    ("part", "measure", "expected"),
    [
        pytest.param({"head": Turn(roll_deg=6.0)}, "head_tilt_deg", 6.0, id="head"),
        pytest.param({"pelvis": Turn(roll_deg=3.0)}, "pelvic_obliquity_deg", 3.0, id="pelvis"),
        pytest.param({"knee_valgus_deg": (4.0, 0.0)}, "knee_valgus_left_deg", 4.0, id="left knee"),
        pytest.param(
            {"foot_turnout_deg": (7.0, 15.0)}, "foot_turnout_right_deg", 8.0, id="right foot"
        ),
    ],
)
def test_a_frontal_measure_follows_its_segment(upright, part, measure, expected):
    change = truth(standing(**part), View.FRONT)[measure] - truth(upright, View.FRONT)[measure]
    assert change == pytest.approx(expected, abs=0.25 * abs(expected))


def test_a_raised_right_shoulder_tilts_the_shoulders(upright):
    told = truth(standing(elevation_deg=(0.0, 5.0)), View.FRONT)
    assert told["shoulder_tilt_deg"] > 1.0


def test_protraction_moves_the_acromion_forward(upright):
    told = truth(standing(protraction_deg=(10.0, 0.0)))
    assert told["shoulder_forward_cm"] - truth(upright)["shoulder_forward_cm"] > 1.5


@pytest.mark.parametrize(
    "posture",
    [
        {},
        {"thorax_low": Turn(pitch_deg=-8.0), "thorax_high": Turn(pitch_deg=-8.0)},
        {"pelvis": Turn(pitch_deg=12.0), "knee_flexion_deg": (8.0, 5.0)},
        {"pelvis": Turn(roll_deg=5.0), "foot_turnout_deg": (20.0, 0.0), "balance_m": 0.02},
    ],
)
def test_the_body_stands_in_balance_with_both_soles_on_the_floor(posture):
    body = standing(**posture)
    _, middle = volume_and_middle(body)
    soles = []
    feet = []
    for side in ("left", "right"):
        foot = body.vertices[body.part == BODY_PARTS.index(f"foot_{side}")]
        soles.append(foot[:, 2].min())
        feet.append(foot)
    assert min(soles) == pytest.approx(0.0, abs=1e-9)
    assert max(soles) < 1e-3
    together = np.concatenate(feet)
    mid_foot = (together[:, 0].min() + together[:, 0].max()) / 2
    wanted = posture.get("balance_m", 0.0)
    assert middle[0] - mid_foot == pytest.approx(wanted, abs=5e-3)


def test_stature_belongs_to_the_person_and_not_to_the_posture(upright):
    slumped = standing(thorax_high=Turn(pitch_deg=25.0), neck=Turn(pitch_deg=20.0))
    assert slumped.stature_m == pytest.approx(upright.stature_m)
    assert slumped.vertices[:, 2].max() < upright.stature_m - 0.01


def test_arms_hang_beside_a_wide_body_and_not_inside_it(anny_model):
    from posture.synthetic.anny_model import DEFAULT_PHENOTYPE

    heavy = DEFAULT_PHENOTYPE | {"muscle": 0.1, "weight": 1.0, "gender": 0.0}
    body = build_body(
        BodyParameters(phenotype=heavy, posture=Posture(arm_abduction_deg=(2.0, 2.0)))
    )
    trunk = body.vertices[np.isin(body.part, [BODY_PARTS.index(p) for p in ("torso", "pelvis")])]
    elbow, wrist = body.joints["elbow_left"], body.joints["wrist_left"]
    for joint in (elbow, wrist):
        level = trunk[np.abs(trunk[:, 2] - joint[2]) < 0.03]
        assert len(level) == 0 or joint[1] > level[:, 1].max()


def test_hands_meet_in_front_when_forearms_turn_inward(upright):
    holding = standing(elbow_flexion_deg=(80.0, 80.0), forearm_inward_deg=(35.0, 35.0))

    def apart(body):
        return body.joints["wrist_left"][1] - body.joints["wrist_right"][1]

    assert 0.0 < apart(holding) < 0.6 * apart(upright)
    assert holding.joints["wrist_left"][0] > holding.joints["elbow_left"][0] + 0.1


def test_bodies_are_the_same_each_time(upright):
    again = build_body(BodyParameters())
    assert np.array_equal(again.vertices, upright.vertices)


def test_normals_are_unit_vectors(upright):
    lengths = np.linalg.norm(upright.normals, axis=1)
    assert math.isclose(float(lengths.min()), 1.0, abs_tol=1e-6)


WITHOUT_ANNY = """
import sys
sys.modules["anny"] = None
from posture.errors import MissingExtraError
from posture.synthetic.body import BodyParameters, build_body
try:
    build_body(BodyParameters())
except MissingExtraError as error:
    print(error)
"""


def test_without_the_extra_the_error_says_what_to_install():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ANNY],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert 'pip install "posture[synthetic]"' in done.stdout
