"""`--intake` of `posture analyze` and `posture plan`, through the entry point."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

import posture.assess
import posture.detect
import posture.estimate.estimator
from posture.anatomy import View
from posture.assessment_file import write_assessment
from posture.cli import main
from posture.detect.fake import FakeDetector
from posture.knowledge import load_knowledge
from tests import photos
from tests.examples import example_assessment
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

K = load_knowledge()
FLAGS = dict.fromkeys(K.red_flags, False)
TEMPLE = {"region": "temple", "side": "left", "intensity": 6}
PAGES = {"report.html", "report.pdf", "client.html", "client.pdf"}


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    pixels = np.full((HEIGHT_PX, WIDTH_PX, 3), 230, dtype=np.uint8)
    path.write_bytes(photos.encoded(Image.fromarray(pixels), "JPEG"))
    return path


@pytest.fixture
def assessment(tmp_path):
    path = tmp_path / "assessment.json"
    write_assessment(path, example_assessment())
    return path


@pytest.fixture
def intake(tmp_path):
    """Return a function that writes an intake and says where."""

    def write(**table):
        path = tmp_path / "intake.json"
        path.write_text(json.dumps({"complaints": [TEMPLE], "red_flags": FLAGS, **table}))
        return path

    return write


def run(*arguments):
    return main([str(argument) for argument in arguments])


BAD = {
    "an unknown region": (
        {"complaints": [{**TEMPLE, "region": "tempel"}]},
        ["complaints 1.region", "'tempel'", "did you mean 'temple'", "lower_back"],
    ),
    "an impossible intensity": (
        {"complaints": [{**TEMPLE, "intensity": 11}]},
        ["complaints 1.intensity", "0 to 10", "11"],
    ),
    "a missing answer": (
        {"red_flags": {key: False for key in FLAGS if key != "fever"}},
        ["red_flags", "no answer to fever", "Ask the client"],
    ),
    "no screen at all": ({"red_flags": {}}, ["red_flags", *FLAGS]),
    "an unknown condition": ({"conditions": ["scoliosis"]}, ["conditions", "'scoliosis'"]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_intake_stops_before_detection_starts(
    case, photo, intake, tmp_path, capsys, detections
):
    table, expected = BAD[case]
    folder = tmp_path / "out"
    assert run("analyze", "--front", photo, "--intake", intake(**table), "-o", folder) == 2
    error = capsys.readouterr().err
    assert error.startswith("posture: intake.json: ")
    assert all(part in error for part in expected), error
    assert not folder.exists()
    assert detections == []


@pytest.fixture
def detections(monkeypatch):
    """Return the list of detections begun."""
    begun: list[str] = []

    def open_detector(variant="heavy"):
        begun.append(variant)
        raise AssertionError("detection began")

    monkeypatch.setattr(posture.detect, "open_detector", open_detector)
    return begun


@pytest.mark.parametrize("case", BAD)
def test_a_bad_intake_stops_a_plan(case, assessment, intake, tmp_path, capsys):
    table, expected = BAD[case]
    folder = tmp_path / "out"
    assert run("plan", assessment, "--intake", intake(**table), "-o", folder) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert all(part in captured.err for part in expected)
    assert not folder.exists()


def test_a_missing_intake_is_named(photo, tmp_path, capsys):
    missing = tmp_path / "none.toml"
    assert run("analyze", "--front", photo, "--intake", missing, "-o", tmp_path / "out") == 2
    assert "No intake at" in capsys.readouterr().err


def test_an_intake_without_a_report_is_a_usage_error(photo, intake, tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        run("analyze", "--front", photo, "--intake", intake(), "--no-report", "-o", tmp_path / "o")
    assert caught.value.code == 2
    assert "--no-report" in capsys.readouterr().err


@pytest.fixture
def seen(monkeypatch):
    poses = map(standing_pose, (View.FRONT, View.LEFT))
    monkeypatch.setattr(posture.estimate.estimator, "load_estimator", lambda look=None: None)
    monkeypatch.setattr(posture.assess, "software_versions", lambda variant: {"posture": "0"})
    detector = FakeDetector(tuple(poses))
    monkeypatch.setattr(posture.detect, "open_detector", lambda variant="heavy": detector)


@pytest.mark.usefixtures("seen")
def test_photos_and_intake_give_both_documents(photo, intake, tmp_path, capsys):
    folder = tmp_path / "out"
    arguments = ("--front", photo, "--side", photo, "--intake", intake(), "--minutes", 30)
    assert run("analyze", *arguments, "--language", "de", "-o", folder) == 0
    assert {path.name for path in folder.iterdir()} >= PAGES
    out = capsys.readouterr().out
    assert "strahlt aus nach: Schläfe" in out
    assert all(str(folder / name) in out for name in PAGES)
    assert "30 Minuten" in (folder / "client.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("seen")
def test_a_red_flag_is_said_on_the_terminal(photo, intake, tmp_path, capsys):
    flagged = intake(red_flags={**FLAGS, "calf_swelling": True})
    folder = tmp_path / "out"
    arguments = ("--front", photo, "--side", photo, "--intake", flagged)
    assert run("analyze", *arguments, "-o", folder) == 0
    out = capsys.readouterr().out
    assert "Stop: refer before any treatment" in out
    assert "Do not massage" in out
    assert "Do not treat" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_plan_writes_its_pages_without_photos(assessment, intake, tmp_path, capsys):
    folder = tmp_path / "pages"
    arguments = ("--intake", intake(), "--practice", "Praxis Ost", "--paper", "us-letter")
    assert run("plan", assessment, *arguments, "-o", folder) == 0
    assert {path.name for path in folder.iterdir()} == PAGES
    assert str(folder / "client.pdf") in capsys.readouterr().out
    for name in ("report.html", "client.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "Praxis Ost" in text
        assert "<img" not in text
