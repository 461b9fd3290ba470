"""Tables and charts of the report, and the numbered sources they refer to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from posture.both_sides import sided_title
from posture.findings import format_interval, format_repeats
from posture.i18n import Catalogue, catalogue
from posture.i18n.phrases import Say, as_it_is
from posture.measures import MEASURES
from posture.norms import reference_range
from posture.plots import chartable, range_text, ranges_svg
from posture.report.content import Bullet, Bullets, Cell, Chart, Charts, RowGroup, Table
from posture.report.wording import CHART_CAPTION, measured
from posture.results import Measure, ReferenceRange

__all__ = ["Sources", "measures_charts", "measures_table", "missing_list"]

_LACKS_LANDMARKS = re.compile(r"no clinical landmark for (?P<landmarks>.+); (?P<why>.+)")
_COLUMNS = ("Measure", "Value", "95 % interval", "Reference range", "Provenance")


@dataclass(slots=True)
class Sources:
    """Sources in the order of their first mention, each with the standing of its evidence.

    `words` are of the report's language.
    """

    words: Catalogue = field(default_factory=catalogue)
    _tags: dict[str, str] = field(default_factory=dict)

    def cite(self, source: str, evidence: str) -> str:
        """Return the mark of a source, such as "[2]"."""
        self._tags.setdefault(source, evidence)
        return f"[{list(self._tags).index(source) + 1}]"

    def bullets(self) -> Bullets:
        """Return the numbered list."""
        items = tuple(
            Bullet(text=_sentence(source), tag=self.words(f"evidence.{tag}"))
            for source, tag in self._tags.items()
        )
        return Bullets(items=items, numbered=True)


def measures_table(measures: Sequence[Measure], sources: Sources) -> Table:
    """Return all measures that have a value, by region of the body."""
    shown = [measure for measure in measures if measure.is_ok]
    regions = dict.fromkeys(definition.region for definition in MEASURES.values())
    groups = (
        RowGroup(
            title=region.capitalize(),
            rows=tuple(
                _row(measure, shown, sources)
                for measure in shown
                if MEASURES[measure.id].region == region
            ),
        )
        for region in regions
    )
    return Table(
        caption="Measured values with interval, reference range and provenance",
        columns=_COLUMNS,
        groups=tuple(group for group in groups if group.rows),
    )


def _row(measure: Measure, shown: Sequence[Measure], sources: Sources) -> tuple[Cell, ...]:
    definition = MEASURES[measure.id]
    value, interval = measured(measure, definition.decimals)
    method = measure.method.in_words if measure.method else ""
    proxy = "not the clinical measure" if definition.is_proxy else ""
    return (
        Cell(text=sided_title(measure, shown), detail=_sign(definition.positive_means)),
        Cell(text=value),
        Cell(text=interval),
        _reference_cell(measure, sources),
        Cell(text=method, detail=", ".join(filter(None, (proxy, format_repeats(measure))))),
    )


def _sign(positive_means: str) -> str:
    if positive_means.startswith("larger"):
        return positive_means.capitalize()
    return f"Positive: {positive_means}"


def _reference_cell(measure: Measure, sources: Sources) -> Cell:
    reference = reference_range(measure.id)
    if MEASURES[measure.id].is_proxy:
        return Cell(text="—", detail="none applies to a proxy")
    if reference is None:
        return Cell(text="—", detail="no range is defensible")
    mark = sources.cite(reference.source, reference.evidence)
    if reference.unit is not measure.unit:
        return Cell(text="—", detail=f"range is known in {reference.unit.value} only {mark}")
    return Cell(
        text=range_text(reference),
        detail=f"{_about(reference)} {mark}",
        tag=reference.evidence,
    )


def _about(reference: ReferenceRange) -> str:
    """Return whom a range was taken from, and what to know of it."""
    return f"{reference.population}. {reference.note}" if reference.note else reference.population


def measures_charts(measures: Sequence[Measure], say: Say = as_it_is) -> Charts | None:
    """Return one chart per region that has a measured value with a range, or None."""
    charts = []
    for region in dict.fromkeys(definition.region for definition in MEASURES.values()):
        here = [m for m in chartable(measures) if MEASURES[m.id].region == region]
        if any(measure.is_ok for measure in here):
            key = f"chart-{region.replace(' ', '-')}"
            alt = "; ".join(_chart_words(measure, here, say) for measure in here)
            svg = ranges_svg(here, key=key, say=say)
            charts.append(Chart(key=key, title=region.capitalize(), svg=svg, alt=alt))
    return Charts(items=tuple(charts), caption=CHART_CAPTION) if charts else None


def _chart_words(measure: Measure, among: Sequence[Measure], say: Say) -> str:
    reference = reference_range(measure.id)
    title = say(sided_title(measure, among))
    words = say(format_interval(measure) if measure.is_ok else "not measured")
    told = f", {say('reference')} {say(range_text(reference))}" if reference else ""
    return f"{title} {words}{told}"


def missing_list(measures: Sequence[Measure]) -> Bullets | None:
    """Return what was not measured, gathered by reason, or None if nothing is missing."""
    by_reason: dict[str, list[str]] = {}
    for measure in measures:
        if measure.reason is not None:
            reason, title = _reason_and_title(measure.reason, MEASURES[measure.id].title)
            titles = by_reason.setdefault(reason, [])
            if title not in titles:
                titles.append(title)
    if not by_reason:
        return None
    return Bullets(
        items=tuple(
            Bullet(lead=f"{_sentence(reason).rstrip('.')}:", text=f"{'; '.join(titles)}.")
            for reason, titles in by_reason.items()
        )
    )


def _reason_and_title(reason: str, title: str) -> tuple[str, str]:
    """Move the landmarks that a reason names behind the measure's title.

    So that measures which lack different landmarks for the same reason stand together.
    """
    named = _LACKS_LANDMARKS.fullmatch(reason)
    if named is None:
        return reason, title
    return f"no clinical landmark; {named['why']}", f"{title} – {named['landmarks']}"


def _sentence(words: str) -> str:
    """Return words with a capital first letter and all others as they are."""
    return words[:1].upper() + words[1:]
