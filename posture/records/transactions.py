"""What every part of the records stands on: transactions, the log, and versions."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.orm import DeclarativeBase, Session

from posture.records.database import explained, reading, writing
from posture.records.errors import ConflictError, NotFoundError, PassphraseError
from posture.records.files import ENCRYPTED_SINCE, PhotoFiles
from posture.records.models import AuditRow, ClientRow, EncryptionRow, FurtherRow, VisitRow
from posture.records.types import AuditEntry

__all__ = [
    "Transactions",
    "audit_entry",
    "check_version",
    "log",
    "log_client",
    "log_further",
    "log_visit",
    "new_id",
    "now",
    "required",
    "touch",
]

Row = TypeVar("Row", bound=DeclarativeBase)


class Transactions:
    """The database and the photos' folder. Safe to use from several threads at once."""

    def __init__(self, engine: Engine, files: PhotoFiles) -> None:
        self.engine = engine
        self._reader, self._writer = reading(engine), writing(engine)
        self._files = files

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """Yield a session that sees one state of the records."""
        with explained(), Session(self._reader) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Yield a session whose changes are kept together at the end, or none of them."""
        with explained(), Session(self._writer) as session, session.begin():
            session.connection()  # wait for other writers before anything is read
            yield session

    def _writable_files(self, session: Session) -> PhotoFiles:
        """Return the photos' folder to write to, within a writing session."""
        if self._files.cipher is None and session.get(EncryptionRow, 1) is not None:
            raise PassphraseError(ENCRYPTED_SINCE)
        return self._files


def new_id() -> str:
    """Return a new random id."""
    return str(uuid.uuid4())


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def required(session: Session, table: type[Row], row_id: str) -> Row:
    """Return a row by its id, or raise NotFoundError."""
    row = session.get(table, row_id)
    if row is None:
        kind = table.__tablename__.removesuffix("s").replace("_", " ")
        raise NotFoundError(
            f"Expected a {kind} of this id, found none: it was deleted, or never there. Go back "
            "to the list and choose again."
        )
    return row


def touch(row: ClientRow | VisitRow | FurtherRow, *, inputs: bool = False) -> None:
    """Count a change; `inputs` are what a visit is measured on."""
    row.changed, row.version = now(), row.version + 1
    if inputs and isinstance(row, VisitRow):
        row.input_version = row.version


def log(
    session: Session,
    action: str,
    subject: str,
    version: int | None = None,
    *,
    client_id: str | None = None,
    **details: object,
) -> None:
    """Add a line to the log. Details name fields and counts, never what a field held."""
    session.add(
        AuditRow(
            at=now(),
            action=action,
            subject=subject,
            client_id=client_id,
            version=version,
            details=details,
        )
    )


def log_client(session: Session, action: str, client: ClientRow, **details: object) -> None:
    """Add what was done with a client to the log."""
    log(session, action, client.id, client.version, client_id=client.id, **details)


def log_visit(session: Session, action: str, visit: VisitRow, **details: object) -> None:
    """Add what was done with a visit to the log."""
    log(session, action, visit.id, visit.version, client_id=visit.client_id, **details)


def log_further(session: Session, action: str, further: FurtherRow, **details: object) -> None:
    """Add what was done with a further assessment to the log."""
    log(session, action, further.id, further.version, client_id=further.client_id, **details)


def check_version(session: Session, subject: str, current: int, version: int) -> None:
    """Raise ConflictError, saying what was changed and when, unless `version` is current."""
    if version == current:
        return
    later = select(AuditRow).where(AuditRow.subject == subject, AuditRow.version > version)
    changes = tuple(audit_entry(row) for row in session.scalars(later.order_by(AuditRow.id)))
    raise ConflictError(
        f"This was changed elsewhere since you opened it: {_in_words(changes)}. Nothing of yours "
        "was stored. Load it again and repeat your change.",
        version=current,
        changes=changes,
    )


def audit_entry(row: AuditRow) -> AuditEntry:
    """Return a line of the log."""
    return AuditEntry(
        id=row.id,
        at=row.at,
        action=row.action,
        subject=row.subject,
        client_id=row.client_id,
        version=row.version,
        details=row.details,
    )


def _in_words(changes: Sequence[AuditEntry]) -> str:
    told = []
    for change in changes:
        what = ", ".join(change.details.get("fields", ())) or change.action
        told.append(f"{what} at {change.at.astimezone():%Y-%m-%d %H:%M:%S}")
    return "; ".join(told) or "by an older state brought back"
