"""Zip files that prove themselves: every file has its SHA-256, and nothing else is in them.

`SHA256SUMS` is what `sha256sum -c` reads. Files are stored uncompressed, for photos are
compressed already, and without times, so that the same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Any, Literal, Self

from posture.errors import InputError
from posture.strict_json import shown

__all__ = [
    "ArchiveKind",
    "ArchiveWriter",
    "CheckedArchive",
    "open_archive",
    "remove_left_over",
    "scratch_folder",
]

ArchiveKind = Literal["clients", "backup"]

FORMAT = "posture"
VERSION = 1
MANIFEST = "archive.json"
CHECKSUMS = "SHA256SUMS"
_SCRATCH = ".posture-"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_LONGEST_NAME = 240
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100600 << 16
_CHUNK = 1 << 20
_LARGE = 1 << 31

MOST_FILES = 1_000_000
MOST_ENLARGED = 20
"""How many times an archive's size its content may have. Ours have 1, since nothing is
compressed; one that a person packed again has 10 at most."""
_SMALL = 1_000_000
_WHAT = {"clients": "an export of clients", "backup": "a backup of the records"}
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
)
"""What `zipfile` raises on damaged, encrypted or exotic archives."""


class ArchiveWriter:
    """Writes an archive; files stand in it in the order in which they were added.

    What `about` holds at the end goes into the archive's own description.
    """

    def __init__(self, stream: IO[bytes], kind: ArchiveKind, **about: Any) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED)
        self._sums: dict[str, str] = {}
        self.about = {"format": FORMAT, "version": VERSION, "kind": kind, **about}

    def add(self, name: str, data: bytes | str) -> None:
        """Add a file; text as UTF-8."""
        content = data.encode() if isinstance(data, str) else data
        self._zip.writestr(self._entry(name), content)
        self._sums[name] = hashlib.sha256(content).hexdigest()

    def add_file(self, name: str, path: Path) -> None:
        """Add a file that may be larger than memory."""
        digest, large = hashlib.sha256(), path.stat().st_size >= _LARGE
        with (
            path.open("rb") as source,
            self._zip.open(self._entry(name), "w", force_zip64=large) as target,
        ):
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
        self._sums[name] = digest.hexdigest()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        _expect_safe(name)
        if name in self._sums:
            raise ValueError(f"expected each name once, found {name} twice")
        entry = zipfile.ZipInfo(name, _FIRST_DAY)
        entry.external_attr, entry.create_system = _REGULAR_FILE, 3
        return entry

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.add(MANIFEST, json.dumps(self.about, indent=2, ensure_ascii=False) + "\n")
            lines = "".join(f"{sha}  {name}\n" for name, sha in sorted(self._sums.items()))
            self.add(CHECKSUMS, lines)
        self._zip.close()


class CheckedArchive:
    """An archive whose every file was found whole. `open_archive` makes one.

    `about` is its own description, `sums` the SHA-256 of each file by name.
    """

    def __init__(
        self, archive: zipfile.ZipFile, about: dict[str, Any], sums: Mapping[str, str]
    ) -> None:
        self._zip = archive
        self.about = about
        self.sums = sums

    def size(self, name: str) -> int:
        """Return how many bytes a file has."""
        return self._zip.getinfo(name).file_size

    def read(self, name: str, *, limit: int) -> bytes:
        """Return a file of at most `limit` bytes.

        Raises
        ------
        InputError
            If there is none, or it is larger.
        """
        if name not in self.sums:
            raise InputError(f"The archive lacks {shown(name)}. Use the file as it was written.")
        if self.size(name) > limit:
            raise InputError(
                f"{name}: expected at most {limit / 1e6:g} MB, found {self.size(name) / 1e6:g}. "
                "Use the archive as it was written."
            )
        return self._zip.read(name)

    def copy_to(self, name: str, target: IO[bytes]) -> None:
        """Copy a file that may be larger than memory."""
        with self._zip.open(name) as source:
            while chunk := source.read(_CHUNK):
                target.write(chunk)


@contextmanager
def open_archive(path: Path, kind: ArchiveKind) -> Iterator[CheckedArchive]:
    """Yield an archive after every file in it was compared with its checksum.

    Nothing is unpacked, and no name in it is ever used as a path.

    Raises
    ------
    InputError
        If it is missing, no archive, of another kind or a newer version, too large, or
        holds anything but what its checksums name.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(
            f"{path}: expected {_WHAT[kind]} that can be read, found: {error.strerror}. Correct "
            "the path."
        ) from None
    with stream:
        with _explained(path, kind):
            archive = zipfile.ZipFile(stream)
        with archive:
            with _explained(path, kind):
                _check_entries(archive, path)
                about = _manifest(archive, path, kind)
                sums = _check_sums(archive, path)
            yield CheckedArchive(archive, about, sums)


@contextmanager
def _explained(path: Path, kind: ArchiveKind) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise InputError(
            f"{path.name}: expected {_WHAT[kind]}, a zip file, found a damaged one or another "
            "kind of file. Copy it again from where it was written."
        ) from error


def _check_entries(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse what could hurt before a single file is unpacked."""
    entries = archive.infolist()
    for entry in entries:
        _expect_safe(entry.filename)
        if entry.flag_bits & 0x1:
            raise _refused(path, "an encrypted file in it")
    if len({entry.filename for entry in entries}) < len(entries):
        raise _refused(path, "two files of one name in it")
    size = path.stat().st_size
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if packed > size or unpacked > MOST_ENLARGED * size + _SMALL or len(entries) > MOST_FILES:
        raise _refused(path, f"one that claims to unpack to {unpacked / 1e6:.0f} MB")


def _manifest(archive: zipfile.ZipFile, path: Path, kind: ArchiveKind) -> dict[str, Any]:
    about: Any = None
    if MANIFEST in archive.namelist() and archive.getinfo(MANIFEST).file_size < _SMALL:
        about = json.loads(archive.read(MANIFEST))
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise _refused(path, "a zip file of something else")
    version, found = about.get("version"), about.get("kind")
    if not isinstance(version, int) or version > VERSION:
        raise InputError(
            f"{path.name}: expected version {VERSION}, found {shown(version)}, written by a newer "
            "version of this program. Update the program to read it."
        )
    if found != kind:
        told = _WHAT.get(found) if isinstance(found, str) else None
        raise InputError(
            f"{path.name}: expected {_WHAT[kind]}, found {told or shown(found)}. "
            + ("Restore it with `posture restore`." if found == "backup" else "Import it instead.")
        )
    return about


def _check_sums(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """Compare every file with its checksum; return the checksums by name."""
    if CHECKSUMS not in archive.namelist():
        raise _refused(path, "no list of checksums in it")
    longest = (_LONGEST_NAME + 70) * len(archive.namelist())
    if archive.getinfo(CHECKSUMS).file_size > longest:
        raise _refused(path, "a list of checksums longer than its files need")
    lines = archive.read(CHECKSUMS).decode("utf-8").splitlines()
    matches = [_LINE.fullmatch(line) for line in lines]
    sums = {match[2]: match[1] for match in matches if match is not None}
    names = [name for name in archive.namelist() if name != CHECKSUMS]
    if len(sums) < len(lines) or sums.keys() != set(names):
        odd = sorted(sums.keys() ^ set(names))
        raise _refused(path, f"checksums that do not fit its files{_first(odd)}")
    for name in names:
        digest = hashlib.sha256()
        with archive.open(name) as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != sums[name]:
            raise _refused(path, f"that {name} was changed or damaged")
    return sums


@contextmanager
def scratch_folder(parent: Path | None = None) -> Iterator[Path]:
    """Yield a folder closed to others, and remove it at the end."""
    with TemporaryDirectory(prefix=_SCRATCH, suffix=".partial", dir=parent) as name:
        yield Path(name)


def remove_left_over(path: Path) -> None:
    """Remove what crashes left beside an archive, for it holds clients' data.

    Only what is older than a day: it may be someone's who is writing now.
    """
    yesterday = time.time() - 24 * 3600
    left = (f"{_SCRATCH}*.partial", f".{path.name[:40]}.*.partial")
    for found in (entry for pattern in left for entry in path.parent.glob(pattern)):
        with suppress(OSError):
            if found.stat().st_mtime < yesterday:
                shutil.rmtree(found) if found.is_dir() else found.unlink()


def _first(names: list[str]) -> str:
    return f" ({shown(names[0])})" if names else ""


def _refused(path: Path, found: str) -> InputError:
    return InputError(
        f"{path.name}: expected an archive as this program writes it, found {found}. Nothing was "
        "changed. Use the file as it was written."
    )


def _expect_safe(name: str) -> None:
    """Refuse names that lead out of a folder, or that some system reads otherwise."""
    if len(name) > _LONGEST_NAME or not all(map(_NAME.fullmatch, name.split("/"))):
        raise InputError(
            f"Expected plain names in the archive, found {shown(name)}. Nothing was changed. Use "
            "the file as it was written."
        )
