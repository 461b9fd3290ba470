"""The therapist's plan as a document of its own, in the language of the plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from posture.findings import one_of_each
from posture.i18n import Catalogue, catalogue
from posture.plan import PlannedVisit
from posture.plan.wording import interval_text
from posture.report.content import (
    Block,
    Highlight,
    Highlights,
    Paragraph,
    Report,
    Section,
)
from posture.report.plan_sections import plan_sections, stop_section
from posture.report.tables import Sources
from posture.report.wording import localised_date
from posture.results import Assessment

__all__ = ["build_plan_report"]


def build_plan_report(assessment: Assessment, visit: PlannedVisit, *, practice: str = "") -> Report:
    """Return the plan without the measures' tables, which the report holds.

    Parameters
    ----------
    assessment
        Whose findings the plan begins with.
    visit
        The plan with its intake.
    practice
        Name of the practice for the head of the page.
    """
    words = catalogue(visit.plan.language)
    sources = Sources(words=words)
    sections = (
        stop_section(visit),
        _glance(assessment, visit, words),
        *plan_sections(visit, sources),
        _sources(sources, words),
    )
    date = localised_date(assessment.created, words)
    return Report(
        title=words("report.title_plan"),
        client=assessment.client.id,
        practice=practice,
        date=date,
        created=assessment.created,
        facts=(
            (words("client.client"), assessment.client.id),
            (words("client.date"), date),
            (
                words("client.session"),
                words("client.session_minutes", minutes=visit.plan.minutes)
                if visit.plan.session
                else words("report.no_session"),
            ),
        ),
        sections=tuple(section for section in sections if section is not None),
        disclaimer=words("plan.disclaimer"),
        language=visit.plan.language,
        page_words=(words("report.page"), words("report.page_of")),
    )


def _glance(assessment: Assessment, visit: PlannedVisit, words: Catalogue) -> Section | None:
    if visit.plan.stop:
        return None
    items = tuple(_highlights(assessment, visit, words))
    block: Block = Highlights(items=items) if items else Paragraph(text=words("report.no_findings"))
    return Section(key="glance", title=words("plan.findings"), blocks=(block,))


def _highlights(
    assessment: Assessment, visit: PlannedVisit, words: Catalogue
) -> Iterator[Highlight]:
    for note in visit.plan.findings:
        size = words(f"size.{note.size}")
        value = interval_text(note, one_of_each(assessment.measures), words)
        yield Highlight(
            title=note.title,
            text=words("report.finding_value", value=value, size=size) if value else size,
            tag=words(f"evidence.{note.finding.reference.evidence}"),
        )


def _sources(sources: Sources, words: Catalogue) -> Section | None:
    bullets = sources.bullets()
    if not bullets.items:
        return None
    note = Paragraph(text=words("report.tags"), style="note")
    return Section(key="sources", title=words("report.sources"), blocks=(bullets, note))
