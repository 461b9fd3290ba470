"""What the practice chose."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from posture.assess import Role
from posture.records import PracticeSettings, Records
from posture.web.api.depends import PoolsDep, RecordsDep
from posture.web.api.models import Given, Kept, Version
from posture.web.problems import ProblemError, problem_responses
from posture.web.shelf import reduced
from posture.web.uploads import receive_upload

__all__ = ["router"]

router = APIRouter(prefix="/settings", tags=["settings"], responses=problem_responses(422))

_LOGO_WIDTH_PX = 800
_LOGO_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["version", "file"],
                    "properties": {
                        "version": {"type": "integer"},
                        "file": {"type": "string", "contentMediaType": "image/png"},
                    },
                }
            }
        },
    }
}


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


@router.get("")
def get(records: RecordsDep) -> SettingsOut:
    """Return the settings."""
    return _settings_out(records.settings())


@router.patch("", responses=problem_responses(409))
def change(settings: SettingsChange, records: RecordsDep) -> SettingsOut:
    """Change settings, unless someone else did since."""
    return _settings_out(_changed(records, **settings.model_dump(exclude_unset=True)))


@router.put("/logo", openapi_extra=_LOGO_FORM, responses=problem_responses(400, 408, 409, 413, 415))
async def put_logo(request: Request, records: RecordsDep, pools: PoolsDep) -> SettingsOut:
    """Keep the practice's logo, drawn anew as a PNG at most 800 px wide."""
    upload = await receive_upload(request)
    version = _version(upload.fields.get("version", ""))

    def keep() -> PracticeSettings:
        return _changed(records, version=version, logo=_logo(upload.data))

    return _settings_out(await pools.picture(keep))


@router.delete("/logo", responses=problem_responses(409))
def delete_logo(version: int, records: RecordsDep) -> SettingsOut:
    """Remove the logo."""
    return _settings_out(_changed(records, version=version, logo=None))


@router.get(
    "/logo",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "The logo."},
        **problem_responses(404),
    },
)
def get_logo(records: RecordsDep) -> Response:
    """Return the logo."""
    logo = records.settings().logo
    if logo is None:
        raise ProblemError(404, "The practice has no logo.", key="no_logo")
    return Response(logo, media_type="image/png")


def _changed(records: Records, **changes: Any) -> PracticeSettings:
    """Keep changes made on the version among them; the records check it."""
    return records.change_settings(replace(records.settings(), **changes))


def _settings_out(settings: PracticeSettings) -> SettingsOut:
    values = {item.name: getattr(settings, item.name) for item in fields(settings)}
    values["has_logo"] = values.pop("logo") is not None
    return SettingsOut.model_validate(values)


def _version(given: str) -> int:
    if not given.isdecimal() or len(given) > 9:
        raise ProblemError(422, "version: expected the settings' version, a whole number.")
    return int(given)


def _logo(data: bytes) -> bytes:
    """Draw a picture anew, so that nothing but pixels is kept."""
    from io import BytesIO

    from PIL import Image

    from posture.picture import Limits, decode_picture

    picture = decode_picture(data, "logo", Limits(max_pixels=40_000_000, min_side_px=16))
    stream = BytesIO()
    Image.fromarray(reduced(picture.pixels, _LOGO_WIDTH_PX)).save(stream, "PNG", optimize=True)
    return stream.getvalue()
