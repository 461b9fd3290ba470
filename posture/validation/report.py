"""Bland–Altman plots of a validation, as one self-contained HTML page."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from posture.results import Unit
from posture.validation.agreement import Agreement, Row, agreement, refusals
from posture.validation.measures import KNOWN

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
th, td { text-align: right; padding: .25rem .5rem; white-space: nowrap;
  border-bottom: 1px solid #d5dfe0; }
th:first-child, td:first-child { text-align: left; }
.wide { overflow-x: auto; } .plots { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); }
h2 { margin-top: 2.2rem; } code { overflow-wrap: anywhere; }
tr, .plots svg { break-inside: avoid; }
.plots svg { width: 100%; height: auto; }
@media print { body { font-size: 10px; margin: 0; } th, td { padding: .1rem .25rem; }
  .wide { overflow: visible; } h2 { break-after: avoid; }
  .plots { grid-template-columns: repeat(3, 1fr); } }
</style></head><body>
<h1>Agreement with the reference</h1>
<p>{{ count }} visits. Difference = program minus reference; MAE: mean absolute error; limits: 95 %
limits of agreement; coverage: how many 95 % intervals hold the reference; width: the mean
interval’s. Where the reference is synthetic clients, these are not figures on people.</p>
{% for title, rows in tables.items() %}{% if title %}<h2>{{ title }}</h2>{% endif %}
<div class="wide"><table><thead><tr><th scope="col">Measure</th><th scope="col">n</th>
<th scope="col">Bias</th><th scope="col">MAE</th><th scope="col">SD</th><th scope="col">r</th>
<th scope="col">ICC(2,1)</th><th scope="col">Limits</th><th scope="col">Coverage</th>
<th scope="col">Width</th><th scope="col">Refused</th></tr></thead><tbody>
{% for a in rows %}{% set d = decimals(a.measure) %}<tr>
<th scope="row">{{ titles[a.measure] }}</th><td>{{ a.n }}</td>
<td>{{ a.bias|number(d) }}</td><td>{{ a.mae|number(d) }}</td><td>{{ a.sd|number(d) }}</td>
<td>{{ a.r|number(2) }}</td><td>{{ a.icc|number(2) }}</td>
<td>{{ a.limits[0]|number(d) }} to {{ a.limits[1]|number(d) }}</td>
<td>{{ (100 * a.coverage)|number(0) }} %</td><td>{{ a.width|number(d) }}</td>
<td>{{ (100 * a.refused)|number(0) }} %</td></tr>
{% endfor %}</tbody></table></div>
{% endfor %}
{% if refused %}<h2>Refused</h2><ul>
{% for reason, n in refused.items() %}<li>{{ n }} of {{ count }} visits: {{ reason }}</li>
{% endfor %}</ul>{% endif %}
<h2>Bland–Altman plots</h2>
<p>Each dot is one photo. Orange: mean difference, and dashed the 95 % limits of agreement.</p>
<div class="plots">{% for svg in plots %}{{ svg|safe }}{% endfor %}</div>
{% if software %}<h2>Made with</h2><ul>
{% for name, version in software.items() %}<li>{{ name }} <code>{{ version }}</code></li>
{% endfor %}</ul>{% endif %}
</body></html>
"""


def render_validation(
    rows: Sequence[Row],
    *,
    parts: Mapping[str, Sequence[Row]] | None = None,
    software: Mapping[str, str] | None = None,
) -> str:
    """Return the page.

    Parameters
    ----------
    rows
        All rows: the first table and the plots.
    parts
        Rows of slices by title, a table each.
    software
        Versions to state.
    """
    from jinja2 import Environment

    everything = _table(rows)
    environment = Environment(autoescape=True)
    environment.filters["number"] = _number
    return environment.from_string(_PAGE).render(
        count=len({row.visit for row in rows}),
        tables={"": everything} | {title: _table(part) for title, part in (parts or {}).items()},
        titles={name: f"{row.title} ({row.symbol})" for name, row in KNOWN.items()},
        decimals=_decimals,
        refused=refusals(rows),
        plots=[
            _svg(a, [row for row in rows if row.measure == a.measure])
            for a in everything
            if a.n > 2
        ],
        software=software or {},
    )


def _table(rows: Sequence[Row]) -> list[Agreement]:
    chosen = {name: [row for row in rows if row.measure == name] for name in KNOWN}
    return [agreement(name, of_one) for name, of_one in chosen.items() if of_one]


def _decimals(measure: str) -> int:
    return 3 if KNOWN[measure].unit is Unit.RATIO else 2


def _number(value: float, decimals: int) -> str:
    """Return a number as printed: a true minus, a dash for what is not defined.

    >>> _number(-0.5, 1), _number(float("nan"), 2)
    ('−0.5', '–')
    """
    if math.isnan(value):
        return "–"
    text = f"{value:.{decimals}f}"
    return text.replace("-", "" if float(text) == 0 else "−")


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
    definition = KNOWN[figures.measure]
    ax.set_title(definition.title, fontsize=10, loc="left")
    ax.set_xlabel(f"mean of both ({definition.symbol})", fontsize=8)
    ax.set_ylabel("difference", fontsize=8)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
