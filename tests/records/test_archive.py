"""Clients leave as an archive and come back bit for bit, or nothing happens at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from posture.errors import InputError
from posture.knowledge import load_knowledge
from posture.measures import MEASURES
from posture.records import ConflictError, NotFoundError, RecordsError, open_records
from posture.records.archive import export_clients, import_clients
from tests.examples import example_assessment
from tests.records.crash import killed_at
from tests.records.samples import fill, jpeg, place

ABSENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def elsewhere(tmp_path):
    """Other records, empty."""
    with open_records(tmp_path / "elsewhere") as opened:
        yield opened


def two_clients(records):
    """Keep two clients, one with two visits on one day."""
    first, visit_id = fill(records, name="Anna Berg")
    place(records, visit_id, c7=(20.123456789, 12.1))
    records.add_assessment(visit_id, example_assessment(client_id=first.code))
    later = records.add_visit(first.id, taken=date(2026, 3, 2), note="again")
    records.add_photo(later.id, role="back", data=jpeg(0))
    version = records.visit(later.id).version
    flags = dict.fromkeys(load_knowledge().red_flags, False)
    records.change_visit(later.id, version=version, intake={"red_flags": flags})
    consent = records.record_consent(first.id, scope="use in teaching", given=date(2026, 3, 2))
    records.withdraw_consent(consent.id, withdrawn=date(2026, 3, 9))
    fill(records, name="Bo", seed=5)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with the records of two clients, and an archive of them."""
    folder = tmp_path_factory.mktemp("made")
    with open_records(folder / "records") as opened:
        two_clients(opened)
        export_clients(opened, folder / "clients.zip")
    return folder


@pytest.fixture
def archive(made, tmp_path):
    """The archive."""
    return Path(shutil.copy(made / "clients.zip", tmp_path))


@pytest.fixture
def sqlite_records(made, tmp_path):
    """The records it was made of."""
    shutil.copytree(made / "records", tmp_path / "records")
    with open_records(tmp_path / "records") as opened:
        yield opened


def names_of(path):
    with zipfile.ZipFile(path) as opened:
        return opened.namelist()


def content_of(path):
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rewritten(path, change, *, sums=True):
    """Write an archive anew after `change` had its way with the files; checksums follow."""
    files = content_of(path)
    change(files)
    if sums:
        files.pop("SHA256SUMS", None)
        lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
        files["SHA256SUMS"] = "".join(lines).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, data in files.items():
            target.writestr(name, data)
    return path


def client_json(files):
    """Name and content of the first client's file."""
    name = next(name for name in files if name.endswith("client.json"))
    return name, json.loads(files[name])


def edited(edit):
    """A change of the first client's file."""

    def change(files):
        name, document = client_json(files)
        edit(document)
        files[name] = json.dumps(document).encode()

    return change


# What is in it


def test_people_can_read_an_archive_without_the_program(archive, sqlite_records):
    files = content_of(archive)
    codes = [sqlite_records.client(one).code for one in sqlite_records.client_ids()]
    for code in codes:
        assert f"clients/{code}/client.json" in files
        assert f"clients/{code}/2026-03-02/front.jpg" in files
    assert files[f"clients/{codes[0]}/2026-03-02/front.jpg"] == jpeg(0)
    assert f"clients/{codes[0]}/2026-03-02-2/back.jpg" in files
    rows = list(csv.DictReader(io.StringIO(files[f"clients/{codes[0]}/measures.csv"].decode())))
    assert {row["client"] for row in rows} == {codes[0]}
    assert {row["date"] for row in rows} == {"2026-03-02"}
    assert {row["measure"] for row in rows} <= set(MEASURES)
    assert len(rows) == len(example_assessment().measures)
    assert b"not encrypted" in files["README.txt"]


def test_sha256sum_finds_every_file_whole(archive, tmp_path):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "out")
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == len(names_of(archive)) - 1


def test_the_receipt_counts_what_is_in_it(archive, sqlite_records, tmp_path):
    receipt = export_clients(sqlite_records, tmp_path / "again.zip")
    assert (receipt.clients, receipt.visits, receipt.photos) == (2, 3, 5)
    assert receipt.size_bytes == (tmp_path / "again.zip").stat().st_size


def test_the_same_content_gives_the_same_bytes(archive, sqlite_records, tmp_path):
    again = tmp_path / "again.zip"
    reverse = list(reversed(sqlite_records.client_ids()))
    export_clients(sqlite_records, again, client_ids=reverse)
    assert again.read_bytes() == archive.read_bytes()


def test_one_client_can_go_alone(archive, sqlite_records, tmp_path):
    second = sqlite_records.client_ids()[1]
    export_clients(sqlite_records, tmp_path / "one.zip", client_ids=[second])
    code = sqlite_records.client(second).code
    folders = {name.split("/")[1] for name in names_of(tmp_path / "one.zip") if "/" in name}
    assert folders == {code}


def test_codes_that_are_no_file_names_get_folders_of_their_own(elsewhere, tmp_path):
    for code in ("Müller/1", "M ller 1", "m-LLER-1", "Ω"):
        elsewhere.add_client(code=code)
    export_clients(elsewhere, tmp_path / "a.zip")
    folders = [name.split("/")[1] for name in names_of(tmp_path / "a.zip") if "client.json" in name]
    assert folders == ["M-ller-1", "M-ller-1-2", "m-LLER-1-3", "x"]


def test_no_one_is_exported_who_is_not_there(sqlite_records, tmp_path):
    with pytest.raises(NotFoundError):
        export_clients(sqlite_records, tmp_path / "a.zip", client_ids=[ABSENT])
    assert not (tmp_path / "a.zip").exists()


def test_a_damaged_photo_stops_the_export_and_the_file_before_stays(
    archive, sqlite_records, tmp_path
):
    before = archive.read_bytes()
    client = sqlite_records.client_history(sqlite_records.client_ids()[0])
    sha = client.visits[0].visit.photos[0].sha256
    sqlite_records.photo_path(sha).write_bytes(b"\xff\xd8\xff damaged")
    with pytest.raises(RecordsError, match="restore it from a backup"):
        export_clients(sqlite_records, archive)
    assert archive.read_bytes() == before
    sqlite_records.photo_path(sha).unlink()
    with pytest.raises(RecordsError, match="found it gone"):
        export_clients(sqlite_records, archive)
    assert not list(tmp_path.glob("*.partial"))


# There and back


def test_what_comes_back_gives_the_same_bytes_again(archive, elsewhere, tmp_path):
    receipt = import_clients(elsewhere, archive)
    assert (len(receipt.clients), receipt.visits, receipt.photos) == (2, 3, 5)
    export_clients(elsewhere, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    assert elsewhere.integrity().is_sound


def test_it_is_the_same_on_both_databases(archive, open_again, tmp_path):
    with open_again() as opened:
        import_clients(opened, archive)
        export_clients(opened, tmp_path / "again.zip")
        assert opened.integrity().is_sound
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_everything_kept_of_a_client_comes_back(archive, sqlite_records, elsewhere):
    import_clients(elsewhere, archive)
    assert elsewhere.client_ids() == sqlite_records.client_ids()
    for client_id in sqlite_records.client_ids():
        assert elsewhere.client_history(client_id) == sqlite_records.client_history(client_id)
        assert elsewhere.measure_series(client_id) == sqlite_records.measure_series(client_id)
    found = elsewhere.clients("anna")
    assert [item.name for item in found.items] == ["Anna Berg"]
    assert [entry.action for entry in elsewhere.audit()] == ["client imported"] * 2


def test_encrypted_photos_leave_plain_and_come_back_encrypted(archive, elsewhere, tmp_path):
    elsewhere.encrypt("four words and a number 7")
    import_clients(elsewhere, archive)
    stored = [path.read_bytes() for path in (tmp_path / "elsewhere" / "photos").glob("*/*")]
    assert len(stored) == 4
    assert not any(b"JFIF" in data for data in stored)
    export_clients(elsewhere, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_an_archive_that_was_packed_again_is_as_good(archive, elsewhere):
    files = content_of(archive)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in reversed(files.items()):
            target.writestr(name, data)
    assert len(import_clients(elsewhere, archive).clients) == 2


# What is refused


def assert_nothing_came(elsewhere):
    assert elsewhere.clients().total == 0
    assert elsewhere.audit() == []
    assert elsewhere.integrity().problems == ()


def test_who_is_there_already_is_not_overwritten(archive, sqlite_records):
    before = [sqlite_records.client_history(one) for one in sqlite_records.client_ids()]
    with pytest.raises(ConflictError, match="no one is ever overwritten"):
        import_clients(sqlite_records, archive)
    sqlite_records.delete_client(before[0].client.id)
    with pytest.raises(ConflictError, match=before[1].client.code):
        import_clients(sqlite_records, archive)
    assert sqlite_records.client_ids() == [before[1].client.id]
    assert sqlite_records.integrity().is_sound


def test_an_id_for_people_belongs_to_one_client(archive, sqlite_records, elsewhere):
    code = sqlite_records.client(sqlite_records.client_ids()[1]).code
    elsewhere.add_client(code=code)
    with pytest.raises(ConflictError, match="Another client has that id"):
        import_clients(elsewhere, archive)
    assert elsewhere.clients().total == 1


@pytest.mark.parametrize("share", [0.3, 0.7, 0.999])
def test_an_archive_that_was_cut_off_is_refused(archive, elsewhere, share):
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError, match="damaged one or another"):
        import_clients(elsewhere, archive)
    assert_nothing_came(elsewhere)


def test_one_changed_byte_anywhere_is_found(archive, elsewhere):
    data = archive.read_bytes()
    with zipfile.ZipFile(archive) as opened:
        places = [info.header_offset + 30 + len(info.filename) for info in opened.infolist()]
    for place_ in places:
        archive.write_bytes(
            data[: place_ + 9] + bytes([data[place_ + 9] ^ 1]) + data[place_ + 10 :]
        )
        with pytest.raises(InputError, match=r"Use the file|Copy it again"):
            import_clients(elsewhere, archive)
    assert_nothing_came(elsewhere)


def put(name, data=b"x"):
    def change(files):
        files[name] = data

    return change


def drop(suffix):
    def change(files):
        del files[next(name for name in files if name.endswith(suffix))]

    return change


def swap_photo(files):
    name = next(name for name in files if name.endswith("front.jpg"))
    files[name] = b"\xff\xd8\xff" + bytes(len(files[name]) - 3)


def no_photo(files):
    name = next(name for name in files if name.endswith("front.jpg"))
    files[name] = b"<svg>" + bytes(len(files[name]) - 5)
    entry, document = client_json(files)
    document["visits"][0]["photos"][0]["sha256"] = hashlib.sha256(files[name]).hexdigest()
    files[entry] = json.dumps(document).encode()


def manifest(**fields):
    def change(files):
        files["archive.json"] = json.dumps(json.loads(files["archive.json"]) | fields).encode()

    return change


def visit(**fields):
    return edited(lambda document: document["visits"][0].update(fields))


def photo(**fields):
    return edited(lambda document: document["visits"][0]["photos"][0].update(fields))


REFUSED = {
    "a name that leads out": (put("../evil.txt"), "plain names"),
    "a name from the root": (put("/etc/passwd"), "plain names"),
    "a name with a drive": (put("C:/evil.txt"), "plain names"),
    "a name with a backslash": (put("clients\\evil.txt"), "plain names"),
    "a hidden name": (put("clients/.ssh/keys"), "plain names"),
    "an empty part": (put("clients//x"), "plain names"),
    "a folder": (put("clients/x/"), "plain names"),
    "a newer version": (manifest(version=2), "newer version of this program"),
    "a version that is none": (manifest(version="1"), "newer version of this program"),
    "another program's zip": (manifest(format="word"), "something else"),
    "no description": (drop("archive.json"), "something else"),
    "a backup": (manifest(kind="backup"), "posture restore"),
    "no list of clients": (manifest(clients="all"), "no list of clients"),
    "a client that is not there": (manifest(clients=["clients/none"]), "lacks"),
    "no client's file": (drop("client.json"), "lacks"),
    "no photo": (drop("front.jpg"), "no photo"),
    "no assessment": (drop("assessment-1.json"), "lacks"),
    "another photo": (swap_photo, "no photo"),
    "a photo that is none": (no_photo, "is no JPEG"),
    "an id that is none": (edited(lambda it: it.update(id="../x")), "found at id"),
    "a field too many": (edited(lambda it: it.update(admin=True)), "found at admin"),
    "a field too few": (edited(lambda it: it.pop("added")), "found at added"),
    "a number as text": (edited(lambda it: it.update(version="1")), "found at version"),
    "a height of a giant": (edited(lambda it: it.update(height_cm=900.0)), "90 to 250 cm"),
    "a code that is a formula": (edited(lambda it: it.update(code="=1+1")), "letter or digit"),
    "a visit in the future": (visit(taken="2999-01-01"), "a day up to today"),
    "a role of no photo": (photo(role="top"), "found at visits.0.photos.0.role"),
    "a photo elsewhere": (photo(file="../../other.jpg"), "no photo"),
    "no JSON": (
        lambda files: files.update({client_json(files)[0]: b"{"}),
        "as this program writes it",
    ),
    "an assessment that is none": (
        lambda files: files.update(
            {next(name for name in files if "assessment-1" in name): b'{"schema_version": 1}'}
        ),
        "expected an assessment",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_archive_of_another_making_is_refused_and_nothing_kept(archive, elsewhere, case):
    change, words = REFUSED[case]
    rewritten(archive, change)
    with pytest.raises((InputError, RecordsError), match=words) as refused:
        import_clients(elsewhere, archive)
    assert "\n" not in str(refused.value)
    assert_nothing_came(elsewhere)


def test_checksums_have_to_fit_the_files(archive, elsewhere):
    for change in (drop("SHA256SUMS"), put("extra.txt"), drop("README.txt")):
        whole = archive.read_bytes()
        rewritten(archive, change, sums=False)
        with pytest.raises(InputError, match="checksums"):
            import_clients(elsewhere, archive)
        archive.write_bytes(whole)
    assert_nothing_came(elsewhere)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(archive, elsewhere):
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("bomb.txt", bytes(200_000_000), compresslevel=1)
    assert archive.stat().st_size < 3_000_000
    with pytest.raises(InputError, match="claims to unpack"):
        import_clients(elsewhere, archive)
    assert_nothing_came(elsewhere)


def test_an_endless_list_of_checksums_is_refused_before_it_is_read(archive, elsewhere):
    rewritten(archive, lambda files: files.update(SHA256SUMS=b"\n" * 500_000), sums=False)
    with pytest.raises(InputError, match="longer than its files need"):
        import_clients(elsewhere, archive)


def test_two_files_of_one_name_are_refused(archive, elsewhere):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(archive, "a") as target:
        target.writestr("README.txt", "other words")
    with pytest.raises(InputError, match="two files of one name"):
        import_clients(elsewhere, archive)


def test_an_encrypted_zip_is_refused(archive, elsewhere):
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature)
        data[at + offset] |= 1
    archive.write_bytes(data)
    with pytest.raises(InputError, match="encrypted"):
        import_clients(elsewhere, archive)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", bytes(1000)])
def test_another_kind_of_file_is_told_as_such(elsewhere, tmp_path, content):
    path = tmp_path / "holiday.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"^holiday\.zip: expected an export of clients"):
        import_clients(elsewhere, path)


def test_a_missing_file_is_told_as_such(elsewhere, tmp_path):
    with pytest.raises(InputError, match=r"missing\.zip: .*No such file"):
        import_clients(elsewhere, tmp_path / "missing.zip")


# Crashes


def points(work, folder):
    """Some points of the work at which to kill it: spread over all of it, and dense at its end."""
    total = 1
    while killed_at(total, partial(work, folder / str(total))):
        total += 25
    return sorted({*range(1, total, 15), *range(max(1, total - 25), total)})


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that share their start")
def test_an_import_that_is_killed_leaves_all_clients_or_none(archive, tmp_path):
    def work(place_):
        with open_records(place_) as opened:
            import_clients(opened, archive)

    outcomes = set()
    for point in points(work, tmp_path / "count"):
        place_ = tmp_path / f"at-{point}"
        killed = killed_at(point, partial(work, place_))
        with open_records(place_) as opened:
            outcomes.add((killed, len(opened.client_ids())))
            assert opened.integrity().problems == ()
            if opened.client_ids():
                export_clients(opened, tmp_path / "again.zip")
                assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    assert {count for _, count in outcomes} == {0, 2}
    assert (True, 0) in outcomes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that share their start")
def test_an_export_that_is_killed_leaves_the_file_before_or_the_new_one(
    archive, sqlite_records, tmp_path
):
    sqlite_records.close()
    target = tmp_path / "target.zip"
    outcomes = set()
    for point in range(1, 200, 4):
        target.write_bytes(b"before")

        def work():
            with open_records(tmp_path / "records") as opened:
                export_clients(opened, target)

        killed = killed_at(point, work)
        found = target.read_bytes()
        assert found in (b"before", archive.read_bytes())
        outcomes.add((killed, found == b"before"))
        if not killed:
            break
    assert {(True, True), (False, False)} <= outcomes
