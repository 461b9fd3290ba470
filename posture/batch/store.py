"""The folder of a batch's results: what is done, what was in work, and by which software.

::

    batch.json                      which program and versions made this
    batch.lock                      empty; locked while a run is at work
    visits/CLIENT/VISIT/…           one visit's files; result.json, written last, says it is done
    in-work/…                       one marker for each visit that is being worked

Every file appears whole or not at all, so that whatever kills the program, what is there can
be used and the next run goes on from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from posture.batch.files import content_sha256, is_url, stamp
from posture.batch.lock import LOCK_NAME, folder_locked
from posture.batch.types import PlannedVisit
from posture.batch.worker import Outcome
from posture.errors import InputError
from posture.output import write_atomically
from posture.strict_json import read_json

__all__ = ["Store", "open_store"]

SCHEMA_VERSION = 1
_PROGRAM = "posture batch"
_MARKER = "batch.json"
_RESULT = "result.json"


class Store:
    """The results of one batch. Made by `open_store`."""

    def __init__(self, folder: Path, software: Mapping[str, str]) -> None:
        self.folder = folder
        self.software = dict(software)
        self._visits = folder / "visits"
        self._in_work = folder / "in-work"

    def visit_folder(self, visit: PlannedVisit) -> Path:
        """Return where the files of a visit go."""
        return self._visits / visit.folder

    def result(self, visit: PlannedVisit) -> dict[str, Any] | None:
        """Return what is recorded of a visit, None where it is not done."""
        try:
            text = (self.visit_folder(visit) / _RESULT).read_bytes()
            found: dict[str, Any] = json.loads(text)
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def is_done(self, visit: PlannedVisit, options: Mapping[str, object]) -> bool:
        """Whether a visit was worked from the same content, software and options."""
        found = self.result(visit)
        if found is None:
            return False
        landmarks = content_sha256(visit.landmarks) if visit.landmarks else ""
        return (
            found["software"] == self.software
            and found["options"] == dict(options)
            and found["client"] == {"id": visit.client.id, "height_cm": visit.client.height_cm}
            and found["date"] == visit.date
            and found["landmarks_sha256"] == landmarks
            and self._same_photos(visit, found["photos"])
            and all((self.visit_folder(visit) / name).is_file() for name in found["files"])
        )

    def failure_count(self, visit: PlannedVisit) -> int:
        """Return how many failures are recorded of a visit."""
        found = self.result(visit)
        return len(found["failures"]) if found else 0

    def keep(self, visit: PlannedVisit, outcome: Outcome) -> None:
        """Write a visit's files, the one that says it is done last.

        Raises
        ------
        InputError
            If the folder cannot be written.
        PostureError
            If the disk is full.
        """
        folder = self.visit_folder(visit)
        _make(folder)
        (folder / _RESULT).unlink(missing_ok=True)
        for name, content in outcome.files.items():
            if name != _RESULT:
                write_atomically(folder / name, content)
        write_atomically(folder / _RESULT, outcome.files[_RESULT])
        self.unmark(visit)

    def mark(self, visit: PlannedVisit, *, strikes: int | None = None) -> None:
        """Note that a visit is in work; with `strikes` that it is worked alone.

        `strikes` is how often it killed a worker while it was worked alone, this time
        included, which is taken back when it ends well.
        """
        _make(self._in_work)
        write_atomically(self._marker(visit), json.dumps({"strikes": strikes or 0}))

    def unmark(self, visit: PlannedVisit) -> None:
        """Note that a visit is in work no more."""
        self._marker(visit).unlink(missing_ok=True)

    def strikes(self, visit: PlannedVisit) -> int | None:
        """Return the marker that a killed run left of a visit, None where it left none."""
        try:
            return int(json.loads(self._marker(visit).read_text(encoding="utf-8"))["strikes"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError):
            return 0

    def _marker(self, visit: PlannedVisit) -> Path:
        name = hashlib.sha256("\n".join(visit.key).encode()).hexdigest()[:32]
        return self._in_work / f"{name}.json"

    @staticmethod
    def _same_photos(visit: PlannedVisit, recorded: list[dict[str, str]]) -> bool:
        if [(p.file, p.shown_view) for p in visit.photos] != [
            (p["file"], p["view"]) for p in recorded
        ]:
            return False
        return all(
            (not is_url(photo.place) and stamp(photo.place) == known["stamp"] != "")
            or content_sha256(photo.place) == known["sha256"] != ""
            for photo, known in zip(visit.photos, recorded, strict=True)
        )


@contextmanager
def open_store(folder: Path, software: Mapping[str, str], *, redo: bool = False) -> Iterator[Store]:
    """Yield the results in `folder`, which is made if it is missing, and keep other runs out.

    Parameters
    ----------
    folder
        New, empty, or of an earlier run of this batch.
    software
        What makes the results now.
    redo
        Take a folder that other versions made, and assess everything in it anew.

    Raises
    ------
    InputError
        If it holds anything else, or results of another version, or cannot be written, or
        another run is at work on it.
    """
    _make(folder)
    _check_folder(folder, software, redo=redo)
    with folder_locked(folder):
        head = {"program": _PROGRAM, "schema_version": SCHEMA_VERSION, "software": dict(software)}
        write_atomically(folder / _MARKER, json.dumps(head, indent=2) + "\n")
        yield Store(folder, software)


def _check_folder(folder: Path, software: Mapping[str, str], *, redo: bool) -> None:
    """Refuse a folder that holds anything but results of this version."""
    marker = folder / _MARKER
    if marker.exists():
        _check(marker, software, redo=redo)
    elif names := sorted(p.name for p in folder.iterdir() if not _is_ours(p.name)):
        raise InputError(
            f"{folder}: expected a new or empty folder, or one of an earlier `posture batch`, "
            f"found one that holds {names[0]}. Name another folder."
        )


def _is_ours(name: str) -> bool:
    """Whether a run that was killed before it began may have left a file of this name."""
    return name == LOCK_NAME or name.endswith(".partial")


def _check(marker: Path, software: Mapping[str, str], *, redo: bool) -> None:
    head = read_json(marker, what="batch file")
    if not isinstance(head, dict) or head.get("program") != _PROGRAM:
        raise InputError(
            f"{marker.parent}: expected a folder of `posture batch`, found a batch.json of "
            "another program. Name another folder."
        )
    if head.get("schema_version") != SCHEMA_VERSION:
        raise InputError(
            f"{marker.parent}: expected results of format {SCHEMA_VERSION}, found format "
            f"{head.get('schema_version')}, of another version of this program. Name another "
            "folder."
        )
    made_by = head.get("software")
    if made_by == dict(software) or redo:
        return
    found = made_by if isinstance(made_by, dict) else {}
    names = sorted(n for n in {*found, *software} if found.get(n) != software.get(n))
    raise InputError(
        f"{marker.parent}: expected results of this version, found results made with another "
        f"{', '.join(names)}; two versions are not mixed in one table. Give --redo to assess "
        "everything anew, or name another folder."
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: expected a folder that can be made and written, found: "
            f"{error.strerror or error}. Name another folder, or allow writing."
        ) from error
