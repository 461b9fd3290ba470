"""The tables, as SQLAlchemy sees them. Migrations make them; a test compares the two."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from posture.records.columns import PackedJson, UtcDateTime

__all__ = [
    "AssessmentRow",
    "AuditRow",
    "Base",
    "ClientRow",
    "ConsentRow",
    "EncryptionRow",
    "FurtherPhotoRow",
    "FurtherRow",
    "LandmarkChangeRow",
    "LandmarkRow",
    "LooseFileRow",
    "MeasureRow",
    "PhotoRow",
    "SettingsRow",
    "VisitRow",
]

_BY_KEY = {"sqlite_with_rowid": False}  # rows lie in the order of their key, without an index
_Id = String(36)
_Word = String(32)
_Json = JSON(none_as_null=True)
_Number = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up INTEGER only


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: UtcDateTime(),
        date: Date(),
        float: Float(53),
        str: Text(),
        bytes: LargeBinary(),
        dict[str, Any]: _Json,
        list[str]: _Json,
    }


class ClientRow(Base):
    """A client. `folded` is what a search looks in: name and code without case or accents."""

    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str | None]
    birth_year: Mapped[int | None]
    height_cm: Mapped[float | None]
    folded: Mapped[str]
    added: Mapped[datetime]
    changed: Mapped[datetime]
    version: Mapped[int]


class VisitRow(Base):
    """A visit. `input_version` is the version at which photos or landmarks last changed.

    `capture` is what `posture.capture.options` reads.
    """

    __tablename__ = "visits"
    __table_args__ = (Index(None, "client_id", "taken"),)

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    taken: Mapped[date]
    note: Mapped[str]
    intake: Mapped[dict[str, Any] | None]
    capture: Mapped[dict[str, Any] | None]
    added: Mapped[datetime]
    changed: Mapped[datetime]
    version: Mapped[int]
    input_version: Mapped[int]


class PhotoRow(Base):
    """A photo of a visit; several may share one file. `number` counts those of its role."""

    __tablename__ = "photos"
    __table_args__ = (UniqueConstraint("visit_id", "role", "number"),)

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(_Word)
    number: Mapped[int] = mapped_column(server_default="1")
    view: Mapped[str | None] = mapped_column(_Word)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(_Word)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    added: Mapped[datetime]


class LooseFileRow(Base):
    """A photo's file that may have no row: about to be added, or to be removed."""

    __tablename__ = "loose_files"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)


class LandmarkRow(Base):
    """A landmark that a person placed on a photo, as it stands now."""

    __tablename__ = "landmarks"
    __table_args__ = _BY_KEY

    photo_id: Mapped[str] = mapped_column(
        ForeignKey("photos.id", ondelete="CASCADE"), primary_key=True
    )
    view: Mapped[str] = mapped_column(_Word, primary_key=True)
    name: Mapped[str] = mapped_column(_Word, primary_key=True)
    x_px: Mapped[float]
    y_px: Mapped[float]
    method: Mapped[str] = mapped_column(_Word)
    sd_px: Mapped[float]


class LandmarkChangeRow(Base):
    """One change of one landmark: where it was, where it went.

    `photo_id` is None where the visit had one photo of the view; that photo may be gone since.
    """

    __tablename__ = "landmark_changes"

    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    version: Mapped[int]
    photo_id: Mapped[str | None] = mapped_column(_Id)
    view: Mapped[str] = mapped_column(_Word)
    name: Mapped[str] = mapped_column(_Word)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class AssessmentRow(Base):
    """An assessment, whole, as its file holds it; never changed once written."""

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("visit_id", "number"),)

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    number: Mapped[int]
    of_version: Mapped[int]
    added: Mapped[datetime]
    software: Mapped[dict[str, Any]]
    findings: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(PackedJson)


class MeasureRow(Base):
    """A measure of a visit's latest assessment, for trends."""

    __tablename__ = "measures"
    __table_args__ = _BY_KEY

    visit_id: Mapped[str] = mapped_column(
        ForeignKey("visits.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    measure: Mapped[str] = mapped_column(String(64))
    view: Mapped[str | None] = mapped_column(_Word)
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    unit: Mapped[str] = mapped_column(_Word)
    status: Mapped[str] = mapped_column(_Word)
    reason: Mapped[str | None]
    method: Mapped[str | None] = mapped_column(_Word)


class FurtherRow(Base):
    """An assessment other than of standing. Its document is written once, `measured` then."""

    __tablename__ = "further_assessments"
    __table_args__ = (Index(None, "client_id", "taken"),)

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(_Word)
    test: Mapped[str | None] = mapped_column(String(64))
    side: Mapped[str | None] = mapped_column(_Word)
    taken: Mapped[date]
    note: Mapped[str]
    document: Mapped[dict[str, Any] | None] = mapped_column(PackedJson)
    measured: Mapped[datetime | None]
    added: Mapped[datetime]
    changed: Mapped[datetime]
    version: Mapped[int]


class FurtherPhotoRow(Base):
    """A photo of a further assessment; several photos may share one file."""

    __tablename__ = "further_photos"
    __table_args__ = (UniqueConstraint("further_id", "role"),)

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    further_id: Mapped[str] = mapped_column(
        ForeignKey("further_assessments.id", ondelete="CASCADE")
    )
    role: Mapped[str] = mapped_column(_Word)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(_Word)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    added: Mapped[datetime]


class ConsentRow(Base):
    """A consent of a client."""

    __tablename__ = "consents"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str]
    given: Mapped[date]
    withdrawn: Mapped[date | None]
    note: Mapped[str]
    added: Mapped[datetime]


class SettingsRow(Base):
    """What the practice chose: one row, made at the first change."""

    __tablename__ = "settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    practice: Mapped[str]
    logo: Mapped[bytes | None]
    units: Mapped[str] = mapped_column(_Word)
    language: Mapped[str] = mapped_column(_Word)
    paper: Mapped[str] = mapped_column(_Word)
    photos: Mapped[list[str]]
    measures: Mapped[list[str]]
    changed: Mapped[datetime]
    version: Mapped[int]


class EncryptionRow(Base):
    """How the photos' key is locked: one row, only where they are encrypted.

    `is_complete` is false until every file that was there before is encrypted too.
    """

    __tablename__ = "encryption"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[bytes]
    scrypt_n: Mapped[int]
    scrypt_r: Mapped[int]
    scrypt_p: Mapped[int]
    locked_key: Mapped[bytes]
    is_complete: Mapped[bool]


class AuditRow(Base):
    """The log. Triggers refuse to change or delete a row; it refers to nothing by key."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject", "version"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(_Word)
    subject: Mapped[str] = mapped_column(_Id)
    client_id: Mapped[str | None] = mapped_column(_Id)
    version: Mapped[int | None]
    details: Mapped[dict[str, Any]]
