"""`posture rom` on path-traced photos of movements whose angles are known."""

from __future__ import annotations

import json
import shutil

import pytest

from posture.cli import main
from posture.rom.file import check_rom
from tests.samples import sample

pytestmark = pytest.mark.weights


def truth_of(name):
    return json.loads(sample(f"range-of-motion/{name}", "truth.json").read_text(encoding="utf-8"))


def test_two_photos_become_angles_with_intervals_pictures_and_a_report(tmp_path, capsys):
    out = tmp_path / "out"
    photos = [
        str(sample("range-of-motion/shoulder-abduction-01", f"{n}.jpg")) for n in ("neutral", "end")
    ]
    words = ["shoulder-abduction", "--neutral", photos[0], "--end", photos[1], "--client", "K-1"]
    assert main(["rom", *words, "-o", str(out)]) == 0
    document = check_rom(json.loads((out / "rom.json").read_text(encoding="utf-8")))
    (test,) = document["tests"]
    (result,) = test["results"]
    (movement,) = result["movements"]
    truth = truth_of("shoulder-abduction-01")
    assert result["side"] == truth["side"]
    true_deg = truth["truth_deg"]["shoulder_abduction_deg"]
    assert movement["low"] < movement["value"] < movement["high"]
    assert abs(movement["value"] - true_deg) < 10  # one photo: its interval may miss
    assert movement["usual"]["source"] == "AAOS 1965"
    assert (out / "rom.pdf").read_bytes().startswith(b"%PDF")
    assert "Shoulder abduction" in (out / "rom.html").read_text(encoding="utf-8")
    assert (out / f"shoulder-abduction-{truth['side']}-end.jpg").stat().st_size > 10_000
    assert f"Shoulder abduction, {truth['side']}" in capsys.readouterr().out


def test_a_folder_of_tests_becomes_one_report(tmp_path, capsys):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("lunge-01", "cervical-flexion-02", "modified-thomas-01"):
        test = name[:-3]
        for kind in ("neutral", "end"):
            path = sample(f"range-of-motion/{name}", "end.jpg").with_name(f"{kind}.jpg")
            if path.exists():
                shutil.copy(path, folder / f"{test}_{kind}.jpg")
    out = tmp_path / "out"
    assert main(["rom", "--folder", str(folder), "-o", str(out)]) == 0
    document = check_rom(json.loads((out / "rom.json").read_text(encoding="utf-8")))
    assert [test["id"] for test in document["tests"]] == [
        "cervical-flexion",
        "modified-thomas",
        "lunge",
    ]
    told = capsys.readouterr().out
    assert "Weight-bearing lunge" in told
    (flexion,) = document["tests"][0]["results"]
    assert f"tragus_{flexion['side']}" in flexion["end"]["points"]


def test_photos_of_two_tests_leave_nothing(tmp_path, capsys):
    neutral = sample("range-of-motion/squat-01", "neutral.jpg")
    end = sample("range-of-motion/squat-front-01", "end.jpg")
    out = tmp_path / "out"
    words = ["squat", "--neutral", str(neutral), "--end", str(end), "-o", str(out)]
    assert main(["rom", *words]) == 1
    assert "expected the client from the side" in capsys.readouterr().err
    assert not out.exists()
