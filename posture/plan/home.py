"""Findings, conditions and ranked muscles → home care: little, and nothing barred. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from posture.i18n import Catalogue
from posture.knowledge import Knowledge
from posture.knowledge.kinds import HomeCareKind
from posture.plan.limits import Limits
from posture.plan.records import FindingNote, HomeCareItem, MuscleToAssess, Removal

__all__ = ["MOST_EXERCISES", "plan_home_care"]

MOST_EXERCISES = 4
"""Few things that are done are worth more than many that are not. Clinical convention."""


def plan_home_care(
    notes: Sequence[FindingNote],
    muscles: Sequence[MuscleToAssess],
    limits: Limits,
    words: Catalogue,
) -> tuple[tuple[HomeCareItem, ...], tuple[Removal, ...]]:
    """Return what to do at home, and what was left out because of the intake.

    Conditions come first, then clear findings, then the muscles at the head of the list,
    then small findings; advice for after the session closes.
    """
    reasons: dict[str, str] = {}
    for item, why in _wanted(notes, muscles, limits, words):
        reasons.setdefault(item, why)
    chosen: list[HomeCareItem] = []
    removed: list[Removal] = []
    exercises = 0
    for item, why in reasons.items():
        entry = limits.knowledge.home_care[item]
        after = entry.kind is HomeCareKind.AFTER_SESSION
        if not after and exercises == MOST_EXERCISES:
            continue
        barred = limits.home_care_barred(item)
        if barred:
            removed.append(Removal(what=words("removed.home_care", title=entry.title), why=barred))
            continue
        exercises += not after
        chosen.append(
            HomeCareItem(
                id=item,
                title=entry.title,
                kind=entry.kind.value,
                plain=entry.plain,
                dose=entry.dose,
                progression=entry.progression,
                caution=entry.caution,
                why=why,
                evidence=entry.evidence.value,
            )
        )
    return tuple(sorted(chosen, key=lambda one: one.kind == "after the session")), tuple(removed)


def _wanted(
    notes: Sequence[FindingNote],
    muscles: Sequence[MuscleToAssess],
    limits: Limits,
    words: Catalogue,
) -> Iterator[tuple[str, str]]:
    """Yield item and reason, the most wanted first; an item may come more than once."""
    knowledge = limits.knowledge
    for name in limits.intake.conditions:
        condition = knowledge.conditions[name]
        yield from ((item, condition.title) for item in condition.home_care)
    yield from _of_findings([note for note in notes if note.size == "clear"], knowledge)
    for muscle in muscles:
        items = knowledge.home_care.values()
        yield from ((item.id, muscle.name) for item in items if muscle.muscle in item.muscles)
    yield from _of_findings(notes, knowledge)
    if muscles:
        after = HomeCareKind.AFTER_SESSION
        items = knowledge.home_care.values()
        yield from ((item.id, words(f"kind.{after.value}")) for item in items if item.kind is after)


def _of_findings(notes: Sequence[FindingNote], knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    for note in notes:
        yield from ((item, note.title) for item in knowledge.findings[note.finding.id].home_care)
