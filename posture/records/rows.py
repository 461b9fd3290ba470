"""From rows to the plain records that leave this package, and landmarks back to rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar, get_args

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Session

from posture.anatomy import Method, View
from posture.assess import Role
from posture.assessment_file import assessment_from_dict
from posture.capture.options import CaptureOptions, options_from_plain
from posture.errors import InputError
from posture.landmarks import Landmark, LandmarkSet
from posture.records.further_types import FURTHER_ROLES, FurtherPhoto, FurtherRecord
from posture.records.models import (
    AssessmentRow,
    ClientRow,
    ConsentRow,
    FurtherPhotoRow,
    FurtherRow,
    LandmarkChangeRow,
    LandmarkRow,
    PhotoRow,
    VisitRow,
)
from posture.records.types import (
    AssessmentRecord,
    ClientRecord,
    ConsentRecord,
    LandmarkChange,
    PhotoRecord,
    VisitRecord,
)

__all__ = [
    "assessment_record",
    "client_record",
    "consent_record",
    "further_photo",
    "further_record",
    "in_order",
    "landmark_changes",
    "landmark_from_plain",
    "landmark_to_plain",
    "photo_record",
    "placed_landmarks",
    "visit_record",
]

Record = TypeVar("Record")


def client_record(session: Session, row: ClientRow) -> ClientRecord:
    """Return a client with what they agreed to."""
    consents = session.scalars(
        select(ConsentRow)
        .where(ConsentRow.client_id == row.id)
        .order_by(ConsentRow.given, ConsentRow.added, ConsentRow.id)
    )
    return _record(ClientRecord, row, consents=tuple(map(consent_record, consents)))


def consent_record(row: ConsentRow) -> ConsentRecord:
    """Return a consent."""
    return _record(ConsentRecord, row)


def photo_record(row: PhotoRow) -> PhotoRecord:
    """Return what is known of a photo."""
    return _record(PhotoRecord, row, view=View(row.view) if row.view else None)


def visit_record(session: Session, row: VisitRow) -> VisitRecord:
    """Return a visit with all that hangs on it, by one query for each kind of thing."""
    photos = select(PhotoRow).where(PhotoRow.visit_id == row.id)
    latest = session.scalar(
        select(AssessmentRow)
        .where(AssessmentRow.visit_id == row.id)
        .order_by(AssessmentRow.number.desc())
        .limit(1)
    )
    return _record(
        VisitRecord,
        row,
        photos=in_order(map(photo_record, session.scalars(photos))),
        placed=placed_landmarks(session, row.id),
        capture=CaptureOptions() if row.capture is None else options_from_plain(row.capture),
        assessment=None if latest is None else assessment_from_dict(latest.document),
        assessment_is_current=latest is not None and latest.of_version >= row.input_version,
    )


def in_order(photos: Iterable[PhotoRecord]) -> tuple[PhotoRecord, ...]:
    """Return photos in the order front, side, back, and within a role by number."""
    roles = get_args(Role)
    return tuple(sorted(photos, key=lambda photo: (roles.index(photo.role), photo.number)))


def assessment_record(row: AssessmentRow) -> AssessmentRecord:
    """Return an assessment."""
    return _record(AssessmentRecord, row, assessment=assessment_from_dict(row.document))


def further_photo(row: FurtherPhotoRow) -> FurtherPhoto:
    """Return what is known of a photo of a further assessment."""
    return _record(FurtherPhoto, row)


def further_record(row: FurtherRow, photos: Iterable[FurtherPhoto]) -> FurtherRecord:
    """Return a further assessment with its photos in their order.

    Raises
    ------
    InputError
        If its document was damaged.
    """
    if row.measured is not None and not isinstance(row.document, dict):
        raise InputError("document: expected an assessment of this program, found it damaged.")
    order = FURTHER_ROLES[row.kind]  # type: ignore[index]
    return _record(
        FurtherRecord, row, photos=tuple(sorted(photos, key=lambda one: order.index(one.role)))
    )


def placed_landmarks(session: Session, visit_id: str) -> dict[str, dict[View, LandmarkSet]]:
    """Return the landmarks placed on a visit's photos, per photo's id and view."""
    rows = session.scalars(
        select(LandmarkRow)
        .join(PhotoRow, PhotoRow.id == LandmarkRow.photo_id)
        .where(PhotoRow.visit_id == visit_id)
        .order_by(LandmarkRow.view, LandmarkRow.name)
    )
    placed: defaultdict[tuple[str, View], dict[str, Landmark]] = defaultdict(dict)
    for row in rows:
        placed[row.photo_id, View(row.view)][row.name] = Landmark(
            x_px=row.x_px, y_px=row.y_px, method=Method(row.method), sd_px=row.sd_px
        )
    by_photo: dict[str, dict[View, LandmarkSet]] = {}
    for (photo_id, view), marks in placed.items():
        by_photo.setdefault(photo_id, {})[view] = LandmarkSet(marks)
    return by_photo


def landmark_changes(session: Session, visit_id: str) -> list[LandmarkChange]:
    """Return every change of a visit's placed landmarks, the oldest first."""
    of_visit = select(LandmarkChangeRow).where(LandmarkChangeRow.visit_id == visit_id)
    return [
        _record(
            LandmarkChange,
            row,
            view=View(row.view),
            before=landmark_from_plain(row.before),
            after=landmark_from_plain(row.after),
        )
        for row in session.scalars(of_visit.order_by(LandmarkChangeRow.id))
    ]


def landmark_to_plain(mark: Landmark | None) -> dict[str, Any] | None:
    """Return a landmark as columns or JSON hold it."""
    return None if mark is None else {**asdict(mark), "method": mark.method.value}


def landmark_from_plain(plain: Mapping[str, Any] | None) -> Landmark | None:
    """Return what `landmark_to_plain` was given."""
    return None if plain is None else Landmark(**{**plain, "method": Method(plain["method"])})


def _record(kind: type[Record], row: DeclarativeBase, **made: object) -> Record:
    """Return a record of the row's columns of the same names, and of what was `made`."""
    names = (item.name for item in fields(kind))  # type: ignore[arg-type]
    return kind(**{name: made[name] if name in made else getattr(row, name) for name in names})
