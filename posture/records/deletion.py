"""Delete for good: rows, photos that nothing else uses, and what the disk still holds.

The rows go first, in one transaction; then the files; then the database is written anew
without what was freed. A crash between the steps is made up for at the next opening: the
log tells which deletion has no end yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session, aliased

from posture.records.database import LATER, wipe
from posture.records.errors import RecordsError
from posture.records.models import (
    AssessmentRow,
    AuditRow,
    ClientRow,
    ConsentRow,
    FurtherPhotoRow,
    FurtherRow,
    LandmarkChangeRow,
    LandmarkRow,
    LooseFileRow,
    MeasureRow,
    PhotoRow,
    VisitRow,
)
from posture.records.photos import PhotoRecords, note_loose
from posture.records.transactions import log, log_client, log_further, log_visit, now, required
from posture.records.types import DeletionReceipt

__all__ = ["DeletionRecords"]

_DELETED = ("client deleted", "visit deleted", "further assessment deleted")
_FINISHED = "deletion finished"


class DeletionRecords(PhotoRecords):
    """What can be done to be rid of things."""

    def delete_client(self, client_id: str) -> DeletionReceipt:
        """Delete a client with everything that is kept of them. The log keeps no name.

        Raises
        ------
        NotFoundError
            If there is no such client.
        """
        with self._writing() as session:
            client = required(session, ClientRow, client_id)
            visits = select(VisitRow.id).where(VisitRow.client_id == client_id)
            consents = select(func.count()).where(ConsentRow.client_id == client_id)
            own = {"clients": 1, "consents": session.scalar(consents) or 0}
            further = select(FurtherRow.id).where(FurtherRow.client_id == client_id)
            rows = own | _counts(session, visits) | _further_counts(session, further)
            shas = _shas(session, visits) + _further_shas(session, further)
            note_loose(session, shas)
            log_client(session, "client deleted", client, rows=rows)
            session.execute(delete(ClientRow).where(ClientRow.id == client_id))
        return self._finish("client", client_id, rows, shas)

    def delete_visit(self, visit_id: str) -> DeletionReceipt:
        """Delete a visit with everything that is kept of it.

        Raises
        ------
        NotFoundError
            If there is no such visit.
        """
        with self._writing() as session:
            visit = required(session, VisitRow, visit_id)
            visits = select(VisitRow.id).where(VisitRow.id == visit_id)
            rows, shas = _counts(session, visits), _shas(session, visits)
            note_loose(session, shas)
            log_visit(session, "visit deleted", visit, rows=rows)
            session.execute(delete(VisitRow).where(VisitRow.id == visit_id))
        return self._finish("visit", visit_id, rows, shas)

    def delete_further(self, further_id: str) -> DeletionReceipt:
        """Delete a further assessment with its photos.

        Raises
        ------
        NotFoundError
            If there is no such assessment.
        """
        with self._writing() as session:
            row = required(session, FurtherRow, further_id)
            own = select(FurtherRow.id).where(FurtherRow.id == further_id)
            rows, shas = _further_counts(session, own), _further_shas(session, own)
            note_loose(session, shas)
            log_further(session, "further assessment deleted", row, rows=rows)
            session.execute(delete(FurtherRow).where(FurtherRow.id == further_id))
        return self._finish("further", further_id, rows, shas)

    def tidy(self) -> None:
        """Make up for what a crash interrupted: half-written files, unfinished deletions."""
        with self._writing() as session:
            self._files.remove_partial()
            loose = session.scalars(select(LooseFileRow.sha256)).all()
            unfinished = _unfinished(session)
        self._remove_unused(loose)
        if unfinished:
            self._wipe(unfinished)

    def _finish(
        self,
        kind: Literal["client", "visit", "further"],
        subject: str,
        rows: Mapping[str, int],
        shas: list[str],
    ) -> DeletionReceipt:
        removed = self._remove_unused(shas)
        remains = self._wipe([subject])
        if removed.left:
            remains += (f"{len(removed.left)} of the photos could not be removed; {LATER}.",)
        return DeletionReceipt(
            subject=subject,
            kind=kind,
            at=now(),
            rows=rows,
            photos=removed.photos,
            photos_kept=tuple(sorted(set(shas) - {*removed.photos, *removed.left})),
            derived=removed.derived,
            remains=remains,
        )

    def _wipe(self, subjects: list[str]) -> tuple[str, ...]:
        remains = wipe(self.engine)
        if remains:
            return remains
        try:
            with self._writing() as session:
                for subject in subjects:
                    log(session, _FINISHED, subject)
        except RecordsError as error:
            return (f"The log does not tell the end yet ({error}); {LATER}.",)
        return ()


def _counts(session: Session, visits: Select[str]) -> dict[str, int]:
    """Return how many rows hang on some visits, by table."""
    photos = select(PhotoRow.id).where(PhotoRow.visit_id.in_(visits))
    conditions = {
        VisitRow: VisitRow.id.in_(visits),
        PhotoRow: PhotoRow.visit_id.in_(visits),
        LandmarkRow: LandmarkRow.photo_id.in_(photos),
        LandmarkChangeRow: LandmarkChangeRow.visit_id.in_(visits),
        AssessmentRow: AssessmentRow.visit_id.in_(visits),
        MeasureRow: MeasureRow.visit_id.in_(visits),
    }
    return _counted(session, conditions)


def _further_counts(session: Session, further: Select[str]) -> dict[str, int]:
    """Return how many rows hang on some further assessments, by table."""
    conditions = {
        FurtherRow: FurtherRow.id.in_(further),
        FurtherPhotoRow: FurtherPhotoRow.further_id.in_(further),
    }
    return _counted(session, conditions)


def _counted(session: Session, conditions: Mapping[Any, ColumnElement[bool]]) -> dict[str, int]:
    return {
        table.__tablename__: session.scalar(
            select(func.count()).select_from(table).where(condition)
        )
        or 0
        for table, condition in conditions.items()
    }


def _shas(session: Session, visits: Select[str]) -> list[str]:
    of_visits = select(PhotoRow.sha256).where(PhotoRow.visit_id.in_(visits))
    return list(session.scalars(of_visits.distinct()))


def _further_shas(session: Session, further: Select[str]) -> list[str]:
    of_further = select(FurtherPhotoRow.sha256).where(FurtherPhotoRow.further_id.in_(further))
    return list(session.scalars(of_further.distinct()))


def _unfinished(session: Session) -> list[str]:
    """Return what was deleted without the disk being wiped after it."""
    later = aliased(AuditRow)
    finished = select(later.id).where(later.subject == AuditRow.subject, later.action == _FINISHED)
    deleted = select(AuditRow.subject).where(AuditRow.action.in_(_DELETED), ~finished.exists())
    return list(session.scalars(deleted))
