"""`posture compare` through its entry point, on assessments and on photos."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from datetime import date

import pytest
from jsonschema import Draft202012Validator

import posture.visit
from posture.anatomy import Method, View
from posture.assessment_file import read_assessment, write_assessment
from posture.cli import main
from posture.cli.compare_sources import photos_in
from posture.comparison_file import CHANGE_COLUMNS, comparison_schema
from posture.errors import PhotoError
from posture.records import open_records
from posture.results import Measure
from tests.examples import example_assessment
from tests.samples import sample
from tests.web.conftest import photo_of

OUTPUTS = ("comparison.html", "comparison.pdf", "comparison.json", "comparison.csv")


def moved(measure: Measure, by: float) -> Measure:
    if measure.value is None or measure.low is None or measure.high is None:
        return measure
    return replace(measure, value=measure.value + by, low=measure.low + by, high=measure.high + by)


@pytest.fixture
def visits(tmp_path):
    """Three assessments: the head goes back, the shoulders drop on one side."""
    paths = []
    steps = {"craniovertebral_angle_deg": 6.0, "shoulder_tilt_deg": -3.0}
    for number, day in enumerate(("2026-03-05", "2026-05-05", "2026-09-05")):
        first = example_assessment()
        visit = replace(
            first,
            created=f"{day}T14:20:00+01:00",
            photos=tuple(
                replace(p, file_sha256=f"{number}{p.file_sha256[1:]}") for p in first.photos
            ),
            measures=tuple(moved(m, number * steps.get(m.id, 0.0)) for m in first.measures),
        )
        paths.append(tmp_path / f"visit-{number}.json")
        write_assessment(paths[-1], visit)
    return paths


def photo_in(folder):
    path = folder / "front.jpg"
    path.write_bytes(b"x")
    return path


class Compare:
    """Runs the command; `out` and `err` hold what it printed last."""

    def __init__(self, folder, capsys):
        self.folder, self._capsys = folder, capsys
        self.out = self.err = ""

    def __call__(self, *arguments):
        try:
            code = main(["compare", *map(str, arguments), "-o", str(self.folder)])
        except SystemExit as stopped:
            code = stopped.code
        self.out, self.err = self._capsys.readouterr()
        return code

    def changes(self):
        """The changes of the last visit against the first, by measure."""
        document = json.loads((self.folder / "comparison.json").read_text(encoding="utf-8"))
        return {change["measure"]: change for change in document["steps"][-1]["changes"]}


@pytest.fixture
def run(tmp_path, capsys):
    return Compare(tmp_path / "out", capsys)


def test_two_assessments_give_all_files_and_verdicts(run, visits):
    assert run(visits[0], visits[2], "--clothing", "same") == 0
    assert {path.name for path in run.folder.iterdir()} == set(OUTPUTS)
    told = run.changes()
    assert told["craniovertebral_angle_deg"]["verdict"] == "improved"
    assert told["shoulder_tilt_deg"]["verdict"] == "worse"
    assert told["trunk_lean_deg"]["verdict"] == "no change shown"
    assert (run.folder / "comparison.pdf").read_bytes().startswith(b"%PDF")
    assert "improved" in run.out
    assert "worse" in run.out


def test_the_file_follows_its_schema_and_the_table_its_columns(run, visits):
    run(*visits)
    document = json.loads((run.folder / "comparison.json").read_text(encoding="utf-8"))
    assert not list(Draft202012Validator(comparison_schema()).iter_errors(document))
    assert [len(document[key]) for key in ("visits", "steps")] == [3, 2]
    with (run.folder / "comparison.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == CHANGE_COLUMNS
    assert {row["after"] for row in rows} == {"Visit 2", "Visit 3"}
    row = next(row for row in rows if row["measure"] == "craniovertebral_angle_deg")
    assert float(row["change"]) == pytest.approx(6.0)
    assert float(row["low"]) < float(row["change"]) < float(row["high"])


def test_a_folder_that_analyze_wrote_is_a_visit(run, visits, tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    shutil.copy(visits[1], folder / "assessment.json")
    assert run(visits[0], folder) == 0


def test_three_visits_are_shown_as_a_trend(run, visits):
    run(*visits)
    page = (run.folder / "comparison.html").read_text(encoding="utf-8")
    assert "Over all visits" in page
    assert "trend-craniovertebral-angle-deg" in page


def test_charts_take_the_colours_of_a_dark_page(run, visits):
    run(*visits)
    page = (run.folder / "comparison.html").read_text(encoding="utf-8")
    style, drawn = page.split("</style>", 1)
    for name in ("track", "quiet", "bar"):
        assert style.count(f"--{name}: ") == 2  # light and dark
        assert f"var(--{name})" in drawn
    assert "#20536b" not in drawn


def test_the_page_asks_for_nothing_outside(run, visits):
    run(*visits)
    page = (run.folder / "comparison.html").read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?//""", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda tmp, one: [one], 2, "two visits or more"),
        (lambda tmp, one: [one, tmp / "nowhere"], 2, "found nothing"),
        (lambda tmp, one: [one, tmp], 2, "found neither"),
        (lambda tmp, one: [one, photo_in(tmp)], 2, "found a single photo"),
    ],
)
def test_bad_input_is_explained_and_writes_nothing(run, visits, tmp_path, make, code, words):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(*make(empty, visits[0])) == code
    assert words in run.err
    assert not run.folder.exists()


@pytest.mark.parametrize(
    ("names", "side", "view"),
    [
        (("left.jpg", "left_2.jpg", "note.txt"), ("left.jpg", "left_2.jpg"), View.LEFT),
        (("right.jpg", "left.jpg"), ("left.jpg", "right.jpg"), None),
        (("front.jpg", "side_3.png"), ("side_3.png",), None),
    ],
)
def test_a_folder_may_hold_several_photos_of_a_view(tmp_path, names, side, view):
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    photos = photos_in(tmp_path)
    assert photos.side == [tmp_path / name for name in side]
    assert photos.side_view is view


def test_a_photo_in_two_formats_is_refused(run, visits, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("left.heic", "left.jpg"):
        (folder / name).write_bytes(b"x")
    assert run(visits[0], folder) == 2
    assert "found left.heic and left.jpg" in run.err


def test_photos_that_cannot_be_used_end_with_one(run, visits, tmp_path, monkeypatch):
    folder = tmp_path / "2026-07-01"
    folder.mkdir()
    (folder / "front.jpg").write_bytes(b"x")

    class Refuses:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def assess_files(self, photos, client, *, created=None):
            assert photos.front == [folder / "front.jpg"]
            assert created == "2026-07-01T12:00:00+00:00"
            assert client.id == "K-017"
            raise PhotoError("front photo: not a photo")

    monkeypatch.setattr(posture.visit, "Assessor", Refuses)
    assert run(visits[0], folder) == 1
    assert not run.folder.exists()


def test_landmarks_by_another_method_are_named(run, visits):
    second = read_assessment(visits[1])
    placed = tuple(
        replace(m, method=Method.MANUAL) if m.id == "trunk_lean_deg" else m for m in second.measures
    )
    write_assessment(visits[1], replace(second, measures=placed))
    run(visits[0], visits[1])
    told = run.changes()["trunk_lean_deg"]
    assert "other_method" in told["remarks"]
    assert told["factor"] == 1.0


DAYS = ("2026-03-05", "2026-05-05", "2026-09-05")


@pytest.fixture
def kept(visits, tmp_path):
    """The same visits in the records, and a later one that nobody assessed."""
    folder = tmp_path / "records"
    with open_records(folder) as records:
        client = records.add_client(code="K-017")
        for number, (path, day) in enumerate(zip(visits, DAYS, strict=True)):
            visit = records.add_visit(client.id, taken=date.fromisoformat(day))
            photo = records.add_photo(visit.id, role="front", data=photo_of("front", salt=number))
            given = read_assessment(path)
            photos = (replace(given.photos[0], file_sha256=photo.sha256), *given.photos[1:])
            # Assessed long after the visit, as when photos are taken over from another program.
            late = replace(given, created="2026-10-01T09:00:00+02:00", photos=photos)
            version = records.visit(visit.id).version
            records.add_assessment(visit.id, late, version=version)
        records.add_visit(client.id, taken=date(2026, 11, 5))
    return ("--records", folder, "--client", "K-017")


def test_visits_in_the_records_are_compared_under_their_own_days(run, kept):
    assert run(*kept) == 0
    document = json.loads((run.folder / "comparison.json").read_text(encoding="utf-8"))
    assert tuple(visit["created"][:10] for visit in document["visits"]) == DAYS
    assert "2026-11-05: left out, as it was not assessed" in run.err
    assert run.changes()["craniovertebral_angle_deg"]["change"] == pytest.approx(12.0)
    page = (run.folder / "comparison.html").read_text(encoding="utf-8")
    assert "Over all visits" in page


def test_days_choose_visits_in_the_records(run, kept):
    assert run(*kept, "--dates", DAYS[1], DAYS[0]) == 0
    document = json.loads((run.folder / "comparison.json").read_text(encoding="utf-8"))
    assert tuple(visit["created"][:10] for visit in document["visits"]) == DAYS[:2]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--dates", DAYS[0], "2026-03-06"), "found 2026-03-06. Known are: 2026-03-05"),
        (("--dates", DAYS[0], "2026-11-05"), "two assessed visits of K-017 or more, found 1"),
        (("--dates", DAYS[0]), "two days or more"),
        (("--client", "K-018"), "id of a client in these records"),
    ],
)
def test_what_the_records_do_not_hold_is_explained(run, kept, more, words):
    assert run(*kept, *more) == 2
    assert words in run.err
    assert not run.folder.exists()


def test_files_and_records_are_not_mixed(run, visits, kept):
    assert run(*visits[:2], *kept) == 2
    assert "not both" in run.err


@pytest.mark.weights
def test_the_sample_clients_change_is_found_and_shown(run):
    """The client's craniovertebral angle is truly 7.1° larger at the later visit."""
    before, after = (sample(name, "left.jpg").parent for name in ("client-a", "client-a-later"))
    assert run(before, after, "--client", "client-a", "--clothing", "same") == 0
    told = run.changes()["craniovertebral_angle_deg"]
    assert told["low"] < 7.13 < told["high"]
    assert told["verdict"] == "improved"
    page = (run.folder / "comparison.html").read_text(encoding="utf-8")
    assert page.count('type="range"') == 2
    assert (run.folder / "overlay-left.jpg").exists()
