"""Findings → muscles to assess, as the schools associate them. Pure.

A suggestion is a hypothesis for palpation: it says "assess", never "is tight".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from posture.anatomy import Side, opposite
from posture.knowledge import Knowledge, in_a_row, load_knowledge
from posture.knowledge.types import FindingEntry, SidedMuscles
from posture.results import Finding, SuggestedMuscle, Suggestion

__all__ = ["muscle_sides", "suggest"]

MuscleSide = Literal["left", "right", "both"]


def suggest(findings: Sequence[Finding]) -> tuple[Suggestion, ...]:
    """Return one suggestion per finding, in their order.

    A finding that the knowledge base does not know gives none.

    Examples
    --------
    >>> from posture.results import Finding, ReferenceRange, Unit
    >>> reference = ReferenceRange(measure="shoulder_tilt_deg", low=-4, high=4,
    ...     unit=Unit.DEGREES, population="", source="", evidence="")
    >>> finding = Finding(id="elevated_shoulder", title="", side="left",
    ...     measure="shoulder_tilt_deg", text="", reference=reference)
    >>> first = suggest([finding])[0].muscles[0]
    >>> first.muscle, first.side, first.role
    ('Upper trapezius', 'left', 'commonly short')
    """
    knowledge = load_knowledge()
    return tuple(
        _suggestion(finding, knowledge.findings[finding.id], knowledge)
        for finding in findings
        if finding.id in knowledge.findings
    )


def muscle_sides(muscles: SidedMuscles, side: Side | None) -> Iterator[tuple[str, MuscleSide]]:
    """Yield muscle id and client's side, for a finding on `side`.

    Without a side, as when a sided finding is looked up in general, `same` and `opposite`
    become both.
    """
    yield from ((muscle, side or "both") for muscle in muscles.same)
    yield from ((muscle, opposite(side) if side else "both") for muscle in muscles.opposite)
    yield from ((muscle, "both") for muscle in muscles.both)


def _suggestion(finding: Finding, entry: FindingEntry, knowledge: Knowledge) -> Suggestion:
    return Suggestion(
        finding=finding.id,
        side=finding.side,
        muscles=(
            *_suggested(entry.short, finding.side, "commonly short", knowledge),
            *_suggested(entry.long, finding.side, "commonly long", knowledge),
        ),
        school=entry.school,
        source="; ".join(entry.sources),
        evidence=entry.evidence.value,
        contrary=in_a_row(entry.contrary),
    )


def _suggested(
    muscles: SidedMuscles,
    side: Side | None,
    role: Literal["commonly short", "commonly long"],
    knowledge: Knowledge,
) -> Iterator[SuggestedMuscle]:
    for muscle, where in muscle_sides(muscles, side):
        yield SuggestedMuscle(muscle=knowledge.muscles[muscle].name, side=where, role=role)
