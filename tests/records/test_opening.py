"""Where records lie, who may read them, and how they are brought up to date."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from posture.errors import InputError, MissingExtraError
from posture.records import RecordsError, default_folder, open_records
from posture.records.models import Base
from tests.records.samples import fill


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="another kind of permissions")
def test_only_the_owner_can_enter_and_read(tmp_path):
    before = os.umask(0)
    try:
        with open_records(tmp_path / "deep" / "records") as records:
            fill(records)
            for path in [tmp_path / "deep" / "records", *(tmp_path / "deep").glob("records/**/*")]:
                assert mode(path) == (0o700 if path.is_dir() else 0o600), path
    finally:
        os.umask(before)


def test_records_lie_in_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with open_records() as records:
        fill(records)
    assert (default_folder() / "records.sqlite").is_file()
    if sys.platform == "linux":
        assert default_folder() == tmp_path / "posture" / "records"


def test_the_tables_are_those_of_the_models(records):
    with records.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_sqlite_is_set_up_to_keep_what_it_was_given_and_forget_what_was_deleted(sqlite_records):
    found = {}
    with sqlite_records.engine.connect() as connection:
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete"):
            found[name] = connection.execute(text(f"PRAGMA {name}")).scalar()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_many_that_open_new_records_at_once_make_them_once(open_again):
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_again(), range(6)))
    opened[0].add_client()
    assert [records.clients().total for records in opened] == [1] * 6
    for records in opened:
        records.close()


def test_an_assessment_that_was_damaged_is_told(records):
    _, visit_id = fill(records)
    with records.engine.begin() as connection:
        connection.execute(text("UPDATE assessments SET document = :bytes"), {"bytes": b"x\x9c"})
    [problem] = records.integrity().problems
    assert problem.startswith(f"Visit {visit_id}: assessment: expected an assessment")
    with pytest.raises(InputError, match="expected an assessment of this program"):
        records.visit(visit_id)


def test_records_of_a_newer_version_are_left_alone(records, open_again):
    with records.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RecordsError, match="Update the program"):
        open_again()


def test_another_kind_of_file_is_said_to_be(tmp_path):
    (tmp_path / "records.sqlite").write_bytes(b"Dear colleague, " * 100)
    with pytest.raises(RecordsError, match="found: DatabaseError"):
        open_records(tmp_path)
    assert (tmp_path / "records.sqlite").read_bytes().startswith(b"Dear colleague")


def test_a_file_in_the_folders_place_is_said_to_be(tmp_path):
    (tmp_path / "records").write_bytes(b"")
    with pytest.raises(RecordsError, match="expected a folder for the records"):
        open_records(tmp_path / "records")


def test_a_folder_in_the_databases_place_is_said_to_be(tmp_path):
    (tmp_path / "records.sqlite").mkdir()
    with pytest.raises(RecordsError, match=r"records\.sqlite: expected a place for the records"):
        open_records(tmp_path)


@pytest.mark.parametrize(
    "url", ["mysql://root:secret@host/db", "postgresql:secret", "://secret", "sqlite:///secret"]
)
def test_a_url_that_is_no_postgresqls_is_refused_without_showing_it(tmp_path, url):
    place = url if "://" in url else f"{url}://"
    with pytest.raises(RecordsError, match="postgresql://user@host/name") as caught:
        open_records(place, files=tmp_path)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_said_to_be(tmp_path):
    url = f"postgresql://posture:secret@/records?host={tmp_path}"
    with pytest.raises(RecordsError, match="Expected records") as caught:
        open_records(url, files=tmp_path / "photos")
    assert "secret" not in str(caught.value)


def test_a_missing_driver_is_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"posture\[postgresql\]"):
        open_records("postgresql://host/records", files=tmp_path)


def test_photos_beside_postgresql_need_a_folder():
    with pytest.raises(RecordsError, match="Expected a folder for the photos"):
        open_records("postgresql://host/records")


def test_opening_loads_no_heavy_package():
    code = (
        "import sys, posture.records; "
        "print(*({'cv2', 'mediapipe', 'matplotlib', 'PIL', 'psycopg', 'alembic', 'cryptography'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_database_that_lost_a_table_is_said_to_be_unreadable(sqlite_records, tmp_path):
    plain = sqlite3.connect(tmp_path / "records" / "records.sqlite")
    plain.execute("DROP TABLE consents")
    plain.commit()
    plain.close()
    client = sqlite_records.add_client
    with pytest.raises(RecordsError, match="no such table"):
        client()
