"""Write results so that nothing is ever left half-written.

Files are made under a temporary name on the same file system and moved into place when
they are whole. A run that fails, or is stopped, leaves what was there before.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from posture.errors import InputError, PostureError

__all__ = ["open_atomically", "output_directory", "write_atomically"]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def output_directory(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield an empty folder whose files appear in `path` when the block ends well.

    Parameters
    ----------
    path
        Where results go. It and its parents are made at the end if they are missing. If
        it exists, files of the same name are replaced one by one and others stay.

    Raises
    ------
    InputError
        If `path` cannot be written: it is a file, or there is no permission, or it holds
        a folder where a result goes. Found before the block runs, as far as it can be.
    PostureError
        If the disk is full.

    Notes
    -----
    The folder lies inside `path` if that exists (which may be a mounted volume), else
    beside it; both are on the same file system as the result.
    """
    shown = Path(path)
    target = shown.resolve()
    with _explained(shown, foreign=False):
        staging = _make_staging(target, shown)
    try:
        with _explained(shown, foreign=True):
            yield staging
        with _explained(shown, foreign=False):
            _publish(staging, target, shown)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_atomically(path: str | os.PathLike[str], data: str | bytes) -> None:
    """Write a file whole or not at all; text as UTF-8 with the line ends it has.

    Raises
    ------
    InputError
        If the place cannot be written.
    PostureError
        If the disk is full.
    """
    with open_atomically(path) as stream:
        stream.write(data.encode() if isinstance(data, str) else data)


@contextmanager
def open_atomically(path: str | os.PathLike[str], *, mode: int | None = None) -> Iterator[BinaryIO]:
    """Yield a stream whose content appears at `path` when the block ends well.

    Parameters
    ----------
    path
        The file.
    mode
        Who may read and write it; None leaves that to the user's own mask.

    Raises
    ------
    InputError
        If the place cannot be written.
    PostureError
        If the disk is full.
    """
    shown = Path(path)
    target = shown.resolve()
    partial = target.with_name(_partial_name(target.name))
    with _explained(shown, foreign=False):
        if target.is_dir():
            raise InputError(f"{shown}: expected a file to write, found a folder. Name a file.")
        stream = partial.open("xb")
    try:
        # Closing writes what is left, so that it too may find the disk full.
        with _explained(shown, foreign=True), stream:
            if mode is not None:
                partial.chmod(mode)  # while it is still empty
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        with _explained(shown, foreign=False):
            partial.replace(target)
    finally:
        with _explained(shown, foreign=False):
            partial.unlink(missing_ok=True)


def _make_staging(target: Path, shown: Path) -> Path:
    home = target
    while not home.exists() and home != home.parent:
        home = home.parent
    if not home.is_dir():
        what = shown if home == target else home
        raise InputError(
            f"{what}: expected a folder for the results, found a file. Name another folder."
        )
    staging = home / _partial_name(target.name)
    staging.mkdir()
    return staging


def _partial_name(name: str) -> str:
    # Long names are cut: most file systems end at 255 bytes.
    return f".{name[:40]}.{secrets.token_hex(4)}.partial"


def _publish(staging: Path, target: Path, shown: Path) -> None:
    """Move everything into place; check what can be checked before the first move."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        staging.rename(target)
        return
    sources = sorted(staging.rglob("*"))
    for source in sources:
        place = target / source.relative_to(staging)
        if place.exists() and place.is_dir() != source.is_dir():
            kinds = ("folder", "file") if source.is_dir() else ("file", "folder")
            raise InputError(
                f"{shown / source.relative_to(staging)}: expected room for a {kinds[0]}, found "
                f"a {kinds[1]} of that name. Move it away, or name another folder."
            )
    for source in sources:
        place = target / source.relative_to(staging)
        if source.is_dir():
            place.mkdir(exist_ok=True)
        else:
            source.replace(place)


@contextmanager
def _explained(shown: Path, *, foreign: bool) -> Iterator[None]:
    """Turn errors of the file system into ours.

    In `foreign` code only a full disk is known to be about writing; any other error may
    be about something else and passes.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise PostureError(
                f"{shown}: expected room on the disk for the results, found none left. Free "
                "some space, or write to another disk; what was there before is unchanged."
            ) from error
        if foreign:
            raise
        if error.errno in _NOT_ALLOWED:
            reason = "no permission to write there"
        else:
            reason = error.strerror or str(error)
        raise InputError(
            f"{shown}: expected a place that can be written, found: {reason}. Name another "
            "place, or allow writing."
        ) from error
