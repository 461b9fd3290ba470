"""The words of a plan, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from posture.findings import format_interval
from posture.i18n import Catalogue
from posture.knowledge import Knowledge
from posture.knowledge.types import Test
from posture.plan.ranking import Candidate, ComplaintLink
from posture.plan.records import BodySide, FindingNote, TestToDo
from posture.results import Measure

__all__ = [
    "chain_text",
    "finding_title",
    "finding_value",
    "interval_text",
    "muscle_text",
    "test_to_do",
]


def muscle_text(name: str, side: BodySide, words: Catalogue) -> str:
    """Return "Upper trapezius, left"."""
    return words("chain.muscle", name=name, side=words(f"side.{side}"))


def finding_title(title: str, side: str | None, words: Catalogue) -> str:
    """Return the finding's title with its side."""
    if side is None:
        return title
    return words("chain.finding_side", title=title, side=words(f"side.{side}"))


def finding_value(note: FindingNote, measures: Sequence[Measure], words: Catalogue) -> str:
    """Return "Forward head 4.1 cm (3.0–5.2)", without the number where there is none."""
    value = interval_text(note, measures, words)
    if not value:
        return words("chain.finding_without_value", title=note.title)
    return words("chain.finding", title=note.title, value=value)


def interval_text(note: FindingNote, measures: Sequence[Measure], words: Catalogue) -> str:
    """Return "4.1 cm (3.0–5.2)", nothing where the finding's measure has no value."""
    for measure in measures:
        if measure.id == note.finding.measure and measure.is_ok:
            text = format_interval(measure)
            dash = " … " if "−" in text else "–"
            return words.number(text.replace(" to ", dash))
    return ""


def chain_text(
    candidate: Candidate,
    side: BodySide,
    measures: Sequence[Measure],
    knowledge: Knowledge,
    words: Catalogue,
) -> str:
    """Return the reasoning behind one muscle in one line.

    For instance "Forward head 4.1 cm (3.0–5.2) + temple (left), 6 of 10 → Upper trapezius,
    left: commonly short or overactive; refers to: temple".
    """
    reasons = [finding_value(link.note, measures, words) for link in candidate.findings]
    reasons += [_complaint(link, knowledge, words) for link in candidate.complaints]
    relations = _roles(candidate, words)
    relations += [_relation(link, knowledge, words) for link in candidate.complaints]
    for condition, _ in candidate.conditions:
        title = knowledge.conditions[condition].title
        reasons.append(words("chain.condition", title=title))
        relations.append(words("chain.condition_muscle", condition=title))
    name = knowledge.muscles[candidate.muscle].name
    line = words(
        "chain.line",
        reasons=" + ".join(dict.fromkeys(reasons)),
        muscle=muscle_text(name, side, words),
        relations="; ".join(dict.fromkeys(relations)),
    )
    return line[:1].upper() + line[1:]


def _roles(candidate: Candidate, words: Catalogue) -> list[str]:
    """Return the roles, with the finding each comes from where they differ."""
    roles = [words("role.short" if link.short else "role.long") for link in candidate.findings]
    if len(set(roles)) < 2:
        return roles
    titles = [link.note.title for link in candidate.findings]
    return [
        words("chain.role_in", role=role, finding=title)
        for role, title in zip(roles, titles, strict=True)
    ]


def _complaint(link: ComplaintLink, knowledge: Knowledge, words: Catalogue) -> str:
    complaint = link.complaint
    region = knowledge.regions[complaint.region]
    if not region.paired:
        return words("chain.complaint_midline", region=region.plain, intensity=complaint.intensity)
    return words(
        "chain.complaint",
        region=region.plain,
        side=words(f"side.{complaint.side}"),
        intensity=complaint.intensity,
    )


def _relation(link: ComplaintLink, knowledge: Knowledge, words: Catalogue) -> str:
    region = knowledge.regions[link.complaint.region].plain
    return words("chain.refers" if link.is_referral else "chain.lies", region=region)


def test_to_do(test: Test) -> TestToDo:
    """Return a test as it is shown."""
    return TestToDo(
        id=test.id,
        title=test.title,
        how=test.how,
        normal=test.normal,
        caution=test.caution,
        evidence=test.evidence.value,
    )
