"""`posture validate` through its entry point, with the real network on committed clients."""

from __future__ import annotations

import shutil

import pytest

from posture.cli import main
from tests.samples import ROOT

SET = ROOT / "sample_images" / "validation"
ANGLE = "craniovertebral_angle_deg"


@pytest.fixture
def two_days(tmp_path):
    """A set of one client who came twice."""
    shutil.copytree(SET / "visit-003", tmp_path / "visit-003")
    shutil.copytree(SET / "visit-003", tmp_path / "visit-003-later")
    return tmp_path


@pytest.mark.weights
def test_tables_slices_changes_and_the_page_are_made(two_days, capsys):
    page = two_days / "page.html"
    assert main(["validate", "--set", str(two_days), "--by", "sex", "--html", str(page)]) == 0
    told = capsys.readouterr().out
    headings = [line for line in told.splitlines() if not line.startswith((" ", "measure"))]
    assert "2 visits" in headings
    assert any(line.startswith("sex: ") for line in headings)
    # The same photos twice: nothing has changed, and nothing is measured to have.
    change = told.split("change from one visit to the next")[1]
    (line,) = [line for line in change.splitlines() if line.startswith(ANGLE)]
    assert line.split()[1:4] == ["1", "0.00", "0.00"]
    text = page.read_text(encoding="utf-8")
    assert "change from one visit to the next" in text
    assert "estimator.npz" in text
    assert "http://" not in text.replace("http://www.w3.org/", "").replace("http://purl.org/", "")


@pytest.mark.weights
def test_a_table_of_ones_own_is_held_against_the_program(tmp_path, capsys):
    (side,) = [p for p in SET.glob("visit-003/*.jpg") if p.stem in ("left", "right")]
    shutil.copy(side, tmp_path / "side.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    table = tmp_path / "reference.csv"
    table.write_text(
        "client,view,file,height_cm,measure,value,examiner\n"
        f"a,{side.stem},side.jpg,170,{ANGLE},50,me\n"
        f"b,left,broken.jpg,170,{ANGLE},50,you\n",
        encoding="utf-8",
    )
    assert main(["validate", "--truth", str(table), "--by", "examiner"]) == 0
    told = capsys.readouterr().out
    (whole, mine, yours) = [line.split() for line in told.splitlines() if line.startswith(ANGLE)]
    assert (whole[1], whole[-1]) == ("1", "50.0%")
    assert (mine[1], mine[-1]) == ("1", "0.0%")
    assert (yours[1], yours[-1]) == ("0", "100.0%")
    assert "Refused in 1 of 2 visits" in told
    assert "broken.jpg" in told


def test_clothing_chooses_from_a_set_only(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["validate", "--truth", str(tmp_path / "t.csv"), "--clothing", "dressed"])
    assert "with --truth use --by clothing" in capsys.readouterr().err


def test_a_missing_table_is_a_usage_error(tmp_path, capsys):
    assert main(["validate", "--truth", str(tmp_path / "none.csv")]) == 2
    assert "Expected a table at" in capsys.readouterr().err
