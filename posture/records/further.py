"""Further assessments of a client: their photos, and the document that these gave.

Photos can be put in and replaced until they are measured. The document is written once and
stays as it is: who wants other numbers deletes the assessment and makes another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from posture.anatomy import Side
from posture.errors import InputError
from posture.records.checks import check_day, check_text
from posture.records.errors import RecordsError
from posture.records.files import sha256_of
from posture.records.further_types import (
    FURTHER_ROLES,
    FurtherKind,
    FurtherPhoto,
    FurtherRecord,
    FurtherRole,
    check_further_document,
    check_further_kind,
)
from posture.records.models import ClientRow, FurtherPhotoRow, FurtherRow
from posture.records.photos import PhotoRecords, note_loose, picture_kind
from posture.records.rows import further_photo, further_record
from posture.records.transactions import check_version, log_further, new_id, now, required, touch
from posture.records.types import UNCHANGED, Unchanged

__all__ = ["FurtherRecords", "further_of_client"]


class FurtherRecords(PhotoRecords):
    """What can be done with further assessments."""

    def add_further(
        self,
        client_id: str,
        *,
        kind: FurtherKind,
        taken: date,
        test: str | None = None,
        side: Side | None = None,
        note: str = "",
    ) -> FurtherRecord:
        """Keep a new assessment of a client, without photos yet.

        Parameters
        ----------
        kind, taken
            What is assessed, and the day of the photos.
        test, side
            Which range-of-motion test, and the client's side if the photos do not tell.

        Raises
        ------
        NotFoundError, InputError
            If there is no such client, or a value cannot be right.
        """
        kind, test, side = check_further_kind(kind, test, side)
        moment = now()
        with self._writing() as session:
            client = required(session, ClientRow, client_id)
            row = FurtherRow(
                id=new_id(),
                client_id=client.id,
                kind=kind,
                test=test,
                side=side,
                taken=check_day(taken, "day of the photos"),
                note=check_text(note, "note"),
                document=None,
                measured=None,
                added=moment,
                changed=moment,
                version=1,
            )
            session.add(row)
            log_further(session, "further assessment added", row, kind=kind)
            return further_record(row, ())

    def further(self, further_id: str) -> FurtherRecord:
        """Return a further assessment, or raise NotFoundError."""
        with self._reading() as session:
            return _record(session, required(session, FurtherRow, further_id))

    def further_of(self, client_id: str) -> list[FurtherRecord]:
        """Return a client's further assessments, the latest first."""
        with self._reading() as session:
            found = further_of_client(session, client_id)
            if not found:
                required(session, ClientRow, client_id)
            return found

    def change_further(
        self,
        further_id: str,
        *,
        version: int,
        taken: date | Unchanged = UNCHANGED,
        note: str | Unchanged = UNCHANGED,
    ) -> FurtherRecord:
        """Change the day or the note.

        Raises
        ------
        ConflictError
            If `version` is not the assessment's any more.
        NotFoundError, InputError
            If there is no such assessment, or a value cannot be right.
        """
        changes: dict[str, object] = {}
        if taken is not UNCHANGED:
            changes["taken"] = check_day(taken, "day of the photos")
        if note is not UNCHANGED:
            changes["note"] = check_text(note, "note")
        with self._writing() as session:
            row = required(session, FurtherRow, further_id)
            check_version(session, row.id, row.version, version)
            changed = [key for key, value in changes.items() if getattr(row, key) != value]
            if changed:
                for key in changed:
                    setattr(row, key, changes[key])
                touch(row)
                log_further(session, "further assessment changed", row, fields=changed)
            return _record(session, row)

    def add_further_photo(
        self, further_id: str, *, role: FurtherRole, data: bytes, replace: bool = False
    ) -> FurtherPhoto:
        """Keep a photo, byte for byte; `replace` lets it take the place of one in its role.

        Raises
        ------
        InputError
            If it is no picture of a kind we read, or the assessment has no such photo.
        RecordsError
            If there is a photo in that role and `replace` is not set, or if the assessment is
            measured.
        """
        kind = picture_kind(data)
        with self._adding_files([sha256_of(data)]) as session:
            row = required(session, FurtherRow, further_id)
            _expect_role(row, role)
            _expect_open(row)
            touch(row)
            gone = _make_room(session, row, role, replace=replace)
            photo = FurtherPhotoRow(
                id=new_id(),
                further_id=row.id,
                role=role,
                sha256=self._writable_files(session).put_photo(data),
                kind=kind,
                size_bytes=len(data),
                added=row.changed,
            )
            session.add(photo)
            log_further(session, "photo added", row, fields=[f"{role} photo"])
            kept = further_photo(photo)
        self._remove_unused(gone)
        return kept

    def further_photo(self, photo_id: str) -> FurtherPhoto:
        """Return what is known of a photo, or raise NotFoundError."""
        with self._reading() as session:
            return further_photo(required(session, FurtherPhotoRow, photo_id))

    def remove_further_photo(self, photo_id: str) -> None:
        """Remove a photo that was not measured; its file too, unless something else uses it."""
        with self._writing() as session:
            photo = required(session, FurtherPhotoRow, photo_id)
            row = required(session, FurtherRow, photo.further_id)
            _expect_open(row)
            sha, role = photo.sha256, photo.role
            touch(row)
            note_loose(session, [sha])
            session.delete(photo)
            log_further(session, "photo removed", row, fields=[f"{role} photo"])
        self._remove_unused([sha])

    def add_further_document(
        self, further_id: str, document: Mapping[str, Any], *, version: int
    ) -> FurtherRecord:
        """Keep what the photos gave, once and for all.

        Parameters
        ----------
        document
            What the assessment's own file holds.
        version
            The assessment's version that the photos were read from.

        Raises
        ------
        ConflictError
            If it was changed since: measure it again.
        RecordsError
            If it is measured already.
        InputError
            If the document is of another kind or test, or does not follow its schema.
        """
        with self._writing() as session:
            row = required(session, FurtherRow, further_id)
            check_version(session, row.id, row.version, version)
            _expect_open(row)
            row.document = check_further_document(
                row.kind,  # type: ignore[arg-type]
                document,
                test=row.test,
                name="document",
            )
            row.measured = now()
            touch(row)
            log_further(session, "further assessment measured", row, kind=row.kind)
            return _record(session, row)


def _record(session: Session, row: FurtherRow) -> FurtherRecord:
    photos = select(FurtherPhotoRow).where(FurtherPhotoRow.further_id == row.id)
    return further_record(row, [further_photo(photo) for photo in session.scalars(photos)])


def further_of_client(session: Session, client_id: str) -> list[FurtherRecord]:
    """Return a client's further assessments, the latest first, by two queries."""
    of_client = select(FurtherPhotoRow).join(FurtherRow).where(FurtherRow.client_id == client_id)
    photos: defaultdict[str, list[FurtherPhoto]] = defaultdict(list)
    for photo in session.scalars(of_client):
        photos[photo.further_id].append(further_photo(photo))
    rows = session.scalars(
        select(FurtherRow)
        .where(FurtherRow.client_id == client_id)
        .order_by(FurtherRow.taken.desc(), FurtherRow.added.desc(), FurtherRow.id)
    )
    return [further_record(row, photos[row.id]) for row in rows]


def _expect_role(row: FurtherRow, role: str) -> None:
    allowed = FURTHER_ROLES[row.kind]  # type: ignore[index]
    if role not in allowed:
        raise InputError(f"role: expected one of {', '.join(allowed)}, found another. Choose one.")


def _expect_open(row: FurtherRow) -> None:
    if row.measured is not None:
        raise RecordsError(
            "Expected an assessment that is not measured yet, found one that is: its photos and "
            "numbers stay as they are. Make another one.",
            key="further_measured",
        )


def _make_room(session: Session, row: FurtherRow, role: str, *, replace: bool) -> list[str]:
    """Remove the photo in a role, if it may be, and return its SHA-256."""
    before = session.scalar(
        select(FurtherPhotoRow).where(
            FurtherPhotoRow.further_id == row.id, FurtherPhotoRow.role == role
        )
    )
    if before is None:
        return []
    if not replace:
        raise RecordsError(
            f"Expected no {role} photo in this assessment yet, found one. Remove it first, or say "
            "that it is to be replaced.",
            key="photo_there",
        )
    note_loose(session, [before.sha256])
    session.delete(before)
    session.flush()
    return [before.sha256]
