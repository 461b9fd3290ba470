"""One client of the records as files of an archive, and back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from posture.anatomy import View
from posture.assess import role_of
from posture.assessment_file import MEASURE_COLUMNS, measure_rows
from posture.capture.options import CaptureOptions, options_from_plain, options_to_plain
from posture.file_kind import Kind
from posture.landmarks import Landmark, LandmarkSet
from posture.records.archive_entries import (
    AssessmentEntry,
    ChangeEntry,
    ClientFile,
    ConsentEntry,
    FurtherEntry,
    FurtherPhotoEntry,
    MarkEntry,
    PhotoEntry,
    VisitEntry,
)
from posture.records.further_types import FurtherPhoto, FurtherRecord, check_further_document
from posture.records.types import (
    AssessmentRecord,
    ClientHistory,
    ClientRecord,
    ConsentRecord,
    LandmarkChange,
    PhotoRecord,
    VisitHistory,
    VisitRecord,
)
from posture.results import Assessment

__all__ = ["FolderNames", "client_file", "client_history", "measures_csv"]

EXTENSIONS: Mapping[Kind, str] = {
    "JPEG": "jpg",
    "PNG": "png",
    "WebP": "webp",
    "TIFF": "tif",
    "HEIC": "heic",
}


DOCUMENT = "assessment.json"
"""The file of a further assessment's document, in its folder."""

_PHOTO = "id role number view sha256 kind size_bytes added"
_FURTHER = "id kind test side taken note measured added changed version"


def client_file(history: ClientHistory) -> ClientFile:
    """Return a client's file: visits in the order of their days, each in a folder of its own."""
    client = history.client
    visits = sorted(
        history.visits, key=lambda item: (item.visit.taken, item.visit.added, item.visit.id)
    )
    folders = FolderNames()
    return ClientFile(
        **_plain(client, "id code name birth_year height_cm added changed version"),
        consents=tuple(
            ConsentEntry(**_plain(consent, "id scope given withdrawn note added"))
            for consent in client.consents
        ),
        visits=tuple(
            _visit_entry(item, folders.add(item.visit.taken.isoformat())) for item in visits
        ),
        further=tuple(
            _further_entry(item, folders.add(f"{item.taken.isoformat()}-{item.test or item.kind}"))
            for item in sorted(history.further, key=lambda one: (one.taken, one.added, one.id))
        ),
    )


def client_history(
    client: ClientFile,
    assessments: Mapping[tuple[str, str], Assessment],
    documents: Mapping[str, object],
) -> ClientHistory:
    """Return what the records keep of a client's file.

    Parameters
    ----------
    client
        The file.
    assessments
        Those it names, by the visit's folder and their own file.
    documents
        Those of its further assessments that were measured, by folder.

    Raises
    ------
    InputError
        If a document is none of its assessment's kind.
    """
    consents = tuple(
        ConsentRecord(client_id=client.id, **_plain(item, "id scope given withdrawn note added"))
        for item in client.consents
    )
    record = ClientRecord(
        **_plain(client, "id code name birth_year height_cm added changed version"),
        consents=consents,
    )
    visits = tuple(_visit_history(client, visit, assessments) for visit in client.visits)
    further = tuple(
        _further_record(client, entry, documents.get(entry.folder)) for entry in client.further
    )
    return ClientHistory(client=record, visits=visits, further=further)


def measures_csv(history: ClientHistory) -> str:
    """Return the measures of each visit's latest assessment as one table."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, MEASURE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for item in sorted(history.visits, key=lambda item: (item.visit.taken, item.visit.id)):
        if item.visit.assessment is None:
            continue
        own = {"client": history.client.code, "date": item.visit.taken.isoformat()}
        for row in measure_rows(item.visit.assessment, visit=item.visit.id):
            writer.writerow(row | own)
    return stream.getvalue()


class FolderNames:
    """Plain names for folders, numbered where several wishes are alike.

    >>> names = FolderNames()
    >>> [names.add(wish) for wish in ("K 7", "k-7", "Ü")]
    ['K-7', 'k-7-2', 'x']
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def add(self, wish: str) -> str:
        """Return a name of its own for a wish."""
        base = re.sub(r"[^A-Za-z0-9]+", "-", wish).strip("-")[:40] or "x"
        name, number = base, 1
        while name.casefold() in self._taken:  # some systems know no capitals
            number += 1
            name = f"{base}-{number}"
        self._taken.add(name.casefold())
        return name


def _visit_entry(item: VisitHistory, folder: str) -> VisitEntry:
    visit = item.visit
    is_single = len({photo.role for photo in visit.photos}) == len(visit.photos)
    return VisitEntry(
        **_plain(visit, "id taken note added changed version"),
        folder=folder,
        intake=None if visit.intake is None else dict(visit.intake),
        input_version=item.input_version,
        photos=tuple(
            PhotoEntry(
                **_plain(photo, _PHOTO),
                file=_photo_file(photo),
                landmarks={} if is_single else _mark_entries(visit.placed.get(photo.id, {})),
            )
            for photo in sorted(visit.photos, key=lambda photo: (photo.role, photo.number))
        ),
        landmarks=_mark_entries(visit.landmarks) if is_single else {},
        capture=None if visit.capture == CaptureOptions() else options_to_plain(visit.capture),
        landmark_changes=tuple(
            ChangeEntry(
                **_plain(change, "at version view name photo_id"),
                before=None if change.before is None else _mark_entry(change.before),
                after=None if change.after is None else _mark_entry(change.after),
            )
            for change in item.landmark_changes
        ),
        assessments=tuple(
            AssessmentEntry(
                **_plain(assessment, "id number of_version added"),
                file=f"assessment-{assessment.number}.json",
            )
            for assessment in item.assessments
        ),
    )


def _visit_history(
    client: ClientFile, entry: VisitEntry, assessments: Mapping[tuple[str, str], Assessment]
) -> VisitHistory:
    kept = tuple(
        AssessmentRecord(
            **_plain(item, "id number of_version added"),
            visit_id=entry.id,
            assessment=assessments[entry.folder, item.file],
        )
        for item in entry.assessments
    )
    visit = VisitRecord(
        **_plain(entry, "id taken note intake added changed version"),
        client_id=client.id,
        photos=tuple(
            PhotoRecord(**_plain(photo, _PHOTO), visit_id=entry.id) for photo in entry.photos
        ),
        placed=_placed(entry),
        capture=CaptureOptions() if entry.capture is None else options_from_plain(entry.capture),
        assessment=kept[-1].assessment if kept else None,
        assessment_is_current=bool(kept) and kept[-1].of_version >= entry.input_version,
    )
    changes = tuple(
        LandmarkChange(
            **_plain(change, "at version view name photo_id"),
            before=None if change.before is None else _mark(change.before),
            after=None if change.after is None else _mark(change.after),
        )
        for change in entry.landmark_changes
    )
    return VisitHistory(
        visit=visit,
        input_version=entry.input_version,
        landmark_changes=changes,
        assessments=kept,
    )


def _placed(entry: VisitEntry) -> dict[str, dict[View, LandmarkSet]]:
    """Return the landmarks of a visit by photo, also where its archive has them by view."""
    first = {photo.role: photo.id for photo in reversed(entry.photos)}
    found = [
        *((first.get(role_of(view), ""), view, marks) for view, marks in entry.landmarks.items()),
        *((photo.id, *placed) for photo in entry.photos for placed in photo.landmarks.items()),
    ]
    by_photo: dict[str, dict[View, LandmarkSet]] = {}
    for photo_id, view, marks in found:
        kept = LandmarkSet({name: _mark(mark) for name, mark in marks.items()})
        by_photo.setdefault(photo_id, {})[view] = kept
    return by_photo


def _photo_file(photo: PhotoRecord) -> str:
    """Return a photo's name in its visit's folder, such as front.jpg or front-2.jpg."""
    number = f"-{photo.number}" if photo.number > 1 else ""
    return f"{photo.role}{number}.{EXTENSIONS[photo.kind]}"


def _further_entry(item: FurtherRecord, folder: str) -> FurtherEntry:
    return FurtherEntry(
        **_plain(item, _FURTHER),
        folder=folder,
        photos=tuple(
            FurtherPhotoEntry(
                **_plain(photo, "id role sha256 kind size_bytes added"),
                file=f"{photo.role}.{EXTENSIONS[photo.kind]}",
            )
            for photo in item.photos
        ),
    )


def _further_record(client: ClientFile, entry: FurtherEntry, document: object) -> FurtherRecord:
    return FurtherRecord(
        **_plain(entry, _FURTHER),
        client_id=client.id,
        photos=tuple(
            FurtherPhoto(
                **_plain(photo, "id role sha256 kind size_bytes added"), further_id=entry.id
            )
            for photo in entry.photos
        ),
        document=None
        if entry.measured is None
        else check_further_document(
            entry.kind, document, test=entry.test, name=f"{entry.folder}/{DOCUMENT}"
        ),
    )


def _mark_entries(placed: Mapping[View, LandmarkSet]) -> dict[View, dict[str, MarkEntry]]:
    return {
        view: {name: _mark_entry(marks[name]) for name in sorted(marks)}
        for view, marks in sorted(placed.items())
    }


def _mark_entry(mark: Landmark) -> MarkEntry:
    return MarkEntry(**_plain(mark, "x_px y_px method sd_px"))


def _mark(entry: MarkEntry) -> Landmark:
    return Landmark(**_plain(entry, "x_px y_px method sd_px"))


def _plain(record: object, names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names.split()}
