"""Photos that come in: read from the request in memory, and let in by their content alone.

No name that a sender gives is used for anything, and nothing is written to a temporary file.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from posture.errors import PhotoError
from posture.file_kind import Kind, describe, recognise
from posture.web.problems import ProblemError

if TYPE_CHECKING:
    from starlette.requests import Request

    from posture.photo import Photo

__all__ = ["CheckedPhoto", "Upload", "check_photo", "photo_form", "receive_upload"]

_HEAD_BYTES = 4096
_SCRIPT_MARKS = (b"<script", b"<!doctype html")
_HEAD_MARKS = (b"<html", b"<svg", b"<?php", b"%pdf-")
_IN_MEMORY = 2**31
_TYPES = "a photo (JPEG, PNG, WebP, TIFF or HEIC)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What a multipart form brought: its one file, and its text fields."""

    data: bytes
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckedPhoto:
    """A photo that was decoded as a whole, with the kind its content has."""

    kind: Kind
    photo: Photo


def photo_form(roles: Sequence[str], **further: Mapping[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI description of a form that brings a photo in one of these roles.

    `further` are fields that it has besides.
    """
    properties = {
        "role": {"type": "string", "enum": list(roles)},
        "replace": {"type": "string", "enum": ["true", "false"]},
        **further,
        "file": {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "description": "JPEG, PNG, WebP, TIFF or HEIC, at most 65 MB and 120 megapixels. Its "
            "name is not used.",
        },
    }
    schema = {"type": "object", "required": ["role", "file"], "properties": properties}
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    }


async def receive_upload(request: Request) -> Upload:
    """Return the one file of a multipart form, in memory.

    Raises
    ------
    ProblemError
        If the body is no such form, or holds no file or several.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ProblemError(415, "Expected multipart/form-data with the field `file`.")
    parser = MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=8)
    parser.spool_max_size = _IN_MEMORY
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise ProblemError(
            400, "Expected one file as multipart/form-data, found a broken or overlong form."
        ) from error
    try:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if len(files) != 1:
            raise ProblemError(422, "Expected one file in the field `file`, found none.")
        return Upload(
            data=await files[0].read(),
            fields={key: value for key, value in form.items() if isinstance(value, str)},
        )
    finally:
        await form.close()


def check_photo(data: bytes, *, name: str) -> CheckedPhoto:
    """Return the photo that `data` hold, decoded to its last pixel.

    Parameters
    ----------
    data
        The file's content.
    name
        What messages call it: its role, not what the sender called it.

    Raises
    ------
    PhotoError
        If it is no photo of a kind we read, is two kinds of file at once, is damaged, or
        breaks the limits on its size. Sizes are read from the header, before decoding.
    """
    from posture.photo import decode_photo

    kind = recognise(data)
    if kind is None:
        what = "an SVG drawing" if _is_svg(data) else describe(data) if data else "an empty file"
        raise PhotoError(
            f"{name}: expected {_TYPES}, found {what}. Give the original photo.", key="no_photo"
        )
    second = _second_nature(data)
    if second is not None:
        raise PhotoError(
            f"{name}: expected {_TYPES} and nothing else, found a {kind} that is {second} as "
            "well. Give the photo as the camera wrote it.",
            key="double_photo",
        )
    return CheckedPhoto(kind=kind, photo=decode_photo(data, name=name))


def _is_svg(data: bytes) -> bool:
    return b"<svg" in data[:_HEAD_BYTES].lower()


def _second_nature(data: bytes) -> str | None:
    """Return what else a photo's file would be taken for, None where it is a photo only.

    What cameras append to photos, such as depth maps and short films, is no such thing.
    """
    head, whole = data[:_HEAD_BYTES].lower(), data.lower()
    if any(mark in whole for mark in _SCRIPT_MARKS) or any(mark in head for mark in _HEAD_MARKS):
        return "a page, document or script"
    if b"PK\x01\x02" in data and zipfile.is_zipfile(BytesIO(data)):
        return "a ZIP archive"
    return None
