"""`posture analyze` with several photos of a role, on sample clients with the real networks."""

from __future__ import annotations

import json

import pytest

from posture.assessment_file import read_assessment
from posture.cli import main
from tests.samples import sample

CVA = "craniovertebral_angle_deg"


@pytest.fixture(scope="module")
def sides():
    """Photos of one client's left side, of two days, which stand in for two of one day."""
    return [str(sample(folder, "left.jpg")) for folder in ("client-a", "client-a-later")]


def angles(folder):
    assessment = read_assessment(folder / "assessment.json")
    return [measure for measure in assessment.measures if measure.id == CVA]


def test_photos_of_one_side_are_averaged_however_they_are_given(sides, tmp_path, capsys):
    common = ["--no-report", "--height-cm", "168"]
    together, apart = tmp_path / "together", tmp_path / "apart"
    assert main(["analyze", "--side", *sides, *common, "-o", str(together)]) == 0
    told = capsys.readouterr().out
    given = [part for side in sides for part in ("--side", side)]
    assert main(["analyze", *given, *common, "-o", str(apart)]) == 0
    (mean,) = angles(together)
    assert mean.repeats is not None
    assert mean.repeats.n == 2
    assert angles(apart) == [mean]
    assert f"mean of 2 photos, SD {mean.repeats.sd:.1f}°" in told
    values = []
    for number, side in enumerate(sides):
        assert main(["analyze", "--side", side, *common, "-o", str(tmp_path / str(number))]) == 0
        values += [one.value for one in angles(tmp_path / str(number))]
    assert min(values) < mean.value < max(values)


def test_one_photo_says_nothing_of_repeats(sides, tmp_path):
    assert main(["analyze", "--side", sides[0], "--no-report", "-o", str(tmp_path)]) == 0
    document = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))
    assert all("repeats" not in measure for measure in document["measures"])


def test_a_photo_that_cannot_be_read_leaves_the_others(sides, tmp_path, capsys):
    missing = str(tmp_path / "missing.jpg")
    out = tmp_path / "out"
    assert main(["analyze", "--side", missing, *sides, "--no-report", "-o", str(out)]) == 1
    assert "missing.jpg" in capsys.readouterr().err
    (mean,) = angles(out)
    assert mean.repeats is not None
