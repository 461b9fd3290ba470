"""Deletion is real, and the log that stays tells no names."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from posture.records import NotFoundError, Records, open_records
from posture.records.database import wipe
from tests.records.samples import DAY, fill, jpeg

NAME = "Xanthippe Quastenflosser"


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def crowd(records: Records, count: int = 60) -> None:
    """Keep clients on either side of those of a test, so that pages are shared and split."""
    for number in range(count):
        client = records.add_client(name=f"Neighbour {number} " + "n" * 40)
        records.add_visit(client.id, taken=DAY, note="m" * 300)


def test_a_deleted_clients_words_are_nowhere_on_the_disk(tmp_path):
    with open_records(tmp_path / "records") as records:
        crowd(records)
        client, visit_id = fill(records, name=NAME)
        version = records.visit(visit_id).version
        records.change_visit(visit_id, version=version, note="a very private remark")
        records.change_client(client.id, version=1, name=NAME.upper())
        crowd(records)
        words = (NAME, NAME.upper(), NAME.casefold(), client.code, "a very private remark")
        found = bytes_on_disk(tmp_path)
        assert all(word.encode() in found for word in words if word != NAME)
        receipt = records.delete_client(client.id)
        assert receipt.remains == ()
        found = bytes_on_disk(tmp_path)
        assert [word for word in words if word.encode() in found] == []
        assert records.clients().total == 120


def test_the_receipt_says_what_is_gone(records):
    client, visit_id = fill(records)
    _, other = fill(records, name="Cora", seed=1)
    shared = records.visit(visit_id).photo("front").sha256
    records.add_photo(other, role="back", data=records.photo_bytes(shared))
    alone = records.visit(visit_id).photo("side").sha256
    measures = len(records.measure_series(client.id))
    receipt = records.delete_client(client.id)
    assert receipt.rows == {
        "clients": 1,
        "consents": 1,
        "visits": 1,
        "photos": 2,
        "landmarks": 2,
        "landmark_changes": 2,
        "assessments": 1,
        "measures": measures,
        "further_assessments": 0,
        "further_photos": 0,
    }
    assert receipt.photos == (alone,)
    assert receipt.photos_kept == (shared,)
    assert (receipt.kind, receipt.subject, receipt.derived) == ("client", client.id, 1)
    assert not records.photo_path(alone).exists()
    assert records.photo_bytes(shared) == jpeg()
    with pytest.raises(NotFoundError):
        records.delete_client(client.id)
    assert records.integrity().is_sound


def test_deleting_a_visit_leaves_the_client_and_other_visits(records):
    client, visit_id = fill(records)
    kept = records.add_visit(client.id, taken=DAY)
    receipt = records.delete_visit(visit_id)
    assert receipt.rows["visits"] == 1
    assert [visit.id for visit in records.visits(client.id)] == [kept.id]
    assert records.measure_series(client.id) == []
    assert records.client(client.id).consents


def test_the_log_tells_all_that_was_done_but_no_names(records):
    client, visit_id = fill(records, name=NAME)
    records.change_client(client.id, version=1, name="Anna", code="K-Quasten")
    records.delete_visit(visit_id)
    records.delete_client(client.id)
    log = records.audit(None)
    assert [entry.action for entry in reversed(log)] == [
        "client added",
        "consent given",
        "visit added",
        "photo added",
        "photo added",
        "landmarks placed",
        "assessment added",
        "client changed",
        "visit deleted",
        "deletion finished",
        "client deleted",
        "deletion finished",
    ]
    told = repr(log)
    assert not [word for word in ("Xanth", "Quast", "Anna", client.code, "paper") if word in told]
    assert len(records.audit(3)) == 3
    assert {entry.client_id for entry in records.audit(None, client_id=client.id)} == {client.id}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET action = 'nothing'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1"],
)
def test_the_database_refuses_to_change_the_log(records, statement):
    records.add_client()
    before = records.audit()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        records.engine.begin() as connection,
    ):
        connection.execute(text(statement))
    assert records.audit() == before


def test_postgresql_refuses_to_empty_the_log(postgresql, tmp_path):
    with open_records(postgresql.new_database(), files=tmp_path) as records:
        records.add_client()
        with (
            pytest.raises(DatabaseError, match="append-only"),
            records.engine.begin() as connection,
        ):
            connection.execute(text("TRUNCATE audit"))


def test_a_plain_connection_to_sqlite_cannot_replace_a_line_of_the_log(sqlite_records, tmp_path):
    sqlite_records.add_client()
    plain = sqlite3.connect(tmp_path / "records" / "records.sqlite")
    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        plain.execute(
            "INSERT OR REPLACE INTO audit (id, at, action, subject, details) "
            "VALUES (1, '2026-01-01', 'nothing', '', '{}')"
        )
    plain.close()


def test_an_interrupted_deletion_is_finished_at_the_next_opening(open_again, monkeypatch):
    with open_again() as records:
        client, visit_id = fill(records)
        files = [records.photo_path(photo.sha256) for photo in records.visit(visit_id).photos]
        monkeypatch.setattr(type(records), "_remove_unused", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            records.delete_client(client.id)
        monkeypatch.undo()
        assert all(file.exists() for file in files)
        assert records.audit(1)[0].action == "client deleted"
    with open_again() as records:
        assert not any(file.exists() for file in files)
        assert records.audit(1)[0].action == "deletion finished"
        assert records.integrity().is_sound


def test_half_written_files_are_removed_at_opening(records, open_again):
    folder = records.photo_path("0" * 64).parents[1]
    half = folder / ".0123456789ab.0a1b2c3d.partial"
    half.write_bytes(b"left over")
    open_again().close()
    assert not half.exists()


def test_files_that_nobody_knows_of_are_told_but_left_alone(records, open_again):
    _, visit_id = fill(records)
    photo = records.photo_path(records.visit(visit_id).photo("front").sha256)
    stray = photo.with_name(photo.name[:2] + "0" * 62)
    stray.write_bytes(b"of records that were here before, perhaps")
    with open_again() as again:
        [problem] = again.integrity().problems
    assert "belongs to nothing kept" in problem
    assert stray.exists()


def test_a_new_database_does_not_take_away_the_photos_of_a_lost_one(tmp_path):
    with open_records(tmp_path) as records:
        _, visit_id = fill(records)
        photos = [records.photo_path(item.sha256) for item in records.visit(visit_id).photos]
    for file in tmp_path.glob("records.sqlite*"):
        file.unlink()
    open_records(tmp_path).close()
    assert all(photo.exists() for photo in photos)


def test_a_file_that_cannot_be_removed_is_said_to_be_and_removed_later(
    records, open_again, monkeypatch
):
    client, visit_id = fill(records)
    file = records.photo_path(records.visit(visit_id).photo("front").sha256)
    unlink = Path.unlink

    def refuse(path: Path, **options: bool) -> None:
        if path == file:
            raise PermissionError(13, "Permission denied")
        unlink(path, **options)

    monkeypatch.setattr(Path, "unlink", refuse)
    receipt = records.delete_client(client.id)
    assert receipt.remains == (
        "1 of the photos could not be removed; that is done at the next start.",
    )
    assert file.name not in receipt.photos + receipt.photos_kept
    monkeypatch.undo()
    assert file.exists()
    open_again().close()
    assert not file.exists()


def test_copies_that_a_page_kept_when_it_was_split_are_wiped(sqlite_records, tmp_path):
    rng = random.Random(4)  # with this seed, SQLite 3.40 leaves two names over
    columns = "(id, code, name, folded, added, changed, version)"
    insert = f"INSERT INTO clients {columns} VALUES (?, ?, ?, ?, '', '', 1)"
    grow = "UPDATE clients SET folded = ? WHERE code = ?"
    names = [f"NAME{number:04}" + "x" * rng.randrange(40) for number in range(900)]
    with closing(sqlite_records.engine.raw_connection()) as connection:
        execute = connection.cursor().execute
        for number, name in enumerate(names):
            key = f"{rng.getrandbits(64):x}"
            execute(insert, (key, name, name, "m" * rng.randrange(1500)))
            if rng.random() < 0.5:
                execute(grow, ("k" * rng.randrange(2500), rng.choice(names[: number + 1])))
        deleted = rng.sample(names, 450)
        for name in deleted:
            execute("DELETE FROM clients WHERE code = ?", (name,))
        execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def left_over() -> list[str]:
        found = bytes_on_disk(tmp_path)
        return [name for name in deleted if name[:8].encode() in found]

    if not left_over():
        pytest.skip("this version of SQLite leaves nothing over")
    assert wipe(sqlite_records.engine) == ()
    assert left_over() == []
