"""`posture analyze` with pose networks of the user's own: to place the points, and to check.

The bodies are stick figures; their points are painted on the photo for a stand-in network.
"""

from __future__ import annotations

import json

import pytest
from PIL import Image

import posture.assess
import posture.detect
import posture.estimate.estimator
from posture.anatomy import View
from posture.cli import main
from posture.detect.fake import FakeDetector
from posture.detect.onnx_points import KEYPOINT_SETS
from tests import photos
from tests.detect.onnx_nets import painted, save_heatmaps, save_simcc
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

FRONT = standing_pose(View.FRONT)
TOML = "least_score = 0.0\n"


def painted_photo(path, count, moved=()):
    """Write a photo with every point of a list where the stick figure has it, or elsewhere."""
    shifts = dict(moved)
    spots = {
        place: (FRONT.points[name].x_px + shifts.get(name, 0.0), FRONT.points[name].y_px)
        for name, place in KEYPOINT_SETS[count].points.items()
    }
    landmarks = KEYPOINT_SETS[count].landmarks
    spots |= {landmarks[f"asis_{side}"]: (x, 730.0) for side, x in SIDES} if landmarks else {}
    image = Image.fromarray(painted(spots, count, (WIDTH_PX, HEIGHT_PX)))
    path.write_bytes(photos.encoded(image, "PNG"))
    return path


SIDES = (("left", 585.0), ("right", 415.0))


@pytest.fixture
def analyze(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command on a front photo; the estimator never joins in."""
    monkeypatch.setattr(posture.estimate.estimator, "load_estimator", lambda look=None: None)
    monkeypatch.setattr(posture.assess, "software_versions", lambda variant: {"posture": "0"})
    monkeypatch.setattr(
        posture.detect, "open_detector", lambda variant="heavy": FakeDetector([FRONT])
    )

    def run(*arguments):
        output = tmp_path / "out"
        words = ["analyze", *map(str, arguments), "--no-report", "-o", str(output)]
        try:
            code = main(words)
        except SystemExit as stopped:
            code = stopped.code
        errors = capsys.readouterr().err
        file = output / "assessment.json"
        return code, errors, json.loads(file.read_text()) if file.exists() else None

    return run


@pytest.fixture
def network(tmp_path):
    file = save_simcc(tmp_path / "own.onnx")
    file.with_suffix(".toml").write_text(TOML, encoding="utf-8")
    return file


def by_id(assessment):
    return {measure["id"]: measure for measure in assessment["measures"]}


def test_a_network_of_ones_own_places_the_points(analyze, network, tmp_path):
    photo = painted_photo(tmp_path / "front.png", 17)
    code, _, assessment = analyze("--front", photo, "--detector", f"onnx:{network}")
    assert code == 0
    measures = by_id(assessment)
    assert measures["shoulder_line_tilt_deg"]["method"] == "proxy"
    assert measures["shoulder_line_tilt_deg"]["value"] == pytest.approx(0.0, abs=1.5)
    assert measures["shoulder_tilt_deg"]["status"] == "not_measured"
    assert set(assessment["photos"][0]["landmarks"]) == set(KEYPOINT_SETS[17].points)
    assert len(assessment["software"]["detector, own.onnx"]) == 64


def test_anatomical_points_are_measured_only_with_a_stated_error(analyze, tmp_path):
    file = save_heatmaps(tmp_path / "dense.onnx", 52)
    toml = file.with_suffix(".toml")
    photo = painted_photo(tmp_path / "front.png", 52)
    toml.write_text(TOML, encoding="utf-8")
    code, errors, assessment = analyze("--front", photo, "--detector", f"onnx:{file}")
    assert code == 0
    assert "the detector marks C7, Acromion, ASIS, PSIS, Knee, Malleolus" in errors
    assert by_id(assessment)["pelvic_obliquity_deg"]["status"] == "not_measured"
    toml.write_text(TOML + "landmark_sd_percent = {asis = 1.0}", encoding="utf-8")
    code, errors, assessment = analyze("--front", photo, "--detector", f"onnx:{file}")
    assert code == 0
    assert "marks C7, Acromion, PSIS, Knee, Malleolus" in errors
    obliquity = by_id(assessment)["pelvic_obliquity_deg"]
    assert obliquity["method"] == "estimated"
    assert obliquity["low"] < obliquity["value"] < obliquity["high"]
    assert obliquity["high"] - obliquity["low"] > 5.0


def test_a_second_detector_says_where_it_disagrees(analyze, network, tmp_path):
    photo = painted_photo(tmp_path / "front.png", 17, {"knee_centre_left": 90.0}.items())
    code, errors, assessment = analyze("--front", photo, "--check-detector", f"onnx:{network}")
    assert code == 0
    (note,) = (
        note for note in assessment["photos"][0]["quality"] if note["code"] == "detectors_disagree"
    )
    assert note["severity"] == "warning"
    assert "the left knee 7." in note["text"]
    assert "Knee valgus, left" in note["text"]
    assert note["text"] in errors
    assert "second detector, own.onnx" in assessment["software"]


def test_a_second_detector_that_agrees_says_nothing(analyze, network, tmp_path):
    photo = painted_photo(tmp_path / "front.png", 17)
    _, errors, assessment = analyze("--front", photo, "--check-detector", f"onnx:{network}")
    assert "second detector" not in errors
    assert assessment["photos"][0]["landmarks"].keys() >= {"foot_index_left"}


def test_blazepose_is_the_default_by_name_too(analyze, tmp_path):
    photo = painted_photo(tmp_path / "front.png", 17)
    code, _, assessment = analyze("--front", photo, "--detector", "blazepose")
    assert code == 0
    assert assessment["software"] == {"posture": "0"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--detector", "yolo.onnx"], "expected onnx:FILE"),
        (["--detector", "onnx:a.onnx,format=yolo"], "expected one of rtmpose"),
        (["--check-detector", "onnx:nowhere.onnx"], "Expected a pose network at nowhere.onnx"),
        (["--stickers", "--detector", "onnx:own.onnx"], "leave --detector out"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(analyze, tmp_path, arguments, message):
    photo = painted_photo(tmp_path / "front.png", 17)
    code, errors, assessment = analyze("--front", photo, *arguments)
    assert code == 2
    assert message in errors
    assert assessment is None
