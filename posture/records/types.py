"""What the records hold, as plain frozen values.

Ids are random UUIDs; times are in UTC; `version` grows by one with every change that a
person makes, and is what a change has to name (see `ConflictError`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from typing import Any, Final, Generic, Literal, TypeVar

from posture.anatomy import Method, View
from posture.assess import Role, role_of
from posture.capture.options import CaptureOptions
from posture.file_kind import Kind
from posture.landmarks import Landmark, LandmarkSet
from posture.records.further_types import FurtherRecord
from posture.results import Assessment, Status, Unit

__all__ = [
    "UNCHANGED",
    "AssessmentRecord",
    "AuditEntry",
    "ClientHistory",
    "ClientRecord",
    "ClientSummary",
    "ConsentRecord",
    "DeletionReceipt",
    "IntegrityReport",
    "LandmarkChange",
    "Language",
    "MeasurePoint",
    "Page",
    "Paper",
    "PhotoRecord",
    "PracticeSettings",
    "Unchanged",
    "Units",
    "VisitHistory",
    "VisitRecord",
    "VisitSummary",
]

Item = TypeVar("Item")
Units = Literal["metric", "imperial"]
Language = Literal["en", "de"]
Paper = Literal["a4", "us-letter"]


class Unchanged(Enum):
    """The type of `UNCHANGED`, for None means "clear it"."""

    UNCHANGED = auto()


UNCHANGED: Final = Unchanged.UNCHANGED
"""Stands for a field that a change leaves alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items of a longer list; `total` counts all of it."""

    items: tuple[Item, ...]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """What a client agreed to, and until when: `withdrawn` is None while it holds."""

    id: str
    client_id: str
    scope: str
    given: date
    withdrawn: date | None
    note: str
    added: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord:
    """One client. `code` is the pseudonymous id that files and reports show."""

    id: str
    code: str
    name: str | None
    birth_year: int | None
    height_cm: float | None
    consents: tuple[ConsentRecord, ...]
    added: datetime
    changed: datetime
    version: int

    @property
    def label(self) -> str:
        """The name where one is kept, else the code."""
        return self.name or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSummary:
    """A client's line in a list."""

    id: str
    code: str
    name: str | None
    birth_year: int | None
    visits: int
    last_visit: date | None

    @property
    def label(self) -> str:
        """The name where one is kept, else the code."""
        return self.name or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRecord:
    """One photo of a visit; its bytes are found by `sha256`.

    `number` tells photos of one role apart, and orders them. `view` is the side that was
    stated of a side photo, None where it is to be recognised.
    """

    id: str
    visit_id: str
    role: Role
    number: int = 1
    view: View | None = None
    sha256: str
    kind: Kind
    size_bytes: int
    added: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSummary:
    """A visit's place on a timeline.

    `assessed` is when it was last assessed, and `findings` how many that gave.
    """

    id: str
    client_id: str
    taken: date
    note: str
    has_intake: bool
    photos: tuple[PhotoRecord, ...]
    assessed: datetime | None
    findings: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """One visit as it stands.

    `placed` holds, per photo's id and view, the landmarks that a person placed; all of them,
    with those estimated, stand in the photos of `assessment`, the latest one.
    `assessment_is_current` is False where photos, placed landmarks or `capture` changed after
    it. `intake` is what `posture.intake` reads; `capture` is how the photos were taken.
    """

    id: str
    client_id: str
    taken: date
    note: str
    intake: Mapping[str, Any] | None
    photos: tuple[PhotoRecord, ...]
    placed: Mapping[str, Mapping[View, LandmarkSet]]
    assessment: Assessment | None
    assessment_is_current: bool
    added: datetime
    changed: datetime
    version: int
    capture: CaptureOptions = field(default_factory=CaptureOptions)

    @property
    def landmarks(self) -> dict[View, LandmarkSet]:
        """The landmarks that a person placed, per view those of its first photo with any."""
        first: dict[View, LandmarkSet] = {}
        for photo in self.photos:
            for view, marks in self.placed.get(photo.id, {}).items():
                first.setdefault(view, marks)
        return first

    def photo(self, role: Role) -> PhotoRecord | None:
        """Return the first photo in a role, None where it was not taken."""
        return next((photo for photo in self.photos if photo.role == role), None)

    def photos_in(self, role: Role) -> tuple[PhotoRecord, ...]:
        """Return all photos in a role, in their order."""
        return tuple(photo for photo in self.photos if photo.role == role)

    def photo_of(self, view: View) -> PhotoRecord | None:
        """Return the photo that landmarks of a view are placed on if none is named.

        It is the first of which this view was stated or recognised, else the first in its role.
        """
        in_role = self.photos_in(role_of(view))
        seen = self.assessment.photos if self.assessment else ()
        shown = {photo.file_sha256 for photo in seen if photo.view is view}
        likely = (photo for photo in in_role if photo.view is view or photo.sha256 in shown)
        return next(likely, in_role[0] if in_role else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandmarkChange:
    """One landmark placed (`before` None), moved, or taken back (`after` None).

    `photo_id` names the photo it is on, None where there was one of the view.
    """

    at: datetime
    version: int
    view: View
    name: str
    before: Landmark | None
    after: Landmark | None
    photo_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecord:
    """One assessment of a visit; `number` counts them from 1.

    `of_version` is the visit's version whose photos and landmarks it was made of.
    """

    id: str
    visit_id: str
    number: int
    of_version: int
    added: datetime
    assessment: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurePoint:
    """One measure of one visit's latest assessment, for a trend."""

    visit_id: str
    taken: date
    measure: str
    view: View | None
    value: float | None
    low: float | None
    high: float | None
    unit: Unit
    status: Status
    reason: str | None
    method: Method | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeSettings:
    """What the practice chose.

    `photos` and `measures` are the protocol: what belongs to a visit; no measures named
    means all of them. `logo` is a picture file's bytes.
    """

    practice: str = ""
    logo: bytes | None = None
    units: Units = "metric"
    language: Language = "en"
    paper: Paper = "a4"
    photos: tuple[Role, ...] = ("front", "side")
    measures: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the log: when, what was done, to which client, visit or photo.

    `details` names fields and counts, never what a field held.
    """

    id: int
    at: datetime
    action: str
    subject: str
    client_id: str | None
    version: int | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionReceipt:
    """What was deleted.

    `rows` counts rows per kind; `photos` are the SHA-256 of the photos whose files are
    gone, `photos_kept` of those that something else still uses; `derived` counts files made
    from photos. `remains` says in words what could not be wiped, and is empty as a rule.
    """

    subject: str
    kind: Literal["client", "visit", "further"]
    at: datetime
    rows: Mapping[str, int]
    photos: tuple[str, ...]
    photos_kept: tuple[str, ...]
    derived: int
    remains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityReport:
    """The outcome of a full check: how much was looked at, and each problem in words."""

    clients: int
    visits: int
    photos: int
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitHistory:
    """Everything kept of one visit; `assessments` are all of them, the oldest first."""

    visit: VisitRecord
    input_version: int
    landmark_changes: tuple[LandmarkChange, ...] = ()
    assessments: tuple[AssessmentRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientHistory:
    """Everything kept of one client, but for the photos' bytes."""

    client: ClientRecord
    visits: tuple[VisitHistory, ...] = field(default=())
    further: tuple[FurtherRecord, ...] = field(default=())
