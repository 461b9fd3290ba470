from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.detect import NoPose
from posture.detect.pose_file import pose_from_bytes, pose_to_bytes
from posture.errors import InputError
from posture.landmarks import Pose
from tests.stick import GOOD_PICTURE, HEIGHT_PX, WIDTH_PX, standing_pose


def with_mask(seed: int = 1) -> Pose:
    pose = standing_pose(View.LEFT, people_count=2)
    mask = np.random.default_rng(seed).random((64, 48)).astype(np.float32)
    return replace(pose, silhouette=mask)


def test_a_pose_comes_back_bit_for_bit():
    pose = with_mask()
    again = pose_from_bytes(pose_to_bytes(pose))
    assert isinstance(again, Pose)
    assert again.points == pose.points
    assert list(again.points) == list(pose.points)
    assert np.array_equal(again.silhouette, pose.silhouette)
    assert again.silhouette.dtype == np.float32
    assert (again.width_px, again.height_px, again.people_count) == (WIDTH_PX, HEIGHT_PX, 2)


def test_metric_positions_and_a_missing_mask_come_back():
    pose = standing_pose(View.FRONT)
    nose = replace(pose.points["nose"], world_m=(0.1, -0.2, 0.3))
    pose = replace(pose, points={**pose.points, "nose": nose}, silhouette=None)
    again = pose_from_bytes(pose_to_bytes(pose))
    assert again.points["nose"].world_m == (0.1, -0.2, 0.3)
    assert again.points["ear_left"].world_m is None
    assert again.silhouette is None


READING = replace(GOOD_PICTURE, bars_above_below=0.1, bars_beside=0.2, frame_seen=0.8)


def test_what_was_read_of_the_picture_comes_back():
    pose = replace(standing_pose(View.FRONT), picture=READING)
    assert pose_from_bytes(pose_to_bytes(pose)).picture == READING


@pytest.mark.parametrize(("kept", "is_whole"), [(9, False), (10, True), (11, True)])
def test_files_from_before_the_frame_are_read(kept, is_whole):
    with np.load(
        io.BytesIO(pose_to_bytes(replace(standing_pose(View.FRONT), picture=READING)))
    ) as arrays:
        older = {**arrays, "picture": arrays["picture"][:kept]}
    stream = io.BytesIO()
    np.savez_compressed(stream, **older)
    if is_whole:
        seen = 0.8 if kept == 11 else 0.0
        again = pose_from_bytes(stream.getvalue())
        assert again.picture == replace(READING, frame_seen=seen)
    else:
        with pytest.raises(InputError, match="Assess the photo again"):
            pose_from_bytes(stream.getvalue())


def test_nobody_comes_back_with_the_reason():
    nobody = NoPose(reason="Nobody in the photo – “empty room”.")
    assert pose_from_bytes(pose_to_bytes(nobody)) == nobody


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"not a zip at all",
        lambda data: data[: len(data) // 2],
        lambda data: data[:200] + bytes(20) + data[220:],
    ],
)
def test_damaged_data_are_refused(damage):
    with pytest.raises(InputError, match="Assess the photo again"):
        pose_from_bytes(damage(pose_to_bytes(with_mask())))


def test_another_version_is_refused(monkeypatch):
    monkeypatch.setattr("posture.detect.pose_file.POSE_FILE_VERSION", 3)
    data = pose_to_bytes(with_mask())
    monkeypatch.undo()
    with pytest.raises(InputError, match="version 2, found 3"):
        pose_from_bytes(data)
