"""What is looked at closely of a client who sits, and what it gains."""

from __future__ import annotations

import json

import numpy as np
import pytest

from posture.anatomy import View
from posture.detect import open_detector
from posture.detect.smoothed import detect_patiently
from posture.estimate.close_up import CLOSE_UPS
from posture.landmarks import Pose
from posture.photo import read_photo
from posture.sitting.estimate import SITTING_OUTPUTS, estimate_sitting
from tests.samples import sample
from tests.sitting.test_sitting import sitting_pose

CVA = "sitting_craniovertebral_angle_deg"


@pytest.mark.parametrize("outputs", SITTING_OUTPUTS, ids=lambda outputs: outputs.plane)
def test_what_is_read_is_an_output_and_read_by_a_network_of_standing(outputs):
    networks = {close_up.name: close_up for close_up in CLOSE_UPS}
    assert outputs.looks
    for look in outputs.looks:
        assert look.plane == outputs.plane
        assert {*look.landmarks, *look.anchors} <= set(outputs.landmarks)
        # The trunk is less than half of what a standing client is measured in.
        assert look.half_width > 2 * networks[look.name].half_width


def width(values, name):
    (found,) = [value for value in values if value.id == name]
    return found.high - found.low


def test_a_blank_picture_makes_hardly_surer():
    pose = sitting_pose()
    blank = np.full((pose.height_px, pose.width_px, 3), 128, dtype=np.uint8)
    plain = estimate_sitting(pose, View.RIGHT).values
    looked = estimate_sitting(pose, View.RIGHT, pixels=blank).values
    assert width(looked, CVA) > 0.9 * width(plain, CVA)


@pytest.mark.weights
@pytest.mark.parametrize("view", [View.LEFT, View.FRONT])
def test_the_sample_client_is_measured_more_finely_with_them(view):
    path = sample("client-a-sitting", f"{view.value}.jpg")
    truth = json.loads(path.with_name("truth.json").read_text(encoding="utf-8"))
    photo = read_photo(path)
    with open_detector("heavy") as detector:
        pose = detector.detect(photo.pixels)
    plain = estimate_sitting(pose, view, height_cm=168.0).values
    looked = estimate_sitting(pose, view, pixels=photo.pixels, height_cm=168.0).values
    if view.is_lateral:
        assert width(looked, CVA) < 0.8 * width(plain, CVA)
    true = truth["photos"][view.value]["measures"]
    held = [value.low <= true[value.id] <= value.high for value in looked]
    assert len(held) == len(true)
    assert sum(held) >= len(held) - 1


@pytest.mark.weights
def test_who_is_missed_at_first_is_found_in_a_smoothed_copy():
    path = sample("validation-sitting/visit-350003", "right.jpg")
    pixels = read_photo(path).pixels
    with open_detector("heavy") as detector:
        assert not isinstance(detector.detect(pixels), Pose)
        found = detect_patiently(pixels, detector)
        nobody = detect_patiently(np.full((640, 480, 3), 128, dtype=np.uint8), detector)
    truth = json.loads(path.with_name("truth.json").read_text(encoding="utf-8"))
    marks = truth["photos"]["right"]["landmarks_px"]
    ear = found.points["ear_right"]
    assert np.hypot(*np.subtract((ear.x_px, ear.y_px), marks["tragus_right"])) < 20
    assert "nobody" in nobody.reason
