"""Whether the server lives, and what it is made of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from posture import __version__
from posture.records import AuditEntry
from posture.web.api.depends import RecordsDep
from posture.web.api.models import Kept
from posture.web.problems import problem_responses

__all__ = ["router"]

router = APIRouter(tags=["server"])


class Health(BaseModel):
    """A sign of life. Needs no session and tells nothing else."""

    status: Literal["ok"] = "ok"


class Info(BaseModel):
    """What the server is made of."""

    version: str
    weights_are_here: bool


@router.get("/health")
async def health() -> Health:
    """Say that the server answers."""
    return Health()


class AuditOut(Kept):
    """One line of the log: what was done to which client, visit or photo, and when.

    `details` names fields and counts, never what a field held.
    """

    id: int
    at: datetime
    action: str
    subject: str
    client_id: str | None
    version: int | None
    details: dict[str, Any]


@router.get("/audit", response_model=list[AuditOut], responses=problem_responses(422))
def audit(
    records: RecordsDep,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    client_id: Annotated[str | None, Query(max_length=36)] = None,
) -> list[AuditEntry]:
    """Return the latest lines of the log, the newest first; it cannot be changed."""
    return records.audit(limit, client_id=client_id)


@router.get("/info")
def info() -> Info:
    """Return the program's version and whether the pose network's weights are here."""
    from posture.detect import installed_weights

    return Info(version=__version__, weights_are_here=installed_weights()["heavy"] is not None)
