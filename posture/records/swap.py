"""Put a finished folder in the place of another, so that a crash leaves one or the other.

No file system moves two folders at once. So the new one first gets a name that says it is
complete; from then on it counts. `finish_swap` does what is left, at once or, after a
crash, when the records are next opened.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from posture.records.errors import RecordsError

__all__ = ["finish_swap", "staging", "swap_in"]

_STAGED = ".restoring"
_READY = ".restored"


@contextmanager
def staging(place: Path) -> Iterator[Path]:
    """Yield a new folder beside `place`, closed to others, and remove it at the end.

    Raises
    ------
    RecordsError
        If it cannot be made or filled.
    """
    with _explained(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        for left in place.parent.glob(f".{place.name}.*{_STAGED}"):  # by a crash
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(mkdtemp(prefix=f".{place.name}.", suffix=_STAGED, dir=place.parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def swap_in(folder: Path, place: Path) -> Path | None:
    """Put `folder` in the place of `place`; return where the former one is kept, if any was.

    Raises
    ------
    RecordsError
        If that cannot be done. Then all is as it was.
    """
    with _explained(place):
        for path in folder.rglob("*"):
            _sync(path)
        _sync(folder)
        folder.rename(_ready(place))
        _sync(place.parent)
    try:
        return finish_swap(place)
    except RecordsError:
        with suppress(OSError):
            _ready(place).rename(folder)
        raise


def finish_swap(place: Path) -> Path | None:
    """Do what a swap has left to do; return where the former folder is kept, if one was there.

    Raises
    ------
    RecordsError
        If that cannot be done, in a folder that may not be moved for instance.
    """
    if not _ready(place).is_dir():
        return None
    former = None
    with _explained(place):
        if place.exists() and any(place.iterdir()):
            former = _free_name(place)
            place.rename(former)
        elif place.exists():
            place.rmdir()
        try:
            _ready(place).rename(place)
        except OSError:
            if former is not None:
                former.rename(place)
            raise
        _sync(place.parent)
    return former


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordsError(
            f"{place}: expected a folder that can be replaced by another, found: "
            f"{error.strerror}. Nothing was changed. Free some space, or allow writing to the "
            "folder above it."
        ) from error


def _ready(place: Path) -> Path:
    return place.with_name(f".{place.name}{_READY}")


def _free_name(place: Path) -> Path:
    number, name = 1, place.with_name(f"{place.name}-before-restore")
    while name.exists():
        number += 1
        name = place.with_name(f"{place.name}-before-restore-{number}")
    return name


def _sync(path: Path) -> None:
    """Force a file, or a folder's list of names, to the disk, where the system can."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
