"""How far a network's landmarks are off, from photos whose landmarks are known."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from PIL import Image

from posture.anatomy import View
from posture.cli import main
from posture.detect import NoPose
from posture.detect.fake import FakeDetector
from posture.detect.onnx_error import known_photos, landmark_errors
from posture.detect.onnx_points import KEYPOINT_SETS
from posture.detect.onnx_settings import NetworkSettings
from posture.errors import InputError
from tests.detect.onnx_nets import painted, save_heatmaps, save_simcc
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

FRONT = standing_pose(View.FRONT)
BODY_PX = 1200.0
CLIENTS = 5
SMALL = (96, 128)
SEEN_AT = {"asis_left": (585.0, 730.0), "asis_right": (415.0, 730.0)}


@pytest.fixture
def network(tmp_path) -> NetworkSettings:
    return NetworkSettings(file=save_heatmaps(tmp_path / "net.onnx", 52, SMALL), least_score=0.0)


def write_client(folder: Path, off_px: float, *, kind: str = "landmarks") -> None:
    """Write a client whose true ASIS lie beside what the network will see."""
    folder.mkdir(parents=True)
    known = KEYPOINT_SETS[52]
    spots = {known.landmarks[name]: place for name, place in SEEN_AT.items()}
    spots |= {
        known.points[name]: (FRONT.points[name].x_px, FRONT.points[name].y_px)
        for name in ("nose", "shoulder_left", "knee_centre_right")
    }
    Image.fromarray(painted(spots, 52, (WIDTH_PX, HEIGHT_PX))).save(
        folder / "front.png", compress_level=1
    )
    true = {name: [x + off_px, y] for name, (x, y) in SEEN_AT.items()}
    if kind == "landmarks":
        content = {"schema_version": 1, "photos": {"front": true}}
    else:
        content = {"photos": {"front": {"landmarks_px": true}}}
    (folder / f"{kind}.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("kind", ["landmarks", "truth"])
def test_the_error_is_the_root_mean_square_along_each_axis(tmp_path, network, kind):
    for index in range(CLIENTS):
        write_client(tmp_path / f"set/client-{index}", 60.0, kind=kind)
    photos = known_photos(tmp_path / "set")
    assert len(photos) == CLIENTS
    (asis,) = landmark_errors(photos, FakeDetector([FRONT] * CLIENTS), network)
    assert (asis.name, asis.count) == ("asis", 2 * CLIENTS)
    # 60 px of 1200 px is 5 %, all of it along one of two axes.
    assert asis.sd_percent == pytest.approx(5.0 / math.sqrt(2.0), abs=0.3)
    assert asis.low == pytest.approx(asis.high, abs=0.05)


def test_clients_who_differ_widen_the_interval(tmp_path, network):
    for index in range(CLIENTS):
        write_client(tmp_path / f"set/client-{index}", 20.0 + 20.0 * index)
    photos = known_photos(tmp_path / "set")
    (asis,) = landmark_errors(photos, FakeDetector([FRONT] * CLIENTS), network)
    assert asis.low < asis.sd_percent - 0.5
    assert asis.high > asis.sd_percent + 0.5


def test_photos_without_a_person_do_not_count(tmp_path, network):
    for index in range(CLIENTS):
        write_client(tmp_path / f"set/client-{index}", 60.0)
    nobody = NoPose(reason="Expected a person, found nobody.")
    finder = FakeDetector([nobody, *[FRONT] * (CLIENTS - 1)])
    (asis,) = landmark_errors(known_photos(tmp_path / "set"), finder, network)
    assert asis.count == 2 * (CLIENTS - 1)
    with pytest.raises(InputError, match="was sure of no landmark"):
        landmark_errors(known_photos(tmp_path / "set"), FakeDetector([nobody] * CLIENTS), network)


def test_a_few_clients_are_no_set(tmp_path, network):
    write_client(tmp_path / "set/client-0", 60.0)
    with pytest.raises(InputError, match="Expected 5 clients or more"):
        landmark_errors(known_photos(tmp_path / "set"), FakeDetector([]), network)


def test_a_network_without_points_on_bone_has_no_error_to_state(tmp_path):
    for index in range(CLIENTS):
        write_client(tmp_path / f"set/client-{index}", 60.0)
    plain = NetworkSettings(file=save_simcc(tmp_path / "plain.onnx"))
    with pytest.raises(InputError, match="marks no landmark on bone"):
        landmark_errors(known_photos(tmp_path / "set"), FakeDetector([]), plain)


def test_a_folder_without_clients_is_told(tmp_path):
    (tmp_path / "set/someone").mkdir(parents=True)
    with pytest.raises(InputError, match="found none"):
        known_photos(tmp_path / "set")


def test_a_damaged_truth_is_told(tmp_path):
    write_client(tmp_path / "set/client-0", 0.0, kind="truth")
    (tmp_path / "set/client-0/truth.json").write_text('{"photos": {"front": {}}}')
    with pytest.raises(InputError, match="Expected a visit's truth"):
        known_photos(tmp_path / "set")


class TestCommand:
    def test_a_network_is_described(self, network, capsys):
        assert main(["models", "try", f"onnx:{network.file}"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "net.onnx: synthpose, SynthPose, 52 points, input 96 × 128"
        assert "asis: not used, as its error is not stated" in lines

    def test_a_set_gives_what_the_toml_should_say(self, tmp_path, network, capsys, monkeypatch):
        for index in range(CLIENTS):
            write_client(tmp_path / f"set/client-{index}", 60.0)
        network.file.with_suffix(".toml").write_text("least_score = 0.0", encoding="utf-8")
        monkeypatch.setattr(
            "posture.detect.open_detector", lambda variant="heavy": FakeDetector([FRONT] * CLIENTS)
        )
        command = ["models", "try", f"onnx:{network.file}", "--set", str(tmp_path / "set")]
        assert main(command) == 0
        table = capsys.readouterr().out.split("[landmark_sd_percent]\n")[1]
        name, _, value, _, low, _, high, *_ = table.split()
        assert name == "asis"
        assert float(low) <= float(value) <= float(high.rstrip(";"))

    def test_blazepose_is_tried_elsewhere(self, capsys):
        with pytest.raises(SystemExit, match="2"):
            main(["models", "try", "blazepose"])
        assert "posture validate" in capsys.readouterr().err
