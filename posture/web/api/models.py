"""What the API takes and gives, as OpenAPI describes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from posture.anatomy import Method, View
from posture.assess import Role
from posture.file_kind import Kind
from posture.results import Status, Unit

__all__ = [
    "ClientChange",
    "ClientLine",
    "ClientNew",
    "ClientOut",
    "ClientPage",
    "ConsentNew",
    "ConsentOut",
    "ConsentWithdrawn",
    "FindingOut",
    "IntakeChange",
    "LandmarksPut",
    "LandmarksTried",
    "Mark",
    "MarkOut",
    "MeasureOut",
    "Measured",
    "PhotoOut",
    "SettingsChange",
    "SettingsOut",
    "TrendPoint",
    "VisitChange",
    "VisitLine",
    "VisitNew",
    "VisitOut",
]

Version = Annotated[
    int, Field(ge=0, le=2**31, description="The version that the change was made on.")
]
Code = Annotated[str, Field(min_length=1, max_length=64, examples=["K-017"])]
Name = Annotated[str, Field(max_length=200, examples=["Ada Example"])]
BirthYear = Annotated[int, Field(ge=1900, le=2200, examples=[1980])]
HeightCm = Annotated[float, Field(ge=90, le=250, examples=[172.5])]
Note = Annotated[str, Field(max_length=20_000)]
Scope = Annotated[str, Field(min_length=1, max_length=200, examples=["photos for treatment"])]
Pixels = Annotated[float, Field(ge=-1, le=100_000, allow_inf_nan=False)]


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
    given: date
    note: Note = ""


class ConsentWithdrawn(Given):
    """The day a consent was taken back."""

    withdrawn: date


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


class VisitNew(Given):
    """A new visit; `taken` is the day of its photos, today if it is not named."""

    taken: date | None = None
    note: Note = ""


class VisitChange(Given):
    """Fields that are not named stay as they are."""

    version: Version
    taken: date = Field(default_factory=date.today)
    note: Note = Field(default_factory=str)


class IntakeChange(Given):
    """What the client told, as `posture plan` reads it; null takes it back."""

    version: Version
    intake: dict[str, Any] | None


class PhotoOut(Kept):
    """One photo of a visit."""

    id: str
    visit_id: str
    role: Role
    sha256: str
    kind: Kind
    size_bytes: int
    added: datetime


class Mark(Given):
    """A landmark placed by a person, in pixels of the upright photo, x right and y down.

    Without `sd_px` the usual error of a placement stands.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"x_px": 412.5, "y_px": 310.0}}
    )

    x_px: Pixels
    y_px: Pixels
    method: Literal["manual", "sticker"] = "manual"
    sd_px: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] | None = None


class MarkOut(Kept):
    """A landmark with where it comes from and its standard deviation."""

    x_px: float
    y_px: float
    method: Method
    sd_px: float


Marks = Annotated[
    dict[View, dict[str, Mark]],
    Field(
        description="Per view, all landmarks that a person placed there; an empty object takes "
        "all of a view back. Views that are not named keep the stored ones.",
        examples=[{"left": {"c7": {"x_px": 412.5, "y_px": 310.0}}}],
    ),
]


class LandmarksTried(Given):
    """Landmarks to measure with, which are not stored."""

    landmarks: Marks


class LandmarksPut(Given):
    """Landmarks to store."""

    version: Version
    landmarks: Marks


class VisitOut(Kept):
    """One visit. `landmarks` are those that a person placed.

    `assessed` is when it was last assessed; `assessment_is_current` is false where photos or
    placed landmarks changed after that. `job` is the id of the job that is assessing it.
    """

    id: str
    client_id: str
    taken: date
    note: str
    intake: dict[str, Any] | None
    photos: tuple[PhotoOut, ...]
    landmarks: dict[View, dict[str, MarkOut]]
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


class MeasureOut(BaseModel):
    """A number with its 95 % interval and provenance, or the reason why it is missing."""

    id: str
    value: float | None
    low: float | None
    high: float | None
    unit: Unit
    status: Status
    reason: str | None
    method: Method | None
    view: View | None


class FindingOut(BaseModel):
    """A measure whose whole interval lies beyond its reference range."""

    id: str
    title: str
    side: Literal["left", "right"] | None
    measure: str
    text: str
    reference: dict[str, Any]


class Measured(BaseModel):
    """What landmarks give: all landmarks per view, the measures, the findings.

    `version` is the visit's.
    """

    landmarks: dict[View, dict[str, MarkOut]]
    measures: list[MeasureOut]
    findings: list[FindingOut]
    version: int


class TrendPoint(Kept):
    """One measure of one visit."""

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


class SettingsOut(Kept):
    """What the practice chose. No `measures` named means all of them."""

    practice: str
    has_logo: bool
    units: Literal["metric", "imperial"]
    language: Literal["en", "de"]
    paper: Literal["a4", "us-letter"]
    photos: tuple[Role, ...]
    measures: tuple[str, ...]
    version: int


class SettingsChange(Given):
    """Fields that are not named stay as they are."""

    version: Version
    practice: Annotated[str, Field(max_length=200)] = Field(default_factory=str)
    units: Literal["metric", "imperial"] = Field(default_factory=lambda: "metric")
    language: Literal["en", "de"] = Field(default_factory=lambda: "en")
    paper: Literal["a4", "us-letter"] = Field(default_factory=lambda: "a4")
    photos: Annotated[tuple[Role, ...], Field(max_length=3)] = Field(default_factory=tuple)
    measures: Annotated[tuple[str, ...], Field(max_length=100)] = Field(default_factory=tuple)
