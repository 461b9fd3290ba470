"""The HTML pages of further assessments: forms for new ones, and what each gave."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from posture.records import FurtherKind, FurtherRecord
from posture.records.errors import NotFoundError
from posture.rom.localised import localised_tests
from posture.web.further_view import further_page
from posture.web.pages import PageRoute, display_of, render_page

__all__ = ["router"]

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/clients/{client_id}/sitting")
def new_sitting(request: Request, client_id: str, further: str = "") -> Response:
    """Show the form for a client who sits, or for one that was begun."""
    return render_page(
        request,
        "sitting_new",
        active="clients",
        client=request.app.state.records.client(client_id),
        further=_begun(request, client_id, "sitting", further),
    )


@router.get("/clients/{client_id}/rom")
def new_rom(request: Request, client_id: str, further: str = "", test: str = "") -> Response:
    """Show the form for a range-of-motion test, or for one that was begun."""
    records = request.app.state.records
    begun = _begun(request, client_id, "range_of_motion", further)
    return render_page(
        request,
        "rom_new",
        active="clients",
        client=records.client(client_id),
        further=begun,
        tests=localised_tests(records.settings().language),
        chosen=begun.test if begun else test,
    )


@router.get("/further/{further_id}")
def further(request: Request, further_id: str) -> Response:
    """Show one further assessment: photos, numbers, report."""
    records = request.app.state.records
    record = records.further(further_id)
    return render_page(
        request,
        "further",
        active="clients",
        further=record,
        client=records.client(record.client_id),
        form="sitting" if record.kind == "sitting" else "rom",
        **further_page(record, display_of(records.settings())),
    )


def _begun(
    request: Request, client_id: str, kind: FurtherKind, further_id: str
) -> FurtherRecord | None:
    """Return the assessment whose form this is, None for a new one."""
    if not further_id:
        return None
    record: FurtherRecord = request.app.state.records.further(further_id)
    if (record.client_id, record.kind, record.measured) != (client_id, kind, None):
        raise NotFoundError("Expected an assessment that is not measured yet, found another.")
    return record
