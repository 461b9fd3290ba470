"""Check the records from end to end."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from posture.errors import PostureError
from posture.records.models import AssessmentRow, ClientRow, PhotoRow, VisitRow
from posture.records.rows import assessment_record
from posture.records.transactions import Transactions
from posture.records.types import IntegrityReport

__all__ = ["IntegrityRecords"]


class IntegrityRecords(Transactions):
    """What tells whether the records are sound."""

    def integrity(self) -> IntegrityReport:
        """Check the database, every photo's bytes and every assessment, and change nothing."""
        with self._reading() as session:
            photos = session.scalar(select(func.count()).select_from(PhotoRow)) or 0
            return IntegrityReport(
                clients=session.scalar(select(func.count()).select_from(ClientRow)) or 0,
                visits=session.scalar(select(func.count()).select_from(VisitRow)) or 0,
                photos=photos,
                problems=(
                    *_database_problems(session),
                    *self._photo_problems(session),
                    *_assessment_problems(session),
                ),
            )

    def _photo_problems(self, session: Session) -> Iterator[str]:
        shas = set(session.scalars(select(PhotoRow.sha256)))
        for sha in sorted(shas):
            try:
                self._files.photo(sha)
            except PostureError as error:
                yield str(error)
        for sha in sorted(self._files.shas() - shas):
            yield f"A file of photo {sha[:12]}… belongs to no visit."


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
