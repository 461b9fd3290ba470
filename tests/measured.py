"""Measures made by hand."""

from __future__ import annotations

from posture.anatomy import Method, View
from posture.measures import MEASURES
from posture.results import Measure, Status


def measured(
    name: str, view: View, value: float, half: float, method: Method = Method.ESTIMATED
) -> Measure:
    """Return a measure with an interval of `half` to each side."""
    return Measure(
        id=name,
        unit=MEASURES[name].unit,
        status=Status.OK,
        view=view,
        value=value,
        low=value - half,
        high=value + half,
        method=method,
    )
