"""Arms and legs in a close-up: where the square lies, what it shows, and what is made of it."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from posture.anatomy import View
from posture.detect import open_detector
from posture.landmarks import Keypoint
from posture.photo import read_photo
from posture.rom import limbs
from posture.rom.catalogue import TESTS
from posture.rom.limbs import LIMBS, limb_square, read_limbs
from tests.samples import sample

ARM = LIMBS["frontal-arm"]


def point(x, y):
    return Keypoint(x_px=float(x), y_px=float(y), z_px=0.0, visibility=1.0)


def arm(raised_deg, side="right", length=100.0, shoulder=(300.0, 300.0)):
    """Return a straight arm in a front photo, raised sideways from hanging."""
    away = -1.0 if side == "right" else 1.0  # the client's right is on the picture's left
    angle = math.radians(raised_deg)
    direction = np.array([away * math.sin(angle), math.cos(angle)])
    places = [np.array(shoulder) + share * length * direction for share in (0.0, 0.5, 1.0)]
    return {
        f"{joint}_{side}": point(*place) for joint, place in zip(ARM.joints, places, strict=True)
    }


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("raised_deg", [0, 45, 90, 170])
def test_the_arm_hangs_in_its_square_however_it_is_raised(side, raised_deg):
    points = arm(raised_deg, side)
    square = limb_square(points, ARM, View.FRONT, side)
    seen = [
        square.to_square(np.array([points[f"{joint}_{side}"].x_px, points[f"{joint}_{side}"].y_px]))
        for joint in ARM.joints
    ]
    assert seen[0] == pytest.approx([0.0, 0.5 / 0.68], abs=1e-9)
    assert seen[1] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert seen[2] == pytest.approx([0.0, -0.5 / 0.68], abs=1e-9)


@pytest.mark.parametrize("side", ["left", "right"])
def test_outwards_is_to_the_right_of_the_square(side):
    square = limb_square(arm(0, side), ARM, View.FRONT, side)
    outwards = -10.0 if side == "right" else 10.0
    assert square.to_square(square.frame.origin_px + np.array([outwards, 0.0]))[0] > 0


def test_places_come_back_as_they_went():
    square = limb_square(arm(120), ARM, View.FRONT, "right")
    places = np.array([[0.3, -0.8], [0.0, 0.0], [-1.0, 0.4]])
    assert square.to_square(square.to_pixels(places)) == pytest.approx(places)


@pytest.mark.parametrize("length", [60.0, 900.0])
def test_the_picture_in_the_square_lies_where_the_places_say(length):
    points = arm(70, length=length, shoulder=(1200.0, 500.0))
    picture = np.full((1600, 1600, 3), 60, dtype=np.uint8)
    square = limb_square(points, ARM, View.FRONT, "right")
    marked = np.array([0.4, -0.3])
    x, y = square.to_pixels(marked)
    cv2.circle(picture, (round(x * 16), round(y * 16)), round(length), (255, 255, 255), -1, shift=4)
    seen = square.cut(picture, 96)[..., 0].astype(float) - 60.0
    rows, columns = np.mgrid[:96, :96]
    across = ((columns + 0.5) * seen).sum() / seen.sum() / 48 - 1
    up = 1 - ((rows + 0.5) * seen).sum() / seen.sum() / 48
    assert (across, up) == pytest.approx(tuple(marked), abs=0.02)


def test_the_pose_network_keeps_a_share_in_where_a_joint_is(monkeypatch):
    points = arm(30)
    square = limb_square(points, ARM, View.FRONT, "right")
    read = np.array([[0.1, 0.7], [0.1, 0.0], [0.1, -0.7]])
    monkeypatch.setattr(limbs, "load_network", lambda path: None)
    monkeypatch.setattr(limbs, "read_square", lambda network, pixels: (read, np.zeros((3, 2))))
    monkeypatch.setattr(View, "sides", property(lambda view: ("right",)))

    class Seen:
        pass

    pose = Seen()
    pose.points = points
    picture = np.zeros((600, 600, 3), dtype=np.uint8)
    found = read_limbs(picture, pose, View.FRONT, ARM)
    share = limbs._NETWORK_SHARE
    for joint, place in zip(ARM.joints, square.to_pixels(read), strict=True):
        name = f"{joint}_right"
        given = np.array([points[name].x_px, points[name].y_px])
        expected = share * place + (1 - share) * given
        assert (found[name].x_px, found[name].y_px) == pytest.approx(tuple(expected))


def test_every_limb_is_moved_by_a_test_seen_from_its_plane():
    moved = {test.limb: test.seen for test in TESTS.values() if test.limb}
    assert set(moved) == set(LIMBS)
    planes = {"side": "lateral", "front": "frontal"}
    assert all(LIMBS[limb].plane == planes[seen] for limb, seen in moved.items())


@pytest.mark.weights
@pytest.mark.parametrize("name", sorted(LIMBS))
def test_the_limbs_of_one_who_stands_are_read_near_to_where_they_are_detected(name):
    limb = LIMBS[name]
    view = View.LEFT if limb.plane == "lateral" else View.FRONT
    pixels = read_photo(sample("client-b", f"{view.value}.jpg")).pixels
    with open_detector() as detector:
        pose = detector.detect(pixels)
    found = read_limbs(pixels, pose, view, limb)
    assert set(found) == {f"{joint}_{side}" for joint in limb.joints for side in view.sides}
    shoulder, hip = (pose.middle(stem) for stem in ("shoulder", "hip"))
    trunk = math.dist(shoulder, hip)
    for key, mark in found.items():
        moved = math.hypot(mark.x_px - pose.points[key].x_px, mark.y_px - pose.points[key].y_px)
        assert 0.0 < moved < 0.15 * trunk, key
