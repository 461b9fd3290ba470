"""What leaves: reports and FHIR, with the face blurred on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import HTMLResponse, JSONResponse, Response

from posture.records import PracticeSettings, VisitRecord
from posture.results import Assessment
from posture.web.api.depends import ID, PoolsDep, RecordsDep, ReportsDep, ShelfDep
from posture.web.api.models import Given
from posture.web.api.papers import PAGE, PAPER, report_page, report_paper
from posture.web.api.visits import dated_assessment, required_assessment
from posture.web.assessing import photo_name
from posture.web.problems import ProblemError, problem_responses
from posture.web.report_cache import ReportCache
from posture.web.shelf import Shelf

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.plan import PlannedVisit
    from posture.report import Report

__all__ = ["router"]

router = APIRouter(prefix="/visits", tags=["reports"], responses=problem_responses(404, 409, 422))

Audience = Literal["therapist", "client"]
Blur = Literal["", "face"]
Minutes = Literal["30", "45", "60"]


class ReportOptions(Given):
    """What a report is to be like."""

    audience: Audience = Field(default="therapist", description="`client` needs the intake.")
    blur: Blur = Field(default="", description="`face` blurs the client's face.")
    minutes: Minutes = Field(default="45", description="Length of the session that is planned.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A report with what its paper needs."""

    report: Report
    visit: VisitRecord
    settings: PracticeSettings
    options: ReportOptions


def _maker(
    visit_id: ID,
    cache: ReportsDep,
    records: RecordsDep,
    shelf: ShelfDep,
    options: Annotated[ReportOptions, Query()],
) -> Callable[[], _Made]:
    """Return what makes the report, which takes a while."""

    def made() -> _Made:
        visit, settings = records.visit(visit_id), records.settings()
        report = _report(cache, visit, settings, shelf, options)
        return _Made(report=report, visit=visit, settings=settings, options=options)

    return made


MakerDep = Annotated[Callable[[], _Made], Depends(_maker)]


@router.get(
    "/{visit_id}/report.html",
    response_class=HTMLResponse,
    responses=PAGE,
)
async def report_html(make: MakerDep, pools: PoolsDep) -> HTMLResponse:
    """Return the report as a page of its own."""

    def page() -> str:
        from posture.report import render_html

        return render_html(make().report)

    return report_page(await pools.paper(page))


@router.get(
    "/{visit_id}/report.pdf",
    response_class=Response,
    responses=PAPER,
)
async def report_pdf(make: MakerDep, pools: PoolsDep) -> Response:
    """Return the report as PDF, on the practice's paper."""

    def paper() -> tuple[bytes, str]:
        from posture.report import render_pdf

        made = make()
        # No name of the client: files lie about in download folders.
        kind = "client" if made.options.audience == "client" else "report"
        name = f"posture-{kind}-{made.visit.taken}.pdf"
        return render_pdf(made.report, paper=made.settings.paper), name

    data, name = await pools.paper(paper)
    return report_paper(data, name)


@router.get(
    "/{visit_id}/fhir",
    responses={200: {"content": {"application/fhir+json": {}}, "description": "A Bundle."}},
)
async def fhir(
    visit_id: ID,
    records: RecordsDep,
    shelf: ShelfDep,
    pools: PoolsDep,
    photos: Annotated[
        Literal["none", "all", "blurred"], Query(description="Whether photos go along.")
    ] = "none",
) -> JSONResponse:
    """Return the visit as a FHIR R4 Bundle."""

    def made() -> dict[str, Any]:
        from posture.fhir import visit_to_fhir

        visit = records.visit(visit_id)
        assessment = required_assessment(visit)
        return visit_to_fhir(
            assessment,
            photos=None
            if photos == "none"
            else _pixels(visit, assessment, shelf, "face" if photos == "blurred" else ""),
            practice=records.settings().practice,
            taken=visit.taken,
            visit_id=visit.id,
        )

    return JSONResponse(await pools.paper(made), media_type="application/fhir+json")


def _report(
    cache: ReportCache,
    visit: VisitRecord,
    settings: PracticeSettings,
    shelf: Shelf,
    options: ReportOptions,
) -> Report:
    assessment = dated_assessment(visit)
    wishes = tuple(options.model_dump().values())
    key = (visit.id, visit.version, assessment.created, settings, *wishes)
    planned = _planned(visit, assessment, int(options.minutes), settings.language)

    def make() -> Report:
        pixels = _pixels(visit, assessment, shelf, options.blur)
        written = _client_report if options.audience == "client" else _therapist_report
        return replace(written(assessment, planned, pixels, settings), logo=settings.logo or b"")

    return cache.get(key, make)


def _therapist_report(
    assessment: Assessment,
    planned: PlannedVisit | None,
    pixels: dict[str, NDArray[np.uint8]],
    settings: PracticeSettings,
) -> Report:
    from posture.report import annotated_pictures, build_report

    language = settings.language
    pictures = annotated_pictures(assessment, pixels, language=language)
    return build_report(
        assessment, pictures, practice=settings.practice, visit=planned, language=language
    )


def _client_report(
    assessment: Assessment,
    planned: PlannedVisit | None,
    pixels: dict[str, NDArray[np.uint8]],
    settings: PracticeSettings,
) -> Report:
    from posture.report import build_client_report, plain_pictures

    if planned is None:
        raise ProblemError(
            409,
            "The client's pages need the intake. Fill it in on the visit's page first.",
            key="no_intake",
        )
    pictures = plain_pictures(assessment, pixels, language=planned.plan.language)
    return build_client_report(assessment, planned, pictures, practice=settings.practice)


def _planned(
    visit: VisitRecord, assessment: Assessment, minutes: int, language: str
) -> PlannedVisit | None:
    if visit.intake is None:
        return None
    from posture.i18n.localised import localised_knowledge
    from posture.intake import parse_intake
    from posture.plan.visit import plan_visit

    intake = parse_intake(visit.intake, localised_knowledge(language), where="intake")
    return plan_visit(assessment, intake, minutes=minutes, language=language)


def _pixels(
    visit: VisitRecord, assessment: Assessment, shelf: Shelf, blur: Blur
) -> dict[str, NDArray[np.uint8]]:
    used = {photo.file_sha256 for photo in assessment.photos}
    pixels = {
        photo.sha256: shelf.photo(photo.sha256, name=photo_name(photo)).pixels
        for photo in visit.photos
        if photo.sha256 in used
    }
    if not blur:
        return pixels
    from posture.privacy import blur_faces

    return blur_faces(assessment, pixels)
