"""Everything kept of a client as plain records, and such records back into the tables.

What leaves and comes back is the same: ids, times, versions, every landmark's history and
every assessment. The log of the records it came from stays there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from posture.assessment_file import assessment_to_dict
from posture.capture.options import CaptureOptions, options_to_plain
from posture.errors import InputError
from posture.records.assessments import measure_rows
from posture.records.checks import (
    check_birth_year,
    check_code,
    check_day,
    check_height,
    check_intake,
    check_line,
    check_text,
    folded,
)
from posture.records.errors import RecordsError
from posture.records.files import sha256_of
from posture.records.further import FurtherRecords, further_of_client
from posture.records.further_types import (
    FurtherPhoto,
    FurtherRecord,
    check_further_document,
    check_further_kind,
)
from posture.records.landmarks import change_row, expect_placed, landmark_rows, role_of
from posture.records.models import (
    AssessmentRow,
    ClientRow,
    ConsentRow,
    FurtherPhotoRow,
    FurtherRow,
    PhotoRow,
    VisitRow,
)
from posture.records.rows import (
    assessment_record,
    client_record,
    landmark_changes,
    visit_record,
)
from posture.records.transactions import log_client, required
from posture.records.types import (
    ClientHistory,
    ClientRecord,
    ConsentRecord,
    PhotoRecord,
    VisitHistory,
)

__all__ = ["TransferRecords"]


class TransferRecords(FurtherRecords):
    """What archives and backups need."""

    def client_ids(self) -> list[str]:
        """Return the ids of all clients, in the order they were added."""
        with self._reading() as session:
            return list(
                session.scalars(select(ClientRow.id).order_by(ClientRow.added, ClientRow.id))
            )

    def client_history(self, client_id: str) -> ClientHistory:
        """Return everything kept of a client, as of one moment; `photo_bytes` has the photos.

        Raises
        ------
        NotFoundError
            If there is no such client.
        """
        with self._reading() as session:
            client = client_record(session, required(session, ClientRow, client_id))
            of_client = select(VisitRow).where(VisitRow.client_id == client_id)
            visits = session.scalars(of_client.order_by(VisitRow.taken, VisitRow.added)).all()
            return ClientHistory(
                client=client,
                visits=tuple(_visit_history(session, row) for row in visits),
                further=tuple(further_of_client(session, client_id)),
            )

    def insert_client(self, history: ClientHistory, photo: Callable[[str], bytes]) -> ClientRecord:
        """Keep a client that `client_history` returned, whole or not at all.

        Parameters
        ----------
        history
            Its ids, times and versions are kept.
        photo
            Returns the bytes of a photo by its SHA-256.

        Raises
        ------
        RecordsError
            If the client is here already, or a photo's bytes are not those of its SHA-256.
        InputError
            If another client has that code, or a value cannot be right.
        """
        shas = {item.sha256 for item in _photos(history)}
        return self.insert_clients([history], photo, shas=shas)[0]

    def insert_clients(
        self,
        histories: Iterable[ClientHistory],
        photo: Callable[[str], bytes],
        *,
        shas: Collection[str],
    ) -> list[ClientRecord]:
        """Keep clients as `insert_client` does, all of them or none; `shas` are all photos'."""
        with self._adding_files(shas) as session:
            return [self._insert(session, history, photo) for history in histories]

    def _insert(
        self, session: Session, history: ClientHistory, photo: Callable[[str], bytes]
    ) -> ClientRecord:
        _insert_client(session, history.client)
        files = self._writable_files(session)
        for item in _photos(history):
            data = photo(item.sha256)
            _expect_photo(item, data)
            files.put_photo(data)
        for visit in history.visits:
            _insert_visit(session, visit, history.client.id)
        for further in history.further:
            _insert_further(session, further, history.client.id)
        session.flush()
        row = required(session, ClientRow, history.client.id)
        log_client(session, "client imported", row, visits=len(history.visits))
        return client_record(session, row)


def _photos(history: ClientHistory) -> Iterator[PhotoRecord | FurtherPhoto]:
    for visit in history.visits:
        yield from visit.visit.photos
    for further in history.further:
        yield from further.photos


def _expect_photo(item: PhotoRecord | FurtherPhoto, data: bytes) -> None:
    if sha256_of(data) != item.sha256:
        raise RecordsError(
            f"Photo {item.sha256[:12]}…: expected the bytes of that SHA-256, found others. "
            "Nothing was imported; use an archive that is whole."
        )


def _visit_history(session: Session, row: VisitRow) -> VisitHistory:
    assessments = session.scalars(
        select(AssessmentRow).where(AssessmentRow.visit_id == row.id).order_by(AssessmentRow.number)
    )
    return VisitHistory(
        visit=visit_record(session, row),
        input_version=row.input_version,
        landmark_changes=tuple(landmark_changes(session, row.id)),
        assessments=tuple(map(assessment_record, assessments)),
    )


def _insert_client(session: Session, client: ClientRecord) -> None:
    if session.get(ClientRow, client.id) is not None:
        raise RecordsError(
            f"Client {client.code}: expected one that is not in the records yet, found it there. "
            "Delete it first, or leave it as it is."
        )
    if session.scalar(select(ClientRow.id).where(ClientRow.code == client.code)) is not None:
        raise InputError(
            f"Client {client.code}: expected an id of its own, found another client's. Change "
            "that client's id first."
        )
    code = check_code(client.code)
    name = None if client.name is None else check_line(client.name, "name")
    session.add(
        ClientRow(
            id=client.id,
            code=code,
            name=name,
            birth_year=check_birth_year(client.birth_year),
            height_cm=check_height(client.height_cm),
            folded=folded(name, code),
            added=client.added,
            changed=client.changed,
            version=client.version,
        )
    )
    session.flush()  # before the rows that refer to it
    session.add_all(
        ConsentRow(**_columns(consent, client_id=client.id)) for consent in client.consents
    )


def _insert_visit(session: Session, history: VisitHistory, client_id: str) -> None:
    visit = history.visit
    session.add(
        VisitRow(
            id=visit.id,
            client_id=client_id,
            taken=check_day(visit.taken, "day of the visit"),
            note=check_text(visit.note, "note"),
            intake=check_intake(visit.intake),
            capture=None if visit.capture == CaptureOptions() else options_to_plain(visit.capture),
            added=visit.added,
            changed=visit.changed,
            version=visit.version,
            input_version=history.input_version,
        )
    )
    session.flush()
    for photo in visit.photos:
        view = photo.view.value if photo.view else None
        session.add(PhotoRow(**{**_columns(photo, visit_id=visit.id), "view": view}))
    session.flush()
    _insert_landmarks(session, history)
    for made in history.assessments:
        session.add(
            AssessmentRow(
                id=made.id,
                visit_id=visit.id,
                number=made.number,
                of_version=made.of_version,
                added=made.added,
                software=dict(made.assessment.software),
                findings=len(made.assessment.findings),
                document=assessment_to_dict(made.assessment),
            )
        )
    if history.assessments:
        session.add_all(measure_rows(visit.id, history.assessments[-1].assessment))


def _insert_further(session: Session, further: FurtherRecord, client_id: str) -> None:
    kind, test, side = check_further_kind(further.kind, further.test, further.side)
    document = further.document
    session.add(
        FurtherRow(
            id=further.id,
            client_id=client_id,
            kind=kind,
            test=test,
            side=side,
            taken=check_day(further.taken, "day of the photos"),
            note=check_text(further.note, "note"),
            document=None
            if document is None
            else check_further_document(kind, document, test=test, name="document"),
            measured=further.measured,
            added=further.added,
            changed=further.changed,
            version=further.version,
        )
    )
    session.flush()
    session.add_all(
        FurtherPhotoRow(**_columns(photo, further_id=further.id)) for photo in further.photos
    )


def _insert_landmarks(session: Session, history: VisitHistory) -> None:
    visit = history.visit
    roles = {photo.id: photo.role for photo in visit.photos}
    for photo_id, views in visit.placed.items():
        for view, marks in views.items():
            if roles.get(photo_id) != role_of(view):
                raise InputError(
                    f"Visit {visit.id}: expected the photo of its landmarks, found none."
                )
            expect_placed(view, marks)
            session.add_all(landmark_rows(photo_id, view, marks))
    session.add_all(change_row(visit.id, change) for change in history.landmark_changes)


def _columns(record: ConsentRecord | PhotoRecord | FurtherPhoto, **parent: str) -> dict[str, Any]:
    """Return a record's fields as columns, under the parent they are inserted with."""
    return {item.name: getattr(record, item.name) for item in fields(record)} | parent
