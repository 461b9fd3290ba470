"""`posture rom`: what it lists, refuses and writes."""

from __future__ import annotations

import json

import pytest

from posture.cli import main
from posture.rom import TESTS
from tests.samples import sample

SIDE = str(sample("client-a", "left.jpg"))
FRONT = str(sample("client-a", "front.jpg"))


def test_every_test_is_listed_with_how_to_take_it(capsys):
    assert main(["rom", "--list"]) == 0
    told = capsys.readouterr().out
    assert all(test.id in told and test.end in told for test in TESTS.values())
    assert "cervical-rotation" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cervical-rotation"], "not measurable in 2-D"),
        (["lungs"], "Expected one of the tests"),
    ],
)
def test_what_is_no_test_is_told(words, message, capsys):
    assert main(["rom", *words, "--neutral", SIDE, "--end", SIDE]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["lunge"], ["lunge", "--neutral", SIDE]])
def test_what_is_missing_is_asked_for(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["rom", *words])
    assert ended.value.code == 2
    assert "expected" in capsys.readouterr().err


@pytest.mark.weights
@pytest.mark.parametrize(
    ("test", "photo", "message"),
    [
        ("lunge", SIDE, "hardly any movement"),
        ("lunge", FRONT, "expected the client from the side"),
        ("trunk-side-bend", SIDE, "expected the client from the front"),
    ],
)
def test_photos_that_do_not_show_the_test_leave_nothing(test, photo, message, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["rom", test, "--neutral", photo, "--end", photo, "-o", str(out)]) == 1
    assert message in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.weights
def test_a_squat_gives_data_report_and_pictures(tmp_path, capsys):
    out = tmp_path / "out"
    words = ["squat", "--neutral", SIDE, "--end", SIDE, "--client", "K-1", "-o", str(out)]
    assert main(["rom", *words]) == 0
    document = json.loads((out / "rom.json").read_text(encoding="utf-8"))
    (result,) = document["results"]
    assert (document["client"]["id"], result["side"]) == ("K-1", "left")
    thigh, knee, _ = result["movements"]
    assert thigh["low"] < thigh["value"] < thigh["high"]
    assert thigh["value"] > 60  # this client stands
    assert abs(knee["value"]) < 10
    assert (out / "rom.pdf").read_bytes().startswith(b"%PDF")
    assert "Squat" in (out / "rom.html").read_text(encoding="utf-8")
    assert (out / "squat-left-end.jpg").stat().st_size > 10_000
    assert "Thigh above the horizontal, left" in capsys.readouterr().out
