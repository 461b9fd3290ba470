"""What a plan holds: plain frozen records, with every text ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from posture.anatomy import Side
from posture.intake import Intake
from posture.knowledge.types import Claim
from posture.results import Finding

__all__ = [
    "Basis",
    "ConditionNote",
    "FindingNote",
    "HomeCareItem",
    "MuscleToAssess",
    "PatternFeatureSeen",
    "PatternLikeness",
    "Plan",
    "PlannedVisit",
    "Referral",
    "Removal",
    "SessionStep",
    "TestToDo",
]

BodySide = Literal["left", "right", "both"]
FeatureStatus = Literal["present", "absent", "unclear", "no published limit"]
Size = Literal["clear", "small"]
StepKind = Literal["opening", "warm-up", "work", "reserve", "closing"]

Basis = Literal[
    "complaint and clear finding",
    "complaint, supported",
    "complaint alone",
    "clear finding alone",
    "weak",
]
"""Why a muscle stands where it stands in the list, the strongest ground first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestToDo:
    """A confirming test, as shown beside a muscle."""

    __test__ = False  # not a test case of ours

    id: str
    title: str
    how: str
    normal: str
    caution: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleToAssess:
    """One muscle of the ranked list.

    `chain` is the reasoning in one line; `referral` holds the chart regions it is said to
    refer to. `techniques` are the ids that nothing forbids at this site, `cautions` what
    lies beneath the hand.
    """

    rank: int
    muscle: str
    name: str
    side: BodySide
    area: str
    basis: Basis
    chain: str
    trigger_points: tuple[str, ...]
    palpate_for: str
    referral: tuple[str, ...]
    referral_text: str
    entraps: str
    tests: tuple[TestToDo, ...]
    techniques: tuple[str, ...]
    cautions: tuple[str, ...]
    treat: bool
    sources: tuple[str, ...]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStep:
    """One step of the session; muscle, side and technique stand exactly with `work`."""

    kind: StepKind
    minutes: int
    text: str
    area: str = ""
    muscle: str | None = None
    side: Side | None = None
    technique: str | None = None

    def __post_init__(self) -> None:
        complete = None not in (self.muscle, self.side, self.technique)
        if complete != (self.kind == "work"):
            raise ValueError(f"expected muscle, side and technique with work only, found {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCareItem:
    """One thing the client does alone; `why` names what it goes with."""

    id: str
    title: str
    kind: str
    plain: str
    dose: str
    progression: str
    caution: str
    why: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Something that a contraindication or caution took out, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A reason to stop and refer, on the same day where it is `urgent`."""

    id: str
    question: str
    refer: str
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingNote:
    """A finding as the plan sees it.

    `size` is `small` where the interval ends near the limit. `common` says, with its
    source, that most people show it; empty where that is not known.
    """

    finding: Finding
    title: str
    plain: str
    size: Size
    common: Claim | None
    notes: tuple[Claim, ...]
    contrary: tuple[Claim, ...]
    refer: str
    school: str
    sources: tuple[str, ...]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternFeatureSeen:
    """One feature of a pattern in this client."""

    text: str
    status: FeatureStatus
    status_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternLikeness:
    """A likeness to a named pattern; never a class."""

    id: str
    title: str
    plain: str
    school: str
    features: tuple[PatternFeatureSeen, ...]
    note: str
    sources: tuple[str, ...]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionNote:
    """A condition that the client named, with its tests and when to refer."""

    id: str
    title: str
    plain: str
    tests: tuple[TestToDo, ...]
    refer_when: tuple[str, ...]
    notes: tuple[Claim, ...]
    sources: tuple[str, ...]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to assess and why, a session that fits `minutes`, and home care.

    Where `stop` holds anything, there are no muscles, no session and no home care.
    """

    minutes: int
    language: str
    stop: tuple[Referral, ...] = ()
    findings: tuple[FindingNote, ...] = ()
    patterns: tuple[PatternLikeness, ...] = ()
    conditions: tuple[ConditionNote, ...] = ()
    muscles: tuple[MuscleToAssess, ...] = ()
    session: tuple[SessionStep, ...] = ()
    home_care: tuple[HomeCareItem, ...] = ()
    removed: tuple[Removal, ...] = ()
    precautions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.stop and (self.muscles or self.session or self.home_care):
            raise ValueError("expected nothing to do in a plan that stops")
        if sum(step.minutes for step in self.session) > self.minutes:
            raise ValueError(f"expected a session within {self.minutes} minutes")

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas the session works on, in order."""
        return tuple(dict.fromkeys(step.area for step in self.session if step.kind == "work"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVisit:
    """A plan with the intake it answers."""

    intake: Intake
    plan: Plan
