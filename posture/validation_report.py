"""Bland–Altman plots of a validation, as one self-contained HTML page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from posture.measures import MEASURES
from posture.validate import Agreement, Row, agreement

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bland_altman", "render_validation"]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Validation</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: #1d2b30; }
h1 { color: #0f5c63; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid #d5dfe0; }
th:first-child, td:first-child { text-align: left; }
.wide { overflow-x: auto; } .plots { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); }
.plots svg { width: 100%; height: auto; }
</style></head><body>
<h1>Agreement with the reference</h1>
<p>{{ count }} visits. Difference = program minus reference. Where the reference is synthetic
clients, these are not figures on people.</p>
<div class="wide"><table><thead><tr><th scope="col">Measure</th><th scope="col">n</th>
<th scope="col">Bias</th><th scope="col">MAE</th><th scope="col">SD</th><th scope="col">r</th>
<th scope="col">ICC(2,1)</th><th scope="col">95 % limits</th><th scope="col">Coverage</th>
<th scope="col">Interval</th><th scope="col">Refused</th></tr></thead><tbody>
{% for a in table %}<tr><th scope="row">{{ titles[a.measure] }}</th><td>{{ a.n }}</td>
<td>{{ "%.2f"|format(a.bias) }}</td><td>{{ "%.2f"|format(a.mae) }}</td>
<td>{{ "%.2f"|format(a.sd) }}</td><td>{{ "%.2f"|format(a.r) }}</td>
<td>{{ "%.2f"|format(a.icc) }}</td>
<td>{{ "%.2f"|format(a.limits[0]) }} to {{ "%.2f"|format(a.limits[1]) }}</td>
<td>{{ "%.0f"|format(100 * a.coverage) }} %</td><td>{{ "%.2f"|format(a.width) }}</td>
<td>{{ "%.0f"|format(100 * a.refused) }} %</td></tr>
{% endfor %}</tbody></table></div>
<h2>Bland–Altman plots</h2><div class="plots">{% for svg in plots %}{{ svg|safe }}{% endfor %}</div>
</body></html>
"""


def render_validation(rows: Sequence[Row]) -> str:
    """Return the page."""
    from jinja2 import Environment

    by_measure = {name: [row for row in rows if row.measure == name] for name in MEASURES}
    table = [agreement(name, chosen) for name, chosen in by_measure.items() if chosen]
    template = Environment(autoescape=True).from_string(_PAGE)
    return template.render(
        count=len({row.visit for row in rows}),
        table=table,
        titles={name: f"{row.title} ({row.unit.value})" for name, row in MEASURES.items()},
        plots=[_svg(a, by_measure[a.measure]) for a in table if a.n > 2],
    )


def _svg(figures: Agreement, rows: Sequence[Row]) -> str:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    with plt.rc_context({"svg.hashsalt": figures.measure, "svg.fonttype": "path"}):
        fig, ax = plt.subplots(figsize=(4.2, 2.9), layout="constrained")
        bland_altman(rows, figures, ax)
        buffer = io.StringIO()
        fig.savefig(buffer, format="svg", metadata={"Date": None})
        plt.close(fig)
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def bland_altman(rows: Sequence[Row], figures: Agreement, ax: Axes) -> Axes:
    """Draw difference against mean of program and reference, with bias and 95 % limits."""
    taken = [(row.truth, row.value) for row in rows if row.value is not None]
    truth, value = np.array(taken, dtype=float).T
    ax.scatter((truth + value) / 2, value - truth, s=9, color="#0f5c63", alpha=0.6, linewidths=0)
    ax.axhline(0.0, color="#9fb1b3", linewidth=0.8)
    ax.axhline(figures.bias, color="#c8641b", linewidth=1.2)
    for limit in figures.limits:
        ax.axhline(limit, color="#c8641b", linewidth=0.9, linestyle="--")
    definition = MEASURES[figures.measure]
    ax.set_title(definition.title, fontsize=10, loc="left")
    ax.set_xlabel(f"mean of both ({definition.unit.value})", fontsize=8)
    ax.set_ylabel("difference", fontsize=8)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
