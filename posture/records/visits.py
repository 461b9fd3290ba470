"""Visits: when a client came, what was noted, told and photographed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from posture.capture.options import CaptureOptions, options_to_plain
from posture.records.checks import check_day, check_intake, check_text
from posture.records.models import AssessmentRow, ClientRow, PhotoRow, VisitRow
from posture.records.rows import in_order, photo_record, visit_record
from posture.records.transactions import (
    Transactions,
    check_version,
    log_visit,
    new_id,
    now,
    required,
    touch,
)
from posture.records.types import (
    UNCHANGED,
    PhotoRecord,
    Unchanged,
    VisitRecord,
    VisitSummary,
)

__all__ = ["VisitRecords"]


class VisitRecords(Transactions):
    """What can be done with visits."""

    def add_visit(
        self,
        client_id: str,
        *,
        taken: date,
        note: str = "",
        capture: CaptureOptions | None = None,
    ) -> VisitRecord:
        """Keep a new visit of a client; `taken` is the day of the photos.

        `capture` is how they were taken; without it nothing but the client is looked for.
        """
        moment = now()
        with self._writing() as session:
            client = required(session, ClientRow, client_id)
            row = VisitRow(
                id=new_id(),
                client_id=client.id,
                taken=check_day(taken, "day of the visit"),
                note=check_text(note, "note"),
                intake=None,
                capture=None if capture is None else options_to_plain(capture),
                added=moment,
                changed=moment,
                version=1,
                input_version=1,
            )
            session.add(row)
            log_visit(session, "visit added", row)
            session.flush()
            return visit_record(session, row)

    def visit(self, visit_id: str) -> VisitRecord:
        """Return a visit, or raise NotFoundError."""
        with self._reading() as session:
            return visit_record(session, required(session, VisitRow, visit_id))

    def visits(self, client_id: str) -> list[VisitSummary]:
        """Return a client's visits, the latest first."""
        with self._reading() as session:
            of_client = select(VisitRow).where(VisitRow.client_id == client_id)
            latest_first = of_client.order_by(VisitRow.taken.desc(), VisitRow.added.desc())
            rows = session.scalars(latest_first).all()
            if not rows:
                required(session, ClientRow, client_id)
            photos = _photos_of_client(session, client_id)
            assessed = _assessed(session, client_id)
            return [
                VisitSummary(
                    id=row.id,
                    client_id=client_id,
                    taken=row.taken,
                    note=row.note,
                    has_intake=row.intake is not None,
                    photos=photos.get(row.id, ()),
                    assessed=assessed[row.id].added if row.id in assessed else None,
                    findings=assessed[row.id].findings if row.id in assessed else 0,
                    version=row.version,
                )
                for row in rows
            ]

    def change_visit(
        self,
        visit_id: str,
        *,
        version: int,
        taken: date | Unchanged = UNCHANGED,
        note: str | Unchanged = UNCHANGED,
        intake: Mapping[str, Any] | Unchanged | None = UNCHANGED,
        capture: CaptureOptions | Unchanged = UNCHANGED,
    ) -> VisitRecord:
        """Change what was noted of a visit. An intake of None is taken back.

        Raises
        ------
        ConflictError
            If `version` is not the visit's any more.
        NotFoundError, InputError
            If there is no such visit, or a value cannot be right.
        """
        changes: dict[str, object] = {}
        if taken is not UNCHANGED:
            changes["taken"] = check_day(taken, "day of the visit")
        if note is not UNCHANGED:
            changes["note"] = check_text(note, "note")
        if intake is not UNCHANGED:
            changes["intake"] = check_intake(intake)
        if capture is not UNCHANGED:
            changes["capture"] = options_to_plain(capture)
        with self._writing() as session:
            row = required(session, VisitRow, visit_id)
            check_version(session, row.id, row.version, version)
            changed = [key for key, value in changes.items() if getattr(row, key) != value]
            if changed:
                for key in changed:
                    setattr(row, key, changes[key])
                touch(row, inputs="capture" in changed)
                log_visit(session, "visit changed", row, fields=changed)
            return visit_record(session, row)


def _photos_of_client(session: Session, client_id: str) -> Mapping[str, tuple[PhotoRecord, ...]]:
    of_client = select(PhotoRow).join(VisitRow, VisitRow.id == PhotoRow.visit_id)
    photos: defaultdict[str, list[PhotoRecord]] = defaultdict(list)
    for row in session.scalars(of_client.where(VisitRow.client_id == client_id)):
        photos[row.visit_id].append(photo_record(row))
    return {visit: in_order(of_visit) for visit, of_visit in photos.items()}


def _assessed(session: Session, client_id: str) -> Mapping[str, Any]:
    """Return when each visit was last assessed, and what that found, without the documents."""
    numbered = (
        select(AssessmentRow.visit_id, AssessmentRow.added, AssessmentRow.findings)
        .join(VisitRow, VisitRow.id == AssessmentRow.visit_id)
        .where(VisitRow.client_id == client_id)
        .order_by(AssessmentRow.number)
    )
    return {row.visit_id: row for row in session.execute(numbered)}
