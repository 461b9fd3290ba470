"""Clients in movement: their joints are known in the picture, and squares lie about them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("anny")

from posture.anatomy import DETECTOR_POINTS, View
from posture.landmarks import Keypoint, Pose
from posture.rom.limbs import LIMBS
from posture.synthetic import limbs
from posture.synthetic.rom_poses import make_pair

pytestmark = pytest.mark.synthetic


class Plain:
    """Draws nothing: joints do not hang on what is drawn."""

    def render(self, meshes, camera, scene, rng):
        return np.zeros((camera.height_px, camera.width_px, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def lying():
    return make_pair("modified-thomas", 400_003, Plain())


def test_one_who_lies_has_the_head_beside_the_hips(lying):
    standing, end = lying.joints_px
    side = lying.side
    along = standing[f"hip_{side}"] - standing[f"shoulder_{side}"]
    assert along[1] > 3 * abs(along[0])
    along = end[f"hip_{side}"] - end[f"shoulder_{side}"]
    assert abs(along[0]) > 1.5 * abs(along[1])


def test_joints_lie_inside_their_pictures(lying):
    for picture, joints in zip((lying.neutral, lying.end), lying.joints_px, strict=True):
        height, width = picture.shape[:2]
        for x, y in joints.values():
            assert 0 <= x < width
            assert 0 <= y < height


def bend_deg(joints, side):
    hip, knee, ankle = (joints[f"{name}_{side}"] for name in ("hip", "knee_centre", "ankle"))
    thigh, shank = hip - knee, ankle - knee
    cosine = thigh @ shank / np.linalg.norm(thigh) / np.linalg.norm(shank)
    return 180 - np.degrees(np.arccos(cosine))


def test_the_true_angle_is_that_between_joints_in_the_pictures_but_for_the_camera():
    pair = make_pair("squat", 400_001, Plain())
    before, after = (bend_deg(joints, pair.side) for joints in pair.joints_px)
    assert after - before == pytest.approx(pair.truth_deg["squat_knee_flexion_deg"], abs=8)


def test_a_front_photo_gives_the_limbs_of_both_sides(monkeypatch):
    pair = make_pair("shoulder-abduction", 400_002, Plain())

    def detected(pixels):
        joints = pair.joints_px[0] if pixels is pair.neutral else pair.joints_px[1]
        points = {
            name: Keypoint(x_px=float(x), y_px=float(y), z_px=0.0, visibility=1.0)
            for name, (x, y) in joints.items()
            if name in DETECTOR_POINTS
        }
        height, width = pixels.shape[:2]
        return Pose(points=points, silhouette=None, width_px=width, height_px=height)

    detector = SimpleNamespace(detect=detected)
    samples = list(limbs.limb_squares(pair, detector, LIMBS["frontal-arm"]))
    assert pair.view is View.FRONT
    assert [sample.is_end for sample in samples] == [False, False, True, True]
    for sample in samples:
        assert sample.square.shape == (120, 120, 3)
        assert sample.joints == pytest.approx(sample.detected)
        assert np.abs(sample.joints).max() < 1
        assert sample.joints[0, 1] > sample.joints[2, 1]
