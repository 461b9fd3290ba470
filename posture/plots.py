"""Charts: each measure against its reference range, with its interval.

One row per measure: its name and value above, below it a track with the reference range
as a band, the 95 % interval as a bar and the value as a dot. Every row has its own scale,
so that rows in different units stand together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from types import MappingProxyType
from typing import TYPE_CHECKING

from posture.both_sides import sided_title
from posture.findings import format_interval
from posture.i18n.phrases import Say, as_it_is
from posture.norms import reference_range
from posture.results import Measure, ReferenceRange, Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = [
    "BAND",
    "BAR",
    "INK",
    "MUTED",
    "ON_PAGES",
    "QUIET",
    "TRACK",
    "chartable",
    "drawn_svg",
    "plot_ranges",
    "range_text",
    "ranges_svg",
    "say_ticks",
]

INK, MUTED = "#16202a", "#5e6b78"
BAND, TRACK, BAR, QUIET = "#9fd3c7", "#e3e8ec", "#20536b", "#c9d2da"
ON_PAGES: Mapping[str, str] = MappingProxyType(
    {
        INK: "currentColor",
        MUTED: "var(--muted)",
        BAND: "var(--band)",
        TRACK: "var(--track)",
        BAR: "var(--bar)",
        QUIET: "var(--quiet)",
        "#ffffff": "var(--paper)",
    }
)
"""What stands for each colour on a page, which has others in dark mode."""
_WIDTH_IN, _ROW_IN = 4.3, 0.62
_LEAST_SPAN = {Unit.DEGREES: 10.0, Unit.CENTIMETRES: 5.0, Unit.PERCENT_STATURE: 3.0}


def chartable(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return the measures a chart can show: those with a range in their own unit.

    Measures without a value are kept; their row says that they were not measured.
    """
    return tuple(
        measure
        for measure in measures
        if (reference := reference_range(measure.id)) is not None
        and (not measure.is_ok or reference.unit is measure.unit)
    )


def range_text(reference: ReferenceRange) -> str:
    """Return a range as people read it.

    Examples
    --------
    >>> from posture.norms import reference_range
    >>> range_text(reference_range("craniovertebral_angle_deg"))
    '48° or more'
    >>> range_text(reference_range("head_tilt_deg"))
    '−4 to 4°'
    """
    suffix = {Unit.DEGREES: "°", Unit.RATIO: ""}.get(reference.unit, f" {reference.unit.value}")
    low, high = (
        None if bound is None else f"{bound:g}".replace("-", "−")
        for bound in (reference.low, reference.high)
    )
    if low is None:
        return f"{high}{suffix} or less"
    if high is None:
        return f"{low}{suffix} or more"
    return f"{low} to {high}{suffix}"


def plot_ranges(
    measures: Sequence[Measure], *, ax: Axes | None = None, say: Say = as_it_is
) -> tuple[Figure, Axes]:
    """Plot measures against their reference ranges.

    Parameters
    ----------
    measures
        Those of `chartable`, from the top down.
    ax
        Where to plot; a new figure without one.
    say
        What puts the words into the reader's language.

    Raises
    ------
    ValueError
        If there is nothing to plot, or a measure has no range in its unit.
    """
    if not measures or len(chartable(measures)) < len(measures):
        raise ValueError("expected measures with a reference range, see `chartable`")
    if ax is None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(_WIDTH_IN, _ROW_IN * len(measures) + 0.08))
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set_xlim(-0.015, 1.015)
    ax.set_ylim(len(measures), -0.12)
    ax.set_axis_off()
    for row, measure in enumerate(measures):
        reference = reference_range(measure.id)
        if reference is not None:
            _plot_row(ax, row, measure, reference, sided_title(measure, measures), say)
    return ax.get_figure(), ax  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Maps values of one row onto [0, 1]."""

    start: float
    end: float

    def __call__(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.start) / (self.end - self.start)))


def _scale(measure: Measure, reference: ReferenceRange) -> _Scale:
    known = [
        number
        for number in (reference.low, reference.high, measure.low, measure.high)
        if number is not None
    ]
    span = max(max(known) - min(known), _LEAST_SPAN.get(measure.unit, 0.1))
    middle = (max(known) + min(known)) / 2
    return _Scale(start=middle - 0.65 * span, end=middle + 0.65 * span)


def _plot_row(
    ax: Axes, row: int, measure: Measure, reference: ReferenceRange, title: str, say: Say
) -> None:
    from matplotlib.patches import Rectangle

    scale = _scale(measure, reference)
    ax.text(0.0, row + 0.16, say(title), size=8.5, color=INK, va="center")
    track_y, height = row + 0.46, 0.2
    ax.add_patch(Rectangle((0, track_y - height / 2), 1, height, color=TRACK, lw=0))
    low = 0.0 if reference.low is None else scale(reference.low)
    high = 1.0 if reference.high is None else scale(reference.high)
    ax.add_patch(Rectangle((low, track_y - height / 2), high - low, height, color=BAND, lw=0))
    _tell_bounds(ax, row, reference, scale, say)
    if measure.value is None or measure.low is None or measure.high is None:
        ax.text(1.0, row + 0.16, say("not measured"), size=8, color=MUTED, ha="right", va="center")
        return
    words = say(format_interval(measure))
    ax.text(1.0, row + 0.16, words, size=8.5, color=INK, ha="right", va="center", weight="bold")
    ends = (scale(measure.low), scale(measure.high))
    ax.plot(ends, (track_y, track_y), color=BAR, lw=2.6, solid_capstyle="butt")
    for end in ends:
        ax.plot((end, end), (track_y - 0.09, track_y + 0.09), color=BAR, lw=1.4)
    ax.plot(scale(measure.value), track_y, "o", ms=7, mfc="white", mec=BAR, mew=2.0, clip_on=False)


def _tell_bounds(ax: Axes, row: int, reference: ReferenceRange, scale: _Scale, say: Say) -> None:
    for bound in (reference.low, reference.high):
        if bound is not None:
            words = say(f"{bound:g}".replace("-", "−"))
            ax.text(scale(bound), row + 0.71, words, size=7, color=MUTED, ha="center", va="center")


def ranges_svg(measures: Sequence[Measure], *, key: str, say: Say = as_it_is) -> str:
    """Return the chart as an SVG element that stands alone.

    Text is drawn as paths, ids begin with `key`, nothing refers outside, and the same
    measures give the same characters.
    """
    return drawn_svg(lambda: plot_ranges(measures, say=say)[0], key=key)


def say_ticks(axis: Axis, say: Say) -> None:
    """Let an axis tell its numbers in a language."""
    from matplotlib.ticker import ScalarFormatter

    class Said(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return say(super().__call__(x, pos))

    axis.set_major_formatter(Said())


def drawn_svg(draw: Callable[[], Figure], *, key: str) -> str:
    """Return the figure that `draw` makes as an SVG element, see `ranges_svg`."""
    import matplotlib as mpl

    with mpl.rc_context(
        {"svg.hashsalt": key, "svg.fonttype": "path", "font.family": "DejaVu Sans"}
    ):
        figure = draw()
        buffer = StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{key}-', svg)
    svg = re.sub(r'href="#', f'href="#{key}-', svg)
    return re.sub(r"url\(#", f"url(#{key}-", svg)
