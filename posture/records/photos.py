"""Photos of a visit, and files made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from posture.anatomy import View
from posture.assess import Role
from posture.errors import InputError
from posture.file_kind import Kind, describe, recognise
from posture.records.errors import NotFoundError, RecordsError
from posture.records.files import PhotoFiles, sha256_of
from posture.records.landmarks import change_landmarks
from posture.records.models import FurtherPhotoRow, LooseFileRow, PhotoRow, VisitRow
from posture.records.rows import photo_record, placed_landmarks
from posture.records.transactions import Transactions, log_visit, new_id, required, touch
from posture.records.types import PhotoRecord

__all__ = ["MOST_OF_ROLE", "PhotoRecords", "note_loose", "picture_kind", "used_photos"]


MOST_OF_ROLE = 8
"""How many photos of one role a visit may have: the mean of more is hardly surer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Which photos' files were removed, with how many derived; `left` could not be."""

    photos: tuple[str, ...] = ()
    derived: int = 0
    left: tuple[str, ...] = ()


class PhotoRecords(Transactions):
    """What can be done with photos."""

    def add_photo(
        self,
        visit_id: str,
        *,
        role: Role,
        data: bytes,
        replace: bool = False,
        further: bool = False,
        view: View | None = None,
    ) -> PhotoRecord:
        """Keep a photo of a visit, byte for byte.

        Parameters
        ----------
        role
            Which photo of the visit it is.
        data
            The file as it was given: JPEG, PNG, WebP, TIFF or HEIC, told by its content.
        replace
            Whether it may take the place of the visit's first photo in that role, which is then
            removed together with the landmarks placed on it.
        further
            Whether it may stand beside others in that role.
        view
            The side that a side photo shows; None where it is to be recognised.

        Raises
        ------
        InputError
            If it is no picture of a kind we read, or `view` is none that the role shows.
        RecordsError
            If the visit has a photo in that role and neither `replace` nor `further` is set, or
            has as many as a visit may have.
        """
        kind = picture_kind(data)
        _check_view(role, view)
        with self._adding_files([sha256_of(data)]) as session:
            visit = required(session, VisitRow, visit_id)
            touch(visit, inputs=True)
            number, gone = _make_room(session, visit, role, replace=replace, further=further)
            row = PhotoRow(
                id=new_id(),
                visit_id=visit_id,
                role=role,
                number=number,
                view=view.value if view else None,
                sha256=self._writable_files(session).put_photo(data),
                kind=kind,
                size_bytes=len(data),
                added=visit.changed,
            )
            session.add(row)
            log_visit(session, "photo added", visit, fields=[f"{role} photo"])
            photo = photo_record(row)
        self._remove_unused(gone)
        return photo

    def photo(self, photo_id: str) -> PhotoRecord:
        """Return what is known of a photo, or raise NotFoundError."""
        with self._reading() as session:
            return photo_record(required(session, PhotoRow, photo_id))

    def photo_bytes(self, sha256: str) -> bytes:
        """Return a photo as it was given.

        Raises
        ------
        NotFoundError
            If there is none.
        RecordsError
            If its file was damaged since.
        """
        return self._files.photo(sha256)

    def photo_path(self, sha256: str) -> Path:
        """Return the file that holds a photo, locked where photos are encrypted."""
        return self._files.path(sha256)

    def remove_photo(self, photo_id: str) -> None:
        """Remove a photo with its landmarks; its file too, unless something else uses it."""
        with self._writing() as session:
            photo = required(session, PhotoRow, photo_id)
            visit = required(session, VisitRow, photo.visit_id)
            sha, role = photo.sha256, photo.role
            touch(visit, inputs=True)
            _remove(session, visit, photo)
            log_visit(session, "photo removed", visit, fields=[f"{role} photo"])
        self._remove_unused([sha])

    def put_derived(self, sha256: str, name: str, data: bytes) -> None:
        """Keep a file made of a photo, such as `pose.npz`, in place of one of that name.

        Raises
        ------
        NotFoundError
            If the photo was removed meanwhile. Then nothing of it is kept.
        """
        with self._writing() as session:
            if not _is_used(session, sha256):
                raise NotFoundError("Expected the photo of a derived file, found it removed.")
            self._writable_files(session).put_derived(sha256, name, data)

    def derived(self, sha256: str, name: str) -> bytes | None:
        """Return a file made of a photo, None where there is none."""
        return self._files.derived(sha256, name)

    @contextmanager
    def _adding_files(self, shas: Collection[str]) -> Iterator[Session]:
        """Yield a writing session that may put these photos; no file stays without its row.

        They are noted as loose beforehand, and settled with the session. What a crash
        leaves over is removed at the next opening.
        """
        for sha in shas:
            self._files.path(sha)  # raises if it is none, before it is noted
        with self._writing() as session:
            note_loose(session, shas)
        try:
            with self._writing() as session:
                yield session
                for sha in shas:
                    session.execute(delete(LooseFileRow).where(LooseFileRow.sha256 == sha))
        except BaseException:
            self._remove_unused(shas)
            raise

    def _remove_unused(self, shas: Collection[str]) -> Removed:
        """Remove the files of those loose photos that nothing uses.

        Done after the rows are gone for good, so that no row is ever without its file. What
        cannot be done now stays noted, and is done at the next opening.
        """
        if not shas:
            return Removed()
        try:
            with self._writing() as session:
                return _remove_files(session, self._files, shas)
        except RecordsError:  # others were writing all the time
            return Removed(left=tuple(shas))


def _remove_files(session: Session, files: PhotoFiles, shas: Collection[str]) -> Removed:
    removed, left, derived = [], [], 0
    for sha in sorted(set(shas)):
        if not _is_used(session, sha):
            try:
                derived += files.remove(sha)
            except OSError:
                left.append(sha)
                continue
            removed.append(sha)
        session.execute(delete(LooseFileRow).where(LooseFileRow.sha256 == sha))
    return Removed(photos=tuple(removed), derived=derived, left=tuple(left))


def note_loose(session: Session, shas: Iterable[str]) -> None:
    """Note photos whose files may be without a row from now on."""
    for sha in shas:
        session.merge(LooseFileRow(sha256=sha))


def _is_used(session: Session, sha: str) -> bool:
    return bool(used_photos(session, [sha]))


def used_photos(session: Session, among: Collection[str] | None = None) -> set[str]:
    """Return the SHA-256 of all photos that something uses; `among` narrows it to some."""
    found: set[str] = set()
    for column in (PhotoRow.sha256, FurtherPhotoRow.sha256):
        wanted = select(column) if among is None else select(column).where(column.in_(among))
        found.update(session.scalars(wanted))
    return found


def picture_kind(data: bytes) -> Kind:
    """Return which kind of picture a file is, by its content, or raise InputError."""
    kind = recognise(data)
    if kind is None:
        raise InputError(
            f"Expected a photo (JPEG, PNG, WebP, TIFF or HEIC), found {describe(data)}. Give "
            "another file."
        )
    return kind


def _check_view(role: Role, view: View | None) -> None:
    if view is not None and (role != "side" or not view.is_lateral):
        raise InputError(
            f"view: expected left or right of a side photo, found {view.value} of a {role} photo. "
            "Leave it out."
        )


def _make_room(
    session: Session, visit: VisitRow, role: Role, *, replace: bool, further: bool
) -> tuple[int, list[str]]:
    """Return the number for a new photo in a role, and the SHA-256 of one that gave way."""
    in_role = PhotoRow.visit_id == visit.id, PhotoRow.role == role
    there = session.scalars(select(PhotoRow).where(*in_role).order_by(PhotoRow.number)).all()
    if not there:
        return 1, []
    before = there[0]
    if further:
        if len(there) >= MOST_OF_ROLE:
            raise RecordsError(
                f"Expected at most {MOST_OF_ROLE} {role} photos in a visit, found one more. Remove "
                "another first.",
                key="too_many_photos",
            )
        return there[-1].number + 1, []
    if not replace:
        raise RecordsError(
            f"Expected no {role} photo in this visit yet, found one. Remove it first, or say that "
            "it is to be replaced.",
            key="photo_there",
        )
    number, sha = before.number, before.sha256
    _remove(session, visit, before)
    return number, [sha]


def _remove(session: Session, visit: VisitRow, photo: PhotoRow) -> None:
    """Remove a photo's row, and the landmarks placed on it by way of the history."""
    for view, marks in placed_landmarks(session, visit.id).get(photo.id, {}).items():
        change_landmarks(session, visit, photo.id, view, marks, {})
    note_loose(session, [photo.sha256])
    session.execute(delete(PhotoRow).where(PhotoRow.id == photo.id))
