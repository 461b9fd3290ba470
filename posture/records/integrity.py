"""Check the records from end to end."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from posture.errors import PostureError
from posture.records.further_types import check_further_document
from posture.records.models import (
    AssessmentRow,
    ClientRow,
    FurtherPhotoRow,
    FurtherRow,
    PhotoRow,
    VisitRow,
)
from posture.records.photos import used_photos
from posture.records.rows import assessment_record
from posture.records.transactions import Transactions
from posture.records.types import IntegrityReport

__all__ = ["IntegrityRecords"]


class IntegrityRecords(Transactions):
    """What tells whether the records are sound."""

    def integrity(self) -> IntegrityReport:
        """Check the database, every photo's bytes and every assessment, and change nothing.

        Others may work meanwhile.
        """
        with self._reading() as session:
            problems = [
                *_database_problems(session),
                *_assessment_problems(session),
                *_further_problems(session),
            ]
            clients, visits, photos, further_photos = (
                session.scalar(select(func.count()).select_from(table)) or 0
                for table in (ClientRow, VisitRow, PhotoRow, FurtherPhotoRow)
            )
        return IntegrityReport(
            clients=clients,
            visits=visits,
            photos=photos + further_photos,
            problems=(*problems, *self._photo_problems()),
        )

    def _photo_problems(self) -> list[str]:
        used = self._used()
        faults: dict[str, str] = {}
        for sha in sorted(used):
            try:
                self._files.photo(sha)
            except PostureError as error:
                faults[sha] = str(error)
        strays = self._files.shas() - used
        used = self._used()  # photos may have come and gone since
        strays = (strays & self._files.shas()) - used if strays else strays
        return [
            *(fault for sha, fault in faults.items() if sha in used),
            *(f"The file of photo {sha[:12]}… belongs to nothing kept." for sha in sorted(strays)),
        ]

    def _used(self) -> set[str]:
        with self._reading() as session:
            return used_photos(session)


def _database_problems(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL checks its pages and keys by itself
    for line in session.scalars(text("PRAGMA integrity_check")):
        if line != "ok":
            yield f"Database: {line}"
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield f"Database: a row of {row[0]} refers to none of {row[2]}."


def _assessment_problems(session: Session) -> Iterator[str]:
    for row in session.scalars(select(AssessmentRow).execution_options(yield_per=100)):
        try:
            assessment_record(row)
        except PostureError as error:
            yield f"Visit {row.visit_id}: {error}"


def _further_problems(session: Session) -> Iterator[str]:
    measured = select(FurtherRow).where(FurtherRow.measured.is_not(None))
    for row in session.scalars(measured.execution_options(yield_per=100)):
        try:
            check_further_document(
                row.kind,  # type: ignore[arg-type]
                row.document,
                test=row.test,
                name="document",
            )
        except PostureError as error:
            yield f"Further assessment {row.id}: {error}"
