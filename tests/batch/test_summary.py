"""What a summary says of a cohort, on numbers that can be counted by hand."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import posture.compare
from posture.assess import software_versions
from posture.assessment_file import assessment_to_dict, measure_rows
from posture.batch.changes import write_changes
from posture.batch.distributions import distribution_svg, median_interval, read_distributions
from posture.batch.store import open_store
from posture.batch.summary import _LESS_ALIKE, write_summary
from posture.batch.tables import write_tables
from posture.batch.types import Plan, PlannedPhoto, PlannedVisit, Settings
from posture.batch.worker import failure_of, open_heavy_assessor
from posture.compare import Verdict
from posture.errors import PhotoError
from posture.photo import read_photo
from posture.privacy import encode_jpeg
from posture.results import Client
from tests.examples import example_assessment
from tests.report.pages import Page
from tests.report.test_german import ENGLISH

ANGLE = "craniovertebral_angle_deg"


@pytest.fixture
def cohort(tmp_path):
    """Ten clients on two days; the angle of three of them grows by 20° and of one falls."""
    with open_store(tmp_path / "out", software_versions("heavy")) as store:
        visits = []
        for number in range(10):
            for day in ("2026-01-15", "2026-04-15"):
                shift = (20.0 if number < 3 else -20.0 if number == 3 else 0.0) * (day > "2026-02")
                visit = PlannedVisit(
                    client=Client(id=f"<b>K{number}</b>"),
                    visit=day,
                    date=day,
                    photos=(PlannedPhoto(role="front", view=None, file="a.jpg", place="a.jpg"),),
                )
                visits.append(visit)
                write_visit(store, visit, shift_deg=shift + number)
        plan = Plan(source="cohort", visits=tuple(visits))
        write_tables(plan, store)
        yield plan, store


def write_visit(store, visit, *, shift_deg):
    assessment = example_assessment(client_id=visit.client.id)
    measures = tuple(
        replace(m, value=m.value + shift_deg, low=m.low + shift_deg, high=m.high + shift_deg)
        if m.id == ANGLE
        else m
        for m in assessment.measures
    )
    photos = tuple(
        replace(photo, file_sha256=hashlib.sha256(f"{visit.key} {photo.view}".encode()).hexdigest())
        for photo in assessment.photos
    )
    created = f"{visit.date}T12:00:00+00:00"
    assessment = replace(assessment, measures=measures, photos=photos, created=created)
    folder = store.visit_folder(visit)
    folder.mkdir(parents=True)
    (folder / "assessment.json").write_text(json.dumps(assessment_to_dict(assessment)))
    failure = {"client": "x", "visit": "v", "view": "front", "file": "a.jpg", "step": "read"}
    record = {
        "photos": [{}],
        "files": ["assessment.json"],
        "findings": ["Forward head"],
        "failures": [failure | {"reason": "a.jpg: expected a photo", "remedy": "Give one."}],
        "measures": [list(row.values()) for row in measure_rows(assessment, visit=visit.visit)],
    }
    (folder / "result.json").write_text(json.dumps(record))


def test_changes_are_counted_once_per_client(cohort):
    found = write_changes(*cohort)
    assert found.pairs == 10
    counted = found.verdicts[ANGLE]
    assert counted[Verdict.IMPROVED] == 3
    assert counted[Verdict.WORSE] == 1
    assert counted[Verdict.NO_CHANGE_SHOWN] == 6
    assert found.changed_clients == 4


def test_what_made_pairs_less_alike_is_told_with_its_number(cohort):
    plan, store = cohort
    found = write_changes(plan, store)
    assert found.unfair["clothing_not_stated"] == 10
    write_summary(plan, store)
    page = (store.folder / "summary.html").read_text(encoding="utf-8")
    assert "less alike, with the number of pairs: clothing not stated 10" in " ".join(page.split())


def test_every_remark_of_a_comparison_has_a_title():
    folder = Path(posture.compare.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert set(re.findall(r'code="(\w+)"', source)) == set(_LESS_ALIKE)


def test_each_client_counts_once_in_a_distribution(cohort):
    _, store = cohort
    found = {d.measure: d for d in read_distributions(store.folder / "measures.parquet")}
    angle = found[ANGLE]  # 40.2 ± 4.1 plus 0 to 9 on the first day, reference 48 or more
    assert sorted(angle.values) == pytest.approx([40.2 + n for n in range(10)])
    assert (angle.below, angle.above) == (4, 0)
    assert angle.median == pytest.approx(44.7)


def test_the_page_says_it_and_holds_no_markup_of_others(cohort):
    plan, store = cohort
    write_summary(plan, store)
    page = (store.folder / "summary.html").read_text(encoding="utf-8")
    assert "4 of 10 changed in at least one measure" in page
    assert "+20° (" in page
    assert "improved" in page
    assert "worse" in page
    assert '<td>20</td><th scope="row">expected a photo</th><td>Give one.</td>' in page
    assert "<b>K0</b>" not in page
    assert "&lt;b&gt;K0&lt;/b&gt;" in page
    assert "<script" not in page


def test_the_same_results_give_the_same_page(cohort):
    plan, store = cohort
    write_summary(plan, store)
    first = (store.folder / "summary.html").read_bytes()
    write_summary(plan, store)
    assert (store.folder / "summary.html").read_bytes() == first


def test_many_clients_are_drawn_as_a_histogram(cohort):
    _, store = cohort
    (angle, *_) = read_distributions(store.folder / "measures.parquet")
    few = distribution_svg(angle)
    many = distribution_svg(replace(angle, values=np.linspace(30, 60, 500)))
    assert few.startswith("<svg ")
    assert many.startswith("<svg ")
    assert many.count("var(--bar)") >= 12


@pytest.mark.parametrize("n", [6, 25, 199, 201, 1000])
def test_the_medians_interval_covers_as_it_says(n):
    random = np.random.default_rng(7)
    samples = random.exponential(size=(2000, n))
    ends = np.array([median_interval(sample) for sample in samples])
    covered = np.mean((ends[:, 0] <= np.log(2)) & (np.log(2) <= ends[:, 1]))
    assert 0.94 <= covered <= 0.98


def fail_with(store, visit, failures):
    """Give a visit's result these failures."""
    path = store.visit_folder(visit) / "result.json"
    record = json.loads(path.read_text())
    record["failures"] = [
        {"file": one.file, "step": one.step, "reason": one.reason, "remedy": one.remedy}
        for one in failures
    ]
    path.write_text(json.dumps(record))


def unread(folder, visit):
    """Failures of files that are no photos, as a batch tells them."""
    small = np.full((20, 20, 3), 90, dtype=np.uint8)
    contents = {
        "empty.jpg": b"",
        "text.jpg": b"Dear colleague, see the photo.",
        "cut.jpg": encode_jpeg(np.full((400, 300, 3), 90, dtype=np.uint8))[:600],
        "small.jpg": encode_jpeg(small),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "folder.jpg").mkdir()
    for name in (*contents, "folder.jpg", "missing.jpg"):
        with pytest.raises(PhotoError) as raised:
            read_photo(folder / name)
        told = str(raised.value).replace(str(folder / name), name)
        yield failure_of(visit, "read", told, replace(visit.photos[0], file=name))


def test_a_german_page_holds_no_english(cohort, tmp_path):
    plan, store = cohort
    visit = plan.visits[0]
    refused = "the ankles are not in the picture. Show the whole body."
    died = (
        "the worker died 2 times while it was on this visit. Look at its photos, save them again "
        "from the original, and run with --retry."
    )
    failures = [*unread(tmp_path, visit), failure_of(visit, "assess", refused)]
    fail_with(store, visit, [*failures, failure_of(visit, "worker", died)])
    for other in plan.visits[1:]:
        fail_with(store, other, [])
    write_summary(plan, store, language="de")
    html = (store.folder / "summary.html").read_text(encoding="utf-8")
    words = Page(html).words
    told = " ".join(re.findall(r'(?:aria-label|alt)="([^"]*)"', html))
    assert ENGLISH.findall(words) + ENGLISH.findall(told) == []
    assert not re.search(r"\b(expected|found|client|clients|change[ds]?|shown|[Vv]isits?)\b", words)
    assert not re.search(r"\d\.\d+( cm|°)", words)
    assert 'lang="de"' in html
    assert "10 Personen kamen an zwei oder mehr Tagen" in words
    assert "4 von 10 haben sich in mindestens einem Maß verändert" in words
    assert "die Knöchel sind nicht im Bild" in words
    assert "Den ganzen Körper zeigen" in words


def test_reports_in_another_language_are_made_anew(cohort):
    visit = cohort[0].visits[0]
    english = Settings(make_assessor=open_heavy_assessor, reports=True)
    german = replace(english, language="de")
    assert english.options(visit) != german.options(visit)
    bare = replace(english, reports=False)
    assert bare.options(visit) == replace(bare, language="de").options(visit)
