"""Further assessments of a client: sitting, and range of motion."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from posture.records import FurtherPhoto, FurtherRecord, FurtherRole
from posture.rom.localised import localised_tests
from posture.web.api.depends import (
    ID,
    JobsDep,
    LanguageDep,
    PoolsDep,
    RecordsDep,
    ReportsDep,
    ShelfDep,
)
from posture.web.api.further_models import (
    FurtherChange,
    FurtherNew,
    FurtherOut,
    FurtherPhotoOut,
    RomTestOut,
)
from posture.web.api.jobs import JobOut, job_out
from posture.web.api.papers import PAGE, PAPER, report_page, report_paper
from posture.web.api.receipts import ReceiptOut
from posture.web.further_drawing import drawn_photo, kept_drawing
from posture.web.further_report import further_report
from posture.web.further_work import PHOTO_NAMES, further_work, lacking_roles
from posture.web.jobs import JobQueue
from posture.web.problems import ProblemError, problem_responses
from posture.web.uploads import check_photo, photo_form, receive_upload

__all__ = ["of_client", "photos", "router", "tests"]

router = APIRouter(
    prefix="/further", tags=["further assessments"], responses=problem_responses(404, 422)
)
of_client = APIRouter(
    prefix="/clients", tags=["further assessments"], responses=problem_responses(404, 422)
)
photos = APIRouter(
    prefix="/further-photos", tags=["further assessments"], responses=problem_responses(404, 422)
)
tests = APIRouter(prefix="/rom-tests", tags=["further assessments"])

_WIDEST_PX = 20_000

Blur = Annotated[Literal["", "face"], Query(description="`face` blurs the client's face.")]


@tests.get("")
def rom_tests(language: LanguageDep) -> list[RomTestOut]:
    """Return the range-of-motion tests and how each is photographed."""
    return [RomTestOut.model_validate(test) for test in localised_tests(language)]


@of_client.post("/{client_id}/further", status_code=201)
def add(client_id: ID, new: FurtherNew, records: RecordsDep, jobs: JobsDep) -> FurtherOut:
    """Keep a new assessment of a client."""
    given = new.model_dump() | {"taken": new.taken or date.today()}
    return _out(records.add_further(client_id, **given), jobs)


@of_client.get("/{client_id}/further")
def of_one(client_id: ID, records: RecordsDep, jobs: JobsDep) -> list[FurtherOut]:
    """Return the further assessments of a client, the latest first."""
    return [_out(item, jobs) for item in records.further_of(client_id)]


@router.get("/{further_id}")
def get(further_id: ID, records: RecordsDep, jobs: JobsDep) -> FurtherOut:
    """Return one further assessment."""
    return _out(records.further(further_id), jobs)


@router.patch("/{further_id}", responses=problem_responses(409))
def change(further_id: ID, new: FurtherChange, records: RecordsDep, jobs: JobsDep) -> FurtherOut:
    """Change the day or the note, unless someone else did since."""
    return _out(records.change_further(further_id, **new.model_dump(exclude_unset=True)), jobs)


@router.delete("/{further_id}")
def delete(further_id: ID, records: RecordsDep, shelf: ShelfDep, reports: ReportsDep) -> ReceiptOut:
    """Delete a further assessment with its photos."""
    receipt = records.delete_further(further_id)
    shelf.forget(*receipt.photos)
    reports.clear()
    return ReceiptOut.model_validate(receipt)


@router.post(
    "/{further_id}/photos",
    status_code=201,
    response_model=FurtherPhotoOut,
    openapi_extra=photo_form(get_args(FurtherRole)),
    responses=problem_responses(400, 408, 409, 413, 415, 503),
)
async def add_photo(
    further_id: ID, request: Request, records: RecordsDep, shelf: ShelfDep, pools: PoolsDep
) -> FurtherPhoto:
    """Keep a photo; `replace` lets it take the place of one in the same role."""
    await run_in_threadpool(records.further, further_id)
    upload = await receive_upload(request)
    role = _role(upload.fields.get("role", ""))
    replace = upload.fields.get("replace", "false") == "true"

    def keep() -> FurtherPhoto:
        checked = check_photo(upload.data, name=PHOTO_NAMES[role])
        further = _open(records.further(further_id))
        if further.photo(role) is not None and not replace:
            raise ProblemError(
                409,
                f"This assessment has a {PHOTO_NAMES[role]}. Send `replace` as true to put this "
                "in its place.",
                key="photo_there",
            )
        kept = records.add_further_photo(further_id, role=role, data=upload.data, replace=replace)
        shelf.add(checked.photo)
        return kept

    return await pools.picture(keep)


@photos.delete("/{further_photo_id}", status_code=204, responses=problem_responses(409))
def delete_photo(further_photo_id: ID, records: RecordsDep, shelf: ShelfDep) -> None:
    """Remove a photo that was not measured yet."""
    photo = records.further_photo(further_photo_id)
    _open(records.further(photo.further_id))
    records.remove_further_photo(further_photo_id)
    shelf.forget(photo.sha256)


@photos.get(
    "/{further_photo_id}/image",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The picture."}},
)
async def image(
    further_photo_id: ID,
    records: RecordsDep,
    shelf: ShelfDep,
    pools: PoolsDep,
    width: Annotated[
        int, Query(ge=16, le=_WIDEST_PX, description="At least as wide; the whole photo without.")
    ] = _WIDEST_PX,
    drawn: Annotated[
        Literal["", "lines"],
        Query(description="`lines` draws what was measured, cropped to it, in a width of its own."),
    ] = "",
) -> Response:
    """Return the upright photo as a JPEG without metadata."""
    photo = await run_in_threadpool(records.further_photo, further_photo_id)
    further = await run_in_threadpool(records.further, photo.further_id)
    with_lines = bool(drawn) and further.measured is not None

    def kept() -> bytes | None:
        if with_lines:
            return kept_drawing(further, photo, shelf)
        return shelf.kept_picture(photo.sha256, width_px=width)

    def made() -> bytes:
        if with_lines:
            return drawn_photo(further, photo, shelf)
        return shelf.picture(photo.sha256, name=PHOTO_NAMES[photo.role], width_px=width)

    data = await run_in_threadpool(kept)
    return Response(data or await pools.picture(made), media_type="image/jpeg")


@router.post("/{further_id}/measure", status_code=202, responses=problem_responses(409, 503))
def measure(
    further_id: ID,
    records: RecordsDep,
    shelf: ShelfDep,
    jobs: JobsDep,
    language: LanguageDep,
    response: Response,
) -> JobOut:
    """Queue the photos to be measured, once. While it waits, asking again gives the same job."""
    further = _open(records.further(further_id))
    lacking = lacking_roles(further)
    if lacking:
        names = ", ".join(PHOTO_NAMES[role] for role in lacking)
        raise ProblemError(409, f"Expected a {names}, found none. Add it first.", key="no_photos")
    job = jobs.submit(further_id, further_work(records, shelf, further_id))
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return job_out(job, language)


@router.get("/{further_id}/document", responses=problem_responses(409))
def document(further_id: ID, records: RecordsDep) -> dict[str, Any]:
    """Return the result as its file holds it (`sitting.json` or `rom.json`, schema 1)."""
    return dict(_measured(records.further(further_id)).document or {})


@router.get(
    "/{further_id}/report.html",
    response_class=HTMLResponse,
    responses={**PAGE, **problem_responses(409)},
)
async def report_html(
    further_id: ID,
    records: RecordsDep,
    shelf: ShelfDep,
    pools: PoolsDep,
    cache: ReportsDep,
    blur: Blur = "",
) -> HTMLResponse:
    """Return the report as a page of its own."""

    def page() -> str:
        from posture.report import render_html

        further = _measured(records.further(further_id))
        settings = records.settings()
        return render_html(further_report(further, settings, shelf, cache, has_face=not blur))

    return report_page(await pools.paper(page))


@router.get(
    "/{further_id}/report.pdf",
    response_class=Response,
    responses={**PAPER, **problem_responses(409)},
)
async def report_pdf(
    further_id: ID,
    records: RecordsDep,
    shelf: ShelfDep,
    pools: PoolsDep,
    cache: ReportsDep,
    blur: Blur = "",
) -> Response:
    """Return the report as PDF, on the practice's paper."""

    def paper() -> tuple[bytes, str]:
        from posture.report import render_pdf

        further, settings = _measured(records.further(further_id)), records.settings()
        report = further_report(further, settings, shelf, cache, has_face=not blur)
        # No name of the client: files lie about in download folders.
        name = f"posture-{further.test or further.kind}-{further.taken}.pdf"
        return render_pdf(report, paper=settings.paper), name

    return report_paper(*await pools.paper(paper))


def _out(further: FurtherRecord, jobs: JobQueue) -> FurtherOut:
    job = jobs.active(further.id)
    own = {item.name: getattr(further, item.name) for item in fields(further)}
    return FurtherOut.model_validate(
        {**own, "job": None if job is None else job.id}, from_attributes=True
    )


def _open(further: FurtherRecord) -> FurtherRecord:
    """Return an assessment that is not measured yet, or end the request."""
    if further.measured is not None:
        raise ProblemError(
            409,
            "This assessment is measured; its photos and numbers stay as they are. Make another.",
            key="further_measured",
        )
    return further


def _measured(further: FurtherRecord) -> FurtherRecord:
    """Return an assessment that was measured, or end the request."""
    if further.measured is None:
        raise ProblemError(409, "This was not measured yet. Measure it first.", key="not_assessed")
    return further


def _role(given: str) -> FurtherRole:
    for role in get_args(FurtherRole):
        if role == given:
            return role  # type: ignore[no-any-return]
    raise ProblemError(422, f"role: expected {', '.join(get_args(FurtherRole))}, found another.")
