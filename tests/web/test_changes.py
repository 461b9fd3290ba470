"""Changes on the pages: the same verdicts as comparisons give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from posture.anatomy import Method, View
from posture.compare import change
from posture.records import MeasurePoint
from posture.results import Measure, Status, Unit
from posture.web.changes import change_rows, trends
from posture.web.display import Display

ANGLE = "craniovertebral_angle_deg"


def point(day: int, low: float, value: float, high: float) -> MeasurePoint:
    return MeasurePoint(
        visit_id=f"visit-{day}",
        taken=date(2026, 3, day),
        measure=ANGLE,
        view=View.LEFT,
        value=value,
        low=low,
        high=high,
        unit=Unit.DEGREES,
        status=Status.OK,
        reason=None,
        method=Method.MANUAL,
    )


def measure_of(one: MeasurePoint) -> Measure:
    return Measure(
        id=ANGLE, unit=one.unit, status=one.status, view=one.view, method=one.method,
        value=one.value, low=one.low, high=one.high,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("later", "verdict", "told"),
    [
        (point(9, 45.5, 46.0, 46.5), "changed", "+6°"),
        (point(9, 33.5, 34.0, 34.5), "changed", "−6°"),
        (point(9, 39.7, 40.2, 40.7), "none", "0°"),
        # Far more open upwards: half its width exceeds the change, and yet zero is excluded.
        (point(9, 41.5, 42.0, 48.0), "changed", "+2°"),
    ],
)
def test_a_trend_tells_changes_as_a_comparison_does(later, verdict, told):
    first = point(2, 39.5, 40.0, 40.5)
    (trend,) = trends([later, first], Display.of("en"))
    assert [row.verdict for row in trend.rows] == ["", verdict]
    assert [row.change for row in trend.rows] == ["", told]
    assert (verdict == "changed") is change(measure_of(first), measure_of(later)).is_shown


def test_a_measure_of_both_sides_is_named_by_its_view():
    one, two = (measure_of(point(2, 39.5, 40.0, 40.5)), measure_of(point(9, 45.5, 46.0, 46.5)))
    right = [replace(measure, view=View.RIGHT) for measure in (one, two)]
    (alone,) = change_rows([change(one, two)], Display.of("en"))
    assert (alone.title, alone.verdict) == ("Craniovertebral angle", "improved")
    rows = change_rows([change(one, two), change(*right)], Display.of("en"))
    assert [row.title for row in rows] == [
        "Craniovertebral angle (Left side view)",
        "Craniovertebral angle (Right side view)",
    ]
