"""The whole database at one moment as a SQLite file, and such a file back into a database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text

from posture.records.database import explained, open_sqlite, reading, upgrade, writing
from posture.records.errors import RecordsError
from posture.records.models import Base, EncryptionRow
from posture.records.photos import used_photos
from posture.records.transactions import Transactions

__all__ = ["Snapshot", "SnapshotRecords", "check_database"]

_ROWS_AT_ONCE = 500
_USED_PHOTOS = "SELECT sha256 FROM photos UNION SELECT sha256 FROM further_photos ORDER BY sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A database as a SQLite file, and what it holds; `photos` are the SHA-256 of all."""

    path: Path
    clients: int
    visits: int
    photos: tuple[str, ...]
    is_encrypted: bool


class SnapshotRecords(Transactions):
    """What backups need."""

    def copy_database(self, path: Path) -> Snapshot:
        """Copy the database, as it stands at one moment, into a SQLite file that is not there.

        Others may read and write meanwhile.
        """
        with explained():
            if self.engine.dialect.name == "sqlite":
                _copy_sqlite(self.engine, path)
            else:
                _copy_postgresql(self.engine, path)
        return _settled(path)

    def still_fits(self, snapshot: Snapshot, missing: Collection[str]) -> bool:
        """Whether photos are still stored as the snapshot has it, and those missing still used."""
        with self._reading() as session:
            used = used_photos(session, missing)
            is_encrypted = session.get(EncryptionRow, 1) is not None
        return used == set(missing) and is_encrypted == snapshot.is_encrypted

    def insert_everything(self, database: Path, photos: Iterable[tuple[str, bytes]]) -> None:
        """Fill empty records from a SQLite file and photos as they are stored, or do nothing.

        Records that are open do not notice whether photos are encrypted: open them again.

        Raises
        ------
        RecordsError
            If the records are not empty.
        """
        source = open_sqlite(database)
        try:
            with self._writing() as session:
                target = session.connection()
                _expect_empty(target)
                for sha, stored in photos:
                    self._files.put_stored(sha, stored)
                with source.connect() as rows:
                    _copy_rows(rows, target)
        finally:
            source.dispose()


def check_database(path: Path) -> Snapshot:
    """Bring a copy of a database up to date and check it from end to end.

    Raises
    ------
    RecordsError
        If it is damaged, of a newer version, or its tables are not those of the records.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            faults = [line for (line,) in connection.execute("PRAGMA integrity_check")]
            faults += [row[0] for row in connection.execute("PRAGMA foreign_key_check")]
    except sqlite3.DatabaseError as error:
        faults = [str(error)]
    if faults != ["ok"]:
        raise RecordsError(
            f"Expected a database that is whole, found: {faults[0]}. Restore from another backup."
        )
    engine = open_sqlite(path)
    try:
        with explained():
            upgrade(engine)
            _expect_our_tables(engine)
    finally:
        engine.dispose()
    return _settled(path)


def _settled(path: Path) -> Snapshot:
    """Leave a SQLite file without a log beside it, so that it can be moved as it is."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")

        def column(query: str) -> list[Any]:
            return [value for (value,) in connection.execute(query)]

        return Snapshot(
            path=path,
            clients=column("SELECT count(*) FROM clients")[0],
            visits=column("SELECT count(*) FROM visits")[0],
            photos=tuple(column(_USED_PHOTOS)),
            is_encrypted=bool(column("SELECT id FROM encryption")),
        )


def _copy_sqlite(engine: Engine, path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(engine.raw_connection()) as pooled, closing(sqlite3.connect(path)) as copy:
        source = pooled.driver_connection
        assert isinstance(source, sqlite3.Connection)
        try:
            source.backup(copy)
        except sqlite3.Error as error:
            raise RecordsError(
                f"Expected a database that can be copied, found: {error}. Free some space, or "
                "restore from a backup if it is damaged."
            ) from error


def _copy_postgresql(engine: Engine, path: Path) -> None:
    copy = open_sqlite(path)
    try:
        upgrade(copy)
        with reading(engine).connect() as source, writing(copy).begin() as target:
            _copy_rows(source, target)
    finally:
        copy.dispose()


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        found = source.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
        for rows in found.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in rows])
        number = table.autoincrement_column
        if target.dialect.name == "postgresql" and number is not None:
            target.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{number.name}'), "
                    f"max({number.name})) FROM {table.name} HAVING max({number.name}) > 0"
                )
            )


def _expect_empty(target: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if target.scalar(select(func.count()).select_from(table)):
            raise RecordsError(
                "Expected an empty database to restore into, found one with records. Nothing was "
                "changed. Make a new database, and a new folder for its photos."
            )


def _expect_our_tables(engine: Engine) -> None:
    """Refuse a database with views, triggers or tables that this program did not make."""
    with TemporaryDirectory() as folder:
        fresh = open_sqlite(Path(folder) / "fresh.sqlite")
        try:
            upgrade(fresh)
            ours = _schema(fresh)
        finally:
            fresh.dispose()
    if _schema(engine) != ours:
        raise RecordsError(
            "Expected the tables of this program's records, found others. Restore from another "
            "backup."
        )


def _schema(engine: Engine) -> set[tuple[str, str, str]]:
    wanted = (
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    with engine.connect() as connection:
        return {(kind, name, sql or "") for kind, name, sql in connection.execute(text(wanted))}
