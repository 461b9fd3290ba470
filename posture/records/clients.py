"""Clients and what they agreed to."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from posture.errors import InputError
from posture.records.checks import (
    check_birth_year,
    check_code,
    check_day,
    check_height,
    check_line,
    check_text,
    folded,
    new_code,
)
from posture.records.errors import NotFoundError
from posture.records.models import ClientRow, ConsentRow, VisitRow
from posture.records.rows import client_record, consent_record
from posture.records.transactions import (
    Transactions,
    check_version,
    log_client,
    new_id,
    now,
    required,
    touch,
)
from posture.records.types import (
    UNCHANGED,
    ClientRecord,
    ClientSummary,
    ConsentRecord,
    Page,
    Unchanged,
)

__all__ = ["ClientRecords"]


class ClientRecords(Transactions):
    """What can be done with clients."""

    def add_client(
        self,
        *,
        code: str | None = None,
        name: str | None = None,
        birth_year: int | None = None,
        height_cm: float | None = None,
    ) -> ClientRecord:
        """Keep a new client.

        Parameters
        ----------
        code
            Pseudonymous id shown on files and reports; None has one made.
        name
            Kept in the database only.
        birth_year, height_cm
            None where not known.

        Raises
        ------
        InputError
            If a value cannot be right, or another client has that code.
        """
        day = now()
        with self._writing() as session:
            row = ClientRow(id=new_id(), added=day, changed=day, version=1)
            row.code = _free_code(session, code)
            row.name = _name(name)
            row.birth_year = check_birth_year(birth_year)
            row.height_cm = check_height(height_cm)
            row.folded = folded(row.name, row.code)
            session.add(row)
            log_client(session, "client added", row)
            session.flush()
            return client_record(session, row)

    def client(self, client_id: str) -> ClientRecord:
        """Return a client, or raise NotFoundError."""
        with self._reading() as session:
            return client_record(session, required(session, ClientRow, client_id))

    def client_of_code(self, code: str) -> ClientRecord:
        """Return the client of a pseudonymous id, or raise NotFoundError."""
        with self._reading() as session:
            row = session.scalar(select(ClientRow).where(ClientRow.code == code))
            if row is None:
                raise NotFoundError(
                    "Expected the id of a client in these records, found another. `posture serve` "
                    "lists them."
                )
            return client_record(session, row)

    def clients(self, query: str = "", *, limit: int = 50, offset: int = 0) -> Page[ClientSummary]:
        """Return the clients whose name or code holds every word of `query`.

        Case and accents make no difference. Who came last, or was added since, stands first.
        """
        with self._reading() as session:
            found = _matching(query)
            total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
            rows = session.execute(_recent_first(found).limit(limit).offset(offset))
            items = tuple(
                ClientSummary(
                    id=row.id,
                    code=row.code,
                    name=row.name,
                    birth_year=row.birth_year,
                    visits=row.visits or 0,
                    last_visit=row.last_visit,
                )
                for row in rows
            )
        return Page(items=items, total=total, limit=limit, offset=offset)

    def change_client(
        self,
        client_id: str,
        *,
        version: int,
        code: str | Unchanged = UNCHANGED,
        name: str | Unchanged | None = UNCHANGED,
        birth_year: int | Unchanged | None = UNCHANGED,
        height_cm: float | Unchanged | None = UNCHANGED,
    ) -> ClientRecord:
        """Change what is known of a client; None clears it.

        Raises
        ------
        ConflictError
            If `version` is not the client's any more.
        NotFoundError, InputError
            If there is no such client, or a value cannot be right.
        """
        with self._writing() as session:
            row = required(session, ClientRow, client_id)
            check_version(session, row.id, row.version, version)
            changes: dict[str, object] = {}
            if code is not UNCHANGED and check_code(code) != row.code:
                changes["code"] = _free_code(session, code)
            if name is not UNCHANGED:
                changes["name"] = _name(name)
            if birth_year is not UNCHANGED:
                changes["birth_year"] = check_birth_year(birth_year)
            if height_cm is not UNCHANGED:
                changes["height_cm"] = check_height(height_cm)
            changed = [key for key, value in changes.items() if getattr(row, key) != value]
            if changed:
                for key in changed:
                    setattr(row, key, changes[key])
                row.folded = folded(row.name, row.code)
                touch(row)
                log_client(session, "client changed", row, fields=changed)
            return client_record(session, row)

    def record_consent(
        self, client_id: str, *, scope: str, given: date, note: str = ""
    ) -> ConsentRecord:
        """Keep what a client agreed to, such as "photographs" or "use in teaching"."""
        with self._writing() as session:
            client = required(session, ClientRow, client_id)
            row = ConsentRow(
                id=new_id(),
                client_id=client.id,
                scope=check_line(scope, "scope of the consent"),
                given=check_day(given, "day of the consent"),
                note=check_text(note, "note"),
                added=now(),
            )
            if not row.scope:
                raise InputError("scope of the consent: expected words, found none. Name it.")
            session.add(row)
            log_client(session, "consent given", client)
            return consent_record(row)

    def withdraw_consent(self, consent_id: str, *, withdrawn: date) -> ConsentRecord:
        """Keep that a consent holds no longer; it stays on record."""
        with self._writing() as session:
            row = required(session, ConsentRow, consent_id)
            if check_day(withdrawn, "day of the withdrawal") < row.given:
                raise InputError(
                    f"day of the withdrawal: expected {row.given} or later, found {withdrawn}. "
                    "Correct it.",
                    key="withdrawn_early",
                )
            row.withdrawn = withdrawn
            client = required(session, ClientRow, row.client_id)
            log_client(session, "consent withdrawn", client)
            return consent_record(row)


def _name(name: str | None) -> str | None:
    return check_line(name, "name") or None if name is not None else None


def _free_code(session: Session, wanted: str | None) -> str:
    """Return a code that no other client has."""
    code = check_code(wanted) if wanted is not None else new_code()
    if session.scalar(select(ClientRow.id).where(ClientRow.code == code)) is None:
        return code
    if wanted is None:
        return _free_code(session, None)
    raise InputError(
        "client id: expected one of its own, found another client's. Choose another.",
        key="code_taken",
    )


def _matching(query: str) -> Select[ClientRow]:
    found = select(ClientRow)
    for word in folded(query).split():
        found = found.where(ClientRow.folded.contains(word, autoescape=True))
    return found


def _recent_first(found: Select[ClientRow]) -> Select[*tuple[Any, ...]]:
    """Return the list's columns, each client with the number and the last of their visits."""
    visits = (
        select(
            VisitRow.client_id,
            func.count().label("visits"),
            func.max(VisitRow.taken).label("last_visit"),
        )
        .group_by(VisitRow.client_id)
        .subquery()
    )
    latest = func.coalesce(visits.c.last_visit, func.date(ClientRow.added))
    return (
        found.with_only_columns(
            ClientRow.id,
            ClientRow.code,
            ClientRow.name,
            ClientRow.birth_year,
            visits.c.visits,
            visits.c.last_visit,
        )
        .outerjoin(visits, visits.c.client_id == ClientRow.id)
        .order_by(latest.desc(), ClientRow.folded, ClientRow.id)
    )
