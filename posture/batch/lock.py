"""One run at a time on a folder of results.

SQLite's lock on an empty file is used for it: it works wherever Python does, and the system
lets go of it when the program ends, however that was killed.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from posture.errors import InputError

__all__ = ["LOCK_NAME", "folder_locked"]

LOCK_NAME = "batch.lock"

_logger = logging.getLogger(__name__)


@contextmanager
def folder_locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder during the block.

    On a file system that knows no locks, which is logged, nothing keeps them out.

    Raises
    ------
    InputError
        If another run is at work on it, or the folder cannot be written.
    """
    path = folder / LOCK_NAME
    try:
        path.touch()
    except OSError as error:
        raise InputError(
            f"{folder}: expected a folder that can be written, found: "
            f"{error.strerror or error}. Name another folder, or allow writing."
        ) from error
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise InputError(
                    f"{folder}: expected a folder that nothing works on, found another run of "
                    "`posture batch` at work on it. Wait until it has ended, or name another "
                    "folder."
                ) from None
            _logger.warning("%s: cannot be locked (%s); let no other run use it", folder, error)
        yield
