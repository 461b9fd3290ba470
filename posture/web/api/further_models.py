"""What the API takes and gives of further assessments, as OpenAPI describes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from posture.anatomy import Side
from posture.file_kind import Kind
from posture.records import FurtherKind, FurtherRole
from posture.web.api.models import Given, GivenDay, Kept, Note, Version

__all__ = [
    "FurtherChange",
    "FurtherNew",
    "FurtherOut",
    "FurtherPhotoOut",
    "RomTestOut",
]

TestId = Annotated[str, Field(min_length=1, max_length=64, examples=["cervical-flexion"])]


class FurtherNew(Given):
    """A new assessment of a client, without photos yet.

    `test` is named with `range_of_motion` only; `side` is the client's side tested, where the
    photos do not tell. `taken` is the day of the photos, today if it is not named.
    """

    kind: FurtherKind
    test: TestId | None = None
    side: Side | None = None
    taken: GivenDay | None = None
    note: Note = ""


class FurtherChange(Given):
    """Fields that are not named stay as they are."""

    version: Version
    taken: GivenDay = Field(default_factory=date.today)
    note: Note = Field(default_factory=str)


class FurtherPhotoOut(Kept):
    """One photo of a further assessment; those called other are of the client's other side."""

    id: str
    further_id: str
    role: FurtherRole
    sha256: str
    kind: Kind
    size_bytes: int
    added: datetime


class FurtherOut(Kept):
    """An assessment beside those of standing.

    `measured` is when its photos were measured, null before; its photos and numbers stay as
    they are from then on. `job` is the id of the job that measures it.
    """

    id: str
    client_id: str
    kind: FurtherKind
    test: str | None
    side: Side | None
    taken: date
    note: str
    photos: tuple[FurtherPhotoOut, ...]
    measured: datetime | None
    job: str | None
    added: datetime
    changed: datetime
    version: int


class RomTestOut(Kept):
    """A range-of-motion test and how it is photographed, in the practice's language.

    `seen` is from where its photos are taken. A test that `needs_neutral` gives a number as
    change from the neutral photo.
    """

    id: str
    title: str
    seen: Literal["side", "front"]
    neutral: str
    end: str
    limits: str
    needs_neutral: bool
