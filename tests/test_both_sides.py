"""Left and right of one client: whether they agree, and what findings make of both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture.anatomy import Method, View
from posture.assessment_file import assessment_from_dict, assessment_to_dict
from posture.both_sides import agreements, disagreement, of_one_body
from posture.compare import compare
from posture.findings import find, one_of_each
from posture.repeats import common_share
from posture.report.both_sides import sides_section
from posture.report.build import build_report
from posture.results import Measure, Repeats
from posture.web.display import Display
from posture.web.measure_rows import measure_groups
from tests.examples import example_assessment
from tests.measured import measured

CVA, KNEE = "craniovertebral_angle_deg", "knee_flexion_deg"


def both(name: str, left: float, right: float, half: float = 3.0) -> list[Measure]:
    return [measured(name, View.LEFT, left, half), measured(name, View.RIGHT, right, half)]


def test_the_difference_is_left_less_right_and_the_common_error_cancels():
    (found,) = agreements(both(CVA, 50.0, 46.0))
    share = common_share(CVA, Method.ESTIMATED, "both sides").at_least
    assert found.difference == pytest.approx(4.0)
    assert found.half == pytest.approx(3.0 * (2 - 2 * share) ** 0.5)
    assert found.half < 3.0 * 2**0.5


def test_nothing_cancels_between_two_provenances():
    measures = [
        measured(CVA, View.LEFT, 50, 3.0),
        measured(CVA, View.RIGHT, 50, 4.0, Method.MANUAL),
    ]
    assert agreements(measures)[0].half == pytest.approx(5.0)


def test_one_side_alone_agrees_with_nothing():
    assert agreements([measured(CVA, View.LEFT, 50.0, 3.0)]) == ()
    assert sides_section([measured(CVA, View.LEFT, 50.0, 3.0)]) is None


def test_a_disagreement_is_told_only_well_beyond_error():
    assert disagreement(both(CVA, 50.0, 45.0)) is None
    note = disagreement([*both(CVA, 52.0, 43.0), *both(KNEE, 3.0, 2.0)])
    assert note is not None
    assert note.severity == "warning"
    assert "Craniovertebral angle 9° (" in note.text
    assert "Knee" not in note.text


def test_one_finding_of_both_sides_tells_both_numbers():
    (found,) = find(both(CVA, 42.0, 40.0))
    assert found.id == "forward_head"
    assert "41° (" in found.text
    assert "left 42° (39 to 45), right 40° (37 to 43)" in found.text


def test_of_the_head_the_mean_of_both_sides_decides():
    one_side = both(CVA, 44.0, 55.0, 2.0)
    assert find(one_side) == ()
    assert len(find(one_side[:1])) == 1
    (mean,) = of_one_body(one_side)
    assert mean.value == pytest.approx(49.5)


def test_of_a_knee_either_side_decides_and_is_named():
    (found,) = find(both(KNEE, 2.0, -12.0))
    assert found.id == "knee_recurvatum"
    assert "left 2°" in found.text
    assert "the whole interval from the right lies below" in found.text


def test_a_plan_is_given_each_measure_once():
    front = measured("head_tilt_deg", View.FRONT, 1.0, 2.0)
    chosen = one_of_each([*both(CVA, 42.0, 40.0), *both(KNEE, 2.0, -12.0), front])
    assert [(m.id, round(m.value or 0.0)) for m in chosen] == [
        (CVA, 41),
        (KNEE, -12),
        ("head_tilt_deg", 1),
    ]


def assessed(left: float, right: float):
    """An example visit photographed from both sides, the left three times."""
    whole = example_assessment()
    kept = [m for m in whole.measures if m.id not in (CVA, KNEE)]
    sides = [*both(CVA, left, right), *both(KNEE, 2.0, 3.0)]
    sides[0] = replace(sides[0], repeats=Repeats(n=3, sd=1.5))
    photo = next(p for p in whole.photos if p.view is View.LEFT)
    measures = (*sides, *kept)
    return replace(
        whole,
        photos=(*whole.photos, replace(photo, view=View.RIGHT, file_sha256="d" * 64)),
        measures=measures,
        findings=find(measures),
    )


def texts(section) -> list[list[str]]:
    return [[cell.text for cell in row] for group in section.blocks[0].groups for row in group.rows]


def test_the_report_shows_both_sides_beside_each_other_and_the_spread():
    report = build_report(assessed(50.0, 38.0))
    sections = {section.key: section for section in report.sections}
    assert texts(sections["sides"]) == [
        ["Craniovertebral angle", "50°", "38°", "12°", "differ beyond error"],
        ["Knee flexion", "2°", "3°", "−1°", "agree within error"],
    ]
    table = next(b for b in sections["measures"].blocks if hasattr(b, "groups"))
    rows = [row for group in table.groups for row in group.rows]
    titles = [row[0].text for row in rows]
    assert titles[:2] == ["Craniovertebral angle (left)", "Craniovertebral angle (right)"]
    assert rows[0][-1].detail == "mean of 3 photos, SD 1.5°"
    assert dict(report.facts)["Photos"] == "Front view, left side view and right side view"


def test_a_finding_is_not_listed_again_as_within_the_range():
    text = " ".join(
        block.text
        for section in build_report(assessed(42.0, 41.0)).sections
        if section.key == "glance"
        for block in section.blocks
        if hasattr(block, "text")
    )
    assert "Knee flexion (left)" in text
    assert "Craniovertebral" not in text


def test_the_file_the_page_and_comparisons_read_both_sides():
    before, after = assessed(50.0, 48.0), assessed(42.0, 47.0)
    again = assessment_from_dict(assessment_to_dict(before))
    assert again.measures == before.measures
    rows = [
        row
        for group in measure_groups(before.measures, Display.of("en", "cm"))
        for row in group.rows
    ]
    shown = {(row.id, row.view): row.title for row in rows}
    assert shown[CVA, "left"] != shown[CVA, "right"]
    changes = [c for c in compare([before, after]).steps[0].changes if c.measure == CVA]
    assert [(c.before.view, round(c.change)) for c in changes] == [
        (View.LEFT, -8),
        (View.RIGHT, -1),
    ]
