"""What a summary says of a cohort, on numbers that can be counted by hand."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from posture.assess import software_versions
from posture.assessment_file import assessment_to_dict, measure_rows
from posture.batch.changes import write_changes
from posture.batch.distributions import distribution_svg, median_interval, read_distributions
from posture.batch.store import open_store
from posture.batch.summary import write_summary
from posture.batch.tables import write_tables
from posture.batch.types import Plan, PlannedPhoto, PlannedVisit
from posture.compare import Verdict
from posture.results import Client
from tests.examples import example_assessment

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
