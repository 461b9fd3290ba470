"""Photos and what is made of them, encrypted at rest."""

from __future__ import annotations

import os
import shutil
from functools import partial

import pytest
from sqlalchemy import text

from posture.errors import InputError
from posture.records import PassphraseError, RecordsError, open_records
from posture.records import cipher as cipher_module
from posture.records.files import MAGIC
from tests.records.crash import killed_at
from tests.records.samples import DAY, fill, jpeg

WORDS = "correct horse battery staple"


@pytest.fixture(autouse=True)
def quick_scrypt(monkeypatch):
    monkeypatch.setattr(cipher_module, "_SCRYPT_N", 2**4)


def stored(records) -> dict[str, bytes]:
    folder = records.photo_path("0" * 64).parents[1]
    return {path.name: path.read_bytes() for path in folder.glob("*/*")}


def test_photos_here_already_and_new_ones_are_encrypted(records, open_again):
    client, visit_id = fill(records)
    before = stored(records)
    assert not records.is_encrypted
    records.encrypt(WORDS)
    assert records.is_encrypted
    new = records.add_visit(client.id, taken=DAY)
    photo = records.add_photo(new.id, role="front", data=jpeg(5))
    records.put_derived(photo.sha256, "thumb.jpg", b"small picture")
    after = stored(records)
    assert set(after) == {*before, photo.sha256, f"{photo.sha256}.thumb.jpg"}
    assert all(data.startswith(MAGIC) for data in after.values())
    assert not any(plain in locked for plain in before.values() for locked in after.values())
    with open_again(passphrase=WORDS) as again:
        for item in again.visit(visit_id).photos:
            assert again.photo_bytes(item.sha256) == before[item.sha256]
        assert again.derived(photo.sha256, "thumb.jpg") == b"small picture"
        assert again.integrity().is_sound
        assert stored(again) == after
    assert [entry.action for entry in reversed(records.audit(None))][-4:] == [
        "encryption begun",
        "encryption finished",
        "visit added",
        "photo added",
    ]


@pytest.mark.parametrize(
    "wrong", ["correct horse battery stapl", "Correct horse battery staple", ""]
)
def test_a_wrong_passphrase_is_said_to_be(records, open_again, wrong):
    records.encrypt(WORDS)
    with pytest.raises(PassphraseError, match="found another"):
        open_again(passphrase=wrong)


def test_a_missing_and_a_needless_passphrase_are_said_to_be(records, open_again):
    with pytest.raises(PassphraseError, match="are not encrypted"):
        open_again(passphrase=WORDS)
    records.encrypt(WORDS)
    with pytest.raises(PassphraseError, match="found none"):
        open_again()


def test_the_same_letters_typed_otherwise_are_the_same_passphrase(records, open_again):
    records.encrypt("Schl\u00fcssel")
    open_again(passphrase="Schlu\u0308ssel").close()


def test_a_short_passphrase_is_refused(records):
    with pytest.raises(InputError, match="at least 8 characters"):
        records.encrypt("secret")
    assert not records.is_encrypted


def test_encrypting_twice_is_refused_and_changes_nothing(records):
    _, visit_id = fill(records)
    records.encrypt(WORDS)
    with pytest.raises(RecordsError, match="Change the passphrase instead"):
        records.encrypt("another passphrase")
    assert records.photo_bytes(records.visit(visit_id).photo("front").sha256) == jpeg(0)


def test_a_changed_passphrase_opens_and_the_old_one_no_longer(records, open_again):
    _, visit_id = fill(records)
    records.encrypt(WORDS)
    files = stored(records)
    with pytest.raises(PassphraseError, match="found another"):
        records.change_passphrase("not the old one", "new passphrase")
    assert records.change_passphrase(WORDS, "new passphrase") == ()
    assert stored(records) == files
    with pytest.raises(PassphraseError):
        open_again(passphrase=WORDS)
    with open_again(passphrase="new passphrase") as again:
        sha = again.visit(visit_id).photo("front").sha256
        assert again.photo_bytes(sha) == jpeg(0)


def test_whoever_opened_before_the_encryption_has_to_open_again(records, open_again):
    _, visit_id = fill(records)
    sha = records.visit(visit_id).photo("front").sha256
    with open_again() as other:
        records.encrypt(WORDS)
        with pytest.raises(PassphraseError, match="Open the records again"):
            other.photo_bytes(sha)
        with pytest.raises(PassphraseError, match="Open the records again"):
            other.add_photo(visit_id, role="back", data=jpeg(3))
        with pytest.raises(PassphraseError, match="Open the records again"):
            other.put_derived(sha, "pose.npz", b"points")
    assert all(data.startswith(MAGIC) for data in stored(records).values())


def test_a_changed_or_exchanged_file_is_noticed(records):
    _, visit_id = fill(records)
    records.encrypt(WORDS)
    front, side = records.visit(visit_id).photos
    path, other = records.photo_path(front.sha256), records.photo_path(side.sha256)
    whole = path.read_bytes()
    for data in (whole[:-1], whole[:40], whole[:9], other.read_bytes()):
        path.write_bytes(data)
        with pytest.raises(RecordsError, match="restore it from a backup"):
            records.photo_bytes(front.sha256)
    derived = records.photo_path(f"{side.sha256}.pose.npz")
    derived.write_bytes(whole)
    with pytest.raises(RecordsError, match="restore it from a backup"):
        records.derived(side.sha256, "pose.npz")


def test_stored_parameters_that_would_exhaust_the_machine_are_refused(records, open_again):
    records.encrypt(WORDS)
    with records.engine.begin() as connection:
        connection.execute(text("UPDATE encryption SET scrypt_n = 1073741824"))
    with pytest.raises(RecordsError, match="other parameters"):
        open_again(passphrase=WORDS)


def test_the_passphrase_is_guarded_by_slow_scrypt(sqlite_records, monkeypatch):
    monkeypatch.undo()
    sqlite_records.encrypt(WORDS)
    with sqlite_records.engine.begin() as connection:
        row = connection.execute(text("SELECT scrypt_n, scrypt_r, scrypt_p FROM encryption")).one()
    assert tuple(row) == (131072, 8, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that share their start")
def test_encryption_that_is_killed_is_finished_at_the_next_opening(sqlite_records, tmp_path):
    fill(sqlite_records)
    sqlite_records.close()
    outcomes, point, killed = [], 1, True
    while killed:
        opener = partial(open_records, shutil.copytree(tmp_path / "records", tmp_path / str(point)))

        def encrypt(opener=opener):
            with opener() as records:
                records.encrypt(WORDS)

        killed = killed_at(point, encrypt)
        try:
            records = opener()
        except PassphraseError:
            records = opener(passphrase=WORDS)
        with records:
            assert records.integrity().is_sound
            locked = [data.startswith(MAGIC) for data in stored(records).values()]
            assert locked == [records.is_encrypted] * 3
            outcomes.append(records.is_encrypted)
        point += 2
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) > 3
    assert outcomes.count(True) > 3
