"""The one composition: findings, measures and intake → plan. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from posture.errors import InputError
from posture.i18n import Catalogue, catalogue
from posture.intake import Intake
from posture.knowledge import Knowledge
from posture.plan.home import plan_home_care
from posture.plan.limits import Limits, Ruling
from posture.plan.patterns import patterns_alike
from posture.plan.ranking import Candidate, rank_candidates
from posture.plan.records import (
    BodySide,
    ConditionNote,
    FindingNote,
    MuscleToAssess,
    Plan,
    Referral,
    Removal,
    Size,
)
from posture.plan.session import MOST_AREAS, plan_session
from posture.plan.wording import chain_text, finding_title, muscle_text, test_to_do
from posture.results import Finding, Measure

__all__ = ["MOST_MUSCLES", "SESSION_MINUTES", "make_plan"]

SESSION_MINUTES = tuple(MOST_AREAS)
"""The lengths a session can have, in minutes."""

MOST_MUSCLES = 12
"""How many muscles the list holds: what can be palpated in one visit."""

_SMALL_FRACTION = 0.5
"""A finding is small where its interval ends within this fraction of its half-width of the
limit: about three standard errors instead of the two that make a finding. Convention."""


def make_plan(
    findings: Sequence[Finding],
    measures: Sequence[Measure],
    intake: Intake,
    knowledge: Knowledge,
    *,
    minutes: int,
    language: str = "en",
) -> Plan:
    """Return what to assess and why, a session of at most `minutes`, and home care.

    A red flag, or a contraindication that leaves no session, stops the plan: it then says
    refer, and nothing else. Findings that the knowledge base does not know are passed over.

    Parameters
    ----------
    findings, measures
        Those of one assessment.
    intake
        What the client told.
    knowledge
        The knowledge base, in the language of the plan.
    minutes
        30, 45 or 60.
    language
        Of the plan's own sentences.

    Raises
    ------
    InputError
        If the minutes or the language are none of the allowed ones.
    """
    if minutes not in SESSION_MINUTES:
        allowed = ", ".join(map(str, SESSION_MINUTES))
        raise InputError(f"minutes: expected one of {allowed}, found {minutes}")
    words = catalogue(language)
    limits = Limits(intake=intake, knowledge=knowledge)
    stop = tuple(_stops(intake, limits, knowledge))
    if stop:
        return Plan(minutes=minutes, language=words.language, stop=stop)
    notes = tuple(_notes(findings, measures, knowledge, words))
    ranked = rank_candidates(notes, intake, knowledge)
    removed = [
        Removal(
            what=words("removed.everywhere", technique=knowledge.techniques[name].title), why=why
        )
        for name, why in limits.removed_everywhere
    ]
    muscles = tuple(_listed(ranked, limits, measures, knowledge, words, removed))
    home_care, home_removed = plan_home_care(notes, muscles, limits, words)
    return Plan(
        minutes=minutes,
        language=words.language,
        findings=notes,
        patterns=patterns_alike(measures, knowledge, words),
        conditions=tuple(_conditions(intake, knowledge)),
        muscles=muscles,
        session=plan_session(muscles, limits, knowledge, words, minutes=minutes),
        home_care=home_care,
        removed=(*dict.fromkeys(removed), *home_removed),
        precautions=limits.precautions,
    )


def _stops(intake: Intake, limits: Limits, knowledge: Knowledge) -> Iterator[Referral]:
    for flag in map(knowledge.red_flags.__getitem__, intake.raised_flags):
        yield Referral(id=flag.id, question=flag.question, refer=flag.refer, urgent=flag.urgent)
    for entry in limits.ends_session:
        yield Referral(id=entry.id, question=entry.title, refer=entry.note, urgent=entry.urgent)


def _notes(
    findings: Sequence[Finding],
    measures: Sequence[Measure],
    knowledge: Knowledge,
    words: Catalogue,
) -> Iterator[FindingNote]:
    for finding in findings:
        entry = knowledge.findings.get(finding.id)
        if entry is None:
            continue
        yield FindingNote(
            finding=finding,
            title=finding_title(entry.title, finding.side, words),
            plain=entry.plain,
            size=_size(finding, measures),
            common=entry.common,
            notes=entry.notes,
            contrary=entry.contrary,
            refer=entry.refer,
            school=entry.school,
            sources=entry.sources,
            evidence=entry.evidence.value,
        )


def _size(finding: Finding, measures: Sequence[Measure]) -> Size:
    """Return `clear` where some measure of the finding lies well beyond its limit."""
    reference = finding.reference
    for measure in measures:
        if measure.id != finding.measure or measure.low is None or measure.high is None:
            continue
        distances = [
            gap
            for gap in (
                None if reference.low is None else reference.low - measure.high,
                None if reference.high is None else measure.low - reference.high,
            )
            if gap is not None and gap > 0
        ]
        half_width = (measure.high - measure.low) / 2
        if distances and max(distances) >= _SMALL_FRACTION * half_width:
            return "clear"
    return "small"


def _listed(
    ranked: Sequence[Candidate],
    limits: Limits,
    measures: Sequence[Measure],
    knowledge: Knowledge,
    words: Catalogue,
    removed: list[Removal],
) -> Iterator[MuscleToAssess]:
    """Yield the list's muscles, both sides in one line where all is equal.

    What is taken out of it, and of what is done to it, goes to `removed`.
    """
    seen: set[tuple[str, str]] = set()
    rank = 0
    for candidate in ranked:
        if (candidate.muscle, candidate.side) in seen:
            continue
        ruling = limits.rule(candidate.muscle, candidate.side)
        side: BodySide = candidate.side
        for other in ranked:
            if _is_twin(candidate, other) and limits.rule(other.muscle, other.side) == ruling:
                side = "both"
                seen.add((other.muscle, other.side))
        name = muscle_text(knowledge.muscles[candidate.muscle].name, side, words)
        if ruling.barred:
            what = words("removed.muscle", muscle=name)
            removed.append(Removal(what=what, why=ruling.barred))
        if ruling.barred or rank == MOST_MUSCLES:
            continue
        for technique, why in ruling.removed:
            title = knowledge.techniques[technique].title
            what = words("removed.technique", technique=title, muscle=name)
            removed.append(Removal(what=what, why=why))
        rank += 1
        chain = chain_text(candidate, side, measures, knowledge, words)
        yield _entry(candidate, side, rank, chain, ruling, knowledge)


def _is_twin(one: Candidate, other: Candidate) -> bool:
    same = one.muscle == other.muscle and one.reasons == other.reasons
    return same and one.side == "left" and other.side == "right"


def _entry(
    candidate: Candidate,
    side: BodySide,
    rank: int,
    chain: str,
    ruling: Ruling,
    knowledge: Knowledge,
) -> MuscleToAssess:
    muscle = knowledge.muscles[candidate.muscle]
    spoken_for = candidate.complaints or candidate.conditions
    return MuscleToAssess(
        rank=rank,
        muscle=muscle.id,
        name=muscle.name,
        side=side,
        area=muscle.area.value,
        basis=candidate.basis,
        chain=chain,
        trigger_points=muscle.trigger_points,
        palpate_for=muscle.palpate_for,
        referral=muscle.referral,
        referral_text=muscle.referral_text,
        entraps=muscle.entraps,
        tests=tuple(test_to_do(knowledge.tests[test]) for test in muscle.tests),
        techniques=ruling.allowed,
        cautions=tuple(
            f"{knowledge.sites[site].title}: {knowledge.sites[site].text}"
            for site in muscle.cautions
        ),
        treat=bool(spoken_for) or any(link.short for link in candidate.findings),
        sources=muscle.sources,
        evidence=muscle.evidence.value,
    )


def _conditions(intake: Intake, knowledge: Knowledge) -> Iterator[ConditionNote]:
    for name in dict.fromkeys(intake.conditions):
        condition = knowledge.conditions[name]
        yield ConditionNote(
            id=condition.id,
            title=condition.title,
            plain=condition.plain,
            tests=tuple(test_to_do(knowledge.tests[test]) for test in condition.tests),
            refer_when=condition.refer_when,
            notes=condition.notes,
            sources=condition.sources,
            evidence=condition.evidence.value,
        )
