from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from posture.records import Records, open_records
from tests.records.postgresql import Server, find_programs, running_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    pytest.importorskip("psycopg")
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with running_server(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Records]:
    """What opens the same records, empty at first, in each database in turn."""
    folder = tmp_path / "records"
    if request.param == "sqlite":
        return lambda **options: open_records(folder, **options)
    url = request.getfixturevalue("postgresql").new_database()
    return lambda **options: open_records(url, files=folder / "photos", **options)


@pytest.fixture
def records(open_again: Callable[..., Records]) -> Iterator[Records]:
    with open_again() as opened:
        yield opened


@pytest.fixture
def sqlite_records(tmp_path: Path) -> Iterator[Records]:
    with open_records(tmp_path / "records") as opened:
        yield opened
