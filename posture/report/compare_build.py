"""From a comparison to the report's content: which sections, in which order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from posture.both_sides import title_of_view
from posture.compare import Change, Comparison, Verdict
from posture.i18n.phrases import Say, say_in
from posture.measures import MEASURES
from posture.report.compare_charts import change_charts, trend_charts
from posture.report.compare_words import (
    HOW_DECIDED,
    ROUNDED,
    amount,
    between,
    fairness_of,
    interval,
    signed,
    value,
    verdict_words,
)
from posture.report.content import (
    Block,
    Bullet,
    Bullets,
    Cell,
    Facts,
    Highlight,
    Highlights,
    Paragraph,
    Picture,
    Pictures,
    Report,
    RowGroup,
    Section,
    Table,
)
from posture.report.translated import translated
from posture.report.wording import DISCLAIMER, LIMITS, day_in_words, joined

__all__ = ["build_comparison_report"]

_NBSP = "\N{NO-BREAK SPACE}"


def build_comparison_report(
    comparison: Comparison,
    pictures: Sequence[Sequence[Picture]] = (),
    *,
    practice: str = "",
    language: str = "en",
) -> Report:
    """Return the report of a comparison.

    Parameters
    ----------
    comparison
        What to report.
    pictures
        By view the aligned photos and their overlay, see `posture.report.compare_pictures`.
    practice
        Name of the practice for the head of the page.
    language
        Of all words; the pictures' captions are taken as they are.
    """
    last = comparison.visits[-1]
    sections = (
        _glance(comparison),
        _fairness(comparison),
        _pictures(pictures),
        _changes(comparison, say_in(language)),
        _trends(comparison, say_in(language)),
        _not_compared(comparison),
        _method(),
        _software(comparison),
    )
    report = Report(
        title="Before and after",
        client=last.client.id,
        practice=practice,
        date=day_in_words(last.created),
        created=last.created,
        facts=_facts(comparison),
        sections=tuple(section for section in sections if section is not None),
        disclaimer=DISCLAIMER,
    )
    return translated(report, language)


def _facts(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    dates = [
        (label, day_in_words(visit.created) if comparison.is_dated else "date not stated")
        for label, visit in zip(comparison.labels, comparison.visits, strict=True)
    ]
    if len(dates) > 3:
        dates = [dates[0], ("Visits between", str(len(dates) - 2)), dates[-1]]
    return (("Client", comparison.visits[0].client.id), *dates)


def _glance(comparison: Comparison) -> Section:
    blocks: list[Block] = []
    shown = [change for change in comparison.changes if change.is_shown]
    if shown:
        blocks.append(
            Highlights(items=tuple(_highlight(change, comparison.changes) for change in shown))
        )
    blocks.append(Paragraph(text=_counts(comparison)))
    compared = sum(change.verdict is not Verdict.NOT_COMPARABLE for change in comparison.changes)
    if compared:
        blocks.append(Paragraph(text=_by_chance(compared), style="note"))
    return Section(key="glance", title="At a glance", blocks=tuple(blocks))


def _title(change: Change, among: Sequence[Change]) -> str:
    return title_of_view(change.measure, change.view, [other.measure for other in among])


def _highlight(change: Change, among: Sequence[Change]) -> Highlight:
    title = f"{_title(change, among)}: {change.verdict.value}"
    text = _unbroken(
        f"{value(change.before)} before, {value(change.after)} after: {signed(change)} "
        f"({between(change)})."
    )
    if change.reason:
        text += f" {change.reason[:1].upper()}{change.reason[1:]}."
    return Highlight(title=title, text=text)


def _counts(comparison: Comparison) -> str:
    counts = [f"{comparison.last.count(verdict)} {verdict.value}" for verdict in Verdict]
    span = "" if len(comparison.visits) == 2 else ", from the first visit to the last"
    return f"By measure{span}: {joined(counts)}."


def _by_chance(compared: int) -> str:
    return (
        f"{compared} measures were compared. If nothing at all had changed, up to one in twenty "
        "of them could still be called changed: weigh a single change against what you see and "
        "feel."
    )


def _fairness(comparison: Comparison) -> Section:
    visits: dict[tuple[str, str], list[str]] = {}
    for step in comparison.steps:
        for told in fairness_of(step):
            visits.setdefault(told, []).append(comparison.labels[step.after])
    items = []
    for (effect, text), labels in visits.items():
        lead = effect if len(labels) == len(comparison.steps) else f"{joined(labels)}. {effect}"
        items.append(Bullet(lead=lead, text=text))
    block: Block = Bullets(items=tuple(items))
    if not items:
        block = Paragraph(text="Nothing was found that sets the visits apart.")
    return Section(key="fairness", title="Is the comparison fair?", blocks=(block,))


def _pictures(pictures: Sequence[Sequence[Picture]]) -> Section | None:
    if not pictures:
        return None
    note = Paragraph(
        text="The photos are brought to one scale by the height from ankle to ear, to one floor "
        "and to one plumb line (white, dashed). Blue: first visit. Orange: last visit.",
        style="note",
    )
    return Section(
        key="pictures",
        title="Pictures",
        blocks=(note, *(Pictures(items=tuple(row)) for row in pictures)),
    )


def _changes(comparison: Comparison, say: Say) -> Section | None:
    charts = change_charts(comparison, say)
    if charts is None:
        return None
    return Section(
        key="changes",
        title="Changes",
        blocks=(charts, _table(comparison.changes), Paragraph(text=ROUNDED, style="note")),
    )


def _table(changes: Sequence[Change]) -> Table:
    regions = dict.fromkeys(definition.region for definition in MEASURES.values())
    groups = (
        RowGroup(
            title=region.capitalize(),
            rows=tuple(
                _row(change, changes)
                for change in changes
                if change.change is not None and MEASURES[change.measure].region == region
            ),
        )
        for region in regions
    )
    return Table(
        caption="Values before and after, change with interval, and verdict",
        columns=("Measure", "Before", "After", "Change", "Verdict"),
        groups=tuple(group for group in groups if group.rows),
        layout="changes",
    )


def _row(change: Change, among: Sequence[Change]) -> tuple[Cell, ...]:
    definition = MEASURES[change.measure]
    means = definition.positive_means
    sign = means.capitalize() if means.startswith("larger") else f"Positive: {means}"
    return (
        Cell(text=_title(change, among), detail=sign),
        Cell(text=value(change.before), detail=interval(change.before)),
        Cell(text=value(change.after), detail=interval(change.after)),
        Cell(text=signed(change), detail=between(change)),
        Cell(text=verdict_words(change.verdict), detail=_beneath(change)),
    )


def _beneath(change: Change) -> str:
    """Return what to know of a verdict: why it is not valued, or what it could have shown."""
    if change.reason:
        return change.reason
    if change.verdict is not Verdict.NO_CHANGE_SHOWN or change.detectable is None:
        return ""
    told = f"shown from {amount(change, change.detectable)}"
    if change.surely is not None:
        told += f"; nine in ten from {amount(change, change.surely)}"
    return _unbroken(told)


def _unbroken(text: str) -> str:
    """Return the text with numbers that do not part from their units."""
    return text.replace(" cm", f"{_NBSP}cm")


def _trends(comparison: Comparison, say: Say) -> Section | None:
    charts = trend_charts(comparison, say)
    if charts is None:
        return None
    return Section(key="trends", title="Over all visits", blocks=(charts,))


def _not_compared(comparison: Comparison) -> Section | None:
    by_reason: dict[str, list[str]] = {}
    for change in comparison.changes:
        if change.change is None and change.reason is not None:
            by_reason.setdefault(change.reason, []).append(MEASURES[change.measure].title)
    if not by_reason:
        return None
    items = tuple(
        Bullet(lead=f"{reason[:1].upper()}{reason[1:]}:", text=f"{'; '.join(titles)}.")
        for reason, titles in by_reason.items()
    )
    blocks: tuple[Block, ...] = (Bullets(items=items),)
    return Section(key="missing", title="Not comparable, and why", blocks=blocks)


def _method() -> Section:
    return Section(
        key="method",
        title="Method and limits",
        blocks=(
            Paragraph(text=DISCLAIMER, style="lead"),
            *(Paragraph(text=text) for text in HOW_DECIDED),
            Paragraph(text="Limits to keep in mind:", style="intro"),
            Bullets(items=tuple(Bullet(text=text) for text in LIMITS)),
        ),
    )


def _software(comparison: Comparison) -> Section:
    rows = []
    for label, visit in zip(comparison.labels, comparison.visits, strict=True):
        rows += [(f"{label}: {name}", version) for name, version in visit.software.items()]
    return Section(key="software", title="Software and files", blocks=(Facts(rows=tuple(rows)),))
