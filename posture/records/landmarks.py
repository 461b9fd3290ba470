"""Landmarks that a person placed, and every change of them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from posture.anatomy import LANDMARKS, Method, View
from posture.assess import role_of
from posture.errors import InputError
from posture.landmarks import Landmark
from posture.records.models import LandmarkChangeRow, LandmarkRow, PhotoRow, VisitRow
from posture.records.rows import (
    landmark_changes,
    landmark_to_plain,
    visit_record,
)
from posture.records.transactions import Transactions, check_version, log_visit, required, touch
from posture.records.types import LandmarkChange, VisitRecord

__all__ = [
    "LandmarkRecords",
    "change_landmarks",
    "change_row",
    "expect_placed",
    "landmark_rows",
    "role_of",
]

Marks = Mapping[str, Landmark]

_PLACED = (Method.MANUAL, Method.STICKER)


class LandmarkRecords(Transactions):
    """What can be done with landmarks."""

    def place_landmarks(
        self,
        visit_id: str,
        *,
        version: int,
        landmarks: Mapping[View, Marks],
        photo_id: str | None = None,
    ) -> VisitRecord:
        """Keep the landmarks that a person placed.

        Parameters
        ----------
        landmarks
            Per view all of its placed landmarks: one that is left out is taken back, and an
            empty set takes all back. Views that are not named stay as they are.
        photo_id
            The photo they are on; None stands for the one that `VisitRecord.photo_of` gives.

        Raises
        ------
        ConflictError
            If `version` is not the visit's any more.
        InputError
            If the visit has no photo of a view, or a landmark was not placed by a person.
        """
        for view, marks in landmarks.items():
            expect_placed(view, marks)
        with self._writing() as session:
            visit = required(session, VisitRow, visit_id)
            check_version(session, visit.id, visit.version, version)
            record = visit_record(session, visit)
            photos = {view: _photo_of(record, view, photo_id) for view in landmarks}
            before: dict[View, Marks] = {
                view: record.placed.get(photo, {}).get(view, {}) for view, photo in photos.items()
            }
            changed = [view for view in landmarks if {**before[view]} != {**landmarks[view]}]
            if changed:
                touch(visit, inputs=True)
                for view in changed:
                    change_landmarks(
                        session, visit, photos[view], view, before[view], landmarks[view]
                    )
                names = [f"landmarks ({view.value})" for view in changed]
                log_visit(session, "landmarks placed", visit, fields=names)
                session.flush()
            return visit_record(session, visit)

    def landmark_history(self, visit_id: str) -> list[LandmarkChange]:
        """Return every change of a visit's placed landmarks, the oldest first."""
        with self._reading() as session:
            required(session, VisitRow, visit_id)
            return landmark_changes(session, visit_id)


def _photo_of(visit: VisitRecord, view: View, photo_id: str | None) -> str:
    """Return the id of the photo that landmarks of a view are placed on."""
    in_role = visit.photos_in(role_of(view))
    if photo_id is None:
        first = visit.photo_of(view)
        photo_id = first.id if first else ""
    if photo_id not in {photo.id for photo in in_role}:
        raise InputError(
            f"landmarks: expected those of this visit's photos, found some of the {view.value} "
            "view, which was not photographed. Add the photo first."
        )
    return photo_id


def change_landmarks(
    session: Session, visit: VisitRow, photo_id: str, view: View, before: Marks, after: Marks
) -> None:
    """Put a photo's placed landmarks in place of those before, and keep what changed."""
    alike = select(func.count()).where(
        PhotoRow.visit_id == visit.id,
        PhotoRow.role == role_of(view),
    )
    is_single = session.scalar(alike) == 1
    of_view = LandmarkRow.photo_id == photo_id, LandmarkRow.view == view.value
    session.execute(delete(LandmarkRow).where(*of_view))
    session.add_all(landmark_rows(photo_id, view, after))
    session.add_all(
        change_row(
            visit.id,
            LandmarkChange(
                at=visit.changed,
                version=visit.version,
                view=view,
                name=name,
                before=before.get(name),
                after=after.get(name),
                photo_id=None if is_single else photo_id,
            ),
        )
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def landmark_rows(photo_id: str, view: View, marks: Marks) -> list[LandmarkRow]:
    """Return placed landmarks of a photo as rows."""
    return [
        LandmarkRow(
            photo_id=photo_id,
            view=view.value,
            name=name,
            x_px=mark.x_px,
            y_px=mark.y_px,
            method=mark.method.value,
            sd_px=mark.sd_px,
        )
        for name, mark in marks.items()
    ]


def change_row(visit_id: str, change: LandmarkChange) -> LandmarkChangeRow:
    """Return a change as a row."""
    return LandmarkChangeRow(
        visit_id=visit_id,
        at=change.at,
        version=change.version,
        photo_id=change.photo_id,
        view=change.view.value,
        name=change.name,
        before=landmark_to_plain(change.before),
        after=landmark_to_plain(change.after),
    )


def expect_placed(view: View, marks: Marks) -> None:
    """Raise InputError unless all are clinical landmarks that a person placed."""
    for name, mark in marks.items():
        if name not in LANDMARKS or mark.method not in _PLACED:
            raise InputError(
                f"landmarks: expected clinical landmarks that a person placed, found {name[:40]!r} "
                f"({view.value}, {mark.method.in_words}). Give those placed by hand only."
            )
