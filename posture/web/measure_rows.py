"""Measures as rows of a page: words, numbers, and a bar against the reference range. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posture.anatomy import View
from posture.measures import MEASURES
from posture.norms import reference_range
from posture.results import Measure, Status
from posture.web.charts import RangeBar, range_bar
from posture.web.display import Display

__all__ = ["MeasureGroup", "MeasureRow", "measure_groups", "measures_of_view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """One measure as a page shows it, with what a script needs to renew it."""

    id: str
    title: str
    positive: str
    value: str
    interval: str
    reason: str
    method: str
    method_name: str
    reference: str
    is_proxy: bool
    bar: RangeBar | None
    decimals: int
    factor: float
    suffix: str
    view: str
    repeats: str = ""
    is_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureGroup:
    """The rows of one region of the body."""

    title: str
    rows: tuple[MeasureRow, ...]


def measure_groups(
    measures: Sequence[Measure], display: Display, *, view: View | None = None
) -> tuple[MeasureGroup, ...]:
    """Return measures by region, in the table's order.

    Parameters
    ----------
    measures
        Those of one assessment.
    display
        Language and units.
    view
        Of the photo that is edited: then every measure its plane knows has a row, those
        that are not in `measures` a hidden one.
    """
    rows: dict[str, list[MeasureRow]] = {}
    shown = list(measures) if view is None else measures_of_view(measures, view)
    twice = {m.id for m in shown if sum(other.id == m.id for other in shown) > 1}
    for measure in shown:
        row = _row(measure, display, named_by_view=measure.id in twice)
        rows.setdefault(MEASURES[measure.id].region, []).append(row)
    if view is not None:
        present = {measure.id for measure in shown}
        for measure in _absent(view, present):
            row = _row(measure, display, named_by_view=False, is_shown=False)
            rows.setdefault(MEASURES[measure.id].region, []).append(row)
    regions = dict.fromkeys(definition.region for definition in MEASURES.values())
    return tuple(
        MeasureGroup(title=display.region(region), rows=tuple(rows[region]))
        for region in regions
        if region in rows
    )


def measures_of_view(measures: Sequence[Measure], view: View) -> list[Measure]:
    """Return the measures that a photo of this view can give."""
    return [
        measure
        for measure in measures
        if measure.view is view or (measure.view is None and MEASURES[measure.id].shows_in(view))
    ]


def _absent(view: View, present: set[str]) -> list[Measure]:
    return [
        Measure(
            id=definition.id,
            unit=definition.unit,
            status=Status.NOT_MEASURED,
            view=view,
            reason="–",
        )
        for definition in MEASURES.values()
        if definition.shows_in(view) and definition.id not in present
    ]


def _row(
    measure: Measure, display: Display, *, named_by_view: bool, is_shown: bool = True
) -> MeasureRow:
    definition = MEASURES[measure.id]
    reference = reference_range(measure.id)
    title = display.title(measure.id)
    if named_by_view and measure.view is not None:
        title = f"{title} ({display.view(measure.view)})"
    return MeasureRow(
        id=measure.id,
        title=title,
        positive=display.positive_means(measure.id),
        value=display.value(measure),
        interval=display.interval(measure),
        reason=display.say(measure.reason or ""),
        method=measure.method.value if measure.method else "",
        method_name=display.method(measure.method),
        reference=display.reference(reference)
        if reference is not None and reference.unit is measure.unit
        else "",
        is_proxy=definition.is_proxy,
        bar=range_bar(measure, reference),
        decimals=definition.decimals,
        factor=display.factor(measure.unit),
        suffix=display.suffix(measure.unit),
        view=measure.view.value if measure.view else "",
        repeats=display.repeats(measure),
        is_shown=is_shown,
    )
