"""What the API takes and gives, as OpenAPI describes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from posture.anatomy import Method, View
from posture.assess import Role
from posture.capture.options import CaptureOptions, options_from_plain
from posture.capture.paper import SheetName
from posture.capture.roll import MOST_ROLL_DEG
from posture.client_facts import LONGEST_ID, STATURE_LIMITS_CM
from posture.file_kind import Kind

__all__ = [
    "Capture",
    "ClientChange",
    "ClientLine",
    "ClientNew",
    "ClientOut",
    "ClientPage",
    "ConsentNew",
    "ConsentOut",
    "ConsentWithdrawn",
    "Given",
    "GivenDay",
    "IntakeChange",
    "Kept",
    "MarkOut",
    "PhotoOut",
    "Version",
    "VisitChange",
    "VisitLine",
    "VisitNew",
    "VisitOut",
]

Version = Annotated[
    int, Field(ge=0, le=2**31, description="The version that the change was made on.")
]
Code = Annotated[str, Field(min_length=1, max_length=LONGEST_ID, examples=["K-017"])]
Name = Annotated[str, Field(max_length=200, examples=["Ada Example"])]
BirthYear = Annotated[int, Field(ge=1900, le=2200, examples=[1980])]
HeightCm = Annotated[
    float, Field(ge=STATURE_LIMITS_CM[0], le=STATURE_LIMITS_CM[1], examples=[172.5])
]
Note = Annotated[str, Field(max_length=20_000)]
Roll = Annotated[float, Field(strict=True, ge=-MOST_ROLL_DEG, le=MOST_ROLL_DEG)]
Pixel = Annotated[float, Field(ge=-1, le=100_000, allow_inf_nan=False)]
Scope = Annotated[str, Field(min_length=1, max_length=200, examples=["photos for treatment"])]


def _as_text(value: object) -> object:
    """Refuse numbers, which would stand for seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("expected a day as text, such as 2026-03-05")  # noqa: TRY004 - for pydantic
    return value


GivenDay = Annotated[date, BeforeValidator(_as_text)]


class Given(BaseModel):
    """A body that is sent: no field that is not known.

    In changes, the defaults of fields that cannot be null are never used: what was not set is
    left out.
    """

    model_config = ConfigDict(extra="forbid")


class Kept(BaseModel):
    """A record that is returned."""

    model_config = ConfigDict(from_attributes=True)


class ClientNew(Given):
    """A new client. Without a code one is made that tells nothing of the person."""

    code: Code | None = None
    name: Name | None = None
    birth_year: BirthYear | None = None
    height_cm: HeightCm | None = None


class ClientChange(Given):
    """Fields that are not named stay as they are; null clears one."""

    version: Version
    code: Code = Field(default_factory=str)
    name: Name | None = None
    birth_year: BirthYear | None = None
    height_cm: HeightCm | None = None


class ConsentNew(Given):
    """What a client agreed to, and when."""

    scope: Scope
    given: GivenDay
    note: Note = ""


class ConsentWithdrawn(Given):
    """The day a consent was taken back."""

    withdrawn: GivenDay


class ConsentOut(Kept):
    """A consent; `withdrawn` is null while it holds."""

    id: str
    scope: str
    given: date
    withdrawn: date | None
    note: str


class ClientOut(Kept):
    """One client."""

    id: str
    code: str
    name: str | None
    birth_year: int | None
    height_cm: float | None
    consents: tuple[ConsentOut, ...]
    added: datetime
    changed: datetime
    version: int


class ClientLine(Kept):
    """A client in a list."""

    id: str
    code: str
    name: str | None
    birth_year: int | None
    visits: int
    last_visit: date | None


class ClientPage(Kept):
    """Some clients of a longer list; `total` counts all of it."""

    items: tuple[ClientLine, ...]
    total: int
    limit: int
    offset: int


class KnownLengthIn(Given):
    """Two points of an upright photo, in pixels, and how many centimetres lie between them."""

    start_px: tuple[Pixel, Pixel]
    end_px: tuple[Pixel, Pixel]
    length_cm: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class Capture(Given):
    """How the photos of a visit were taken, and what of known size they show.

    `roll`: `off`, `auto` (read from upright lines), `board` (from the printed board), or degrees,
    + where the photo's content is turned anticlockwise. `marker`: look for the printed marker.
    `paper`: a sheet of it is held beside the body. `known`: a length in the first photo of a role.
    `stickers`: look for adhesive dots on the landmarks.
    """

    roll: Literal["off", "auto", "board"] | Roll = "off"
    marker: StrictBool = False
    paper: SheetName | None = None
    known: dict[Role, KnownLengthIn] = Field(default_factory=dict)
    stickers: StrictBool = False

    def options(self) -> CaptureOptions:
        """Return them as the records keep them."""
        return options_from_plain(self.model_dump(mode="json"))


class VisitNew(Given):
    """A new visit; `taken` is the day of its photos, today if it is not named.

    Without `capture` the printed marker is looked for, and nothing else.
    """

    taken: GivenDay | None = None
    note: Note = ""
    capture: Capture = Field(default_factory=lambda: Capture(marker=True))


class VisitChange(Given):
    """Fields that are not named stay as they are."""

    version: Version
    taken: GivenDay = Field(default_factory=date.today)
    note: Note = Field(default_factory=str)
    capture: Capture = Field(default_factory=lambda: Capture())


class IntakeChange(Given):
    """What the client told, as `posture plan` reads it; null takes it back."""

    version: Version
    intake: dict[str, Any] | None


class PhotoOut(Kept):
    """One photo of a visit; `number` counts those of its role, `view` is the side stated of it."""

    id: str
    visit_id: str
    role: Role
    number: int
    view: View | None
    sha256: str
    kind: Kind
    size_bytes: int
    added: datetime


class MarkOut(Kept):
    """A landmark with where it comes from and its standard deviation."""

    x_px: float
    y_px: float
    method: Method
    sd_px: float


class VisitOut(Kept):
    """One visit.

    `landmarks` are those that a person placed on the first photo of each view, `placed` those on
    every photo, by its id. `assessed` is when it was last assessed; `assessment_is_current` is
    false where photos, placed landmarks or `capture` changed after that. `job` is the id of the
    job that is assessing it.
    """

    id: str
    client_id: str
    taken: date
    note: str
    intake: dict[str, Any] | None
    capture: Capture
    photos: tuple[PhotoOut, ...]
    landmarks: dict[View, dict[str, MarkOut]]
    placed: dict[str, dict[View, dict[str, MarkOut]]]
    assessed: str | None
    assessment_is_current: bool
    job: str | None
    added: datetime
    changed: datetime
    version: int


class VisitLine(Kept):
    """A visit in a list."""

    id: str
    client_id: str
    taken: date
    note: str
    has_intake: bool
    photos: tuple[PhotoOut, ...]
    assessed: datetime | None
    findings: int
    version: int
