"""Assessing, in the queue, and word of how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from posture.records import ConflictError, Records
from posture.records.types import Language
from posture.web.api.depends import ID, JobsDep, LanguageDep, RecordsDep
from posture.web.assessing import Bench
from posture.web.jobs import Job, Progress, Step, Work
from posture.web.live import visit_inputs
from posture.web.problems import ProblemError, problem_responses
from posture.web.said import said_error, said_step

__all__ = ["JobOut", "job_out", "of_visit", "router"]

router = APIRouter(prefix="/jobs", tags=["jobs"], responses=problem_responses(404, 422))
of_visit = APIRouter(prefix="/visits", tags=["jobs"], responses=problem_responses(404, 422))

_MOST_TRIES = 5

JobId = Annotated[str, Path(min_length=1, max_length=64, pattern="^[A-Za-z0-9_-]+$")]


class JobOut(BaseModel):
    """How far a job is: `done` of `total` steps.

    `visit` is the id of what is assessed: a visit, or a further assessment.
    `text` says in the practice's language what it is doing, and `message` why it failed; `key`
    names that problem in any language.
    """

    id: str
    visit: str
    state: Literal["queued", "running", "done", "failed"]
    step: Step
    done: int
    total: int
    text: str
    ahead: int
    message: str | None
    key: str | None


@of_visit.post("/{visit_id}/assess", status_code=202, responses=problem_responses(409, 503))
def assess(
    visit_id: ID, records: RecordsDep, jobs: JobsDep, language: LanguageDep, response: Response
) -> JobOut:
    """Queue a visit to be assessed. While it waits, asking again gives the same job."""
    if not records.visit(visit_id).photos:
        raise ProblemError(
            409, "This visit has no photo to assess. Add one first.", key="no_photos"
        )
    job = jobs.submit(visit_id, _work(records, visit_id))
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return job_out(job, language)


@router.get("/{job_id}")
def get(job_id: JobId, jobs: JobsDep, language: LanguageDep) -> JobOut:
    """Return how far a job is."""
    return job_out(_required(jobs.job(job_id)), language)


def _known(job_id: JobId, jobs: JobsDep) -> str:
    """Find out that there is no such job before the stream has begun."""
    return _required(jobs.job(job_id)).id


@router.get("/{job_id}/events", response_class=EventSourceResponse)
async def events(
    job_id: Annotated[str, Depends(_known)], jobs: JobsDep, language: LanguageDep
) -> AsyncIterator[ServerSentEvent]:
    """Follow a job: events `progress`, then `done` with the visit or `failed` with why."""
    async for job in jobs.follow(job_id):
        yield _event(job, language)


def _event(job: Job, language: Language) -> ServerSentEvent:
    out = job_out(job, language)
    names = {"done": {"visit"}, "failed": {"visit", "message", "key"}}.get(
        job.state, {"state", "step", "done", "total", "text", "ahead"}
    )
    data: dict[str, Any] = out.model_dump(include=names)
    return ServerSentEvent(event=job.state if job.is_over else "progress", data=data)


def _work(records: Records, visit_id: str) -> Work:
    """Return the job: assess the visit as it stands then, again if it changes meanwhile."""

    def work(bench: Bench, progress: Progress) -> None:
        for _ in range(_MOST_TRIES):
            inputs = visit_inputs(records, records.visit(visit_id))
            visit = inputs.visit
            assessment = bench.look_and_measure(
                visit.photos, inputs.client, visit.placed, progress, visit.capture
            )
            total = 2 * len(visit.photos) + 2
            progress("store", total - 1, total)
            try:
                records.add_assessment(visit_id, assessment, version=inputs.version)
            except ConflictError:
                continue
            return
        visit = records.visit(visit_id)
        raise ConflictError(
            "The visit was changed again and again while it was assessed. Assess it again.",
            version=visit.version,
            changes=(),
        )

    return work


def _required(job: Job | None) -> Job:
    if job is None:
        raise ProblemError(
            404,
            "No job of this id; it may be long over. The visit itself says what it holds.",
            key="no_job",
        )
    return job


def job_out(job: Job, language: Language) -> JobOut:
    """Return a job as the API gives it."""
    fault = job.fault
    return JobOut(
        id=job.id,
        visit=job.subject,
        state=job.state,
        step=job.step,
        done=job.done,
        total=job.total,
        text=said_step(job, language),
        ahead=job.ahead,
        message=None if fault is None else said_error(fault, language),
        key=None if fault is None else fault.key,
    )
