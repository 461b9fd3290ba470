"""Assessments of visits, and their measures over time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, func, select

from posture.anatomy import Method, View
from posture.assessment_file import assessment_to_dict
from posture.records.models import AssessmentRow, ClientRow, MeasureRow, VisitRow
from posture.records.rows import assessment_record
from posture.records.transactions import (
    Transactions,
    check_version,
    log_visit,
    new_id,
    now,
    required,
)
from posture.records.types import AssessmentRecord, MeasurePoint
from posture.results import Assessment, Status, Unit

__all__ = ["AssessmentRecords", "measure_rows"]


class AssessmentRecords(Transactions):
    """What can be done with assessments."""

    def add_assessment(
        self, visit_id: str, assessment: Assessment, *, version: int | None = None
    ) -> AssessmentRecord:
        """Keep an assessment beside those before it. The visit's version stays.

        Parameters
        ----------
        version
            The visit's version that photos and landmarks were read from; None stands for
            the present one.

        Raises
        ------
        ConflictError
            If photos or landmarks have changed since `version`: assess them again.
        """
        with self._writing() as session:
            visit = required(session, VisitRow, visit_id)
            if version is not None and version < visit.input_version:
                check_version(session, visit.id, visit.version, version)
            last = select(func.max(AssessmentRow.number)).where(AssessmentRow.visit_id == visit_id)
            row = AssessmentRow(
                id=new_id(),
                visit_id=visit_id,
                number=(session.scalar(last) or 0) + 1,
                of_version=visit.version if version is None else version,
                added=now(),
                software=dict(assessment.software),
                findings=len(assessment.findings),
                document=assessment_to_dict(assessment),
            )
            session.execute(delete(MeasureRow).where(MeasureRow.visit_id == visit_id))
            session.add_all([row, *measure_rows(visit_id, assessment)])
            log_visit(session, "assessment added", visit, number=row.number)
            return assessment_record(row)

    def assessments(self, visit_id: str) -> list[AssessmentRecord]:
        """Return all assessments of a visit, the oldest first."""
        with self._reading() as session:
            required(session, VisitRow, visit_id)
            of_visit = select(AssessmentRow).where(AssessmentRow.visit_id == visit_id)
            rows = session.scalars(of_visit.order_by(AssessmentRow.number))
            return [assessment_record(row) for row in rows]

    def measure_series(self, client_id: str, measure: str | None = None) -> list[MeasurePoint]:
        """Return the measures of each visit's latest assessment, in the order of time.

        Parameters
        ----------
        measure
            The id of one measure; None stands for all.
        """
        with self._reading() as session:
            of_client = (
                select(*MeasureRow.__table__.columns, VisitRow.taken)
                .join(VisitRow, VisitRow.id == MeasureRow.visit_id)
                .where(VisitRow.client_id == client_id)
                .order_by(VisitRow.taken, VisitRow.added, VisitRow.id, MeasureRow.position)
            )
            if measure is not None:
                of_client = of_client.where(MeasureRow.measure == measure)
            rows = session.execute(of_client).all()
            if not rows:
                required(session, ClientRow, client_id)
            return [_point(row) for row in rows]


def measure_rows(visit_id: str, assessment: Assessment) -> list[MeasureRow]:
    """Return an assessment's measures as rows."""
    return [
        MeasureRow(
            visit_id=visit_id,
            position=position,
            measure=measure.id,
            view=measure.view and measure.view.value,
            value=measure.value,
            low=measure.low,
            high=measure.high,
            unit=measure.unit.value,
            status=measure.status.value,
            reason=measure.reason,
            method=measure.method and measure.method.value,
        )
        for position, measure in enumerate(assessment.measures)
    ]


def _point(row: Row[*tuple[Any, ...]]) -> MeasurePoint:
    return MeasurePoint(
        visit_id=row.visit_id,
        taken=row.taken,
        measure=row.measure,
        view=View(row.view) if row.view else None,
        value=row.value,
        low=row.low,
        high=row.high,
        unit=Unit(row.unit),
        status=Status(row.status),
        reason=row.reason,
        method=Method(row.method) if row.method else None,
    )
