"""Open a database and bring its tables up to date.

One writer at a time, on both databases: SQLite has only one, and on PostgreSQL a lock of
our own makes it so. A practice writes a few times a minute, and in return a version that
was checked stays as it was until the change is made, and a photo that is no longer used
is not taken up again while its file is removed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from posture.errors import MissingExtraError
from posture.records.errors import RecordsError
from posture.records.models import Base

__all__ = [
    "LATER",
    "explained",
    "open_postgresql",
    "open_sqlite",
    "reading",
    "upgrade",
    "wipe",
    "writing",
]

_WAIT_S = 10
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code
_WRITER = {"posture_writer": True}
_WRITER_LOCK = 0x706F7374757265  # "posture" in ASCII
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
)
LATER = "that is done at the next start"


def open_sqlite(path: Path) -> Engine:
    """Return the engine of a SQLite file, which is made readable by its owner only."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise RecordsError(
            f"{path}: expected a place for the records, found: {error.strerror}. Name another, or "
            "allow writing there."
        ) from error
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)), connect_args={"timeout": _WAIT_S}
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, see below
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turned writer could not wait for another writer, so writers say so.
        writes = connection.get_execution_options().get("posture_writer")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def open_postgresql(url: str) -> Engine:
    """Return the engine of a PostgreSQL database.

    Raises
    ------
    RecordsError
        If the URL is none of PostgreSQL's. The message does not show it, for it may hold a
        password.
    MissingExtraError
        If the package that talks to PostgreSQL is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _no_url() from None
    if parsed.get_backend_name() != "postgresql":
        raise _no_url()
    try:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={"options": f"-c lock_timeout={_WAIT_S * 1000} -c timezone=UTC"},
        )
    except ImportError as error:
        raise MissingExtraError(
            'Expected the package psycopg, found none. Run `pip install "posture[postgresql]"`.'
        ) from error

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("posture_writer"):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")

    return engine


def reading(engine: Engine) -> Engine:
    """Return the engine with transactions that see one state of the database."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(engine: Engine) -> Engine:
    """Return the engine with transactions that wait until no other is writing."""
    return engine.execution_options(**_WRITER)


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date, all of them or none.

    Raises
    ------
    RecordsError
        If a newer version of this program wrote them, or they cannot be read.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    with (
        as_file(files("posture.records").joinpath("migrations")) as scripts,
        writing(engine).begin() as connection,
    ):
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise RecordsError(
                "Expected records of this version of the program or an older one, found newer "
                "ones. Update the program to open them."
            ) from error


def wipe(engine: Engine) -> tuple[str, ...]:
    """Write the database anew without what was deleted; say in words what could not be.

    What was deleted stays on the disk otherwise: in the write-ahead log, and in corners of
    pages that were shared out among others, which `secure_delete` does not reach.
    """
    try:
        return _wipe_sqlite(engine) if engine.dialect.name == "sqlite" else _wipe_postgresql(engine)
    except (DatabaseError, sqlite3.Error) as error:
        fault = getattr(error, "orig", error)
        return (f"The database was not written anew ({type(fault).__name__}); {LATER}.",)


def _wipe_sqlite(engine: Engine) -> tuple[str, ...]:
    with closing(engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return (f"The write-ahead log is in use by another program; {LATER}.",) if busy else ()


def _wipe_postgresql(engine: Engine) -> tuple[str, ...]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in Base.metadata.tables:
            connection.exec_driver_sql(f"VACUUM (FULL) {table}")
    return ()


@contextmanager
def explained() -> Iterator[None]:
    """Turn a database's own errors into ours; its messages may hold what was stored."""
    try:
        yield
    except PoolTimeoutError as error:
        raise _busy() from error
    except OperationalError as error:
        text = str(error.orig).strip()
        if "locked" in text or getattr(error.orig, "sqlstate", "") == _LOCK_NOT_AVAILABLE:
            raise _busy() from error
        raise RecordsError(
            f"Expected records that can be read and written, found: {text}."
        ) from error
    except DatabaseError as error:
        raise RecordsError(
            f"Expected records that can be read and written, found: {type(error.orig).__name__}."
        ) from error


def _busy() -> RecordsError:
    return RecordsError(
        f"Expected the records to be free within {_WAIT_S} s, found others writing. Try again."
    )


def _no_url() -> RecordsError:
    return RecordsError(
        "Expected the records' database as postgresql://user@host/name, found another URL."
    )
