"""Visits: what was noted and told, and their landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from operator import itemgetter
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from posture.anatomy import LANDMARKS, Method, View
from posture.assessment_file import assessment_to_dict
from posture.capture.options import options_to_plain
from posture.errors import InputError
from posture.landmarks import Landmark, LandmarkSet
from posture.records import VisitRecord
from posture.results import Assessment
from posture.web.api.depends import ID, JobsDep, LiveDep, RecordsDep, ReportsDep, ShelfDep
from posture.web.api.landmark_models import LandmarksPut, LandmarksTried, Mark, Measured
from posture.web.api.models import IntakeChange, VisitChange, VisitNew, VisitOut
from posture.web.api.receipts import ReceiptOut
from posture.web.jobs import JobQueue
from posture.web.live import visit_inputs
from posture.web.photo_pairs import in_pairs
from posture.web.problems import ProblemError, problem_responses

__all__ = ["dated_assessment", "of_client", "required_assessment", "router", "visit_out"]

router = APIRouter(prefix="/visits", tags=["visits"], responses=problem_responses(404, 422))
of_client = APIRouter(prefix="/clients", tags=["visits"], responses=problem_responses(404, 422))


@of_client.post("/{client_id}/visits", status_code=201)
def add(client_id: ID, visit: VisitNew, records: RecordsDep, jobs: JobsDep) -> VisitOut:
    """Keep a new visit of a client."""
    taken = visit.taken or date.today()
    capture = visit.capture.options()
    return visit_out(
        records.add_visit(client_id, taken=taken, note=visit.note, capture=capture), jobs
    )


@router.get("/{visit_id}")
def get(visit_id: ID, records: RecordsDep, jobs: JobsDep) -> VisitOut:
    """Return one visit."""
    return visit_out(records.visit(visit_id), jobs)


@router.patch("/{visit_id}", responses=problem_responses(409))
def change(
    visit_id: ID, visit: VisitChange, records: RecordsDep, jobs: JobsDep, live: LiveDep
) -> VisitOut:
    """Change the day, the note or the capture of a visit, unless someone else did since."""
    changes = visit.model_dump(exclude_unset=True, exclude={"capture"})
    if "capture" in visit.model_fields_set:
        changes["capture"] = visit.capture.options()
        live.forget(visit_id)
    return visit_out(records.change_visit(visit_id, **changes), jobs)


@router.put("/{visit_id}/intake", responses=problem_responses(409))
def put_intake(visit_id: ID, change: IntakeChange, records: RecordsDep, jobs: JobsDep) -> VisitOut:
    """Keep what the client told, unless someone else changed the visit since."""
    record = records.change_visit(visit_id, version=change.version, intake=change.intake)
    return visit_out(record, jobs)


@router.delete("/{visit_id}")
def delete(
    visit_id: ID, records: RecordsDep, shelf: ShelfDep, live: LiveDep, reports: ReportsDep
) -> ReceiptOut:
    """Delete a visit with its photos and derived files."""
    receipt = records.delete_visit(visit_id)
    shelf.forget(*receipt.photos)
    live.forget(visit_id)
    reports.clear()
    return ReceiptOut.model_validate(receipt)


@router.post(
    "/{visit_id}/measure",
    response_model_exclude_unset=True,
    responses=problem_responses(409, 503),
)
def measure(visit_id: ID, tried: LandmarksTried, live: LiveDep) -> Measured:
    """Return what these landmarks would give. Nothing is stored."""
    assessment, visit = live.try_out(visit_id, _landmarks(tried.landmarks), tried.photo)
    return _measured(assessment, visit, tried.photo)


@router.put(
    "/{visit_id}/landmarks",
    response_model_exclude_unset=True,
    responses=problem_responses(409, 503),
)
def put_landmarks(
    visit_id: ID, change: LandmarksPut, records: RecordsDep, live: LiveDep
) -> Measured:
    """Keep landmarks that a person placed, and assess the visit with them."""
    landmarks = _landmarks(change.landmarks)
    # Measured first: landmarks that cannot be measured with are refused before they are kept.
    inputs = visit_inputs(records, records.visit(visit_id))
    assessment = live.measure(inputs, landmarks, change.photo)
    kept = records.place_landmarks(
        visit_id, version=change.version, landmarks=landmarks, photo_id=change.photo
    )
    live.forget(visit_id)
    records.add_assessment(visit_id, assessment, version=kept.version)
    return _measured(assessment, kept, change.photo)


@router.get("/{visit_id}/assessment", responses=problem_responses(409))
def assessment(visit_id: ID, records: RecordsDep) -> dict[str, Any]:
    """Return the latest assessment as its file holds it (`assessment.json`, schema 1)."""
    return assessment_to_dict(required_assessment(records.visit(visit_id)))


@router.get("/{visit_id}/landmarks/history")
def landmark_history(visit_id: ID, records: RecordsDep) -> JSONResponse:
    """Return every change of the visit's placed landmarks, the oldest first."""
    return JSONResponse(
        [
            {
                "at": change.at.isoformat(),
                "version": change.version,
                "photo": change.photo_id,
                "view": change.view.value,
                "name": change.name,
                "before": _plain_mark(change.before),
                "after": _plain_mark(change.after),
            }
            for change in records.landmark_history(visit_id)
        ]
    )


def visit_out(visit: VisitRecord, jobs: JobQueue) -> VisitOut:
    """Return a visit as the API gives it."""
    job = jobs.active(visit.id)
    own = {item.name: getattr(visit, item.name) for item in fields(visit)}
    assessment = own.pop("assessment")
    return VisitOut.model_validate(
        {
            **own,
            "intake": None if visit.intake is None else dict(visit.intake),
            "capture": options_to_plain(visit.capture),
            "landmarks": {view: dict(marks) for view, marks in visit.landmarks.items()},
            "placed": {
                photo: {view: dict(marks) for view, marks in views.items()}
                for photo, views in visit.placed.items()
            },
            "assessed": None if assessment is None else assessment.created,
            "job": None if job is None else job.id,
        },
        from_attributes=True,
    )


def required_assessment(visit: VisitRecord) -> Assessment:
    """Return the latest assessment, or end the request."""
    if visit.assessment is None:
        raise ProblemError(
            409, "This visit was not assessed yet. Assess it first.", key="not_assessed"
        )
    return visit.assessment


def dated_assessment(visit: VisitRecord) -> Assessment:
    """Return the latest assessment under the visit's day, or end the request.

    A report is of that day, also where the photos were assessed later.
    """
    return required_assessment(visit).dated(visit.taken)


def _landmarks(given: Mapping[View, Mapping[str, Mark]]) -> dict[View, LandmarkSet]:
    placed: dict[View, LandmarkSet] = {}
    for view, marks in given.items():
        unknown = sorted(set(marks) - set(LANDMARKS))
        if unknown:
            raise InputError(
                f"landmarks.{view.value}: expected names of landmarks, found {unknown[0][:40]!r}. "
                f"Names are: {', '.join(LANDMARKS)}."
            )
        placed[view] = LandmarkSet(
            {
                name: Landmark(
                    x_px=mark.x_px,
                    y_px=mark.y_px,
                    method=Method(mark.method),
                    sd_px=mark.sd_px or 0.0,
                )
                for name, mark in marks.items()
            }
        )
    return placed


def _measured(assessment: Assessment, visit: VisitRecord, photo_id: str | None) -> Measured:
    """Return the outcome, with the landmarks of the photo named, else of the first of a view."""
    plain = assessment_to_dict(assessment)
    landmarks: dict[View, Any] = {}
    for record, seen in in_pairs(visit.photos, plain["photos"], key=itemgetter("file_sha256")):
        if seen is not None and record.id == photo_id:
            landmarks[seen["view"]] = seen["landmarks"]
        elif seen is not None:
            landmarks.setdefault(seen["view"], seen["landmarks"])
    return Measured(
        landmarks=landmarks,
        measures=plain["measures"],
        findings=plain["findings"],
        version=visit.version,
    )


def _plain_mark(mark: Landmark | None) -> dict[str, Any] | None:
    if mark is None:
        return None
    return {
        "x_px": mark.x_px,
        "y_px": mark.y_px,
        "method": mark.method.value,
        "sd_px": mark.sd_px,
    }
