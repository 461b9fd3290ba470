"""Charts of a comparison: changes against what can be detected, and trends over visits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from posture.both_sides import title_of_view
from posture.compare import Change, Comparison, Verdict
from posture.i18n.phrases import Say, as_it_is
from posture.measures import MEASURES
from posture.plots import BAR, INK, MUTED, QUIET, TRACK, drawn_svg, say_ticks
from posture.report.compare_words import between, signed
from posture.report.content import Chart, Charts
from posture.report.wording import unit_suffix

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["change_charts", "trend_charts"]

_WIDTH_IN, _ROW_IN = 4.3, 0.5
_REACH = 3.0
"""How far a row reaches to each side, in changes that are just shown."""

_TREND_IN = (4.3, 2.1)
_MARKS = {
    Verdict.IMPROVED: "o",
    Verdict.WORSE: "s",
    Verdict.CHANGED: "D",
    Verdict.NO_CHANGE_SHOWN: "o",
    Verdict.NOT_COMPARABLE: "o",
}

CHANGES_CAPTION = (
    "Mark: change from the first visit to the last; bar: its 95 % interval; grey band: changes "
    "too small to be told from error. A bar that leaves the middle line is a change that is "
    "shown: a filled circle for the better, a filled square for the worse, a filled diamond for "
    "one that is neither. Each row has its own scale, on which all grey bands are as wide."
)
TREND_CAPTION = (
    "Circles with bars: values with their 95 % intervals, by visit. Grey band: values that cannot "
    "be told from the first visit’s. Visits stand side by side whatever the time between them."
)


def change_charts(comparison: Comparison, say: Say = as_it_is) -> Charts | None:
    """Return a chart of the changes per plane, or None where nothing is comparable."""
    charts = []
    for plane, title in (("lateral", "From the side"), ("frontal", "From the front")):
        rows = [
            change
            for change in comparison.changes
            if change.change is not None and MEASURES[change.measure].plane == plane
        ]
        if rows:
            key = f"changes-{plane}"
            svg = drawn_svg(_plotting(rows, say), key=key)
            alt = "; ".join(f"{say(_title(row, rows))} {_in_words(row, say)}" for row in rows)
            charts.append(Chart(key=key, title=title, svg=svg, alt=alt))
    return Charts(items=tuple(charts), caption=CHANGES_CAPTION) if charts else None


def _title(change: Change, among: Sequence[Change]) -> str:
    return title_of_view(change.measure, change.view, [other.measure for other in among])


def _in_words(change: Change, say: Say) -> str:
    return f"{say(f'{signed(change)} ({between(change)})')}, {say(change.verdict.value)}"


def _plotting(rows: Sequence[Change], say: Say) -> Callable[[], Figure]:
    def draw() -> Figure:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(_WIDTH_IN, _ROW_IN * len(rows) + 0.1))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(-0.015, 1.015)
        axes.set_ylim(len(rows), -0.1)
        axes.set_axis_off()
        for row, change in enumerate(rows):
            _plot_change(axes, row, change, say(_title(change, rows)), say)
        return figure

    return draw


def _at(value: float, unit: float) -> float:
    """Return where a change lies on its row, in [0, 1]."""
    return min(1.0, max(0.0, 0.5 + value / unit / (2 * _REACH)))


def _plot_change(axes: Axes, row: int, change: Change, title: str, say: Say) -> None:
    from matplotlib.patches import Rectangle

    value, low, high = (float(n or 0.0) for n in (change.change, change.low, change.high))
    unit = change.detectable or 1.0
    shown = change.is_shown
    axes.text(0.0, row + 0.2, title, size=8.5, color=INK, va="center")
    weight = "bold" if shown else "normal"
    words = f"{say(signed(change))}, {say(change.verdict.value)}"
    axes.text(1.0, row + 0.2, words, size=8.5, color=INK, ha="right", va="center", weight=weight)
    middle, height = row + 0.62, 0.24
    axes.add_patch(Rectangle((0, middle - height / 2), 1, height, color=TRACK, lw=0))
    start, end = _at(-unit, unit), _at(unit, unit)
    axes.add_patch(Rectangle((start, middle - height / 2), end - start, height, color=QUIET, lw=0))
    axes.plot((0.5, 0.5), (middle - 0.19, middle + 0.19), color=MUTED, lw=1.0)
    ends = (_at(low, unit), _at(high, unit))
    axes.plot(ends, (middle, middle), color=BAR, lw=2.4, solid_capstyle="butt")
    axes.plot(
        _at(value, unit),
        middle,
        _MARKS[change.verdict],
        ms=6.5,
        mfc=BAR if shown else "white",
        mec=BAR,
        mew=1.8,
        clip_on=False,
    )


def trend_charts(comparison: Comparison, say: Say = as_it_is) -> Charts | None:
    """Return one chart per measure that three visits or more have, or None without any."""
    charts = []
    labels = [say(label) for label in comparison.labels]
    for name in MEASURES:
        steps = [
            (step.after, change)
            for step in comparison.steps
            for change in step.changes
            if change.measure == name and change.change is not None
        ]
        views = {change.view for _, change in steps}
        if len(steps) > 1 and len(views) == 1:
            key = f"trend-{name.replace('_', '-')}"
            svg = drawn_svg(_trending(steps, labels, say), key=key)
            alt = "; ".join(f"{labels[place]} {_in_words(change, say)}" for place, change in steps)
            unit = unit_suffix(steps[0][1].unit).strip()
            title = f"{MEASURES[name].title} ({unit})" if unit else MEASURES[name].title
            charts.append(Chart(key=key, title=title, svg=svg, alt=alt))
    return Charts(items=tuple(charts), caption=TREND_CAPTION) if charts else None


def _trending(
    steps: Sequence[tuple[int, Change]], labels: Sequence[str], say: Say
) -> Callable[[], Figure]:
    def draw() -> Figure:
        from matplotlib.figure import Figure

        figure = Figure(figsize=_TREND_IN)
        axes = figure.add_axes((0.1, 0.16, 0.87, 0.8))
        first = steps[0][1].before
        assert first is not None  # a change has both
        visits = [first, *(change.after for _, change in steps if change.after is not None)]
        values = [float(measure.value or 0.0) for measure in visits]
        reach = [change.detectable or 0.0 for _, change in steps]
        places = [0, *(place for place, _ in steps)]
        edges = [reach[0], *reach]
        axes.fill_between(
            places,
            [values[0] - edge for edge in edges],
            [values[0] + edge for edge in edges],
            color=QUIET,
            lw=0,
        )
        axes.axhline(values[0], color=MUTED, lw=0.8)
        for place, measure in zip(places, visits, strict=True):
            ends = (float(measure.low or 0.0), float(measure.high or 0.0))
            axes.plot((place, place), ends, color=BAR, lw=2.0)
        axes.plot(places, values, "-o", color=BAR, lw=1.2, ms=6, mfc="white", mew=1.8)
        _dress(axes, labels, say)
        return figure

    return draw


def _dress(axes: Axes, labels: Sequence[str], say: Say) -> None:
    axes.set_xlim(-0.4, len(labels) - 0.6)
    axes.set_xticks(range(len(labels)), labels)
    axes.tick_params(colors=MUTED, labelcolor=MUTED, labelsize=8, length=0)
    axes.locator_params(axis="y", nbins=5)
    say_ticks(axes.yaxis, say)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
