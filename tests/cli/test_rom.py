"""`posture rom`: what it lists, refuses and writes."""

from __future__ import annotations

import pytest

from posture.cli import main
from posture.rom import TESTS
from tests.samples import sample

SIDE = str(sample("client-a", "left.jpg"))
FRONT = str(sample("client-a", "front.jpg"))
LATER = str(sample("client-a-later", "left.jpg"))
FRONT_LATER = str(sample("client-a-later", "front.jpg"))


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
    ("test", "photos", "message"),
    [
        ("lunge", (SIDE, SIDE), "found the same one"),
        ("lunge", (SIDE, LATER), "hardly any movement"),
        ("squat", (SIDE, LATER), "hardly any movement"),
        ("squat-front", (FRONT, FRONT_LATER), "hardly any movement"),
        ("modified-thomas", (SIDE, SIDE), "expected a client who lies"),
        ("lunge", (FRONT, SIDE), "expected the client from the side"),
        ("cervical-flexion", (SIDE, FRONT), "expected the client from the side"),
        ("trunk-side-bend", (SIDE, SIDE), "expected the client from the front"),
    ],
)
def test_photos_that_do_not_show_the_test_leave_nothing(test, photos, message, tmp_path, capsys):
    out = tmp_path / "out"
    neutral, end = photos
    assert main(["rom", test, "--neutral", neutral, "--end", end, "-o", str(out)]) == 1
    assert message in capsys.readouterr().err
    assert not out.exists()
