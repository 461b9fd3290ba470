"""Networks that the user supplies: what they find, and what is said of files that do not fit."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posture.anatomy import DETECTOR_POINTS, LANDMARKS, Method, View
from posture.detect import NoPose
from posture.detect.fake import FakeDetector
from posture.detect.onnx_points import KEYPOINT_SETS
from posture.detect.onnx_pose import OnnxDetector, OnnxNetwork
from posture.detect.onnx_settings import NetworkSettings
from posture.errors import InputError, MissingExtraError, WeightsError
from posture.landmarks import Pose
from tests.detect.onnx_nets import painted, save_constant, save_heatmaps, save_simcc
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

FOUND = standing_pose(View.FRONT)
SIZE = (WIDTH_PX, HEIGHT_PX)
INPUT_PX = 1.25 * 1250 / 256
"""About how many pixels of the photo one pixel of the network's input covers."""

POINTS = ("nose", "shoulder_left", "hip_right", "knee_centre_left", "ankle_right")


def spots(count: int) -> dict[int, tuple[float, float]]:
    """Return places to paint: some of the stick figure's points, and landmarks in a column."""
    keypoints = KEYPOINT_SETS[count]
    at = {keypoints.points[name]: FOUND.points[name] for name in POINTS}
    column = enumerate(keypoints.landmarks.values())
    return {place: (point.x_px, point.y_px) for place, point in at.items()} | {
        place: (250.0, 250.0 + 90.0 * i) for i, place in column
    }


def placed(file: Path, photo, found: Pose = FOUND, **settings) -> Pose | NoPose:
    with OnnxNetwork(NetworkSettings(file=file, **{"least_score": 0.0} | settings)) as network:
        return network.place(photo, found)


def error_px(pose: Pose | NoPose, name: str) -> float:
    assert isinstance(pose, Pose)
    point, wanted = pose.points[name], FOUND.points[name]
    return float(np.hypot(point.x_px - wanted.x_px, point.y_px - wanted.y_px))


@pytest.mark.parametrize(
    ("save", "count", "size"),
    [
        (save_simcc, 17, (192, 256)),
        (save_simcc, 26, (288, 384)),
        (save_simcc, 133, (192, 256)),
        (save_heatmaps, 17, (192, 256)),
        (save_heatmaps, 133, (192, 256)),
        (save_heatmaps, 52, (288, 384)),
    ],
)
def test_points_are_found_where_they_were_painted(tmp_path, save, count, size):
    file = save(tmp_path / "net.onnx", count, size)
    pose = placed(file, painted(spots(count), count, SIZE))
    for name in POINTS:
        assert error_px(pose, name) < INPUT_PX


@pytest.mark.parametrize("factor", [2, 5])
def test_a_large_photo_gives_the_same_points(tmp_path, factor):
    file = save_heatmaps(tmp_path / "net.onnx")
    photo = painted(spots(17), 17, SIZE)
    larger = photo.repeat(factor, axis=0).repeat(factor, axis=1)
    moved = {
        name: replace(
            point,
            x_px=(point.x_px + 0.5) * factor - 0.5,
            y_px=(point.y_px + 0.5) * factor - 0.5,
        )
        for name, point in FOUND.points.items()
    }
    wide = replace(FOUND, points=moved, width_px=factor * WIDTH_PX, height_px=factor * HEIGHT_PX)
    small, large = placed(file, photo), placed(file, larger, wide)
    assert isinstance(small, Pose)
    assert isinstance(large, Pose)
    for name in POINTS:
        x_px = (large.points[name].x_px + 0.5) / factor - 0.5
        assert x_px == pytest.approx(small.points[name].x_px, abs=0.2 * INPUT_PX)


def test_the_rest_stays_as_it_was_found(tmp_path):
    photo = painted(spots(17), 17, SIZE)
    before = photo.copy()
    pose = placed(save_simcc(tmp_path / "net.onnx"), photo, replace(FOUND, people_count=2))
    assert isinstance(pose, Pose)
    assert pose.silhouette is not None
    assert np.array_equal(pose.silhouette, FOUND.silhouette)
    assert pose.people_count == 2
    assert pose.points["hip_left"].world_m == FOUND.points["hip_left"].world_m
    assert pose.points["hip_left"].z_px == FOUND.points["hip_left"].z_px
    assert set(pose.points) == set(DETECTOR_POINTS)
    assert pose.unmeasured == set(DETECTOR_POINTS) - set(KEYPOINT_SETS[17].points)
    assert pose.points["heel_left"] == FOUND.points["heel_left"]
    assert pose.landmarks == {}
    assert pose.point_sd_px == pytest.approx(INPUT_PX, rel=0.05)
    assert np.array_equal(photo, before)


def test_a_point_that_the_network_does_not_believe_is_not_measured(tmp_path):
    everything = {
        place: (FOUND.points[name].x_px, FOUND.points[name].y_px)
        for name, place in KEYPOINT_SETS[17].points.items()
        if name != "hip_left"
    }
    photo = painted(everything, 17, SIZE)
    pose = placed(save_simcc(tmp_path / "net.onnx"), photo, least_score=0.1)
    assert isinstance(pose, Pose)
    assert "hip_left" in pose.unmeasured
    assert "hip_right" not in pose.unmeasured
    assert pose.points["hip_left"] == FOUND.points["hip_left"]


def test_colours_the_wrong_way_round_are_not_recognised(tmp_path):
    file = save_simcc(tmp_path / "net.onnx")
    photo = painted(spots(17), 17, SIZE)
    assert error_px(placed(file, photo[:, :, ::-1], colour="bgr"), "nose") < INPUT_PX
    unsure = placed(file, photo, colour="bgr", least_score=0.3)
    assert isinstance(unsure, NoPose)
    assert "net.onnx" in unsure.reason


def test_heat_maps_are_aligned_as_their_format_says(tmp_path):
    """Corner on corner or edge on edge: a pixel of the heat map apart at the picture's end."""
    file = save_heatmaps(tmp_path / "net.onnx")
    photo = painted(spots(17), 17, SIZE)
    right = placed(file, photo, format="vitpose")
    shifted = placed(file, photo, format="hrnet")
    assert max(error_px(right, name) for name in POINTS) < INPUT_PX
    assert max(error_px(shifted, name) for name in POINTS) > INPUT_PX


def test_anatomical_points_need_a_stated_error(tmp_path):
    file = save_heatmaps(tmp_path / "net.onnx", 52)
    photo = painted(spots(52), 52, SIZE)
    silent = placed(file, photo)
    stated = placed(file, photo, landmark_sd_percent={"c7": 1.0, "asis": 2.0})
    assert isinstance(silent, Pose)
    assert isinstance(stated, Pose)
    assert silent.landmarks == {}
    assert set(stated.landmarks) == {"c7", "asis_left", "asis_right"}
    where = spots(52)[KEYPOINT_SETS[52].landmarks["asis_left"]]
    asis = stated.landmarks["asis_left"]
    assert np.hypot(asis.x_px - where[0], asis.y_px - where[1]) < INPUT_PX
    assert asis.method is Method.ESTIMATED
    assert asis.sd_px == pytest.approx(2 * stated.landmarks["c7"].sd_px)
    assert stated.landmarks["c7"].sd_px == pytest.approx(0.01 * 1200, rel=0.1)


def test_a_network_says_which_landmarks_it_leaves_out(tmp_path):
    settings = NetworkSettings(
        file=save_heatmaps(tmp_path / "net.onnx", 52), landmark_sd_percent={"c7": 1.0}
    )
    with OnnxNetwork(settings) as network:
        assert network.left_out == ("acromion", "asis", "psis", "knee", "malleolus")
        alone = network.sha256
        assert alone == hashlib.sha256(settings.file.read_bytes()).hexdigest()
        settings.file.with_name("net.onnx.data").write_bytes(b"weights")
        assert network.sha256 != alone


@pytest.mark.parametrize("keypoints", KEYPOINT_SETS.values(), ids=lambda item: item.title)
def test_lists_name_known_points_once_and_inside(keypoints):
    places = [*keypoints.points.values(), *keypoints.landmarks.values()]
    assert len(set(places)) == len(places)
    assert max(places) < keypoints.size
    assert set(keypoints.points) <= set(DETECTOR_POINTS)
    assert set(keypoints.landmarks) <= set(LANDMARKS)


def test_the_detector_finds_then_places(tmp_path):
    network = OnnxNetwork(NetworkSettings(file=save_simcc(tmp_path / "net.onnx"), least_score=0.0))
    photo = painted(spots(17), 17, SIZE)
    nobody = NoPose(reason="Expected a person, found nobody.")
    with OnnxDetector(FakeDetector([FOUND, nobody]), network) as detector:
        assert error_px(detector.detect(photo), "nose") < INPUT_PX
        assert detector.detect(photo) is nobody
    with pytest.raises(ValueError, match="expected an open network"):
        network.place(photo, FOUND)
    detector.close()


def no_onnx(path: Path) -> Path:
    path.write_bytes(b"not a network")
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path, "Expected a pose network at .*net.onnx, found none"),
        (no_onnx, "expected an ONNX network, but it cannot be loaded"),
        (empty, "expected an ONNX network, but it cannot be loaded"),
        (lambda p: save_constant(p, (1, 19, 384), (1, 19, 512)), "found 19 points"),
        (lambda p: save_constant(p, (1, 17, 384), (1, 26, 512)), "two outputs"),
        (lambda p: save_constant(p, (1, 17, 384), (1, 17, 400)), "two outputs"),
        (lambda p: save_constant(p, (1, 17, 512), (1, 17, 384)), "two outputs"),
        (lambda p: save_constant(p, (1, 17, 3)), "two outputs"),
        (lambda p: save_constant(p, (1, 8400)), "expected outputs of shape"),
        (lambda p: save_constant(p, (2, 17, 64, 48)), "expected outputs of shape"),
        (lambda p: save_simcc(p, input_shape=[4, 3, 256, 192]), "expected a batch of 1"),
    ],
    ids=[
        "missing",
        "text",
        "empty",
        "unknown list",
        "two lists",
        "odd bins",
        "axes swapped",
        "coordinates",
        "detector of boxes",
        "two people",
        "batch of four",
    ],
)
def test_a_file_that_does_not_fit_is_told(tmp_path, make, message):
    with pytest.raises(WeightsError, match=message):
        OnnxNetwork(NetworkSettings(file=make(tmp_path / "net.onnx")))


def test_a_missing_package_is_named_with_its_remedy(tmp_path, monkeypatch):
    file = save_simcc(tmp_path / "net.onnx")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r'pip install "posture\[onnx\]"'):
        OnnxNetwork(NetworkSettings(file=file))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"format": "vitpose"}, "expected the format rtmpose"),
        ({"input_px": (288, 384)}, "takes pictures of 192 × 256"),
        ({"landmark_sd_percent": {"c7": 1.0}}, "marks no c7"),
    ],
)
def test_settings_that_do_not_fit_the_file_are_told(tmp_path, settings, message):
    with pytest.raises(InputError, match=message):
        OnnxNetwork(NetworkSettings(file=save_simcc(tmp_path / "net.onnx"), **settings))


def test_an_open_size_must_be_stated(tmp_path):
    file = save_simcc(tmp_path / "net.onnx", input_shape=["batch", 3, "height", "width"])
    with pytest.raises(InputError, match=r"State it in net\.toml"):
        OnnxNetwork(NetworkSettings(file=file))
    pose = placed(file, painted(spots(17), 17, SIZE), input_px=(192, 256))
    assert error_px(pose, "nose") < INPUT_PX
