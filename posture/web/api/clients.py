"""Clients, their consents and their trends."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from posture.records import ClientRecord, ClientSummary, ConsentRecord, MeasurePoint, Page
from posture.records.types import VisitSummary
from posture.web.api.depends import ID, RecordsDep, ReportsDep, ShelfDep
from posture.web.api.landmark_models import TrendPoint
from posture.web.api.models import (
    ClientChange,
    ClientNew,
    ClientOut,
    ClientPage,
    ConsentNew,
    ConsentOut,
    ConsentWithdrawn,
    VisitLine,
)
from posture.web.api.receipts import ReceiptOut
from posture.web.problems import problem_responses

__all__ = ["router"]

router = APIRouter(prefix="/clients", tags=["clients"], responses=problem_responses(404, 422))
consents = APIRouter(prefix="/consents", tags=["clients"], responses=problem_responses(404, 422))


@router.post("", status_code=201, response_model=ClientOut)
def add(client: ClientNew, records: RecordsDep) -> ClientRecord:
    """Keep a new client."""
    return records.add_client(**client.model_dump())


@router.get("", response_model=ClientPage)
def search(
    records: RecordsDep,
    q: Annotated[str, Query(max_length=200, description="Part of a name or code.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Page[ClientSummary]:
    """Return the clients whose name or code holds every word asked for."""
    return records.clients(q, limit=limit, offset=offset)


@router.get("/{client_id}", response_model=ClientOut)
def get(client_id: ID, records: RecordsDep) -> ClientRecord:
    """Return one client."""
    return records.client(client_id)


@router.patch("/{client_id}", response_model=ClientOut, responses=problem_responses(409))
def change(client_id: ID, client: ClientChange, records: RecordsDep) -> ClientRecord:
    """Change a client, unless someone else did since."""
    return records.change_client(client_id, **client.model_dump(exclude_unset=True))


@router.delete("/{client_id}")
def delete(client_id: ID, records: RecordsDep, shelf: ShelfDep, reports: ReportsDep) -> ReceiptOut:
    """Delete a client with every visit, photo and derived file."""
    receipt = records.delete_client(client_id)
    shelf.forget(*receipt.photos)
    reports.clear()
    return ReceiptOut.model_validate(receipt)


@router.get("/{client_id}/visits", response_model=list[VisitLine])
def visits(client_id: ID, records: RecordsDep) -> list[VisitSummary]:
    """Return a client's visits, the latest first."""
    return records.visits(client_id)


@router.get("/{client_id}/trends", response_model=list[TrendPoint])
def trends(
    client_id: ID,
    records: RecordsDep,
    measure: Annotated[
        str | None, Query(max_length=64, examples=["craniovertebral_angle_deg"])
    ] = None,
) -> list[MeasurePoint]:
    """Return one measure, or all, of every visit in the order of time."""
    return records.measure_series(client_id, measure)


@router.post("/{client_id}/consents", status_code=201, response_model=ConsentOut)
def consent(client_id: ID, consent: ConsentNew, records: RecordsDep) -> ConsentRecord:
    """Keep what a client agreed to."""
    return records.record_consent(client_id, **consent.model_dump())


@consents.patch("/{consent_id}", response_model=ConsentOut)
def withdraw(consent_id: ID, change: ConsentWithdrawn, records: RecordsDep) -> ConsentRecord:
    """Keep that a consent was taken back."""
    return records.withdraw_consent(consent_id, withdrawn=change.withdrawn)
