"""Geometry of the pages' charts: an interval bar beside a measure, and a trend over visits.

Pure. Positions are in the units of the chart's own `viewBox`; the templates turn them into
SVG whose colours come from the style sheet.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from posture.results import Measure, ReferenceRange, Unit

__all__ = ["RangeBar", "TrendChart", "TrendPoint", "bar_of", "range_bar", "trend_chart"]

_LEAST_SPAN = {Unit.DEGREES: 10.0, Unit.CENTIMETRES: 5.0, Unit.PERCENT_STATURE: 3.0}
_LEAST_SPAN_RATIO = 0.1

WIDTH, HEIGHT = 360.0, 200.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 42.0, 14.0, 12.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeBar:
    """One row of a chart on a scale of its own: `start` to `end` is its whole width.

    `band` is the reference range inside the scale; `low`, `value`, `high` are those of the
    measure, None where it has none. `limits` are the range's own bounds.
    """

    start: float
    end: float
    band: tuple[float, float]
    limits: tuple[float, ...]
    low: float | None
    value: float | None
    high: float | None

    def at(self, value: float | None) -> float:
        """Return the place of a value in per cent of the width, kept inside it."""
        if value is None:
            return 0.0
        return round(100 * min(1.0, max(0.0, (value - self.start) / (self.end - self.start))), 2)


def range_bar(measure: Measure, reference: ReferenceRange | None) -> RangeBar | None:
    """Return the bar of a measure against its reference range, None where they cannot meet."""
    if reference is None or reference.unit is not measure.unit:
        return None
    return bar_of(
        (measure.low, measure.value, measure.high),
        (reference.low, reference.high),
        least_span=_LEAST_SPAN.get(measure.unit, _LEAST_SPAN_RATIO),
    )


def bar_of(
    measured: tuple[float | None, float | None, float | None],
    reference: tuple[float | None, float | None],
    *,
    least_span: float = _LEAST_SPAN[Unit.DEGREES],
) -> RangeBar:
    """Return the bar of a value between its ends against a range, which may be open.

    The scale is as wide as both take, and `least_span` at least.
    """
    low, value, high = measured
    limits = tuple(bound for bound in reference if bound is not None)
    known = [*limits, *(end for end in (low, high) if end is not None)]
    span = max(max(known) - min(known), least_span)
    middle = (max(known) + min(known)) / 2
    start, end = middle - 0.65 * span, middle + 0.65 * span
    return RangeBar(
        start=start,
        end=end,
        band=(
            start if reference[0] is None else reference[0],
            end if reference[1] is None else reference[1],
        ),
        limits=limits,
        low=low,
        value=value,
        high=high,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One visit's value. `detectable` is the smallest change that can be told from the first."""

    day: date
    value: float
    low: float
    high: float
    detectable: float
    visit: str = ""
    is_proxy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    point: TrendPoint
    x: float
    y: float
    y_low: float
    y_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """A trend laid out: marks, ticks, the reference band and the band of no sure change."""

    marks: tuple[_Mark, ...]
    ticks: tuple[tuple[float, float], ...]
    days: tuple[tuple[float, date, str], ...]
    band: tuple[float, float] | None
    unchanged: str
    width: float = WIDTH
    height: float = HEIGHT
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = HEIGHT - _BOTTOM

    @property
    def path(self) -> str:
        """The line from value to value."""
        return "M" + " L".join(f"{mark.x:g} {mark.y:g}" for mark in self.marks)


def trend_chart(
    points: Sequence[TrendPoint], reference: ReferenceRange | None, *, unit: Unit
) -> TrendChart:
    """Lay out the values of one measure over time.

    Parameters
    ----------
    points
        At least one, in the order of time, all in `unit`.
    reference
        Its range, drawn where its unit is the points'.
    unit
        Of all values.
    """
    limits = _limits(points, reference if reference and reference.unit is unit else None, unit)
    low, high = limits

    def y(value: float) -> float:
        share = (min(high, max(low, value)) - low) / (high - low)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

    xs = _places([point.day for point in points])
    marks = tuple(
        _Mark(point=point, x=x, y=y(point.value), y_low=y(point.low), y_high=y(point.high))
        for point, x in zip(points, xs, strict=True)
    )
    band = None
    if reference is not None and reference.unit is unit:
        top = y(high if reference.high is None else reference.high)
        bottom = y(low if reference.low is None else reference.low)
        band = (top, round(bottom - top, 1)) if bottom > top else None
    return TrendChart(
        marks=marks,
        ticks=tuple((y(tick), tick) for tick in _ticks(low, high)),
        days=_day_labels(marks),
        band=band,
        unchanged=_unchanged(marks, y),
    )


def _limits(
    points: Sequence[TrendPoint], reference: ReferenceRange | None, unit: Unit
) -> tuple[float, float]:
    first = points[0].value
    known = [end for point in points for end in (point.low, point.high)]
    known += [first + sign * point.detectable for point in points[1:] for sign in (-1, 1)]
    span = max(max(known) - min(known), _LEAST_SPAN.get(unit, _LEAST_SPAN_RATIO))
    if reference is not None:
        # A limit close by is worth showing; one far away would flatten the curve.
        bounds = [bound for bound in (reference.low, reference.high) if bound is not None]
        known += [b for b in bounds if min(known) - span / 2 <= b <= max(known) + span / 2]
    middle, reach = (max(known) + min(known)) / 2, max(max(known) - min(known), span) * 0.56
    return middle - reach, middle + reach


def _ticks(low: float, high: float) -> list[float]:
    """Return three to five round numbers between the limits."""
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first = math.ceil(low / step)
    return [round(index * step, 6) for index in range(first, math.floor(high / step) + 1)]


def _places(days: Sequence[date]) -> list[float]:
    """Return where each day stands, by time, visits of one day a little apart."""
    left, right = _LEFT + 16, WIDTH - _RIGHT - 16
    span = (days[-1] - days[0]).days
    if span == 0:
        gap = min(60.0, (right - left) / max(1, len(days) - 1))
        start = (left + right - gap * (len(days) - 1)) / 2
        return [round(start + gap * index, 1) for index in range(len(days))]
    return [round(left + (right - left) * (day - days[0]).days / span, 1) for day in days]


def _day_labels(marks: Sequence[_Mark]) -> tuple[tuple[float, date, str], ...]:
    """Return the first and the last day, or the only one, with their anchors."""
    first, last = marks[0], marks[-1]
    if first.point.day == last.point.day:
        return (((first.x + last.x) / 2, first.point.day, "middle"),)
    return ((_LEFT, first.point.day, "start"), (WIDTH - _RIGHT, last.point.day, "end"))


def _unchanged(marks: Sequence[_Mark], y) -> str:  # type: ignore[no-untyped-def]
    """Return the outline of the band in which a value is no sure change from the first."""
    if len(marks) < 2:
        return ""
    first = marks[0].point.value
    later = marks[1:]
    reach = [later[0].point.detectable, *(mark.point.detectable for mark in later)]
    xs = [marks[0].x - 10, *(mark.x for mark in later[:-1]), later[-1].x + 10]
    upper = [(x, y(first + d)) for x, d in zip(xs, reach, strict=True)]
    lower = [(x, y(first - d)) for x, d in zip(xs, reach, strict=True)]
    corners = itertools.chain(upper, reversed(lower))
    return " ".join(f"{x:g},{height:g}" for x, height in corners)
