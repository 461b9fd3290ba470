"""The client's pages: plain words, pictures, what to do at home. Pure.

No numbers, no names of muscles beyond plain ones, nothing that alarms: words about a body
stay with its owner for long. Only a red flag is told plainly, with what to do and when.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from posture.i18n import Catalogue, catalogue
from posture.i18n.localised import localised_knowledge
from posture.intake import Complaint
from posture.knowledge import Knowledge
from posture.plan import PlannedVisit
from posture.plan.charts import MOST_CHARTED
from posture.plan.records import HomeCareItem, Referral
from posture.report.content import (
    Alert,
    Block,
    Bullet,
    Bullets,
    MuscleCard,
    Paragraph,
    Picture,
    Pictures,
    Report,
    Section,
)
from posture.report.plan_sections import body_charts
from posture.report.wording import localised_date
from posture.results import Assessment

__all__ = ["build_client_report"]

_AFTER = "after the session"


def build_client_report(
    assessment: Assessment,
    visit: PlannedVisit,
    pictures: Sequence[Picture] = (),
    *,
    practice: str = "",
) -> Report:
    """Return the client's pages of a visit, in the language of its plan.

    Parameters
    ----------
    assessment
        Whose client and date head the pages.
    visit
        The plan with its intake. Where it stops, the pages say what to do instead.
    pictures
        Photos for the client's eyes, see `plain_pictures`.
    practice
        Name of the practice for the head of the page.
    """
    words = catalogue(visit.plan.language)
    knowledge = _in_plain_words(localised_knowledge(visit.plan.language))
    groups = (
        ("stop", "client.stop_told", _stop(visit, knowledge, words)),
        ("pictures", "client.pictures", _pictures(pictures, words)),
        ("seen", "client.seen", _seen(visit, words)),
        ("felt", "client.felt", _felt(visit, knowledge, words)),
        ("look", "client.look", _look(visit, knowledge, words)),
        ("session", "client.session_title", _session(visit, words)),
        ("home", "client.home", _home(visit, words)),
        ("after", "client.after", _after(visit)),
        ("question", "client.question", [Paragraph(text=words("client.question_text"))]),
    )
    sections = ((key, title, tuple(blocks)) for key, title, blocks in groups)
    date = localised_date(assessment.created, words)
    return Report(
        title=words("client.title_stop" if visit.plan.stop else "client.title"),
        client=assessment.client.id,
        practice=practice,
        date=date,
        created=assessment.created,
        facts=tuple(_facts(assessment, visit, date, words)),
        sections=tuple(
            Section(key=key, title=words(title), blocks=blocks)
            for key, title, blocks in sections
            if blocks
        ),
        disclaimer=words("client.disclaimer"),
        language=visit.plan.language,
        page_words=(words("report.page"), words("report.page_of")),
    )


def _in_plain_words(knowledge: Knowledge) -> Knowledge:
    """Return the knowledge with plain words where its names stand, for the body chart."""
    return dataclasses.replace(
        knowledge,
        muscles={
            key: dataclasses.replace(muscle, name=muscle.plain)
            for key, muscle in knowledge.muscles.items()
        },
        regions={
            key: dataclasses.replace(region, title=region.plain)
            for key, region in knowledge.regions.items()
        },
    )


def _facts(
    assessment: Assessment, visit: PlannedVisit, date: str, words: Catalogue
) -> Iterator[tuple[str, str]]:
    yield words("client.client"), assessment.client.id
    yield words("client.date"), date
    if visit.plan.session:
        minutes = words("client.session_minutes", minutes=visit.plan.minutes)
        yield words("client.session"), minutes


def _stop(visit: PlannedVisit, knowledge: Knowledge, words: Catalogue) -> Iterator[Block]:
    if not visit.plan.stop:
        return
    told = tuple(Bullet(text=_told(one, knowledge)) for one in visit.plan.stop)
    yield Bullets(items=told)
    advice = [Bullet(text=words("client.stop_text"))]
    if any(one.urgent for one in visit.plan.stop):
        advice.insert(0, Bullet(lead=words("client.stop_urgent"), text=""))
    yield Alert(tone="care", title=words("client.stop_lead"), items=tuple(advice))
    yield Paragraph(text=words("client.stop_after"))


def _told(referral: Referral, knowledge: Knowledge) -> str:
    if referral.id in knowledge.contraindications:
        return _sentence(knowledge.contraindications[referral.id].plain)
    return referral.question.rstrip("?")


def _pictures(pictures: Sequence[Picture], words: Catalogue) -> Iterator[Block]:
    if pictures:
        yield Pictures(items=tuple(pictures))
        yield Paragraph(text=words("client.pictures_caption"), style="note")


def _seen(visit: PlannedVisit, words: Catalogue) -> Iterator[Block]:
    if visit.plan.stop:
        return
    yield Paragraph(text=words("client.seen_intro"))
    items = []
    for note in visit.plan.findings:
        side = note.finding.side
        where = f" {words(f'client.side_{side}')}" if side else ""
        items.append(Bullet(text=f"{note.plain}{where}"))
    yield Bullets(items=tuple(items)) if items else Paragraph(text=words("client.seen_nothing"))


def _felt(visit: PlannedVisit, knowledge: Knowledge, words: Catalogue) -> Iterator[Block]:
    if visit.plan.stop:
        return
    told = [_complaint(one, knowledge, words) for one in visit.intake.complaints]
    told += [knowledge.conditions[name].plain for name in dict.fromkeys(visit.intake.conditions)]
    if told:
        yield Bullets(items=tuple(Bullet(text=_sentence(text)) for text in told))
    else:
        yield Paragraph(text=words("client.felt_nothing"))
    minded = [knowledge.contraindications[one.id].plain for one in visit.intake.contraindications]
    if minded:
        what = ", ".join(dict.fromkeys(minded))
        yield Paragraph(text=words("client.care", what=what))


def _complaint(complaint: Complaint, knowledge: Knowledge, words: Catalogue) -> str:
    region = knowledge.regions[complaint.region]
    if not region.paired:
        return region.plain
    side = words(f"side.{complaint.side}")
    return words("client.felt_complaint", region=region.plain, side=side)


def _look(visit: PlannedVisit, knowledge: Knowledge, words: Catalogue) -> Iterator[Block]:
    shown = visit.plan.muscles[:MOST_CHARTED]
    if not shown:
        return
    yield Paragraph(text=words("client.look_intro"))
    caption = words("client.look_caption")
    charts = body_charts(visit, knowledge, words, who="client", caption=caption)
    if charts is not None:
        yield charts
    texts = (
        words(
            "client.look_muscle",
            plain=knowledge.muscles[one.muscle].plain,
            side=words(f"side.{one.side}"),
        )
        for one in shown
    )
    yield Bullets(items=tuple(Bullet(text=_sentence(text)) for text in texts))


def _session(visit: PlannedVisit, words: Catalogue) -> Iterator[Block]:
    plan = visit.plan
    if not plan.session:
        return
    items = [words("client.session_opening")]
    if plan.areas:
        areas = ", ".join(words(f"area.{area}") for area in plan.areas)
        items.append(words("client.session_work", areas=areas))
        knowledge = localised_knowledge(plan.language)
        used = dict.fromkeys(step.technique for step in plan.session if step.technique)
        items += [knowledge.techniques[name].plain for name in used]
    items.append(words("client.session_closing"))
    yield Bullets(items=tuple(Bullet(text=text) for text in items))
    yield Paragraph(text=words("client.session_stop"))


def _home(visit: PlannedVisit, words: Catalogue) -> Iterator[Block]:
    items = [item for item in visit.plan.home_care if item.kind != _AFTER]
    if not items:
        return
    yield Paragraph(text=words("client.home_intro"))
    for item in items:
        yield _exercise(item, words)
    yield Paragraph(text=words("client.home_custom"), style="note")


def _exercise(item: HomeCareItem, words: Catalogue) -> MuscleCard:
    facts = (
        ("client.home_often", item.dose),
        ("client.home_next", item.progression),
        ("client.home_mind", item.caution),
    )
    return MuscleCard(
        title=item.title,
        lead=item.plain,
        facts=tuple((words(key), _sentence(text)) for key, text in facts if text),
    )


def _after(visit: PlannedVisit) -> Iterator[Block]:
    items = tuple(
        Bullet(lead=f"{item.title}:", text=item.plain)
        for item in visit.plan.home_care
        if item.kind == _AFTER
    )
    if items:
        yield Bullets(items=items)


def _sentence(text: str) -> str:
    """Return text with a capital first letter."""
    return text[:1].upper() + text[1:]
