"""`posture batch` through its entry point, with the real network on the sample clients."""

from __future__ import annotations

import csv
import json

import pytest

from posture.cli import main
from tests.samples import ROOT, sample

MANIFEST = ROOT / "sample_images" / "manifest.csv"


@pytest.mark.weights
def test_the_samples_give_tables_reports_and_a_summary(tmp_path, capsys):
    sample("client-a", "front.jpg")
    (tmp_path / "broken.jpg").write_text("no photo")
    rows = [
        ("client-a", "2026-01-12", "left", sample("client-a", "left.jpg"), 168),
        ("client-a", "2026-04-20", "left", sample("client-a-later", "left.jpg"), 168),
        ("client-b", "2026-01-13", "front", sample("client-b", "front.jpg"), 183),
        ("client-b", "2026-01-13", "left", "broken.jpg", 183),
    ]
    with (tmp_path / "manifest.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["client", "date", "view", "file", "height_cm"])
        writer.writerows(rows)
    output = tmp_path / "out"
    arguments = ["batch", str(tmp_path / "manifest.csv"), "-o", str(output), "--jobs", "1"]
    assert main([*arguments, "--reports"]) == 1  # one photo is broken
    told = capsys.readouterr()
    assert told.out.startswith("3 visits; ")
    assert "4/4" in told.err  # the progress bar
    assert "Exception" not in told.err
    (failure,) = csv.DictReader((output / "failures.csv").open())
    assert (failure["client"], failure["file"], failure["step"]) == (
        "client-b",
        "broken.jpg",
        "read",
    )
    changes = {row["measure"]: row for row in csv.DictReader((output / "changes.csv").open())}
    assert changes["craniovertebral_angle_deg"]["client"] == "client-a"
    folder = output / "visits" / "client-a" / "2026-04-20"
    assert {"assessment.json", "report.pdf", "thumbnail-left.jpg"} <= {
        path.name for path in folder.iterdir()
    }
    assert json.loads((folder / "assessment.json").read_text())["created"].startswith("2026-04-20")
    page = (output / "summary.html").read_text(encoding="utf-8")
    assert "Craniovertebral angle" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert main([*arguments, "--reports", "--quiet"]) == 1
    assert capsys.readouterr().out.startswith("3 visits, 3 of them before; ")


def test_problems_are_told_before_anything_is_made(tmp_path, capsys):
    (tmp_path / "IMG_1.jpg").touch()
    assert main(["batch", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert "found 1 problem; nothing was assessed" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_scheduler_that_is_not_there_is_told(tmp_path, capsys, monkeypatch):
    pytest.importorskip("distributed")
    from posture.batch import workers

    monkeypatch.setattr(workers, "CONNECT_S", 1)
    arguments = ["batch", str(MANIFEST), "-o", str(tmp_path / "out"), "--quiet"]
    assert main([*arguments, "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "expected a dask scheduler at tcp://127.0.0.1:9" in capsys.readouterr().err.lower()


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_wrong_number_of_processes_is_refused(jobs, tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["batch", str(MANIFEST), "-o", str(tmp_path), "--jobs", jobs])
    assert caught.value.code == 2
    assert "expected a number of processes" in capsys.readouterr().err
