"""Findings and complaints → muscles in order of what speaks for them. Pure.

The order is lexicographic, without weights and without a score: first the ground a muscle
stands on (`Basis`), then how strong the complaint is, how typically the muscle refers
there, how many clear findings name it, its place in a named condition, and at last its
place in the knowledge base. The same input gives the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from posture.anatomy import Side
from posture.intake import Complaint, Intake
from posture.knowledge import Knowledge
from posture.plan.records import Basis, FindingNote
from posture.suggest import muscle_sides

__all__ = ["Candidate", "ComplaintLink", "FindingLink", "rank_candidates"]

_BASES: tuple[Basis, ...] = get_args(Basis)
_NOT_IN_LIST = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLink:
    """A finding names the muscle as commonly short or commonly long."""

    note: FindingNote
    short: bool

    @property
    def is_strong(self) -> bool:
        """Whether it counts as a ground of its own.

        A small finding does not, nor does a difference between the sides that most people
        show, nor a muscle that the school calls long: such a muscle is trained rather
        than treated.
        """
        common_asymmetry = self.note.finding.side is not None and self.note.common is not None
        return self.short and self.note.size == "clear" and not common_asymmetry


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintLink:
    """A complaint lies where the muscle refers to (`position` in its list), or over it."""

    complaint: Complaint
    position: int | None

    @property
    def is_referral(self) -> bool:
        """Whether the muscle refers there; otherwise it lies there."""
        return self.position is not None


@dataclass(slots=True, kw_only=True)
class Candidate:
    """One muscle on one side, with everything that speaks for it."""

    muscle: str
    side: Side
    findings: list[FindingLink] = field(default_factory=list)
    complaints: list[ComplaintLink] = field(default_factory=list)
    conditions: list[tuple[str, int]] = field(default_factory=list)

    @property
    def basis(self) -> Basis:
        """The strongest ground the muscle stands on."""
        strong = any(link.is_strong for link in self.findings)
        if self.complaints and strong:
            return "complaint and clear finding"
        if (self.complaints and (self.findings or self.conditions)) or (self.conditions and strong):
            return "complaint, supported"
        if self.conditions or any(link.is_referral for link in self.complaints):
            return "complaint alone"
        return "clear finding alone" if strong else "weak"

    @property
    def reasons(self) -> tuple[object, ...]:
        """Everything that speaks for it, for telling equal sides."""
        return (tuple(self.findings), tuple(self.complaints), tuple(self.conditions))

    def sort_key(self, order: Mapping[str, int]) -> tuple[int, ...]:
        """Return the key that sorts the strongest first; `order` is the knowledge base's."""
        intensity = max((link.complaint.intensity for link in self.complaints), default=0)
        positions = [link.position for link in self.complaints if link.position is not None]
        return (
            _BASES.index(self.basis),
            -intensity,
            min(positions, default=_NOT_IN_LIST),
            -sum(link.is_strong for link in self.findings),
            min((position for _, position in self.conditions), default=_NOT_IN_LIST),
            0 if any(link.short for link in self.findings) or not self.findings else 1,
            order[self.muscle],
            0 if self.side == "left" else 1,
        )


def rank_candidates(
    notes: Sequence[FindingNote], intake: Intake, knowledge: Knowledge
) -> tuple[Candidate, ...]:
    """Return every muscle and side that anything speaks for, the strongest first."""
    candidates: dict[tuple[str, Side], Candidate] = {}

    def at(muscle: str, side: Side) -> Candidate:
        return candidates.setdefault((muscle, side), Candidate(muscle=muscle, side=side))

    for note in notes:
        for muscle, side, short in _named(note, knowledge):
            at(muscle, side).findings.append(FindingLink(note=note, short=short))
    for muscle, side, link in _complained(intake, knowledge):
        at(muscle, side).complaints.append(link)
    for condition in dict.fromkeys(intake.conditions):
        for position, muscle in enumerate(knowledge.conditions[condition].muscles):
            for side in _condition_sides(condition, intake, knowledge):
                at(muscle, side).conditions.append((condition, position))
    order = {muscle: index for index, muscle in enumerate(knowledge.muscles)}
    return tuple(sorted(candidates.values(), key=lambda one: one.sort_key(order)))


def _named(note: FindingNote, knowledge: Knowledge) -> Iterator[tuple[str, Side, bool]]:
    """Yield muscle, side and whether it is commonly short, for one finding."""
    entry = knowledge.findings[note.finding.id]
    for muscles, short in ((entry.short, True), (entry.long, False)):
        for muscle, where in muscle_sides(muscles, note.finding.side):
            sides: tuple[Side, ...] = ("left", "right") if where == "both" else (where,)
            yield from ((muscle, side, short) for side in sides)


def _complained(intake: Intake, knowledge: Knowledge) -> Iterator[tuple[str, Side, ComplaintLink]]:
    """Yield muscle, side and link for each complaint that hurts at all."""
    for complaint in intake.complaints:
        if complaint.intensity == 0:
            continue
        for muscle, position in _reaching(complaint.region, knowledge):
            link = ComplaintLink(complaint=complaint, position=position)
            yield from ((muscle, side, link) for side in complaint.sides)


def _reaching(region: str, knowledge: Knowledge) -> Iterator[tuple[str, int | None]]:
    """Yield the muscles that refer to a region, or lie in it."""
    for muscle in knowledge.muscles.values():
        if region in muscle.referral:
            yield muscle.id, muscle.referral.index(region)
        elif region in muscle.lies_in:
            yield muscle.id, None


def _condition_sides(condition: str, intake: Intake, knowledge: Knowledge) -> tuple[Side, ...]:
    """Return the sides of the complaints in the condition's regions; both where none is."""
    regions = knowledge.conditions[condition].regions
    told = {side for one in intake.complaints if one.region in regions for side in one.sides}
    both: tuple[Side, ...] = ("left", "right")
    return tuple(side for side in both if side in told) or both
