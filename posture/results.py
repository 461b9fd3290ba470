"""What an assessment holds: measures, findings, suggestions, and the photos behind them.

Plain frozen records without behaviour beyond their invariants. The modules that fill
them are `measures`, `findings` and `assess`; those that show them are `draw`, `plots`,
`report` and the command line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from posture.anatomy import Method, Side, View
from posture.landmarks import LandmarkSet

__all__ = [
    "MEASURE_COLUMNS",
    "AssessedPhoto",
    "Assessment",
    "Client",
    "Finding",
    "Measure",
    "QualityNote",
    "ReferenceRange",
    "Repeats",
    "RollSource",
    "Status",
    "SuggestedMuscle",
    "Suggestion",
    "Unit",
    "dated",
]

MEASURE_COLUMNS = (
    "client",
    "visit",
    "date",
    "view",
    "measure",
    "value",
    "low",
    "high",
    "unit",
    "status",
    "reason",
    "method",
)
"""The columns of a table of measures, one row each."""


class Status(StrEnum):
    """Whether a measure has a value."""

    OK = "ok"
    NOT_MEASURED = "not_measured"


class Unit(StrEnum):
    """Units of measures; `% stature` stands in for centimetres where no scale is known."""

    DEGREES = "deg"
    CENTIMETRES = "cm"
    PERCENT_STATURE = "% stature"
    RATIO = "ratio"


RollSource = Literal["lines", "board", "phone", "entered"]
"""Who tells a camera's roll: upright lines in the picture, or the user."""

OMITTED = MappingProxyType({"omitted": True})
"""Metadata of a field that a file leaves out where it is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """How one measure repeated over `n` photos of one view: their standard deviation.

    `sd` is in the measure's unit. It holds how the client stood and how each photo was measured.
    """

    n: int
    sd: float

    def __post_init__(self) -> None:
        if self.n < 2 or not (math.isfinite(self.sd) and self.sd >= 0):
            raise ValueError(f"expected two photos or more and an sd >= 0, found {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number of an assessment, or the reason why it is missing.

    `value`, `low`, `high` (the 95 % interval) and `method` stand exactly with status
    `ok`; `reason` exactly with `not_measured`. `repeats` stands where the value is the mean
    of several photos.
    """

    id: str
    unit: Unit
    status: Status
    view: View | None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    method: Method | None = None
    reason: str | None = None
    repeats: Repeats | None = field(default=None, metadata=OMITTED)

    def __post_init__(self) -> None:
        numbers = (self.low, self.value, self.high)
        if self.status is Status.OK:
            if self.method is None or self.reason is not None:
                raise ValueError(f"{self.id}: expected a method and no reason with status ok")
            if any(number is None or not math.isfinite(number) for number in numbers):
                raise ValueError(f"{self.id}: expected finite value and interval, found {numbers}")
            low, value, high = (
                float(number or 0.0) for number in (self.low, self.value, self.high)
            )
            if not low <= value <= high:
                raise ValueError(f"{self.id}: expected low <= value <= high, found {numbers}")
        elif any(number is not None for number in (*numbers, self.repeats)) or not self.reason:
            raise ValueError(f"{self.id}: expected a reason and no value with status not_measured")

    @property
    def is_ok(self) -> bool:
        """Whether the measure has a value."""
        return self.status is Status.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRange:
    """A published range of one measure, with the people it was taken from.

    `low` or `high` is None where the source bounds one side only. `evidence` is
    `sourced`, `to re-check` or `clinical convention`; `note` is what to know of the range,
    in sentences, empty where there is nothing.
    """

    measure: str
    low: float | None
    high: float | None
    unit: Unit
    population: str
    source: str
    evidence: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A measure whose whole interval lies beyond its reference range.

    `id` is a finding of the knowledge base (`forward_head`, `elevated_shoulder`, …);
    `side` is the client's side the finding names, None where it has none; `text` is one
    plain sentence with the number and its interval.
    """

    id: str
    title: str
    side: Side | None
    measure: str
    text: str
    reference: ReferenceRange


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedMuscle:
    """One muscle to assess: `role` is what it is commonly found to be in this finding."""

    muscle: str
    side: Literal["left", "right", "both"]
    role: Literal["commonly short", "commonly long"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The muscles to assess for one finding, with where the association comes from."""

    finding: str
    side: Side | None
    muscles: tuple[SuggestedMuscle, ...]
    school: str
    source: str
    evidence: str
    contrary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityNote:
    """One remark on a photo; `severity` is `warning` or `refused`."""

    code: str
    severity: Literal["warning", "refused"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedPhoto:
    """A photo as it was used: its view, its fitness, its landmarks.

    `roll_deg` is by how much the camera was rolled, positive where the photo's content is turned
    anticlockwise: the photo was levelled by it before it was measured. `roll_source` says whether
    upright lines of the room, a plumb board or the phone told it, or it was entered. Landmarks lie
    in the photo as given.
    """

    view: View
    file_sha256: str
    width_px: int
    height_px: int
    quality: tuple[QualityNote, ...] = ()
    landmarks: LandmarkSet = field(default_factory=LandmarkSet)
    roll_deg: float | None = field(default=None, metadata=OMITTED)
    roll_source: RollSource | None = field(default=None, metadata=OMITTED)

    def __post_init__(self) -> None:
        if (self.roll_deg is None) != (self.roll_source is None):
            raise ValueError(
                f"expected a roll with its source, found {self.roll_deg} from {self.roll_source}"
            )

    @property
    def is_refused(self) -> bool:
        """Whether the photo was found unfit to measure."""
        return self.refusal is not None

    @property
    def refusal(self) -> str | None:
        """Why the photo was refused, None where it was not."""
        return next((note.text for note in self.quality if note.severity == "refused"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who was photographed: a pseudonymous id and, where known, the stature."""

    id: str
    height_cm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything one visit gave. `created` is an ISO 8601 time with offset.

    `software` maps what made the numbers (program, model files) to its version or
    SHA-256.
    """

    created: str
    software: dict[str, str]
    client: Client
    photos: tuple[AssessedPhoto, ...]
    measures: tuple[Measure, ...]
    findings: tuple[Finding, ...]
    suggestions: tuple[Suggestion, ...]

    def dated(self, day: date) -> Assessment:
        """Return the assessment under the day of its visit, which it may have been made after."""
        return replace(self, created=dated(self.created, day))


def dated(created: str, day: date) -> str:
    """Return an ISO 8601 time if it is of that day, else the day's noon.

    >>> dated("2026-03-05T14:20:00+01:00", date(2026, 3, 4))
    '2026-03-04T12:00:00+01:00'
    """
    made = datetime.fromisoformat(created)
    if made.date() == day:
        return created
    return datetime.combine(day, time(12), made.tzinfo).isoformat()
