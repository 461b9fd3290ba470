"""How a measure is distributed over the clients of a batch, against its reference range."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.i18n.phrases import Say, as_it_is
from posture.measures import MEASURES
from posture.norms import reference_range
from posture.plots import MUTED, say_ticks
from posture.results import ReferenceRange, Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Distribution", "distribution_svg", "median_interval", "read_distributions"]

_FEW = 40
_BAND, _BAR, _MEDIAN = "#9fd3c7", "#20536b", "#c2691a"
_LEAST_SPAN = {Unit.DEGREES: 10.0, Unit.CENTIMETRES: 5.0, Unit.RATIO: 0.05}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distribution:
    """One measure over clients, each counted once, with the first visit that has it.

    `below` and `above` count clients whose whole 95 % interval lies beyond the reference
    range.
    """

    measure: str
    values: NDArray[np.float64]
    reference: ReferenceRange | None
    below: int
    above: int

    @property
    def median(self) -> float:
        """The median over clients."""
        return float(np.median(self.values))


def median_interval(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return a 95 % interval of the median, None where there are too few values.

    By order statistics: the ends are values between which the median lies with at least
    95 % by the binomial distribution, whatever the shape (Conover 1999, section 3.2).

    Examples
    --------
    >>> median_interval(np.arange(1.0, 11.0))
    (2.0, 9.0)
    >>> median_interval(np.arange(5.0)) is None
    True
    """
    n = len(values)
    ordered = np.sort(values)
    if n > 200:  # the normal approximation is exact to a place by then
        cut = math.floor((n - 1.96 * math.sqrt(n)) / 2)
        return float(ordered[cut - 1]), float(ordered[n - cut])
    below, cut = 0.0, 0
    while True:
        below += math.comb(n, cut) / 2**n
        if below > 0.025:
            break
        cut += 1
    return None if cut == 0 else (float(ordered[cut - 1]), float(ordered[n - cut]))


def read_distributions(path: Path) -> list[Distribution]:
    """Return the clinical measures of measures.parquet that anybody has, in their order."""
    import polars as pl

    table = (
        pl.scan_parquet(path)
        .filter(pl.col("status") == "ok")
        .select("client", "measure", "value", "low", "high", "unit")
    )
    found = []
    for name, definition in MEASURES.items():
        if definition.is_proxy:
            continue
        reference = reference_range(name)
        unit = reference.unit if reference else definition.unit
        rows = (
            table.filter((pl.col("measure") == name) & (pl.col("unit") == unit.value))
            .unique(subset="client", keep="first", maintain_order=True)
            .collect()
        )
        if rows.height:
            low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
            bounds = (reference.low, reference.high) if reference else (None, None)
            found.append(
                Distribution(
                    measure=name,
                    values=rows["value"].to_numpy(),
                    reference=reference,
                    below=0 if bounds[0] is None else int((high < bounds[0]).sum()),
                    above=0 if bounds[1] is None else int((low > bounds[1]).sum()),
                )
            )
    return found


def distribution_svg(distribution: Distribution, say: Say = as_it_is) -> str:
    """Return the chart as an SVG element in the page's colours `muted`, `band` and `bar`."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    key = distribution.measure.replace("_", "-")
    with mpl.rc_context(
        {"svg.hashsalt": key, "svg.fonttype": "path", "font.family": "DejaVu Sans"}
    ):
        figure = Figure(figsize=(3.6, 1.25))
        _plot(distribution, figure.add_axes((0.02, 0.22, 0.96, 0.76)), say)
        buffer = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    svg = buffer.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{key}-', svg)
    svg = re.sub(r'href="#', f'href="#{key}-', svg)
    svg = re.sub(r"url\(#", f"url(#{key}-", svg)
    colours = {MUTED: "var(--muted)", _BAND: "var(--band)", _BAR: "var(--bar)"}
    for drawn, shown in colours.items():
        svg = svg.replace(drawn, shown)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _plot(distribution: Distribution, ax: Axes, say: Say) -> None:
    """Draw dots for few clients, a histogram for many, over the reference range."""
    values, reference = distribution.values, distribution.reference
    bounds = [b for b in (reference.low, reference.high) if b is not None] if reference else []
    start, end = _span(distribution, bounds)
    if reference is not None:
        low = start if reference.low is None else reference.low
        high = end if reference.high is None else reference.high
        ax.axvspan(low, high, color=_BAND, lw=0)
    bins = np.linspace(start, end, 1 + min(32, max(12, round(2 * len(values) ** 0.5))))
    if len(values) <= _FEW:
        place = np.digitize(values, bins)
        heights = [int((place[:i] == place[i]).sum()) + 0.5 for i in range(len(values))]
        ax.plot(values, heights, "o", ms=6.5, mfc=_BAR, mec="none", alpha=0.85, clip_on=False)
        ax.set_ylim(0, max(4.0, max(heights) + 0.6))
    else:
        ax.hist(values, bins=bins.tolist(), color=_BAR, rwidth=0.86)
    ax.axvline(distribution.median, color=_MEDIAN, lw=2.0)
    ax.set_xlim(start, end)
    ax.set_yticks([])
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(MUTED)
    ax.tick_params(axis="x", labelsize=8, colors=MUTED, length=3)
    ax.locator_params(axis="x", nbins=6)
    say_ticks(ax.xaxis, say)


def _span(distribution: Distribution, bounds: list[float]) -> tuple[float, float]:
    values = distribution.values
    ends = [float(np.min(values)), float(np.max(values)), *bounds]
    if len(values) > _FEW:  # a few far out must not squeeze the rest
        ends[:2] = [float(q) for q in np.quantile(values, (0.002, 0.998))]
    unit = MEASURES[distribution.measure].unit
    span = max(max(ends) - min(ends), _LEAST_SPAN.get(unit, 1.0))
    middle = (max(ends) + min(ends)) / 2
    return middle - 0.6 * span, middle + 0.6 * span
