"""What the knowledge base holds: frozen records, one class per kind of entry.

Every entry that claims something carries `sources` and `evidence`. A field whose metadata
names a kind under `refers_to` holds ids of that kind; the reader refuses ids that do not
exist. Fields called `plain` are written for the client, all others for the therapist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from posture.knowledge.kinds import Area, Effect, Evidence, HomeCareKind, TestKind

__all__ = [
    "Claim",
    "Condition",
    "Contraindication",
    "FindingEntry",
    "HomeCare",
    "Knowledge",
    "Muscle",
    "Pattern",
    "PatternFeature",
    "RedFlag",
    "Region",
    "SidedMuscles",
    "SiteCaution",
    "Technique",
    "Test",
    "in_a_row",
]


def _refs(kind: str, *, required: bool = False) -> Any:
    metadata = {"refers_to": kind}
    return field(metadata=metadata) if required else field(default=(), metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement with where it comes from."""

    text: str
    sources: tuple[str, ...]
    evidence: Evidence


def in_a_row(claims: Iterable[Claim]) -> str:
    """Return statements one after the other, each with its sources."""
    return " ".join(f"{claim.text} ({'; '.join(claim.sources)})" for claim in claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place on the body chart, as clients point at it.

    `paired` regions exist left and right; `area` is the part of the body they are treated
    with.
    """

    id: str
    title: str
    plain: str
    area: Area
    paired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Muscle:
    """One muscle or muscle group.

    `lies_in` are the chart regions it is found under; `referral` those its trigger points
    are said to refer to, in order of importance.
    """

    id: str
    name: str
    latin: str
    plain: str
    area: Area
    attachments: str
    actions: str
    trigger_points: tuple[str, ...]
    palpate_for: str
    referral: tuple[str, ...] = _refs("regions", required=True)
    referral_text: str
    lies_in: tuple[str, ...] = _refs("regions", required=True)
    entraps: str = ""
    cautions: tuple[str, ...] = _refs("sites")
    tests: tuple[str, ...] = _refs("tests", required=True)
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class SidedMuscles:
    """Muscles by side: `same` and `opposite` as the finding names it, or `both`."""

    same: tuple[str, ...] = _refs("muscles")
    opposite: tuple[str, ...] = _refs("muscles")
    both: tuple[str, ...] = _refs("muscles")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingEntry:
    """What is commonly associated with one finding.

    `side_means` says which side a sided finding is named after, empty where it has no
    side. `common` stands where most people show the finding to some degree. `notes` are
    what to look at first, `contrary` what speaks against the association.
    """

    id: str
    title: str
    plain: str
    side_means: str = ""
    school: str
    short: SidedMuscles
    long: SidedMuscles
    conditions: tuple[str, ...] = _refs("conditions")
    tests: tuple[str, ...] = _refs("tests", required=True)
    home_care: tuple[str, ...] = _refs("home_care", required=True)
    common: Claim | None = None
    notes: tuple[Claim, ...] = ()
    contrary: tuple[Claim, ...] = ()
    refer: str = ""
    sources: tuple[str, ...]
    evidence: Evidence

    @property
    def is_sided(self) -> bool:
        """Whether the finding is named after a side."""
        return bool(self.side_means)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternFeature:
    """One feature of a pattern: a measure beyond a limit.

    `limit` is None where the measure's own reference range gives it.
    """

    measure: str = field(metadata={"refers_to": "measures"})
    beyond: Literal["above", "below"]
    text: str
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Features commonly grouped under one name; shown as likeness, never as a class."""

    id: str
    title: str
    plain: str
    school: str
    features: tuple[PatternFeature, ...]
    note: str
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A complaint of the field: what to check, and when to refer.

    `regions` are where it is felt, `muscles` are in order of importance. `excludes` are
    techniques not to be used with it.
    """

    id: str
    title: str
    plain: str
    regions: tuple[str, ...] = _refs("regions", required=True)
    muscles: tuple[str, ...] = _refs("muscles", required=True)
    tests: tuple[str, ...] = _refs("tests", required=True)
    home_care: tuple[str, ...] = _refs("home_care")
    excludes: tuple[str, ...] = _refs("techniques")
    refer_when: tuple[str, ...]
    notes: tuple[Claim, ...] = ()
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A confirming test: how it is done, what is usual, how far it can be relied on."""

    __test__ = False  # not a test case of ours

    id: str
    title: str
    kind: TestKind
    how: str
    normal: str
    reliability: str
    findings: tuple[str, ...] = _refs("findings")
    caution: str = ""
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """A way of working on a site. `minutes_per_site` includes finding it and re-testing."""

    id: str
    title: str
    plain: str
    steps: tuple[str, ...]
    dose: str
    stop_when: tuple[str, ...]
    not_when: tuple[str, ...]
    minutes_per_site: int
    pressure: Literal["deep", "moderate", "light"]
    notes: tuple[Claim, ...] = ()
    contrary: tuple[Claim, ...] = ()
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCare:
    """One thing the client does alone."""

    id: str
    title: str
    plain: str
    kind: HomeCareKind
    dose: str
    progression: str
    caution: str = ""
    muscles: tuple[str, ...] = _refs("muscles")
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """A screening question; a yes stops the plan. `urgent` ones are for the same day."""

    id: str
    question: str
    refer: str
    urgent: bool = False
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraindication:
    """Something the intake names that takes techniques, places or the session away.

    With `needs_region` the intake must say where it is, and only that place is affected:
    all techniques there, or those of `techniques` where it names some. Without, the
    `techniques` and `home_care` are removed everywhere and `muscles` are not worked on.
    `words`, found in the list of medication, bring it in. An `urgent` one is a matter for
    a physician on the same day.
    """

    id: str
    title: str
    plain: str
    effect: Effect
    needs_region: bool = False
    words: tuple[str, ...] = ()
    techniques: tuple[str, ...] = _refs("techniques")
    muscles: tuple[str, ...] = _refs("muscles")
    home_care: tuple[str, ...] = _refs("home_care")
    note: str
    urgent: bool = False
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCaution:
    """A place where the hand must know what lies beneath; `excludes` are techniques."""

    id: str
    title: str
    text: str
    excludes: tuple[str, ...] = _refs("techniques")
    sources: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The whole knowledge base, every mapping read-only and in the order of its file."""

    regions: Mapping[str, Region]
    muscles: Mapping[str, Muscle]
    findings: Mapping[str, FindingEntry]
    patterns: Mapping[str, Pattern]
    conditions: Mapping[str, Condition]
    tests: Mapping[str, Test]
    techniques: Mapping[str, Technique]
    home_care: Mapping[str, HomeCare]
    red_flags: Mapping[str, RedFlag]
    contraindications: Mapping[str, Contraindication]
    sites: Mapping[str, SiteCaution]
