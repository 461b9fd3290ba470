"""The therapist's pages of a plan: what was told, what to assess, the session. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from posture.i18n import Catalogue, catalogue
from posture.i18n.localised import localised_knowledge
from posture.intake import Complaint, Restriction
from posture.knowledge import Knowledge
from posture.plan import PlannedVisit
from posture.plan.charts import MOST_CHARTED, plan_charts
from posture.report.content import (
    Alert,
    Block,
    BodyCharts,
    Bullet,
    Bullets,
    Chart,
    LegendItem,
    Paragraph,
    Section,
)
from posture.report.plan_cards import (
    condition_card,
    finding_card,
    muscle_card,
    pattern_card,
    technique_card,
)
from posture.report.plan_tables import home_table, session_table, tests_table
from posture.report.tables import Sources

__all__ = ["body_charts", "plan_sections", "stop_section"]


def stop_section(visit: PlannedVisit) -> Section | None:
    """Return what stops the plan, to stand before all else; None where nothing does."""
    words = catalogue(visit.plan.language)
    if not visit.plan.stop:
        return None
    alert = Alert(
        tone="stop",
        title=words("report.stop_title"),
        items=tuple(Bullet(lead=one.question, text=one.refer) for one in visit.plan.stop),
    )
    note = Paragraph(text=words("report.stop_note"))
    return Section(key="stop", title=words("stop.heading"), blocks=(alert, note))


def plan_sections(visit: PlannedVisit, sources: Sources) -> Iterator[Section]:
    """Yield the plan's sections in the order of use; only what was told, where it stops."""
    words = catalogue(visit.plan.language)
    knowledge = localised_knowledge(visit.plan.language)
    yield Section(
        key="told",
        title=words("report.told"),
        blocks=(Bullets(items=tuple(_told(visit, knowledge, words))),),
    )
    if visit.plan.stop:
        return
    groups = (
        ("safety", words("report.safety"), _safety(visit, words)),
        ("charts", words("report.charts"), _charts(visit, knowledge, words)),
        ("muscles", words("plan.muscles"), _muscles(visit, knowledge, words, sources)),
        ("session", words("plan.session", minutes=visit.plan.minutes), _session(visit, knowledge)),
        ("techniques", words("report.techniques"), _techniques(visit, knowledge, words, sources)),
        ("home", words("plan.home_care"), _home(visit, words)),
        ("conditions", words("plan.conditions"), _conditions(visit, words, sources)),
        ("patterns", words("plan.patterns"), _patterns(visit, words, sources)),
        ("findings", words("report.findings"), _findings(visit, knowledge, words, sources)),
        ("tests", words("report.tests"), _tests(visit, words)),
    )
    for key, title, blocks in groups:
        content = tuple(blocks)
        if content:
            yield Section(key=key, title=title, blocks=content)


def body_charts(
    visit: PlannedVisit, knowledge: Knowledge, words: Catalogue, *, who: str, caption: str
) -> BodyCharts | None:
    """Return the plan on the body chart, or None where no view shows any of it.

    Parameters
    ----------
    visit, knowledge, words
        The plan, and the names and words to show it with.
    who
        Group of the catalogue that words the legend: `chart`, or `client`.
    caption
        What stands below.
    """
    shown = visit.plan.muscles[:MOST_CHARTED]
    named = "; ".join(
        words(
            "chain.muscle",
            name=knowledge.muscles[one.muscle].name,
            side=words(f"side.{one.side}"),
        )
        for one in shown
    )
    charts = tuple(
        Chart(
            key=f"bodychart-{view}",
            title=words(f"{who}.{view}" if who == "chart" else f"{who}.chart_{view}"),
            svg=svg,
            alt=named,
        )
        for view, svg in plan_charts(visit.plan, knowledge).items()
    )
    if not charts:
        return None
    legend = (
        LegendItem(kind="assess", text=words(f"{who}.legend_assess")),
        LegendItem(kind="referral", text=words(f"{who}.legend_referral")),
    )
    return BodyCharts(items=charts, legend=legend, caption=caption)


def _told(visit: PlannedVisit, knowledge: Knowledge, words: Catalogue) -> Iterator[Bullet]:
    intake = visit.intake
    for complaint in intake.complaints:
        yield _complaint(complaint, knowledge, words)
    if not intake.complaints:
        yield Bullet(text=words("report.told_nothing"))
    conditions = [knowledge.conditions[name].title for name in dict.fromkeys(intake.conditions)]
    given = [_restriction(one, knowledge, words) for one in intake.contraindications]
    for key, items in (
        ("told_conditions", conditions),
        ("told_medication", intake.medication),
        ("told_contraindications", given),
    ):
        if items:
            yield Bullet(lead=f"{words(f'report.{key}')}:", text="; ".join(items))
    count, raised = len(intake.red_flags), len(intake.raised_flags)
    yield Bullet(
        lead=f"{words('report.told_screen')}:",
        text=words("report.screen_raised", raised=raised, count=count)
        if raised
        else words("report.screen_clear", count=count),
    )


def _complaint(complaint: Complaint, knowledge: Knowledge, words: Catalogue) -> Bullet:
    region = knowledge.regions[complaint.region]
    lead = region.title
    if region.paired:
        side = words(f"side.{complaint.side}")
        lead = words("report.side_of", region=region.title, side=side)
    parts = [words("report.told_complaint", intensity=complaint.intensity)]
    weeks = complaint.duration_weeks
    if weeks is not None:
        key = "report.told_week" if weeks == 1 else "report.told_weeks"
        parts.append(words(key, weeks=words.number(f"{weeks:g}")))
    if complaint.aggravating:
        parts.append(words("report.told_aggravating", what=complaint.aggravating))
    return Bullet(lead=f"{lead}:", text="; ".join(parts))


def _restriction(one: Restriction, knowledge: Knowledge, words: Catalogue) -> str:
    title = knowledge.contraindications[one.id].title
    if one.region is None:
        return title
    region = knowledge.regions[one.region]
    where = region.title
    if region.paired:
        side = words(f"side.{one.side}")
        where = words("report.side_of", region=region.title, side=side)
    return f"{title} ({where})"


def _safety(visit: PlannedVisit, words: Catalogue) -> Iterator[Block]:
    plan = visit.plan
    if plan.precautions:
        items = tuple(Bullet(text=text) for text in plan.precautions)
        yield Alert(tone="care", title=words("plan.precautions"), items=items)
    if plan.removed:
        items = tuple(Bullet(lead=f"{one.what}.", text=one.why) for one in plan.removed)
        yield Alert(tone="care", title=words("report.removed"), items=items)


def _charts(visit: PlannedVisit, knowledge: Knowledge, words: Catalogue) -> Iterator[Block]:
    count = min(MOST_CHARTED, len(visit.plan.muscles))
    caption = words("report.charts_caption", count=count) if count > 1 else ""
    charts = body_charts(visit, knowledge, words, who="chart", caption=caption)
    if charts is not None:
        yield charts


def _muscles(
    visit: PlannedVisit, knowledge: Knowledge, words: Catalogue, sources: Sources
) -> Iterator[Block]:
    if not visit.plan.muscles:
        yield Paragraph(text=words("plan.nothing"))
        return
    yield Paragraph(text=words("report.muscles_intro"))
    for muscle in visit.plan.muscles:
        yield muscle_card(muscle, knowledge, words, sources)


def _session(visit: PlannedVisit, knowledge: Knowledge) -> Iterator[Block]:
    if visit.plan.session:
        words = catalogue(visit.plan.language)
        yield Paragraph(text=words("report.session_intro"))
        yield session_table(visit.plan, knowledge, words)


def _techniques(
    visit: PlannedVisit, knowledge: Knowledge, words: Catalogue, sources: Sources
) -> Iterator[Block]:
    used = {step.technique for step in visit.plan.session}
    for technique in knowledge.techniques.values():
        if technique.id in used:
            yield technique_card(technique, words, sources)


def _home(visit: PlannedVisit, words: Catalogue) -> Iterator[Block]:
    if visit.plan.home_care:
        yield home_table(visit.plan, words)


def _conditions(visit: PlannedVisit, words: Catalogue, sources: Sources) -> Iterator[Block]:
    for condition in visit.plan.conditions:
        yield condition_card(condition, words, sources)


def _patterns(visit: PlannedVisit, words: Catalogue, sources: Sources) -> Iterator[Block]:
    if visit.plan.patterns:
        yield Paragraph(text=words("report.patterns_intro"))
    for pattern in visit.plan.patterns:
        yield pattern_card(pattern, words, sources)


def _findings(
    visit: PlannedVisit, knowledge: Knowledge, words: Catalogue, sources: Sources
) -> Iterator[Block]:
    for note in visit.plan.findings:
        yield finding_card(note, knowledge, words, sources)


def _tests(visit: PlannedVisit, words: Catalogue) -> Iterator[Block]:
    table = tests_table(visit.plan, words)
    if table is not None:
        yield table
