"""client.json: what is written of one client into an archive, as version 1 has it.

It stands apart from the records' own types, so that those may change while an archive of
version 1 stays what it is.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from posture.anatomy import Method, Side, View
from posture.assess import Role
from posture.errors import InputError
from posture.file_kind import Kind
from posture.records.further_types import FurtherKind, FurtherRole

__all__ = [
    "AssessmentEntry",
    "ChangeEntry",
    "ClientFile",
    "ConsentEntry",
    "FurtherEntry",
    "FurtherPhotoEntry",
    "MarkEntry",
    "PhotoEntry",
    "VisitEntry",
    "parse",
]

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Version = Annotated[int, Field(ge=0, lt=2**31)]
Word = Annotated[str, Field(max_length=64)]
Day = date
Time = AwareDatetime
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _LaterEntry(_Entry):
    """An entry with fields that older programs do not know: left out where they say nothing.

    So an archive of visits with one photo of a role is as it was before there could be several.
    """

    later: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_usual(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        usual = {name: type(self).model_fields[name].default for name in self.later}
        named: dict[str, Any] = plain(self)
        return {
            name: value
            for name, value in named.items()
            if name not in usual or getattr(self, name) != usual[name]
        }


class ConsentEntry(_Entry):
    """A consent."""

    id: Id
    scope: str
    given: Day
    withdrawn: Day | None
    note: str
    added: Time


class MarkEntry(_Entry):
    """A landmark that a person placed."""

    x_px: Number
    y_px: Number
    method: Method
    sd_px: Annotated[Number, Field(ge=0)]


class PhotoEntry(_LaterEntry):
    """A photo; `file` is where its bytes stand, beside the visit's other files.

    `number` counts those of its role, `view` is the side that was stated.
    """

    id: Id
    role: Role
    sha256: Sha
    kind: Kind
    size_bytes: Annotated[int, Field(ge=1)]
    added: Time
    file: str
    later = frozenset({"number", "view", "landmarks"})
    number: Annotated[int, Field(ge=1, lt=2**31)] = 1
    view: View | None = None
    landmarks: dict[View, dict[Word, MarkEntry]] = {}


class ChangeEntry(_LaterEntry):
    """A change of one landmark."""

    at: Time
    version: Version
    view: View
    name: Word
    before: MarkEntry | None
    after: MarkEntry | None
    later = frozenset({"photo_id"})
    photo_id: Id | None = None


class AssessmentEntry(_Entry):
    """An assessment; `file` holds it as `assessment.json` does elsewhere."""

    id: Id
    number: Version
    of_version: Version
    added: Time
    file: str


class VisitEntry(_LaterEntry):
    """A visit; `folder` holds its files.

    `landmarks` are those on the only photo of their role; where a role has several photos, they
    stand in these.
    """

    id: Id
    folder: str
    taken: Day
    note: str
    intake: dict[str, Any] | None
    added: Time
    changed: Time
    version: Version
    input_version: Version
    photos: tuple[PhotoEntry, ...]
    landmarks: dict[View, dict[Word, MarkEntry]] = {}
    landmark_changes: tuple[ChangeEntry, ...]
    assessments: tuple[AssessmentEntry, ...]
    later = frozenset({"capture"})
    capture: dict[str, Any] | None = None


class FurtherPhotoEntry(_Entry):
    """A photo of a further assessment, as `PhotoEntry` is one of a visit."""

    id: Id
    role: FurtherRole
    sha256: Sha
    kind: Kind
    size_bytes: Annotated[int, Field(ge=1)]
    added: Time
    file: str


class FurtherEntry(_Entry):
    """A further assessment; `folder` holds its photos, and its document where it has one."""

    id: Id
    folder: str
    kind: FurtherKind
    test: Word | None
    side: Side | None
    taken: Day
    note: str
    measured: Time | None
    added: Time
    changed: Time
    version: Version
    photos: tuple[FurtherPhotoEntry, ...]


class ClientFile(_Entry):
    """client.json: everything of one client but photos and assessments.

    `further` is left out where there is nothing in it: such a file is the one that programs
    which know of visits only write and read.
    """

    id: Id
    code: str
    name: str | None
    birth_year: int | None
    height_cm: Number | None
    added: Time
    changed: Time
    version: Version
    consents: tuple[ConsentEntry, ...]
    visits: tuple[VisitEntry, ...]
    further: tuple[FurtherEntry, ...] = ()

    @property
    def folders(self) -> tuple[VisitEntry | FurtherEntry, ...]:
        """Everything that has photos, each in a folder of its own."""
        return (*self.visits, *self.further)

    def to_json(self) -> str:
        """Return the file's text."""
        left_out = set() if self.further else {"further"}
        return self.model_dump_json(indent=2, exclude=left_out) + "\n"


def parse(data: bytes, *, name: str) -> ClientFile:
    """Return a client's file.

    Raises
    ------
    InputError
        If it is none. The message does not show what it holds.
    """
    try:
        return ClientFile.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the start"
        raise InputError(
            f"{name}: expected a client as this program writes it, found at {place}: "
            f"{first['msg']}. Nothing was changed. Use the archive as it was written."
        ) from None
