"""`posture analyze --blur-face`: report pictures without a face; the data are the same."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import posture.assess
import posture.detect
import posture.estimate.estimator
from posture.anatomy import View
from posture.cli import main
from posture.detect.fake import FakeDetector
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose


@pytest.fixture
def photo(tmp_path):
    """A photo of coarse noise: every part of it has detail to lose."""
    path = tmp_path / "photo.png"
    noise = np.random.default_rng(7).integers(0, 255, (HEIGHT_PX // 4, WIDTH_PX // 4, 3), np.uint8)
    Image.fromarray(noise).resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.NEAREST).save(path)
    return path


@pytest.fixture
def analyze(tmp_path, photo, monkeypatch):
    """Return a function that runs the command on stick figures and returns its folder."""
    monkeypatch.setattr(posture.estimate.estimator, "load_estimator", lambda look=None: None)
    monkeypatch.setattr(posture.assess, "software_versions", lambda variant: {"posture": "0"})
    poses = [standing_pose(View.FRONT), standing_pose(View.LEFT)]
    monkeypatch.setattr(
        posture.detect, "open_detector", lambda variant="heavy": FakeDetector(poses)
    )

    def run(name, *options):
        words = ["analyze", "--front", str(photo), "--side", str(photo), *options]
        assert main([*words, "-o", str(tmp_path / name)]) == 0
        return tmp_path / name

    return run


def detail(pixels):
    return float(np.abs(np.diff(pixels.mean(axis=2), axis=1)).mean())


def test_heads_lose_their_detail_and_nothing_else_changes(analyze):
    plain, blurred = analyze("plain"), analyze("blurred", "--blur-face")
    for name in ("front.jpg", "left.jpg"):
        before, after = (
            np.asarray(Image.open(folder / name)).astype(float) for folder in (plain, blurred)
        )
        changed = np.abs(before - after).max(axis=2) > 40
        rows, columns = np.nonzero(changed)
        assert rows.max() < 0.35 * len(before), "only the head may change"
        box = np.s_[rows.min() : rows.max(), columns.min() : columns.max()]
        assert detail(after[box]) < 0.75 * detail(before[box])
    first, second = (
        (folder / "measures.csv").read_text(encoding="utf-8") for folder in (plain, blurred)
    )
    assert first == second


def test_without_a_report_there_is_nothing_to_blur(tmp_path, capsys):
    words = ["analyze", "--front", "a.jpg", "--no-report", "--blur-face", "-o", str(tmp_path)]
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "leave --no-report out" in capsys.readouterr().err
