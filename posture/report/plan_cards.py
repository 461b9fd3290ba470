"""Cards of a plan: one muscle, technique, condition, pattern or finding each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from posture.i18n import Catalogue
from posture.knowledge import Knowledge
from posture.knowledge.kinds import Evidence
from posture.knowledge.types import Claim, SidedMuscles, Technique
from posture.plan.records import ConditionNote, FindingNote, MuscleToAssess, PatternLikeness
from posture.report.content import MuscleCard, MuscleList
from posture.report.tables import Sources
from posture.suggest import muscle_sides

__all__ = ["condition_card", "finding_card", "muscle_card", "pattern_card", "technique_card"]

Facts = Iterator[tuple[str, str]]


def muscle_card(
    muscle: MuscleToAssess, knowledge: Knowledge, words: Catalogue, sources: Sources
) -> MuscleCard:
    """Return one muscle of the ranked list, with the chain that put it there."""
    title = words("chain.muscle", name=muscle.name, side=words(f"side.{muscle.side}"))
    return MuscleCard(
        title=f"{muscle.rank}. {title}",
        label=words(f"basis.{muscle.basis}"),
        lead=muscle.chain,
        facts=tuple(_muscle_facts(muscle, knowledge, words, sources)),
        tag=words(f"evidence.{muscle.evidence}"),
    )


def _muscle_facts(
    muscle: MuscleToAssess, knowledge: Knowledge, words: Catalogue, sources: Sources
) -> Facts:
    yield words("plan.trigger_points"), "; ".join(muscle.trigger_points)
    yield words("report.refers_to"), muscle.referral_text
    yield words("plan.palpate_for"), muscle.palpate_for
    yield words("plan.confirm"), "; ".join(test.title for test in muscle.tests)
    if muscle.entraps:
        yield words("report.entraps"), muscle.entraps
    if not muscle.treat:
        yield words("report.techniques_open"), words("report.assess_only")
    else:
        titles = [knowledge.techniques[name].title for name in muscle.techniques]
        yield words("report.techniques_open"), "; ".join(titles) or words("report.nothing_open")
    for caution in muscle.cautions:
        yield words("plan.caution"), caution
    yield from _source(muscle.sources, muscle.evidence, words, sources)


def technique_card(technique: Technique, words: Catalogue, sources: Sources) -> MuscleCard:
    """Return how a technique is done, with its dose and its stop rules."""
    return MuscleCard(
        title=technique.title,
        lead=f"{words('report.dose')}: {technique.dose}",
        facts=(
            (words("report.steps"), _numbered(technique.steps)),
            (words("report.stop_when"), "; ".join(technique.stop_when)),
            (words("report.not_when"), "; ".join(technique.not_when)),
            *_claims(words("report.evidence_for"), technique.notes, words, sources),
            *_claims(words("report.contrary"), technique.contrary, words, sources),
        ),
        tag=words(f"evidence.{technique.evidence}"),
    )


def condition_card(condition: ConditionNote, words: Catalogue, sources: Sources) -> MuscleCard:
    """Return what to test in a condition that the client named, and when to refer."""
    tests = "; ".join(test.title for test in condition.tests)
    return MuscleCard(
        title=condition.title,
        facts=(
            (words("plan.confirm"), tests),
            (words("plan.refer_when"), "; ".join(condition.refer_when)),
            *_claims(words("report.notes"), condition.notes, words, sources),
            *_source(condition.sources, condition.evidence, words, sources),
        ),
        tag=words(f"evidence.{condition.evidence}"),
    )


def pattern_card(pattern: PatternLikeness, words: Catalogue, sources: Sources) -> MuscleCard:
    """Return a likeness, feature by feature."""
    return MuscleCard(
        title=pattern.title,
        lead=pattern.note,
        facts=(
            *((one.text, one.status_text) for one in pattern.features),
            (words("report.school"), pattern.school),
            *_source(pattern.sources, pattern.evidence, words, sources),
        ),
        tag=words(f"evidence.{pattern.evidence}"),
    )


def finding_card(
    note: FindingNote, knowledge: Knowledge, words: Catalogue, sources: Sources
) -> MuscleCard:
    """Return what schools associate with a finding, and what speaks against it."""
    entry = knowledge.findings[note.finding.id]
    lists = (
        (words("report.list_short"), entry.short),
        (words("report.list_long"), entry.long),
    )
    common = () if note.common is None else (note.common,)
    return MuscleCard(
        title=note.title,
        label=words(f"size.{note.size}"),
        lists=tuple(
            MuscleList(heading=heading, muscles=muscles)
            for heading, sided in lists
            if (muscles := tuple(_sided(sided, note, knowledge, words)))
        ),
        facts=(
            *_claims(words("report.common"), common, words, sources),
            *_claims(words("report.contrary"), note.contrary, words, sources),
            *_claims(words("report.notes"), note.notes, words, sources),
            *(((words("plan.refer_when"), note.refer),) if note.refer else ()),
            (words("report.school"), note.school),
            *_source(note.sources, note.evidence, words, sources),
        ),
        tag=words(f"evidence.{note.evidence}"),
    )


def _sided(
    muscles: SidedMuscles, note: FindingNote, knowledge: Knowledge, words: Catalogue
) -> Iterator[str]:
    for muscle, side in muscle_sides(muscles, note.finding.side):
        name = knowledge.muscles[muscle].name
        yield words("report.muscle_sided", name=name, side=words(f"side.{side}"))


def _claims(label: str, claims: Iterable[Claim], words: Catalogue, sources: Sources) -> Facts:
    """Yield all claims under one label, each with the marks of its sources."""
    texts = [
        f"{claim.text} {marks(claim.sources, claim.evidence, words, sources)}" for claim in claims
    ]
    if texts:
        yield label, " ".join(texts)


def marks(
    cited: Sequence[str], evidence: Evidence | str, words: Catalogue, sources: Sources
) -> str:
    """Return "[2][3]", or the words for a convention, which has no source to cite."""
    if tuple(cited) == (Evidence.CONVENTION.value,):
        return f"({words('report.convention')})"
    return "".join(sources.cite(source, str(evidence)) for source in cited)


def _source(cited: Sequence[str], evidence: str, words: Catalogue, sources: Sources) -> Facts:
    if tuple(cited) != (Evidence.CONVENTION.value,):
        mark = marks(cited, evidence, words, sources)
        yield words("report.source"), f"{'; '.join(cited)} {mark}"


def _numbered(steps: Sequence[str]) -> str:
    return " ".join(f"({number}) {step}" for number, step in enumerate(steps, start=1))
