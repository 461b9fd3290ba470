"""Backups: whole while others write, checked before anything is replaced, and crash-proof."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import stat
import threading
import zipfile
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from posture.errors import InputError
from posture.records import PassphraseError, RecordsError, open_records
from posture.records.archive import export_clients
from posture.records.backup import backup, restore
from tests.records.crash import killed_at
from tests.records.samples import DAY, fill, jpeg
from tests.records.test_archive import content_of, rewritten


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with records of two clients, and a backup of them."""
    folder = tmp_path_factory.mktemp("made")
    with open_records(folder / "records") as opened:
        fill(opened, name="Anna Berg")
        fill(opened, name="Bo", seed=5)
        opened.change_settings(replace(opened.settings(), practice="Praxis am Markt"))
        backup(opened, folder / "backup.zip")
        export_clients(opened, folder / "clients.zip")
    return folder


@pytest.fixture
def saved(made, tmp_path):
    """The backup."""
    return Path(shutil.copy(made / "backup.zip", tmp_path))


@pytest.fixture
def filled(made, tmp_path):
    """The records it was made of."""
    shutil.copytree(made / "records", tmp_path / "records")
    with open_records(tmp_path / "records") as opened:
        yield opened


@pytest.fixture
def place(tmp_path):
    """Where to restore to: there are records of one other client."""
    folder = tmp_path / "place" / "records"
    with open_records(folder) as opened:
        fill(opened, name="Cleo", seed=9)
    return folder


def names_in(place):
    with open_records(place) as opened:
        assert opened.integrity().problems == ()
        return sorted(item.name for item in opened.clients().items)


def same_as(made, records, tmp_path):
    """Whether records hold what the backup was made of."""
    export_clients(records, tmp_path / "compare.zip")
    return (tmp_path / "compare.zip").read_bytes() == (made / "clients.zip").read_bytes()


# There and back


def test_everything_comes_back(made, saved, tmp_path):
    receipt = restore(saved, tmp_path / "new" / "records")
    assert (receipt.clients, receipt.visits, receipt.photos) == (2, 2, 4)
    assert (receipt.missing, receipt.former) == ((), None)
    with open_records(made / "records") as before, open_records(tmp_path / "new/records") as after:
        assert same_as(made, after, tmp_path)
        assert after.audit(None) == before.audit(None)
        assert after.settings() == before.settings()
        assert after.integrity().is_sound


def test_an_unpacked_backup_is_a_folder_of_records(saved, tmp_path):
    with zipfile.ZipFile(saved) as opened:
        opened.extractall(tmp_path / "unpacked")
    assert names_in(tmp_path / "unpacked") == ["Anna Berg", "Bo"]


def test_only_the_owner_can_read_what_was_restored(saved, tmp_path):
    place = tmp_path / "records"
    restore(saved, place)
    for path in (place, *place.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_former_records_are_kept_beside(saved, place):
    receipt = restore(saved, place)
    assert receipt.former == place.with_name("records-before-restore")
    assert names_in(place) == ["Anna Berg", "Bo"]
    assert names_in(receipt.former) == ["Cleo"]
    again = restore(saved, place)
    assert again.former == place.with_name("records-before-restore-2")
    assert sorted(path.name for path in place.parent.iterdir()) == [
        "records",
        "records-before-restore",
        "records-before-restore-2",
    ]


def test_from_one_kind_of_database_to_the_other_and_back(made, postgresql, tmp_path):
    """The same clients, log and settings go from SQLite to PostgreSQL and back."""
    first, url, files = tmp_path / "first.zip", postgresql.new_database(), tmp_path / "files"
    receipt = restore(made / "backup.zip", url, files=files)
    assert (receipt.clients, receipt.photos) == (2, 4)
    with open_records(url, files=files) as opened:
        assert same_as(made, opened, tmp_path)
        added = opened.add_client(name="Dora")  # the log goes on counting
        backup(opened, first)
        log = opened.audit(None)
        opened.delete_client(added.id)
    with pytest.raises(RecordsError, match="empty database"):
        restore(first, url, files=files)
    restore(first, tmp_path / "back")
    with open_records(tmp_path / "back") as back:
        assert back.audit(None) == log
        assert back.settings().practice == "Praxis am Markt"
        assert back.client(added.id) == added
        assert back.integrity().problems == ()


def test_the_receipt_names_what_was_saved(filled, tmp_path):
    receipt = backup(filled, tmp_path / "again.zip")
    assert (receipt.clients, receipt.visits, receipt.photos, receipt.missing) == (2, 2, 4, ())
    assert receipt.size_bytes == (tmp_path / "again.zip").stat().st_size


def test_only_the_owner_can_read_a_backup_or_an_export(filled, tmp_path):
    backup(filled, tmp_path / "backup.zip")
    export_clients(filled, tmp_path / "clients.zip")
    for name in ("backup.zip", "clients.zip"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_lost_photo_does_not_keep_the_others_from_being_saved(filled, tmp_path):
    visit = filled.visits(filled.client_ids()[0])[0]
    lost, damaged = (photo.sha256 for photo in visit.photos)
    filled.photo_path(lost).unlink()
    filled.photo_path(damaged).write_bytes(b"\xff\xd8\xff")
    receipt = backup(filled, tmp_path / "a.zip")
    assert (receipt.photos, receipt.missing) == (2, tuple(sorted((lost, damaged))))
    restored = restore(tmp_path / "a.zip", tmp_path / "new")
    assert (restored.photos, restored.missing) == (2, receipt.missing)


def test_a_backup_is_of_one_moment_while_others_write(filled, tmp_path):
    """Clients with photos come and go meanwhile; each backup holds all of a client or nothing."""
    stop, faults = threading.Event(), []

    def write():
        seed = 100
        try:
            while not stop.is_set():
                client = filled.add_client(name="Passing")
                visit = filled.add_visit(client.id, taken=DAY)
                filled.add_photo(visit.id, role="front", data=jpeg(seed))
                filled.delete_client(client.id)
                seed += 1
        except BaseException as error:
            faults.append(error)
            raise

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(4):
            assert backup(filled, tmp_path / f"{number}.zip").missing == ()
    finally:
        stop.set()
        writer.join()
    assert faults == []
    for number in range(4):
        restore(tmp_path / f"{number}.zip", tmp_path / f"place-{number}")
        with open_records(tmp_path / f"place-{number}") as opened:
            assert opened.integrity().problems == ()
            assert {item.name for item in opened.clients().items} >= {"Anna Berg", "Bo"}


# Encrypted photos

PASSPHRASE = "four words and a number 7"


def test_encrypted_photos_stay_encrypted_until_the_passphrase_is_given(made, filled, tmp_path):
    filled.encrypt(PASSPHRASE)
    backup(filled, tmp_path / "a.zip")
    photos = [data for name, data in content_of(tmp_path / "a.zip").items() if "photos/" in name]
    assert len(photos) == 4
    assert not any(b"JFIF" in data for data in photos)
    restore(tmp_path / "a.zip", tmp_path / "new")
    with pytest.raises(PassphraseError):
        open_records(tmp_path / "new")
    with open_records(tmp_path / "new", passphrase=PASSPHRASE) as opened:
        assert same_as(made, opened, tmp_path)
        assert opened.integrity().is_sound


def test_encrypted_photos_go_to_postgresql_as_they_are(made, filled, postgresql, tmp_path):
    filled.encrypt(PASSPHRASE)
    backup(filled, tmp_path / "a.zip")
    url, files = postgresql.new_database(), tmp_path / "files"
    restore(tmp_path / "a.zip", url, files=files)
    with open_records(url, files=files, passphrase=PASSPHRASE) as opened:
        assert same_as(made, opened, tmp_path)


def test_photos_that_are_encrypted_meanwhile_go_with_a_new_copy(
    made, filled, monkeypatch, tmp_path
):
    copy = type(filled).copy_database

    def copy_then_encrypt(records, path):
        snapshot = copy(records, path)
        if not records.is_encrypted:
            records.encrypt(PASSPHRASE)
        return snapshot

    monkeypatch.setattr(type(filled), "copy_database", copy_then_encrypt)
    assert backup(filled, tmp_path / "a.zip").missing == ()
    restore(tmp_path / "a.zip", tmp_path / "new")
    with open_records(tmp_path / "new", passphrase=PASSPHRASE) as opened:
        assert same_as(made, opened, tmp_path)


def test_who_opened_the_records_before_they_were_encrypted_is_told(filled, tmp_path):
    with open_records(tmp_path / "records") as other:
        other.encrypt(PASSPHRASE)
    with pytest.raises(PassphraseError, match="Open them again"):
        backup(filled, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


# What is refused


def with_database(change):
    """A change of the backup's database by SQL."""

    def apply(files):
        path = Path(files.pop("scratch").decode())
        path.write_bytes(files["records.sqlite"])
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(change)
            connection.commit()
        files["records.sqlite"] = path.read_bytes()

    return apply


def drop_photo(files):
    del files[next(name for name in files if name.startswith("photos/"))]


def swap_photo(files):
    files[next(name for name in files if name.startswith("photos/"))] = b"\xff\xd8\xff other"


def newer(files):
    files["archive.json"] = json.dumps(json.loads(files["archive.json"]) | {"version": 9}).encode()


def scramble(files):
    data = bytearray(files["records.sqlite"])
    data[4096 : 3 * 4096] = bytes(2 * 4096)
    files["records.sqlite"] = bytes(data)


REFUSED = {
    "a lacking photo": (drop_photo, "no photo"),
    "another photo": (swap_photo, "no photo"),
    "no database": (lambda files: files.pop("records.sqlite"), "no database"),
    "another file": (
        lambda files: files.update({"records.sqlite": b"SQLite format"}),
        "a database that is whole",
    ),
    "a damaged database": (scramble, "a database that is whole"),
    "a newer archive": (newer, "newer version of this program"),
    "a newer database": (
        with_database("UPDATE alembic_version SET version_num = '9999'"),
        "found newer",
    ),
    "a trigger": (
        with_database("CREATE TRIGGER t AFTER INSERT ON clients BEGIN DELETE FROM clients; END"),
        "found others",
    ),
    "a row that refers to none": (
        with_database("PRAGMA foreign_keys=OFF; DELETE FROM clients"),
        "a database that is whole",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_backup_that_is_not_sound_replaces_nothing(saved, place, case):
    change, words = REFUSED[case]

    def apply(files):
        if change.__qualname__.startswith("with_database"):
            files["scratch"] = str(saved.with_name("scratch.sqlite")).encode()
        change(files)

    rewritten(saved, apply)
    with pytest.raises((InputError, RecordsError), match=words):
        restore(saved, place)
    assert names_in(place) == ["Cleo"]
    assert [path.name for path in place.parent.iterdir()] == ["records"]


def test_an_export_of_clients_is_no_backup(made, place):
    with pytest.raises(InputError, match="expected a backup of the records, found an export"):
        restore(made / "clients.zip", place)
    assert names_in(place) == ["Cleo"]


def test_a_changed_byte_is_found(saved, place):
    data = bytearray(saved.read_bytes())
    data[len(data) // 3] ^= 1
    saved.write_bytes(data)
    with pytest.raises(InputError):
        restore(saved, place)
    assert names_in(place) == ["Cleo"]


def test_records_in_use_are_not_replaced(saved, place):
    with open_records(place) as opened:
        assert opened.clients().total == 1
        with pytest.raises(RecordsError, match="Stop `posture serve`"):
            restore(saved, place)
        assert opened.clients().total == 1
    assert names_in(place) == ["Cleo"]


def test_a_folder_of_other_things_is_not_replaced(saved, tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(InputError, match="found other files"):
        restore(saved, tmp_path / "documents")
    with pytest.raises(InputError, match="found a file"):
        restore(saved, tmp_path / "documents" / "letter.txt")
    assert (tmp_path / "documents" / "letter.txt").read_text(encoding="utf-8") == "dear"


def test_damaged_records_can_be_replaced(saved, place):
    for path in place.glob("records.sqlite*"):
        path.write_bytes(b"no database any more" * 400)
    restore(saved, place)
    assert names_in(place) == ["Anna Berg", "Bo"]


def test_an_empty_folder_is_filled(saved, tmp_path):
    (tmp_path / "empty").mkdir()
    assert restore(saved, tmp_path / "empty").former is None
    assert names_in(tmp_path / "empty") == ["Anna Berg", "Bo"]


def test_a_folder_that_cannot_be_moved_stays_as_it_was(saved, place, monkeypatch):
    """As the root of a disk cannot, or a folder within one that may not be written."""
    rename = Path.rename

    def refuse(path, target):
        if path == place:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(RecordsError, match="Nothing was changed"):
        restore(saved, place)
    assert [path.name for path in place.parent.iterdir()] == ["records"]
    assert names_in(place) == ["Cleo"]


def test_a_full_disk_is_told_and_nothing_is_replaced(saved, place, monkeypatch):
    def full(archive, name, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("posture.records.archive_zip.CheckedArchive.copy_to", full)
    with pytest.raises(RecordsError, match="No space left"):
        restore(saved, place)
    assert [path.name for path in place.parent.iterdir()] == ["records"]


def test_a_folder_behind_a_link_is_replaced_where_it_lies(saved, place, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(place)
    receipt = restore(saved, link)
    assert link.is_symlink()
    assert receipt.former == place.with_name("records-before-restore")
    assert names_in(link) == ["Anna Berg", "Bo"]


def test_what_crashes_left_is_removed_after_a_day(filled, tmp_path):
    old, new = tmp_path / ".posture-old.partial", tmp_path / ".posture-new.partial"
    half = tmp_path / ".a.zip.1234.partial"
    for folder in (old, new):
        folder.mkdir()
    half.write_bytes(b"half")
    for path in (old, half):
        os.utime(path, (0, 0))
    backup(filled, tmp_path / "a.zip")
    assert not old.exists()
    assert not half.exists()
    assert new.exists()


# Crashes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that share their start")
def test_a_restore_that_is_killed_leaves_the_former_records_or_the_restored(saved, place, tmp_path):
    shutil.copytree(place, tmp_path / "untouched")
    outcomes = []
    for point in range(1, 1000, 7):
        shutil.rmtree(place.parent)
        shutil.copytree(tmp_path / "untouched", place)
        killed = killed_at(point, partial(restore, saved, place))
        names = names_in(place)
        assert names in (["Cleo"], ["Anna Berg", "Bo"])
        outcomes.append(names == ["Cleo"])
        if not killed:
            break
    assert outcomes[0]
    assert outcomes == sorted(outcomes, reverse=True), "once restored, always restored"
    assert names == ["Anna Berg", "Bo"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that share their start")
def test_the_last_steps_of_a_restore_may_be_cut_anywhere(saved, place, tmp_path):
    """Every single step from the moment when all is unpacked."""
    shutil.copytree(place, tmp_path / "untouched")
    total = 1
    while killed_at(total, partial(restore, saved, place)):
        total += 1 if total > 400 else 40
        shutil.rmtree(place.parent)
        shutil.copytree(tmp_path / "untouched", place)
    seen = set()
    for point in range(max(1, total - 60), total):
        shutil.rmtree(place.parent)
        shutil.copytree(tmp_path / "untouched", place)
        killed_at(point, partial(restore, saved, place))
        names = names_in(place)
        seen.add(tuple(names))
        restore(saved, place)
        assert names_in(place) == ["Anna Berg", "Bo"]
        assert not list(place.parent.glob(".*")), "nothing is left behind"
    assert seen == {("Cleo",), ("Anna Berg", "Bo")}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that share their start")
def test_a_backup_that_is_killed_leaves_the_one_before(made, tmp_path):
    shutil.copytree(made / "records", tmp_path / "records")
    target = tmp_path / "backup.zip"

    def work():
        with open_records(tmp_path / "records") as opened:
            backup(opened, target)

    for point in range(1, 1000, 6):
        target.write_bytes(b"before")
        killed = killed_at(point, work)
        if target.read_bytes() != b"before":
            assert content_of(target)["SHA256SUMS"]
            assert not killed or point > 6
        if not killed:
            break
    else:
        raise AssertionError("it was never done")
    restore(target, tmp_path / "new")
    assert names_in(tmp_path / "new") == ["Anna Berg", "Bo"]
