"""What a worker process does: one visit after another, with one assessor for all of them.

Nothing is written here. A visit's files go back to the process that planned the batch, so
that a worker needs no access to the results, and there is one place where a full disk shows.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import parent_process
from multiprocessing.util import Finalize
from types import MappingProxyType
from typing import TYPE_CHECKING

from posture.batch.files import content_sha256, is_url, read_content, read_planned_photo, stamp
from posture.batch.pictures import files_of
from posture.batch.types import Failure, PlannedPhoto, PlannedVisit, Settings
from posture.errors import InputError, PhotoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.anatomy import View
    from posture.assess import GivenPhoto
    from posture.landmarks import LandmarkSet
    from posture.results import Assessment
    from posture.visit import AssessedVisit, Assessor

__all__ = [
    "Outcome",
    "assess_visit",
    "failed_visit",
    "failure_of",
    "open_heavy_assessor",
    "prepare_worker",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that a visit gave: the files for its folder, the last of which says it is done."""

    files: Mapping[str, bytes]
    software: Mapping[str, str]
    photos: int
    failures: int


_one_at_a_time = threading.Lock()  # a worker of a cluster may run several threads
_open: dict[Callable[[], Assessor], Assessor] = {}


def open_heavy_assessor() -> Assessor:
    """Open the assessor that clinical measures are estimated with."""
    from posture.visit import Assessor

    return Assessor()


def prepare_worker(threads: int) -> None:
    """Leave Ctrl-C to the parent, outlive it by nothing, and use no more threads than it may."""
    import signal

    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(threads)


def _end_with_parent() -> None:
    """End this process as soon as its parent is gone, however that was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def assess_visit(visit: PlannedVisit, settings: Settings) -> Outcome:
    """Assess one visit and return its files; in each process one at a time.

    Photos that cannot be read or measured become failures. Errors that would meet every
    visit alike, such as missing weights, are raised.
    """
    with _one_at_a_time:
        return _assess_visit(visit, settings)


def failed_visit(
    visit: PlannedVisit, settings: Settings, software: Mapping[str, str], failure: Failure
) -> Outcome:
    """Return the outcome of a visit that could not be worked at all."""
    return _outcome(
        visit, settings, software, {}, [failure], [stamp(p.place) for p in visit.photos]
    )


def _assess_visit(visit: PlannedVisit, settings: Settings) -> Outcome:
    stamps = [stamp(photo.place) for photo in visit.photos]
    given, failures = _read(visit)
    assessed = None
    if given:
        try:
            assessed = _assess(visit, given, _landmarks(visit), settings)
        except InputError as error:
            failures.append(failure_of(visit, "landmarks", str(error)))
    files: dict[str, bytes] = {}
    if assessed is not None:
        failures += _refusals(visit, assessed, [photo for photo, _ in given])
        if assessed.is_usable:
            files = files_of(assessed, settings)
    return _outcome(
        visit,
        settings,
        _assessor(settings).software,
        files,
        failures,
        stamps,
        checksums={photo.file: item.photo.file_sha256 for photo, item in given},
        findings=_findings(assessed) if files else (),
        measures=_rows(assessed.assessment, visit) if assessed and files else (),
    )


def _outcome(
    visit: PlannedVisit,
    settings: Settings,
    software: Mapping[str, str],
    files: Mapping[str, bytes],
    failures: list[Failure],
    stamps: list[str],
    *,
    checksums: Mapping[str, str] = MappingProxyType({}),
    findings: Sequence[str] = (),
    measures: Sequence[Sequence[str]] = (),
) -> Outcome:
    """Return the files with the record that says what they were made of."""
    record = {
        "client": asdict(visit.client),
        "visit": visit.visit,
        "date": visit.date,
        "photos": [
            {
                "file": photo.file,
                "view": photo.shown_view,
                "sha256": checksums.get(photo.file) or content_sha256(photo.place),
                "stamp": mark,
            }
            for photo, mark in zip(visit.photos, stamps, strict=True)
        ],
        "landmarks_sha256": content_sha256(visit.landmarks) if visit.landmarks else "",
        "options": settings.options(visit),
        "software": dict(software),
        "files": sorted(files),
        "failures": [asdict(failure) for failure in failures],
        "findings": findings,
        "measures": measures,
    }
    text = json.dumps(record, ensure_ascii=False)
    return Outcome(
        files={**files, "result.json": text.encode()},
        software=dict(software),
        photos=len(visit.photos),
        failures=len(failures),
    )


def failure_of(
    visit: PlannedVisit, step: str, message: str, photo: PlannedPhoto | None = None
) -> Failure:
    """Return a failure whose message is parted into its reason and what to do."""
    told = " ".join(message.split())
    reason, stop, remedy = told.partition(". ")
    if not stop:
        reason, _, remedy = told.partition("; ")
    return Failure(
        client=visit.client.id,
        visit=visit.visit,
        view=photo.shown_view if photo else "",
        file=photo.file if photo else "",
        step=step,
        reason=reason.rstrip("."),
        remedy=remedy or "Take the photo again, or leave it out",
    )


def _assessor(settings: Settings) -> Assessor:
    """Return this process's assessor, opened with the first visit."""
    make = settings.make_assessor
    if make not in _open:
        _open[make] = made = make()
        # Closed before the interpreter ends the threads that closing needs.
        Finalize(None, made.close, exitpriority=10)
    return _open[make]


def _read(visit: PlannedVisit) -> tuple[list[tuple[PlannedPhoto, GivenPhoto]], list[Failure]]:
    """Return the photos that can be read, and why others cannot."""
    from posture.assess import GivenPhoto

    given: list[tuple[PlannedPhoto, GivenPhoto]] = []
    failures: list[Failure] = []
    for photo in visit.photos:
        try:
            read = read_planned_photo(photo.place)
        except PhotoError as error:
            told = str(error).replace(photo.place, photo.file)
            failures.append(failure_of(visit, "read", told, photo))
        else:
            given.append((photo, GivenPhoto(photo=read, role=photo.role, view=photo.view)))
    return given, failures


def _landmarks(visit: PlannedVisit) -> Mapping[View, LandmarkSet]:
    """Return the landmarks placed by hand."""
    import tempfile
    from pathlib import Path

    from posture.landmark_file import read_landmark_file

    if not visit.landmarks:
        return {}
    if not is_url(visit.landmarks):
        return read_landmark_file(visit.landmarks)
    try:
        content = read_content(visit.landmarks)
    except OSError as error:
        raise InputError(
            f"{visit.landmarks}: expected a file of landmarks, found: {error}. Correct the "
            "address, or allow this computer to read it."
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / visit.landmarks.rsplit("/", 1)[-1]
        copy.write_bytes(content)
        return read_landmark_file(copy)


def _assess(
    visit: PlannedVisit,
    given: Sequence[tuple[PlannedPhoto, GivenPhoto]],
    landmarks: Mapping[View, LandmarkSet],
    settings: Settings,
) -> AssessedVisit:
    read = [photo for photo, _ in given]
    unread: dict[str, str] = {
        photo.role: "it could not be read" for photo in visit.photos if photo not in read
    }
    # The day of the visit is the time of the assessment: it is what before and after go by,
    # and the same photos give the same file whenever they are assessed.
    created = f"{visit.date}T12:00:00+00:00" if visit.date else None
    return _assessor(settings).assess_photos(
        [item for _, item in given],
        visit.client,
        hand_placed=landmarks,
        unread=unread,
        created=created,
        capture=settings.capture_of(visit),
    )


def _refusals(
    visit: PlannedVisit, assessed: AssessedVisit, photos: Sequence[PlannedPhoto]
) -> list[Failure]:
    return [
        failure_of(visit, "assess", record.refusal, photo)
        for photo, record in zip(photos, assessed.assessment.photos, strict=True)
        if record.refusal is not None
    ]


def _rows(assessment: Assessment, visit: PlannedVisit) -> list[list[str]]:
    """Return the visit's rows of the table of measures."""
    from posture.assessment_file import measure_rows

    rows = measure_rows(assessment, visit=visit.visit)
    return [list((row | {"date": visit.date}).values()) for row in rows]


def _findings(assessed: AssessedVisit | None) -> list[str]:
    found = assessed.assessment.findings if assessed else ()
    return list(dict.fromkeys(finding.title for finding in found))
