"""Landmarks that are tried and stored, and the numbers they give, as OpenAPI describes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from posture.anatomy import Method, View
from posture.results import Status, Unit
from posture.web.api.models import Given, Kept, MarkOut, Version

__all__ = [
    "FindingOut",
    "LandmarksPut",
    "LandmarksTried",
    "Mark",
    "MeasureOut",
    "Measured",
    "TrendPoint",
]

Pixels = Annotated[float, Field(ge=-1, le=100_000, allow_inf_nan=False)]


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


Marks = Annotated[
    dict[View, dict[str, Mark]],
    Field(
        description="Per view, all landmarks that a person placed there; an empty object takes "
        "all of a view back. Views that are not named keep the stored ones.",
        examples=[{"left": {"c7": {"x_px": 412.5, "y_px": 310.0}}}],
    ),
]


PhotoId = Annotated[str, Field(min_length=1, max_length=36, pattern="^[0-9a-f-]+$")]


class LandmarksTried(Given):
    """Landmarks to measure with, which are not stored. `photo` as in `LandmarksPut`."""

    landmarks: Marks
    photo: PhotoId | None = None


class LandmarksPut(Given):
    """Landmarks to store, on the photo of that id; without one, on the first of each view."""

    version: Version
    landmarks: Marks
    photo: PhotoId | None = None


class RepeatsOut(BaseModel):
    """How a measure repeated over `n` photos of its view: their standard deviation."""

    n: int
    sd: float


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
    repeats: RepeatsOut | None = None


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

    Landmarks of a view are those on the photo that was named, else on its first. `version` is
    the visit's.
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
