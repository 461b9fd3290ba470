"""Photos as files, under names made of their content.

`ab/abcd…` holds the photo of that SHA-256, byte for byte as it was given, and
`ab/abcd….name` what was made of it. A file appears whole or not at all: it is written
under a temporary name, forced to the disk and moved into place. A photo's file is never
written again, but to encrypt it.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from posture.records.errors import NotFoundError, PassphraseError, RecordsError

__all__ = ["ENCRYPTED_SINCE", "MAGIC", "Cipher", "PhotoFiles", "make_private_folder", "sha256_of"]

_SHA = re.compile(r"[0-9a-f]{64}")
_DERIVED_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}\.[a-z0-9]{1,8}")
_PARTIAL = ".partial"

MAGIC = b"posture\x01"
"""How an encrypted file begins, which no picture does."""

ENCRYPTED_SINCE = (
    "Expected photos that are not encrypted, found them encrypted meanwhile. Open the records "
    "again, with the passphrase."
)


class Cipher(Protocol):
    """Locks and unlocks a file's bytes; `name` binds them to their place."""

    def lock(self, data: bytes, name: str) -> bytes:
        """Return the bytes to store."""
        ...

    def unlock(self, data: bytes, name: str) -> bytes:
        """Return what `lock` was given."""
        ...


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def make_private_folder(path: Path) -> None:
    """Make a folder that only its owner can enter, where there is none yet."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise RecordsError(
            f"{path}: expected a folder for the records, found: {error.strerror}. Name another."
        ) from error


class PhotoFiles:
    """The folder of photos. `cipher` is None where they are kept as they are."""

    def __init__(self, folder: Path, cipher: Cipher | None = None) -> None:
        make_private_folder(folder)
        self.folder = folder
        self.cipher = cipher

    def put_photo(self, data: bytes) -> str:
        """Keep a photo and return its SHA-256. One that is there already stays untouched."""
        sha = sha256_of(data)
        if not self.path(sha).exists():
            self._write(sha, data)
        return sha

    def photo(self, sha: str) -> bytes:
        """Return a photo's bytes.

        Raises
        ------
        NotFoundError
            If there is none.
        RecordsError
            If its bytes are no longer those it was kept with.
        """
        data = self._read(sha)
        if data is None:
            raise NotFoundError(f"Expected a photo {sha[:12]}…, found none. Look it up again.")
        if sha256_of(data) != sha:
            raise RecordsError(
                f"Photo {sha[:12]}…: expected the bytes it was kept with, found others. The file "
                "is damaged; restore it from a backup."
            )
        return data

    def put_stored(self, sha: str, stored: bytes) -> None:
        """Keep a photo's file as another folder stored it, encrypted or not."""
        self._store(sha, stored)

    def put_derived(self, sha: str, name: str, data: bytes) -> None:
        """Keep something made of a photo, in place of what had its name."""
        self._write(f"{sha}.{_checked(name)}", data)

    def derived(self, sha: str, name: str) -> bytes | None:
        """Return something made of a photo, None where there is none."""
        return self._read(f"{sha}.{_checked(name)}")

    def shas(self) -> set[str]:
        """Return the SHA-256 of every photo that has a file, its own or a derived one."""
        return {path.name[:64] for path in self._files()}

    def remove(self, sha: str) -> int:
        """Remove a photo and all made of it; return how many derived files there were."""
        derived = 0
        for path in self.path(sha).parent.glob(f"{sha}*"):
            path.unlink()
            derived += path.name != sha
        return derived

    def plain_names(self) -> list[str]:
        """Return the names of the files that are not encrypted."""
        return [path.name for path in self._files() if not _is_locked(path)]

    def encrypt(self, name: str) -> None:
        """Put a file's encrypted form in its place, if it is still there and plain."""
        path = self.path(name)
        if path.exists() and not _is_locked(path):
            self._write(name, path.read_bytes())

    def remove_partial(self) -> None:
        """Remove what a crash left half-written. Nobody may be writing meanwhile."""
        for path in self.folder.glob(f"*{_PARTIAL}"):
            path.unlink()

    def _files(self) -> Iterator[Path]:
        """Yield every file that is in place."""
        for path in self.folder.glob("*/*"):
            if _SHA.fullmatch(path.name[:64]):
                yield path

    def path(self, name: str) -> Path:
        """Return where a photo or a derived file lies, or would lie."""
        if not _SHA.fullmatch(name[:64]):
            raise NotFoundError("Expected a photo's SHA-256, found something else.")
        return self.folder / name[:2] / name

    def _read(self, name: str) -> bytes | None:
        try:
            data = self.path(name).read_bytes()
        except FileNotFoundError:
            return None
        if self.cipher is not None:
            return self.cipher.unlock(data, name)
        if data.startswith(MAGIC):
            raise PassphraseError(ENCRYPTED_SINCE)
        return data

    def _write(self, name: str, data: bytes) -> None:
        self._store(name, data if self.cipher is None else self.cipher.lock(data, name))

    def _store(self, name: str, stored: bytes) -> None:
        path = self.path(name)
        partial = self.folder / f".{name[:12]}.{secrets.token_hex(4)}{_PARTIAL}"
        try:
            if not path.parent.exists():
                make_private_folder(path.parent)
                _sync_folder(self.folder)
            descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(stored)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise RecordsError(
                f"Expected to keep a file of {len(stored) / 1e6:.1f} MB with the records, found: "
                f"{error.strerror}. Nothing was changed."
            ) from error
        finally:
            partial.unlink(missing_ok=True)


def _is_locked(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def _checked(name: str) -> str:
    if not _DERIVED_NAME.fullmatch(name):
        raise ValueError(f"expected a name such as pose.npz, found {name!r}")
    return name


def _sync_folder(folder: Path) -> None:
    """Force a folder's list of names to the disk, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
