"""Photos: in as files, out as pictures without metadata."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from posture.anatomy import View
from posture.assess import Role
from posture.records import PhotoRecord, Records
from posture.web.api.depends import ID, LiveDep, PoolsDep, RecordsDep, ReportsDep, ShelfDep
from posture.web.api.models import PhotoOut
from posture.web.assessing import photo_name
from posture.web.problems import ProblemError, problem_responses
from posture.web.shelf import Shelf, jpeg, reduced
from posture.web.uploads import check_photo, photo_form, receive_upload

__all__ = ["of_visit", "router"]

router = APIRouter(prefix="/photos", tags=["photos"], responses=problem_responses(404, 422))
of_visit = APIRouter(prefix="/visits", tags=["photos"], responses=problem_responses(404, 422))

_WIDEST_PX = 20_000
_BLURRED_WIDTH_PX = 1600


@of_visit.post(
    "/{visit_id}/photos",
    status_code=201,
    response_model=PhotoOut,
    openapi_extra=photo_form(
        get_args(Role),
        further={
            "type": "string",
            "enum": ["true", "false"],
            "description": "Whether it may stand beside others in its role.",
        },
        view={
            "type": "string",
            "enum": ["left", "right", ""],
            "description": "The side that a side photo shows; recognised without.",
        },
    ),
    responses=problem_responses(400, 408, 409, 413, 415, 503),
)
async def add(
    visit_id: ID,
    request: Request,
    records: RecordsDep,
    shelf: ShelfDep,
    live: LiveDep,
    pools: PoolsDep,
) -> PhotoRecord:
    """Keep a photo of a visit.

    `replace` lets it take the place of the first in its role, `further` stand beside it: several
    photos of one view are averaged, side photos may show the left and the right.
    """
    await run_in_threadpool(records.visit, visit_id)
    upload = await receive_upload(request)
    role = _role(upload.fields.get("role", ""))
    replace = upload.fields.get("replace", "false") == "true"
    further = upload.fields.get("further", "false") == "true"
    view = _side(upload.fields.get("view", ""))

    def keep() -> PhotoRecord:
        checked = check_photo(upload.data, name=f"{role} photo")
        before = records.visit(visit_id).photo(role)
        if before is not None and not (replace or further):
            raise ProblemError(
                409, f"This visit has a {role} photo. Send `replace` as true to put this in its "
                "place, `further` to put it beside.", key="photo_there",
            )  # fmt: skip
        record = records.add_photo(
            visit_id, role=role, data=upload.data, replace=replace, further=further, view=view
        )
        if before is not None and not further:
            shelf.forget(before.sha256)
        shelf.add(checked.photo)
        live.forget(visit_id)
        return record

    return await pools.picture(keep)


@router.get("/{photo_id}", response_model=PhotoOut)
def get(photo_id: ID, records: RecordsDep) -> PhotoRecord:
    """Return what is known of a photo."""
    return records.photo(photo_id)


@router.delete("/{photo_id}", status_code=204)
def delete(
    photo_id: ID, records: RecordsDep, shelf: ShelfDep, live: LiveDep, reports: ReportsDep
) -> None:
    """Remove a photo from its visit, with the landmarks placed on it."""
    photo = records.photo(photo_id)
    records.remove_photo(photo_id)
    shelf.forget(photo.sha256)
    live.forget(photo.visit_id)
    reports.clear()


@router.get(
    "/{photo_id}/image",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The picture."}},
)
async def image(
    photo_id: ID,
    records: RecordsDep,
    shelf: ShelfDep,
    pools: PoolsDep,
    width: Annotated[
        int, Query(ge=16, le=_WIDEST_PX, description="At least as wide; the whole photo without.")
    ] = _WIDEST_PX,
    blur: Annotated[Literal["", "face"], Query(description="`face` blurs the face.")] = "",
) -> Response:
    """Return the upright photo as a JPEG without metadata."""
    photo = await run_in_threadpool(records.photo, photo_id)

    def kept() -> bytes | None:
        return shelf.kept_picture(photo.sha256, width_px=width)

    def made() -> bytes:
        if blur:
            return _blurred(photo, records, shelf, min(width, _BLURRED_WIDTH_PX))
        return shelf.picture(photo.sha256, name=photo_name(photo), width_px=width)

    data = None if blur else await run_in_threadpool(kept)
    return Response(data or await pools.picture(made), media_type="image/jpeg")


def _blurred(photo: PhotoRecord, records: Records, shelf: Shelf, width_px: int) -> bytes:
    from posture.privacy import blur_face

    assessment = records.visit(photo.visit_id).assessment
    pixels = shelf.photo(photo.sha256, name=photo_name(photo)).pixels
    seen = next(
        (p for p in assessment.photos if p.file_sha256 == photo.sha256) if assessment else iter(()),
        None,
    )
    view = seen.view if seen else View.LEFT if photo.role == "side" else View(photo.role)
    # Without landmarks the whole photo is blurred.
    return jpeg(reduced(blur_face(pixels, seen.landmarks if seen else {}, view), width_px))


def _side(given: str) -> View | None:
    if given in ("", "left", "right"):
        return View(given) if given else None
    raise ProblemError(422, "view: expected left or right, found another.")


def _role(given: str) -> Role:
    for role in get_args(Role):
        if role == given:
            return role  # type: ignore[no-any-return]
    raise ProblemError(422, f"role: expected {', '.join(get_args(Role))}, found another.")
