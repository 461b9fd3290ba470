"""A PostgreSQL server of our own for tests and benchmarks: no network, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("initdb", "pg_ctl")
ROLE = "posture"


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest where there are several."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    path = (Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep))
    for folder in (*debian, *path):
        if all((folder / name).is_file() for name in PROGRAMS):
            return folder
    return None


class Server:
    """A running server that listens on a socket in `folder` only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._databases = 0

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        import psycopg

        self._databases += 1
        name = f"records_{self._databases}"
        with psycopg.connect(
            host=str(self.folder), user=ROLE, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://{ROLE}@/{name}?host={self.folder}"


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Start a server in a temporary folder, and stop and remove it at the end."""
    # Directly under the temporary folder: a socket's path may have 107 bytes only.
    folder = Path(tempfile.mkdtemp(prefix="posture-pg-"))
    data = folder / "data"
    account = _account(folder)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    try:
        _run(programs / "initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", **account)
        _run(
            *(programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"),
            **account,
        )
        try:
            yield Server(folder)
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", **account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account(folder: Path) -> dict[str, Any]:
    """Return who runs the server: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(*command: str | Path, **account: Any) -> None:
    # Not piped: the server would hold the pipe open. Not in our folder: it may be closed to it.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            timeout=60,
            check=False,
            **account,
        )
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name}: {output.read().decode(errors='replace')}")


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())
