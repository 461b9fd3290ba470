"""`posture backup` and `posture restore` through their entry point."""

from __future__ import annotations

from datetime import date

import pytest

from posture.cli import main
from posture.records import open_records
from tests.web.conftest import photo_of


@pytest.fixture
def filled(tmp_path):
    """A folder of records with one client, one visit and one photo."""
    with open_records(tmp_path / "records") as records:
        client = records.add_client(name="Ada Example")
        visit = records.add_visit(client.id, taken=date(2026, 1, 5))
        records.add_photo(visit.id, role="front", data=photo_of("front"))
    return tmp_path / "records"


def test_what_was_backed_up_comes_back(tmp_path, filled, capsys):
    file = tmp_path / "backup.zip"
    assert main(["backup", str(file), "--records", str(filled)]) == 0
    assert "1 clients\t1 visits\t1 photos" in capsys.readouterr().out
    with open_records(filled) as records:
        records.delete_client(records.clients().items[0].id)
    assert main(["restore", str(file), "--records", str(filled)]) == 0
    told = capsys.readouterr()
    assert "1 clients" in told.out
    assert "before are kept in" in told.err
    with open_records(filled) as records:
        (client,) = records.clients().items
        assert client.name == "Ada Example"
        (visit,) = records.visits(client.id)
        assert records.photo_bytes(visit.photos[0].sha256) == photo_of("front")


def test_what_is_no_backup_replaces_nothing(tmp_path, filled, capsys):
    file = tmp_path / "backup.zip"
    file.write_bytes(b"no backup")
    assert main(["restore", str(file), "--records", str(filled)]) == 2
    assert "expected a backup" in capsys.readouterr().err
    with open_records(filled) as records:
        assert records.clients().total == 1


def test_encrypted_photos_need_the_passphrase(tmp_path, filled, capsys):
    with open_records(filled) as records:
        records.encrypt("a long passphrase")
    file, secret = tmp_path / "backup.zip", tmp_path / "passphrase"
    words = ["backup", str(file), "--records", str(filled)]
    assert main(words) == 2
    assert "--passphrase-file" in capsys.readouterr().err
    secret.write_text("wrong passphrase\n")
    assert main([*words, "--passphrase-file", str(secret)]) == 2
    secret.write_text("a long passphrase\n")
    assert main([*words, "--passphrase-file", str(secret)]) == 0
    assert file.is_file()


@pytest.mark.parametrize(
    "words",
    [
        ["backup", "{0}/backup.zip", "--records", "{0}/mistyped"],
        ["compare", "--client", "K-017", "--records", "{0}/mistyped", "-o", "{0}/changes"],
    ],
)
def test_a_mistyped_folder_is_told_and_not_taken_for_empty_records(words, tmp_path, capsys):
    assert main([word.format(tmp_path) for word in words]) == 2
    assert "found none" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
