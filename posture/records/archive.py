"""Take clients out of the records into one file, and into the records from one.

An archive is a zip that people can use without this program: a folder for each client,
with `client.json`, `measures.csv`, and a folder for each visit with its pictures, byte for
byte as they were given, and its assessments. What comes back is the same: exported again,
it gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from posture.assessment_file import assessment_from_dict, assessment_to_json
from posture.errors import InputError
from posture.file_kind import Kind, recognise
from posture.output import open_atomically
from posture.photo import MAX_FILE_BYTES
from posture.records.archive_entries import ClientFile, parse
from posture.records.archive_format import (
    DOCUMENT,
    FolderNames,
    client_file,
    client_history,
    measures_csv,
)
from posture.records.archive_zip import (
    ArchiveWriter,
    CheckedArchive,
    open_archive,
    remove_left_over,
)
from posture.records.errors import ConflictError, NotFoundError, RecordsError
from posture.records.store import Records
from posture.records.types import ClientHistory, ClientRecord
from posture.results import Assessment

__all__ = ["ExportReceipt", "ImportReceipt", "export_clients", "import_clients"]

_JSON_LIMIT = 50_000_000
_ALL = 2**31 - 1
_README = """\
Clients as the program "posture" keeps them.

  clients/.../client.json    what is kept of a client: consents, visits, landmarks placed
                             by hand and each change of them
  clients/.../measures.csv   the measures of all visits, one in a line, with their 95 %
                             interval
  clients/.../<day>/         the pictures of a visit as they were given, and its
                             assessments; the last one holds today's numbers
  clients/.../<day>-<what>/  the pictures of a further assessment, such as sitting, and its
                             assessment.json
  SHA256SUMS                 checksums of all files; "sha256sum -c SHA256SUMS" checks them

The pictures are not encrypted and may tell where and when they were taken. Keep this file
as you keep the records themselves.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReceipt:
    """What an archive holds."""

    path: Path
    clients: int
    visits: int
    photos: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReceipt:
    """What came into the records."""

    clients: tuple[ClientRecord, ...]
    visits: int
    photos: int


def export_clients(
    records: Records, path: Path, *, client_ids: Collection[str] | None = None
) -> ExportReceipt:
    """Write clients into an archive, in place of what the file held.

    Each client is told as of one moment. The file appears whole or not at all, and only its
    owner may read it. The same content gives the same bytes, whenever and in whatever order it
    is asked for.

    Parameters
    ----------
    records
        Open records. Photos that are encrypted there are not encrypted in the archive.
    path
        The file to write.
    client_ids
        Whom to export; None stands for all.

    Raises
    ------
    NotFoundError
        If one that was named is not in the records.
    RecordsError
        If a photo is damaged, or was removed meanwhile.
    InputError, PostureError
        If the file cannot be written, or the disk is full.
    """
    path = Path(path)
    remove_left_over(path)
    every = records.client_ids()
    for missing in sorted(set(client_ids or ()) - set(every)):
        records.client(missing)  # raises what there is to say
    wanted = [one for one in every if client_ids is None or one in client_ids]
    visits = photos = 0
    with open_atomically(path, mode=0o600) as stream, ArchiveWriter(stream, "clients") as archive:
        archive.add("README.txt", _README)
        folders: list[str] = []
        names = FolderNames()
        for history in _histories(records, wanted, named=client_ids is not None):
            folders.append(f"clients/{names.add(history.client.code)}")
            photos += _add_client(archive, records, history, folders[-1])
            visits += len(history.visits)
        archive.about["clients"] = folders
    return ExportReceipt(
        path=path,
        clients=len(folders),
        visits=visits,
        photos=photos,
        size_bytes=path.stat().st_size,
    )


def import_clients(records: Records, path: Path) -> ImportReceipt:
    """Take the clients of an archive into the records, all of them or none.

    Nothing is written before every file of the archive was compared with its checksum and
    read. No client is ever overwritten. Where photos are encrypted, the new ones are too.

    Parameters
    ----------
    records
        Open records.
    path
        An archive of `export_clients`.

    Raises
    ------
    ConflictError
        If a client of the archive, or another with the same id for people, is here already.
    InputError
        If the file is no archive, was changed, or is of a newer version.
    RecordsError
        If the records are in use by another program for too long.
    """
    with open_archive(Path(path), "clients") as archive:
        contents = [_Content(archive, folder) for folder in _client_folders(archive)]
        _expect_new(records, contents)
        photos = {sha: found for content in contents for sha, found in content.photos.items()}

        def photo(sha: str) -> bytes:
            name, kind = photos[sha]
            data = archive.read(name, limit=MAX_FILE_BYTES)
            if recognise(data) != kind:
                raise _unfit(f"that {name} is no {kind}")
            return data

        histories = (content.history() for content in contents)
        clients = records.insert_clients(histories, photo, shas=photos)
    visits = [visit for content in contents for visit in content.client.visits]
    return ImportReceipt(
        clients=tuple(clients),
        visits=len(visits),
        photos=sum(_photo_count(content.client) for content in contents),
    )


def _histories(records: Records, client_ids: list[str], *, named: bool) -> Iterator[ClientHistory]:
    """Yield clients; who was deleted meanwhile is left out, unless asked for by name."""
    for client_id in client_ids:
        try:
            history = records.client_history(client_id)
        except NotFoundError:
            if named:
                raise
            continue
        yield history


def _add_client(
    archive: ArchiveWriter, records: Records, history: ClientHistory, folder: str
) -> int:
    """Add everything of one client; return how many photos."""
    client = client_file(history)
    archive.add(f"{folder}/client.json", client.to_json())
    archive.add(f"{folder}/measures.csv", measures_csv(history))
    made = {item.id: item.assessment for visit in history.visits for item in visit.assessments}
    for visit in client.visits:
        for photo in visit.photos:
            archive.add(f"{folder}/{visit.folder}/{photo.file}", _photo(records, photo.sha256))
        for item in visit.assessments:
            archive.add(f"{folder}/{visit.folder}/{item.file}", assessment_to_json(made[item.id]))
    documents = {item.id: item.document for item in history.further}
    for entry in client.further:
        for kept in entry.photos:
            archive.add(f"{folder}/{entry.folder}/{kept.file}", _photo(records, kept.sha256))
        if entry.measured is not None:
            text = json.dumps(documents[entry.id], indent=2, ensure_ascii=False) + "\n"
            archive.add(f"{folder}/{entry.folder}/{DOCUMENT}", text)
    return _photo_count(client)


def _photo_count(client: ClientFile) -> int:
    return sum(len(item.photos) for item in client.folders)


def _photo(records: Records, sha256: str) -> bytes:
    try:
        return records.photo_bytes(sha256)
    except NotFoundError as error:
        raise RecordsError(
            f"Photo {sha256[:12]}…: expected it to stay until the export is done, found it gone. "
            "If it was just removed, export again; else restore it from a backup."
        ) from error


class _Content:
    """One client of an archive; `photos` tells per SHA-256 where it stands, and its kind."""

    def __init__(self, archive: CheckedArchive, folder: str) -> None:
        name = f"{folder}/client.json"
        self.client: ClientFile = parse(archive.read(name, limit=_JSON_LIMIT), name=name)
        self.photos: dict[str, tuple[str, Kind]] = {}
        for item in self.client.folders:
            for photo in item.photos:
                found = f"{folder}/{item.folder}/{photo.file}"
                size = archive.size(found) if found in archive.sums else None
                if size != photo.size_bytes or archive.sums[found] != photo.sha256:
                    raise _unfit(f"no photo {found} of that size and SHA-256")
                self.photos[photo.sha256] = found, photo.kind
        self._archive, self._folder = archive, folder

    def history(self) -> ClientHistory:
        """Return what the records keep of the client."""
        made = {
            (visit.folder, item.file): self._assessment(f"{visit.folder}/{item.file}")
            for visit in self.client.visits
            for item in visit.assessments
        }
        documents = {
            entry.folder: self._json(f"{self._folder}/{entry.folder}/{DOCUMENT}")
            for entry in self.client.further
            if entry.measured is not None
        }
        try:
            return client_history(self.client, made, documents)
        except ValueError as error:
            raise _unfit(f"in {self._folder}: {error}") from error

    def _assessment(self, place: str) -> Assessment:
        name = f"{self._folder}/{place}"
        return assessment_from_dict(self._json(name), name=name)

    def _json(self, name: str) -> object:
        data = self._archive.read(name, limit=_JSON_LIMIT)
        try:
            document: object = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise _unfit(f"that {name} is no JSON") from error
        return document


def _client_folders(archive: CheckedArchive) -> list[str]:
    folders = archive.about.get("clients")
    if not isinstance(folders, list) or not all(isinstance(name, str) for name in folders):
        raise _unfit("no list of clients")
    return folders


def _expect_new(records: Records, contents: list[_Content]) -> None:
    """Refuse an archive with a client who is here, before anything is written."""
    clients = records.clients(limit=_ALL).items
    here, codes = {client.id for client in clients}, {client.code for client in clients}
    known = [item.client.code for item in contents if item.client.id in here]
    alike = [item.client.code for item in contents if item.client.code in codes]
    if known or alike:
        names = ", ".join(sorted({*known, *alike})[:5])
        raise ConflictError(
            f"Expected clients who are not in the records yet, found {names}. Nothing was "
            "imported, and no one is ever overwritten. "
            + (
                "Delete who is here first, if the archive holds what you want."
                if known
                else "Another client has that id: change it first."
            ),
            version=0,
            changes=(),
        )


def _unfit(found: str) -> InputError:
    return InputError(
        f"Expected an archive as this program writes it, found {found}. Nothing was imported. Use "
        "the file as it was written."
    )
