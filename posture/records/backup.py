"""Backups of all records, and their way back.

A backup is a zip of a copy of the database as SQLite, whichever database the practice
uses, and of the photos as they are stored, encrypted ones included. So it is also the way
from one kind of database to the other. Unpacked, it is a folder that `open_records` opens.
Files made of photos are left out; they are made again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from posture.errors import InputError
from posture.output import open_atomically
from posture.photo import MAX_FILE_BYTES
from posture.records.archive_zip import (
    ArchiveWriter,
    CheckedArchive,
    open_archive,
    remove_left_over,
    scratch_folder,
)
from posture.records.errors import PassphraseError, RecordsError
from posture.records.files import make_private_folder
from posture.records.snapshot import Snapshot, check_database
from posture.records.store import (
    DATABASE_NAME,
    PHOTOS_FOLDER,
    Records,
    default_folder,
    open_records,
)
from posture.records.swap import finish_swap, staging, swap_in

__all__ = ["BackupReceipt", "RestoreReceipt", "backup", "restore"]

_ATTEMPTS = 5
_STORED_LIMIT = MAX_FILE_BYTES + 1_000_000  # encryption adds a little


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReceipt:
    """What a backup holds. `missing` are the SHA-256 of photos that are lost or damaged."""

    path: Path
    clients: int
    visits: int
    photos: int
    size_bytes: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReceipt:
    """What was restored.

    `missing` are photos that were lost or damaged when the backup was made. `former` is the
    folder with the records that were there before, None where there were none. It holds
    clients' data, also of those who were deleted since the backup.
    """

    clients: int
    visits: int
    photos: int
    missing: tuple[str, ...]
    former: Path | None


def backup(records: Records, path: Path) -> BackupReceipt:
    """Write all records into one file, in place of what it held.

    Others may read and write meanwhile: the backup is of one moment. The file appears whole
    or not at all, and only its owner may read it.

    Parameters
    ----------
    records
        Open records. Encrypted photos stay encrypted: whoever restores them needs today's
        passphrase. The database is not encrypted.
    path
        The file to write, `posture-2026-11-23.zip` for instance.

    Raises
    ------
    InputError
        If it cannot be written.
    PostureError
        If the disk is full.
    PassphraseError
        If photos were encrypted since the records were opened.
    RecordsError
        If the database cannot be read.

    Notes
    -----
    A photo that is lost or damaged does not keep all else from being saved: it is left out
    and named in the receipt.
    """
    path = Path(path)
    remove_left_over(path)
    with open_atomically(path, mode=0o600) as stream, scratch_folder(path.parent) as folder:
        for attempt in range(_ATTEMPTS):
            snapshot = records.copy_database(folder / f"{attempt}.sqlite")
            if snapshot.is_encrypted and not records.is_encrypted:
                raise PassphraseError(
                    "Expected photos that are not encrypted, found they are since these records "
                    "were opened. Open them again, with the passphrase."
                )
            missing = _write(stream, records, snapshot)
            # What was deleted or encrypted since the copy was made does not go with it.
            if records.still_fits(snapshot, missing):
                break
        else:
            raise RecordsError(
                "Expected no deletions for a moment, found one after the other. Try again later."
            )
    return BackupReceipt(
        path=path,
        clients=snapshot.clients,
        visits=snapshot.visits,
        photos=len(snapshot.photos) - len(missing),
        missing=tuple(missing),
        size_bytes=path.stat().st_size,
    )


def restore(
    path: Path, place: Path | str | None = None, *, files: Path | None = None
) -> RestoreReceipt:
    """Put a backup in the place of the records.

    The backup is checked from end to end before anything is replaced. Records that were
    there are kept beside, and named in the receipt. A crash leaves the former records or
    the restored ones.

    Parameters
    ----------
    path
        A backup.
    place, files
        As for `open_records`. A PostgreSQL database has to be empty.

    Raises
    ------
    InputError
        If the file is no backup, was changed, or is of a newer version; if the folder holds
        something other than records.
    RecordsError
        If the backup's database is damaged, the records are open in another program, or the
        PostgreSQL database is not empty.
    """
    with open_archive(Path(path), "backup") as archive:
        if isinstance(place, str) and "://" in place:
            return _restore_into_database(archive, place, files)
        if files is not None:
            raise InputError(
                "Expected one folder for records and photos, found two. Name the records' alone."
            )
        folder = default_folder() if place is None else Path(place)
        return _restore_into_folder(archive, folder.resolve())


def _write(stream: BinaryIO, records: Records, snapshot: Snapshot) -> list[str]:
    """Write the archive from the start; return which photos are missing."""
    stream.seek(0)
    stream.truncate()
    missing = []
    with ArchiveWriter(stream, "backup") as archive:
        archive.add_file(DATABASE_NAME, snapshot.path)
        for sha in snapshot.photos:
            try:
                records.photo_bytes(sha)  # is it whole?
                archive.add_file(_photo_name(sha), records.photo_path(sha))
            except (RecordsError, FileNotFoundError):
                missing.append(sha)
        archive.about["missing"] = missing
    return missing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unpacked:
    """A backup's database, found sound; `photos` has each one's name in it by SHA-256."""

    database: Snapshot
    photos: Mapping[str, str]
    missing: tuple[str, ...]

    def receipt(self, former: Path | None) -> RestoreReceipt:
        return RestoreReceipt(
            clients=self.database.clients,
            visits=self.database.visits,
            photos=len(self.photos),
            missing=self.missing,
            former=former,
        )


def _unpack(archive: CheckedArchive, folder: Path) -> _Unpacked:
    """Unpack the database and check it; check that every photo it names is there."""
    if DATABASE_NAME not in archive.sums:
        raise _unfit("no database")
    _copy(archive, DATABASE_NAME, folder / DATABASE_NAME)
    database = check_database(folder / DATABASE_NAME)
    missing = archive.about.get("missing")
    if not isinstance(missing, list):
        raise _unfit("no list of missing photos")
    photos = {sha: _photo_name(sha) for sha in database.photos if sha not in missing}
    for sha, name in photos.items():
        if name not in archive.sums or not (database.is_encrypted or archive.sums[name] == sha):
            raise _unfit(f"no photo {sha[:12]}…, which its database names")
    return _Unpacked(database=database, photos=photos, missing=tuple(map(str, missing)))


def _restore_into_folder(archive: CheckedArchive, place: Path) -> RestoreReceipt:
    finish_swap(place)
    _expect_replaceable(place)
    with staging(place) as folder:
        unpacked = _unpack(archive, folder)
        for sha, name in unpacked.photos.items():
            target = folder / PHOTOS_FOLDER / sha[:2] / sha
            make_private_folder(target.parent.parent)
            make_private_folder(target.parent)
            _copy(archive, name, target)
        _expect_unused(place / DATABASE_NAME)
        return unpacked.receipt(swap_in(folder, place))


def _restore_into_database(archive: CheckedArchive, url: str, files: Path | None) -> RestoreReceipt:
    with scratch_folder() as folder:
        unpacked = _unpack(archive, folder)
        photos = (
            (sha, archive.read(name, limit=_STORED_LIMIT)) for sha, name in unpacked.photos.items()
        )
        with open_records(url, files=files) as records:
            records.insert_everything(unpacked.database.path, photos)
    return unpacked.receipt(None)


def _copy(archive: CheckedArchive, name: str, target: Path) -> None:
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        archive.copy_to(name, stream)


def _expect_replaceable(place: Path) -> None:
    if place.exists() and not place.is_dir():
        raise InputError(f"{place}: expected a folder for the records, found a file. Name another.")
    if place.exists() and any(place.iterdir()) and not (place / DATABASE_NAME).exists():
        raise InputError(
            f"{place}: expected a folder with records, or an empty one, found other files. Name "
            "the records' own folder."
        )


def _expect_unused(database: Path) -> None:
    """Refuse to replace records that a program has open: it would write into the former ones."""
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # only the last user may
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise RecordsError(
                "Expected records that no program has open, found them in use. Stop `posture "
                "serve` first; nothing was changed."
            ) from error
    except sqlite3.DatabaseError:
        return  # damaged, which may be why a backup is wanted


def _unfit(found: str) -> InputError:
    return InputError(
        f"Expected a backup as this program writes it, found {found}. Nothing was changed. Use "
        "another backup."
    )


def _photo_name(sha256: str) -> str:
    """Return where a photo stands in a backup, which is where the records have it too."""
    return f"{PHOTOS_FOLDER}/{sha256[:2]}/{sha256}"
