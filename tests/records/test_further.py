"""Further assessments: sitting and range of motion beside the visits."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

import posture.records.migrations
from posture.errors import InputError
from posture.records import ConflictError, NotFoundError, RecordsError, open_records
from posture.records.archive import export_clients, import_clients
from posture.records.backup import backup, restore
from posture.records.database import open_sqlite, writing
from tests.records.crash import killed_at
from tests.records.samples import DAY, fill, fill_further, jpeg, rom_document, sitting_document
from tests.records.test_queries import counted, tables


@pytest.fixture
def elsewhere(tmp_path):
    with open_records(tmp_path / "elsewhere") as opened:
        yield opened


@pytest.fixture
def client_id(records):
    return records.add_client(code="K-1", height_cm=171.5).id


def test_an_assessment_comes_back_as_it_was_put_in(records, client_id):
    sitting, rom, begun = fill_further(records, client_id)
    assert sitting.document == sitting_document(sitting.photo("side").sha256)
    assert sitting.measured is not None
    assert sitting.note == "after a long day"
    assert [photo.role for photo in rom.photos] == ["neutral", "end"]
    assert (rom.test, rom.side) == ("cervical-flexion", "left")
    assert (begun.document, begun.measured) == (None, None)
    assert records.photo_bytes(sitting.photo("side").sha256) == jpeg(50)
    assert {item.id for item in records.further_of(client_id)} == {sitting.id, rom.id, begun.id}
    assert records.visits(client_id) == []
    assert records.measure_series(client_id) == []
    assert records.integrity().is_sound
    assert records.integrity().photos == 4


def test_the_latest_comes_first(records, client_id):
    days = [DAY, DAY - timedelta(days=40), DAY + timedelta(days=1)]
    for day in days:
        records.add_further(client_id, kind="sitting", taken=day)
    assert [item.taken for item in records.further_of(client_id)] == sorted(days, reverse=True)
    with pytest.raises(NotFoundError):
        records.further_of("nobody")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "standing"}, "kind: expected one of sitting"),
        ({"kind": "sitting", "test": "squat"}, "no test"),
        ({"kind": "sitting", "side": "left"}, "no side"),
        ({"kind": "range_of_motion"}, "Expected one of the tests"),
        ({"kind": "range_of_motion", "test": "cervical-rotation"}, "not measurable"),
        ({"kind": "range_of_motion", "test": "squat", "side": "both"}, "left or right"),
        ({"kind": "sitting", "taken": date(2999, 1, 1)}, "a day up to today"),
    ],
)
def test_what_cannot_be_right_is_refused(records, client_id, wrong, words):
    with pytest.raises(InputError, match=words):
        records.add_further(client_id, **{"taken": DAY, **wrong})
    assert records.further_of(client_id) == []


def test_a_photo_has_a_role_of_its_kind_and_is_replaced_only_if_said(records, client_id):
    sitting = records.add_further(client_id, kind="sitting", taken=DAY)
    with pytest.raises(InputError, match="expected one of side, front"):
        records.add_further_photo(sitting.id, role="neutral", data=jpeg())
    with pytest.raises(InputError, match="Expected a photo"):
        records.add_further_photo(sitting.id, role="side", data=b"no photo")
    first = records.add_further_photo(sitting.id, role="side", data=jpeg(1))
    with pytest.raises(RecordsError, match="no side photo") as refused:
        records.add_further_photo(sitting.id, role="side", data=jpeg(2))
    assert refused.value.key == "photo_there"
    assert not records.photo_path(_sha(jpeg(2))).exists()
    second = records.add_further_photo(sitting.id, role="side", data=jpeg(2), replace=True)
    assert not records.photo_path(first.sha256).exists()
    assert records.further(sitting.id).photos == (second,)
    records.remove_further_photo(second.id)
    assert not records.photo_path(second.sha256).exists()
    assert records.further(sitting.id).photos == ()
    assert records.integrity().is_sound


def _sha(data):
    from posture.records.files import sha256_of

    return sha256_of(data)


def test_what_was_measured_stays_as_it_is(records, client_id):
    sitting, *_ = fill_further(records, client_id)
    for change in (
        lambda: records.add_further_photo(sitting.id, role="front", data=jpeg(9)),
        lambda: records.remove_further_photo(sitting.photos[0].id),
        lambda: records.add_further_document(
            sitting.id, dict(sitting.document), version=sitting.version
        ),
    ):
        with pytest.raises(RecordsError, match="stay as they are") as refused:
            change()
        assert refused.value.key == "further_measured"
    assert records.further(sitting.id) == sitting


def test_photos_that_changed_meanwhile_are_not_measured_as_they_were(records, client_id):
    sitting = records.add_further(client_id, kind="sitting", taken=DAY)
    photo = records.add_further_photo(sitting.id, role="side", data=jpeg(1))
    version = records.further(sitting.id).version
    records.add_further_photo(sitting.id, role="front", data=jpeg(2))
    with pytest.raises(ConflictError, match="front photo"):
        records.add_further_document(sitting.id, sitting_document(photo.sha256), version=version)
    assert records.further(sitting.id).document is None


def test_a_document_is_of_the_kind_and_the_test_that_was_asked_for(records, client_id):
    *_, begun = fill_further(records, client_id)
    sha = begun.photos[0].sha256
    with pytest.raises(InputError, match="expected a sitting assessment"):
        records.add_further_document(begun.id, rom_document(sha, sha), version=begun.version)
    squat = records.add_further(client_id, kind="range_of_motion", test="squat", taken=DAY)
    with pytest.raises(InputError, match="expected the test squat"):
        records.add_further_document(squat.id, rom_document(sha, sha), version=1)
    assert records.further(begun.id).document is None


def test_day_and_note_are_changed_by_who_read_the_latest(records, client_id):
    sitting, *_ = fill_further(records, client_id)
    day = DAY - timedelta(days=1)
    changed = records.change_further(sitting.id, version=sitting.version, taken=day, note="tired")
    assert (changed.taken, changed.note) == (day, "tired")
    assert changed.document == sitting.document
    with pytest.raises(ConflictError, match="taken, note"):
        records.change_further(sitting.id, version=sitting.version, note="other")
    assert records.change_further(sitting.id, version=changed.version) == changed


def test_a_clients_assessments_take_two_queries(records, client_id):
    for _ in range(5):
        fill_further(records, client_id)
    with counted(records) as statements:
        assert len(records.further_of(client_id)) == 15
    assert tables(statements) == ["further_photos", "further_assessments"]


# Deletion


def test_deleting_one_leaves_the_others_and_photos_that_they_share(records, client_id):
    sitting, rom, _ = fill_further(records, client_id)
    _, visit_id = fill(records, name="Cora")
    shared = records.add_photo(visit_id, role="back", data=jpeg(51)).sha256
    receipt = records.delete_further(rom.id)
    assert receipt.rows == {"further_assessments": 1, "further_photos": 2}
    assert (receipt.kind, receipt.remains) == ("further", ())
    assert receipt.photos_kept == (shared,)
    assert receipt.photos == (rom.photo("end").sha256,)
    assert records.photo_bytes(shared) == jpeg(51)
    with pytest.raises(NotFoundError, match="further assessment"):
        records.further(rom.id)
    assert records.further(sitting.id) == sitting
    records.delete_visit(visit_id)
    assert not records.photo_path(shared).exists()
    assert records.integrity().is_sound


def test_a_deleted_client_takes_everything_along(records, client_id, tmp_path):
    items = fill_further(records, client_id)
    files = [records.photo_path(photo.sha256) for item in items for photo in item.photos]
    receipt = records.delete_client(client_id)
    assert receipt.rows["further_assessments"] == 3
    assert receipt.rows["further_photos"] == 4
    assert receipt.derived == 1
    assert not any(file.exists() for file in files)
    assert records.integrity().is_sound
    log = records.audit(None)
    assert "further assessment measured" in [entry.action for entry in log]
    assert "long day" not in repr(log)


def test_a_deletion_that_crashed_is_finished_at_the_next_opening(open_again, monkeypatch):
    with open_again() as records:
        item = fill_further(records, records.add_client().id)[0]
        file = records.photo_path(item.photos[0].sha256)
        monkeypatch.setattr(type(records), "_remove_unused", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            records.delete_further(item.id)
        monkeypatch.undo()
        assert file.exists()
    with open_again() as records:
        assert not file.exists()
        assert records.audit(1)[0].action == "deletion finished"


@pytest.mark.parametrize("point", [3, 9, 14, 20])
def test_a_crash_while_a_photo_is_added_leaves_the_old_state_or_the_new(tmp_path, point):
    with open_records(tmp_path) as records:
        further = records.add_further(records.add_client().id, kind="sitting", taken=DAY)

    def add():
        with open_records(tmp_path) as opened:
            opened.add_further_photo(further.id, role="side", data=jpeg(1))

    killed_at(point, add)
    with open_records(tmp_path) as records:
        assert len(records.further(further.id).photos) in (0, 1)
        assert records.integrity().is_sound


# Out and back in


def test_everything_goes_out_and_comes_back_bit_for_bit(open_again, elsewhere, tmp_path):
    with open_again() as records:
        client, _ = fill(records)
        fill_further(records, client.id)
        export_clients(records, tmp_path / "a.zip")
        history = records.client_history(client.id)
    receipt = import_clients(elsewhere, tmp_path / "a.zip")
    assert receipt.photos == 6
    assert elsewhere.client_history(client.id) == history
    export_clients(elsewhere, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()
    assert elsewhere.integrity().is_sound
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = set(archive.namelist())
        folder = f"clients/{client.code}/2026-03-02-sitting"
        document = json.loads(archive.read(f"{folder}/assessment.json"))
    assert {f"{folder}/side.jpg", f"{folder}-2/front.jpg"} <= names
    assert f"{folder}-2/assessment.json" not in names
    assert f"clients/{client.code}/2026-03-02-cervical-flexion/end.jpg" in names
    assert document["measures"][0]["value"] == 47.13


def test_a_client_without_any_is_written_as_before(records, tmp_path):
    client, _ = fill(records)
    export_clients(records, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        plain = json.loads(archive.read(f"clients/{client.code}/client.json"))
    assert "further" not in plain


def test_of_a_client_with_a_damaged_document_nothing_arrives(sqlite_records, elsewhere, tmp_path):
    from tests.records.test_archive import rewritten

    client = sqlite_records.add_client()
    fill_further(sqlite_records, client.id)
    export_clients(sqlite_records, tmp_path / "a.zip")

    def change(files):
        name = next(name for name in files if name.endswith("flexion/assessment.json"))
        files[name] = files[name].replace(b"range_of_motion", b"sitting")

    rewritten(tmp_path / "a.zip", change)
    with pytest.raises(InputError, match="expected range-of-motion tests"):
        import_clients(elsewhere, tmp_path / "a.zip")
    assert elsewhere.clients().total == 0
    assert elsewhere.integrity().is_sound


def test_a_backup_holds_them_too(open_again, tmp_path):
    with open_again() as records:
        client = records.add_client()
        items = fill_further(records, client.id)
        backup(records, tmp_path / "backup.zip")
    restore(tmp_path / "backup.zip", tmp_path / "restored")
    with open_records(tmp_path / "restored") as restored:
        assert {item.id: item for item in restored.further_of(client.id)} == {
            item.id: item for item in items
        }
        assert restored.integrity().is_sound


def test_encrypted_photos_are_unlocked_for_them_too(tmp_path):
    with open_records(tmp_path) as records:
        item = fill_further(records, records.add_client().id)[0]
        records.encrypt("four words and a number 7")
    with open_records(tmp_path, passphrase="four words and a number 7") as records:
        assert records.photo_bytes(item.photos[0].sha256) == jpeg(50)
        assert b"JFIF" not in records.photo_path(item.photos[0].sha256).read_bytes()


# Faults and former versions


def test_a_damaged_document_is_told(records, client_id):
    sitting, *_ = fill_further(records, client_id)
    with records.engine.begin() as connection:
        connection.execute(
            text("UPDATE further_assessments SET document = :bytes WHERE id = :id"),
            {"bytes": b"x\x9c", "id": sitting.id},
        )
    [problem] = records.integrity().problems
    assert problem.startswith(f"Further assessment {sitting.id}: document")
    with pytest.raises(InputError, match="damaged"):
        records.further(sitting.id)


def _records_of_the_first_version(folder):
    """Make records as they were before there were further assessments, with one client."""
    folder.mkdir()
    engine = open_sqlite(folder / "records.sqlite")
    config = Config()
    config.set_main_option("script_location", posture.records.migrations.__path__[0])
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO clients (id, code, name, folded, added, changed, version) VALUES "
                "('c', 'K-1', 'Ada', 'ada k-1', '2026-01-01', '2026-01-01', 3)"
            )
        )
    engine.dispose()


def test_records_of_the_first_version_are_brought_up_to_date(tmp_path):
    _records_of_the_first_version(tmp_path / "records")
    with closing(sqlite3.connect(tmp_path / "records" / "records.sqlite")) as plain:
        found = plain.execute("SELECT name FROM sqlite_master WHERE name LIKE 'further%'")
        assert found.fetchall() == []
    with open_records(tmp_path / "records") as records:
        client = records.client("c")
        assert (client.code, client.name, client.version) == ("K-1", "Ada", 3)
        items = fill_further(records, "c")
        assert len(records.further_of("c")) == len(items)
        assert records.integrity().is_sound
        backup(records, tmp_path / "backup.zip")
    restore(tmp_path / "backup.zip", tmp_path / "restored")
