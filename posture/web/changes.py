"""Change between visits for the pages: trends over time, and two visits side by side. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.anatomy import Method
from posture.compare import Change, change
from posture.measures import MEASURES
from posture.norms import reference_range
from posture.results import Measure, Status, Unit
from posture.web.charts import TrendChart, TrendPoint, trend_chart
from posture.web.said import said_reason

if TYPE_CHECKING:
    from posture.records.types import MeasurePoint
    from posture.web.display import Display

__all__ = ["ChangeRow", "Trend", "TrendRow", "change_rows", "trends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """One visit in the table under a chart. `verdict` is "", "none" or "changed"."""

    visit: str
    day: str
    value: str
    interval: str
    change: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One measure over all visits of a client."""

    id: str
    title: str
    region: str
    chart: TrendChart
    rows: tuple[TrendRow, ...]
    is_proxy: bool
    is_first_choice: bool
    suffix: str
    factor: float
    decimals: int
    latest: str
    latest_interval: str
    verdict: str
    change: str
    reference: str


def trends(
    series: Sequence[MeasurePoint], display: Display, *, protocol: Sequence[str] = ()
) -> tuple[Trend, ...]:
    """Return a trend for every measure that was ever taken, in the table's order.

    Parameters
    ----------
    series
        All measures of all visits of one client.
    display
        Language and units.
    protocol
        The measures that the practice looks at first; without one, those that have a
        reference range.
    """
    by_measure: dict[str, list[MeasurePoint]] = {}
    for point in series:
        if point.value is not None and point.measure in MEASURES:
            by_measure.setdefault(point.measure, []).append(point)
    return tuple(
        _trend(measure, by_measure[measure], display, protocol)
        for measure in MEASURES
        if measure in by_measure
    )


def _trend(
    measure: str, points: Sequence[MeasurePoint], display: Display, protocol: Sequence[str]
) -> Trend:
    ordered = sorted(points, key=lambda point: point.taken)
    unit = ordered[-1].unit
    view = ordered[-1].view
    # A measure may come from the front and from behind: one view makes one line.
    same = [point for point in ordered if point.unit is unit and point.view is view]
    placed = _placed(same)
    reference = reference_range(measure)
    rows = tuple(_trend_row(point, found, display) for point, found in placed)
    return Trend(
        id=measure,
        title=display.title(measure),
        region=display.region(MEASURES[measure].region),
        chart=trend_chart([point for point, _ in placed], reference, unit=unit),
        rows=rows,
        is_proxy=MEASURES[measure].is_proxy,
        is_first_choice=measure in protocol if protocol else reference is not None,
        suffix=display.suffix(unit),
        factor=display.factor(unit),
        decimals=MEASURES[measure].decimals,
        latest=rows[-1].value,
        latest_interval=rows[-1].interval,
        verdict=rows[-1].verdict,
        change=rows[-1].change,
        reference=display.reference(reference) if reference and reference.unit is unit else "",
    )


def _placed(points: Sequence[MeasurePoint]) -> list[tuple[TrendPoint, Change]]:
    """Return each visit's point with its change from the first visit."""
    known = [(point, _as_measure(point)) for point in points if point.value is not None]
    first = known[0][1]
    placed = []
    for point, measure in known:
        found = change(first, measure)
        shown = TrendPoint(
            day=point.taken,
            value=measure.value or 0.0,
            low=measure.low or 0.0,
            high=measure.high or 0.0,
            detectable=found.detectable or 0.0,
            visit=point.visit_id,
            is_proxy=point.method is Method.PROXY,
        )
        placed.append((shown, found))
    return placed


def _as_measure(point: MeasurePoint) -> Measure:
    return Measure(
        id=point.measure,
        unit=point.unit,
        status=Status.OK,
        view=point.view,
        value=point.value,
        low=point.low,
        high=point.high,
        method=point.method,
    )


def _trend_row(point: TrendPoint, found: Change, display: Display) -> TrendRow:
    measure, unit, is_first = found.measure, found.unit, found.before is found.after
    return TrendRow(
        visit=point.visit,
        day=display.day(point.day),
        value=display.quantity(point.value, measure, unit),
        interval=display.between(point.low, point.high, measure, unit),
        change="" if is_first else _with_sign(found.change or 0.0, measure, unit, display),
        verdict="" if is_first else "changed" if found.is_shown else "none",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One measure at two visits, in words.

    `verdict` is a key of the texts. `detectable` says how large a change must be to be told;
    `reason` why there is no verdict, or why a change is not valued.
    """

    id: str
    title: str
    before: str
    before_interval: str
    after: str
    after_interval: str
    change: str
    between: str
    detectable: str
    verdict: str
    is_shown: bool
    reason: str


def change_rows(found: Sequence[Change], display: Display) -> tuple[ChangeRow, ...]:
    """Return the measures that both visits have in the same unit and view."""
    both = [item for item in found if item.change is not None]
    count = Counter(item.measure for item in both)
    return tuple(
        _row(item, item.before, item.after, display, named_by_view=count[item.measure] > 1)
        for item in both
        if item.before is not None and item.after is not None
    )


def _row(
    found: Change, before: Measure, after: Measure, display: Display, *, named_by_view: bool
) -> ChangeRow:
    measure, unit = found.measure, found.unit
    title = display.title(measure)
    if named_by_view and found.view is not None:
        title = f"{title} ({display.view(found.view)})"
    low, high = found.low or 0.0, found.high or 0.0
    return ChangeRow(
        id=measure,
        title=title,
        before=display.value(before),
        before_interval=display.interval(before),
        after=display.value(after),
        after_interval=display.interval(after),
        change=_with_sign(found.change or 0.0, measure, unit, display),
        between=display.between(low, high, measure, unit),
        detectable=display.quantity(found.detectable or 0.0, measure, unit),
        verdict=found.verdict.name.lower(),
        is_shown=found.is_shown,
        reason=said_reason(found, display.texts.language),
    )


def _with_sign(difference: float, measure: str, unit: Unit, display: Display) -> str:
    shown = display.quantity(difference, measure, unit)
    return f"+{shown}" if difference > 0 and any(c in "123456789" for c in shown) else shown
