"""Whole batches, in processes: results, resumption, dead workers, full disks."""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from posture.errors import InputError, PostureError
from tests.batch import fakes
from tests.batch.fakes import paint, paint_folder, run_fake
from tests.samples import ROOT

TABLES = ("measures.csv", "failures.csv", "changes.csv")


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in TABLES}


def failures(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "failures.csv").open(encoding="utf-8")))


def results(folder: Path) -> dict[Path, int]:
    """When each visit's result was written."""
    return {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("result.json"))}


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    return paint_folder(tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="module")
def reference(photos, tmp_path_factory) -> Path:
    """The results of a run with one process."""
    output = tmp_path_factory.mktemp("reference") / "out"
    result = run_fake(photos, output, jobs=1)
    assert (result.visits, result.done, result.failures, result.stopped) == (8, 8, 0, False)
    return output


def test_the_tables_hold_every_visit_and_measure(reference):
    import pyarrow.parquet as pq

    rows = list(csv.DictReader((reference / "measures.csv").open(encoding="utf-8")))
    assert {(r["client"], r["date"]) for r in rows} == {
        (f"K-{n:03d}", f"2026-{month:02d}-15") for n in range(4) for month in (1, 4)
    }
    assert [(r["client"], r["date"]) for r in rows] == sorted(
        (r["client"], r["date"]) for r in rows
    )
    stored = pq.read_table(reference / "measures.parquet").to_pylist()
    assert len(stored) == len(rows)
    for row, kept in zip(rows, stored, strict=True):
        assert kept["measure"] == row["measure"]
        assert kept["value"] == (float(row["value"]) if row["value"] else None)
        assert str(kept["date"]) == row["date"]
        assert (kept["reason"] or "") == row["reason"]
    assert failures(reference) == []
    assert not list(reference.rglob("*.partial"))
    assert not list((reference / "in-work").iterdir())


def test_before_and_after_are_compared_by_their_dates(reference):
    changes = list(csv.DictReader((reference / "changes.csv").open(encoding="utf-8")))
    assert {(c["client"], c["before"], c["after"]) for c in changes} == {
        (f"K-{n:03d}", "2026-01-15", "2026-04-15") for n in range(4)
    }
    shown = [c for c in changes if c["verdict"] == "no change shown"]
    assert shown
    assert {float(c["change"]) for c in shown} == {0.0}  # the same stick figure both times


def test_the_number_of_processes_does_not_show(photos, reference, tmp_path):
    run_fake(photos, tmp_path / "out", jobs=3)
    assert tables(tmp_path / "out") == tables(reference)
    for name in ("measures.parquet", "summary.html"):
        assert (tmp_path / "out" / name).read_bytes() == (reference / name).read_bytes()


def test_a_cluster_gives_the_same_tables(photos, reference, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        result = run_fake(photos, tmp_path / "out", scheduler=cluster.scheduler_address)
    assert result.done == 8
    assert tables(tmp_path / "out") == tables(reference)


def test_finished_work_is_not_repeated_and_changed_photos_are(tmp_path):
    photos, output = paint_folder(tmp_path / "photos", clients=2), tmp_path / "out"
    run_fake(photos, output)
    before = results(output)
    again = run_fake(photos, output)
    assert again.done_before == again.visits == 4
    assert results(output) == before
    touched = photos / "K-000_2026-01-15_front.png"
    os.utime(touched)  # another time, the same content
    paint(photos / "K-001_2026-04-15_left.png", "left", salt=999)
    assert run_fake(photos, output).done_before == 3
    changed = {
        path.parent.relative_to(output) for path, t in results(output).items() if before[path] != t
    }
    assert changed == {Path("visits/K-001/2026-04-15")}


def test_a_lost_file_a_new_height_and_another_option_are_worked_again(tmp_path):
    photos, output = paint_folder(tmp_path / "photos", clients=2), tmp_path / "out"
    run_fake(photos, output)
    (output / "visits/K-000/2026-01-15/assessment.json").unlink()
    (photos / "heights.csv").write_text("client,height_cm\nK-001,171\n", encoding="utf-8")
    assert run_fake(photos, output).done_before == 1
    assert run_fake(photos, output, settings=fakes.settings(blur_face=True)).done_before == 0


def test_a_worker_that_is_killed_costs_nothing(tmp_path, monkeypatch):
    photos = paint_folder(tmp_path / "photos")
    whole = run_fake(photos, tmp_path / "whole")
    monkeypatch.setenv(fakes.FLAG, str(tmp_path / "flag"))
    paint(photos / "K-001_2026-01-15_front.png", "kills once", salt=11)
    result = run_fake(photos, tmp_path / "out")
    assert (tmp_path / "flag").exists()
    assert (result.done, result.failures) == (whole.done, 0)
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")


def test_a_photo_that_kills_its_worker_twice_is_set_aside(tmp_path):
    photos, output = paint_folder(tmp_path / "photos"), tmp_path / "out"
    paint(photos / "K-002_2026-01-15_front.png", "poison")
    result = run_fake(photos, output)
    assert (result.done, result.failures) == (8, 1)
    (failure,) = failures(output)
    assert (failure["client"], failure["visit"], failure["step"]) == (
        "K-002",
        "2026-01-15",
        "worker",
    )
    assert "died 2 times" in failure["reason"]
    assert "--retry" in failure["remedy"]
    again = run_fake(photos, output)  # not tried again, and not forgotten
    assert (again.done_before, again.failures) == (8, 1)
    paint(photos / "K-002_2026-01-15_front.png", "front")
    assert run_fake(photos, output).failures == 0


def test_what_fails_is_told_with_its_step_and_the_rest_is_measured(tmp_path):
    photos, output = paint_folder(tmp_path / "photos", clients=3), tmp_path / "out"
    (photos / "K-000_2026-01-15_left.png").write_bytes(b"no photo at all")
    paint(photos / "K-001_2026-01-15_front.png", "nobody")
    paint(photos / "K-002_2026-01-15_front.png", "bug")
    result = run_fake(photos, output)
    assert (result.done, result.failures) == (6, 3)
    read, assess, program = failures(output)
    assert (read["step"], read["view"], read["file"]) == (
        "read",
        "left",
        "K-000_2026-01-15_left.png",
    )
    assert "expected a photo" in read["reason"]
    assert (assess["step"], assess["view"]) == ("assess", "front")
    assert assess["remedy"] == "Give another."
    assert program["step"] == "program"
    assert "ZeroDivisionError" in program["reason"]
    page = (output / "summary.html").read_text(encoding="utf-8")
    assert "found nobody" in page
    rows = list(csv.DictReader((output / "measures.csv").open(encoding="utf-8")))
    assert {r["visit"] for r in rows if r["client"] == "K-000"} == {"2026-01-15", "2026-04-15"}
    assert run_fake(photos, output, retry=True).done_before == 3


def start(photos: Path, output: Path) -> subprocess.Popen[str]:
    """Start a batch as a process of its own group."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.batch.fakes", str(photos), str(output)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def await_results(output: Path, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(list(output.rglob("result.json"))) < count:
        assert time.monotonic() < deadline, "the batch did not begin"
        time.sleep(0.02)


def alive_in(group: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (
                os.getpgid(int(entry.name)) == group
                and "Z" not in (entry / "stat").read_text().split()[2]
            ):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_killing_the_program_loses_only_what_is_in_work(tmp_path):
    photos = paint_folder(tmp_path / "photos", kind="slow")
    process = start(photos, tmp_path / "out")
    await_results(tmp_path / "out", 2)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while alive_in(process.pid):  # its workers end with it
        assert time.monotonic() < deadline, alive_in(process.pid)
        time.sleep(0.05)
    kept = results(tmp_path / "out")
    assert 2 <= len(kept) < 8
    assert list((tmp_path / "out" / "in-work").iterdir())
    result = run_fake(photos, tmp_path / "out")
    assert result.done_before == len(kept)
    assert kept.items() <= results(tmp_path / "out").items()
    run_fake(photos, tmp_path / "whole")
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")


def test_ctrl_c_finishes_what_is_in_work_and_the_next_run_goes_on(tmp_path):
    photos = paint_folder(tmp_path / "photos", kind="slow")
    process = start(photos, tmp_path / "out")
    await_results(tmp_path / "out", 1)
    os.killpg(process.pid, signal.SIGINT)
    told, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told == "finishing the visits in work; press Ctrl-C again to stop at once\n"
    kept = results(tmp_path / "out")
    assert 1 < len(kept) < 8
    assert not (tmp_path / "out" / "measures.csv").exists()
    assert not list((tmp_path / "out" / "in-work").iterdir())
    assert run_fake(photos, tmp_path / "out").done_before == len(kept)


def test_a_visit_that_was_alone_when_the_program_was_killed_is_counted(tmp_path):
    """Two kills of the whole machine by one photo must not stop a batch for ever."""
    photos, output = paint_folder(tmp_path / "photos", clients=1), tmp_path / "out"
    run_fake(photos, output)
    store_visit = output / "visits/K-000/2026-01-15"
    shutil.rmtree(store_visit)
    from posture.assess import software_versions
    from posture.batch.manifest import read_plan
    from posture.batch.store import open_store

    visit = read_plan(photos).visits[0]
    with open_store(output, software_versions("heavy")) as store:
        store.mark(visit, strikes=2)
    assert run_fake(photos, output).failures == 1
    assert failures(output)[0]["step"] == "worker"


def test_several_photos_of_a_view_are_measured_together(tmp_path):
    photos, output = tmp_path / "photos", tmp_path / "out"
    kinds = ("front", "front", "nobody", "left", "right")
    names = ("front", "front_2", "front_3", "left", "right")
    for salt, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        paint(photos / f"K-1_2026-03-05_{name}.png", kind, salt=salt)
    result = run_fake(photos, output, jobs=1)
    assert (result.visits, result.failures) == (1, 1)
    (failure,) = failures(output)
    assert (failure["file"], failure["view"]) == ("K-1_2026-03-05_front_3.png", "front")
    visit = output / "visits/K-1/2026-03-05"
    assert {path.name for path in visit.glob("thumbnail-*")} == {
        "thumbnail-front.jpg",
        "thumbnail-front-2.jpg",
        "thumbnail-left.jpg",
        "thumbnail-right.jpg",
    }
    rows = list(csv.DictReader((output / "measures.csv").open(encoding="utf-8")))
    measured = [(row["measure"], row["view"]) for row in rows if row["status"] == "ok"]
    assert len(set(measured)) == len(measured)  # two photos of a view give one number
    assert {view for _, view in measured} == {"front", "left", "right"}
    assert (output / "summary.html").read_text(encoding="utf-8").count("data:image/jpeg") == 4
    assert run_fake(photos, output, jobs=1).done_before == 1


def test_two_runs_on_one_folder_do_not_mix(tmp_path):
    photos = paint_folder(tmp_path / "photos", clients=3, kind="slow")
    output = tmp_path / "out"
    process = start(photos, output)
    try:
        await_results(output, 1)
        for more in ({}, {"redo": True}):
            with pytest.raises(InputError, match="another run of `posture batch` at work on it"):
                run_fake(photos, output, **more)
    finally:
        process.kill()
        process.wait()
    assert run_fake(photos, output).failures == 0  # a killed run holds nothing


def test_results_of_another_version_are_refused_and_redone_on_request(tmp_path):
    photos, output = paint_folder(tmp_path / "photos", clients=1), tmp_path / "out"
    run_fake(photos, output)
    head = json.loads((output / "batch.json").read_text())
    head["software"]["estimator.npz"] = "0" * 64
    (output / "batch.json").write_text(json.dumps(head))
    with pytest.raises(InputError, match=r"another estimator\.npz; .* Give --redo"):
        run_fake(photos, output)
    for path in output.rglob("result.json"):
        result = json.loads(path.read_text())
        path.write_text(json.dumps(result | {"software": head["software"]}))
    assert run_fake(photos, output, redo=True).done_before == 0


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("letter.txt", "dear", "one that holds letter.txt"),
        ("batch.json", '{"program": "other"}', "another program"),
        ("batch.json", '{"program": "posture batch", "schema_version": 99}', "format 99"),
        ("batch.json", "{", "a mistake in line 1"),
    ],
)
def test_a_folder_of_something_else_is_refused(photos, tmp_path, name, content, told):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=told):
        run_fake(photos, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_full_disk_is_told_and_what_was_done_is_kept(photos, tmp_path):
    """On a small file system of its own."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=320k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no permission to mount a file system")
    try:
        with pytest.raises(PostureError, match="room on the disk"):
            run_fake(photos, place / "out")
        kept = results(place / "out")
        assert 0 < len(kept) < 8
        assert not list(place.rglob("*.partial"))
        subprocess.run(["mount", "-o", "remount,size=20m", str(place)], check=True)
        assert run_fake(photos, place / "out").done_before == len(kept)
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_file_that_may_not_grow_is_told_like_a_full_disk(photos, tmp_path):
    """The same without any permission: a limit on the size of files."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
        with pytest.raises(PostureError, match="room on the disk"):
            run_fake(photos, tmp_path / "out", jobs=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert not list(tmp_path.rglob("*.partial"))
    assert run_fake(photos, tmp_path / "out").failures == 0


def test_photos_are_read_from_urls(photos, tmp_path):
    """By fsspec, here from the disk; a wrong address is a failure of that photo alone."""
    url = photos.as_uri()
    lines = ["client,date,view,file"]
    for day in ("2026-01-15", "2026-04-15"):
        lines.append(f"K-000,{day},front,{url}/K-000_{day}_front.png")
    lines.append(f"K-000,2026-04-15,left,{url}/gone.png")
    (tmp_path / "manifest.csv").write_text("\n".join(lines))
    result = run_fake(tmp_path / "manifest.csv", tmp_path / "out", jobs=1)
    assert (result.visits, result.failures) == (2, 1)
    (failure,) = failures(tmp_path / "out")
    assert failure["file"] == f"{url}/gone.png"
    assert "expected a photo that can be fetched" in failure["reason"]
    again = run_fake(tmp_path / "manifest.csv", tmp_path / "out", jobs=1)
    assert again.done_before == 1  # an address that was wrong may be right by now


def test_a_place_that_cannot_be_written_is_told(photos, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="expected a folder that can be made and written"):
        run_fake(photos, tmp_path / "file" / "out")
