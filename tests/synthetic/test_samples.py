"""The sample clients that are committed: whole, upright, and agreeing with their truth file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posture.anatomy import ESTIMATED_LANDMARKS, View
from posture.measures.table import MEASURES
from posture.sitting.measures import SITTING_MEASURES
from posture.synthetic.samples import SAMPLES, write_sample

FOLDER = Path(__file__).parents[2] / "sample_images"


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.folder)
def sample(request):
    return request.param


@pytest.fixture
def truth(sample):
    return json.loads((FOLDER / sample.folder / "truth.json").read_text(encoding="utf-8"))


def test_every_photo_has_its_truth_and_its_size(sample, truth):
    assert set(truth["photos"]) == {view.value for view in sample.views}
    for view in sample.views:
        with Image.open(FOLDER / sample.folder / f"{view.value}.jpg") as picture:
            assert picture.size == (900, 1350)
            assert not picture.getexif()


def test_landmarks_lie_in_the_picture_on_the_body(sample, truth):
    for view, photo in truth["photos"].items():
        points = photo["landmarks_px"]
        assert set(points) == set(ESTIMATED_LANDMARKS)
        for x, y in points.values():
            assert 100 < x < 800
            assert 100 < y < 1340
        assert points["c7"][1] < points["asis_left"][1] < points["malleolus_left"][1]
        if view == View.FRONT:
            assert points["acromion_left"][0] > points["acromion_right"][0]
        if view == View.LEFT:
            assert points["tragus_left"][0] < points["c7"][0]
        if view == View.RIGHT:
            assert points["tragus_right"][0] > points["c7"][0]


def test_the_craniovertebral_angle_in_the_picture_is_near_the_true_one(sample, truth):
    for view in {"left", "right"} & set(truth["photos"]):
        photo = truth["photos"][view]
        (ear_x, ear_y), (neck_x, neck_y) = (
            photo["landmarks_px"][name] for name in (f"tragus_{view}", "c7")
        )
        seen = np.degrees(np.arctan2(neck_y - ear_y, abs(ear_x - neck_x)))
        name = "sitting_craniovertebral_angle_deg" if sample.sits else "craniovertebral_angle_deg"
        # Perspective and roll alone make several degrees.
        assert seen == pytest.approx(photo["measures"][name], abs=9)


def test_measures_are_those_of_the_table(sample, truth):
    for photo in truth["photos"].values():
        assert set(photo["measures"]) <= set(SITTING_MEASURES if sample.sits else MEASURES)


def test_stature_is_given_twice_alike(sample, truth):
    given = int((FOLDER / sample.folder / "height_cm.txt").read_text(encoding="utf-8"))
    assert given == pytest.approx(truth["height_cm"], abs=0.5001)


def test_client_a_comes_back_changed():
    before, after = (
        json.loads((FOLDER / name / "truth.json").read_text(encoding="utf-8"))
        for name in ("client-a", "client-a-later")
    )
    assert before["height_cm"] == after["height_cm"]
    name = "craniovertebral_angle_deg"
    change = [visit["photos"]["left"]["measures"][name] for visit in (before, after)]
    assert abs(change[1] - change[0]) > 3


@pytest.mark.synthetic
def test_samples_are_written_whole(tmp_path):
    pytest.importorskip("anny")

    class Grey:
        def render(self, meshes, camera, scene, rng):
            return np.full((camera.height_px, camera.width_px, 3), 128, dtype=np.uint8)

    write_sample(SAMPLES[0], Grey(), tmp_path)
    names = sorted(path.name for path in (tmp_path / SAMPLES[0].folder).iterdir())
    assert names == ["front.jpg", "height_cm.txt", "left.jpg", "truth.json"]
