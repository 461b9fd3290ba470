"""The first tables, and the triggers that keep the log append-only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_WORD = sa.String(32)
_TIME = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)
_REFUSAL = "the audit log is append-only"


def upgrade() -> None:
    """Make the tables."""
    _clients()
    _visits()
    _landmarks()
    _assessments()
    _practice()
    _audit()


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.String(36), primary_key=name == "id", nullable=False)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)


def _parent(name: str, table: str, *, key: bool = False) -> sa.Column[str]:
    parent = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.String(36), parent, primary_key=key, nullable=False)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False)


def _clients() -> None:
    op.create_table(
        "clients",
        _id(),
        _needed("code", sa.String(64)),
        sa.Column("name", sa.Text()),
        sa.Column("birth_year", sa.Integer()),
        sa.Column("height_cm", sa.Float(53)),
        _needed("folded", sa.Text()),
        _needed("added", _TIME),
        _needed("changed", _TIME),
        _needed("version", sa.Integer()),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "consents",
        _id(),
        _parent("client_id", "clients"),
        _needed("scope", sa.Text()),
        _needed("given", sa.Date()),
        sa.Column("withdrawn", sa.Date()),
        _needed("note", sa.Text()),
        _needed("added", _TIME),
    )
    op.create_index(op.f("ix_consents_client_id"), "consents", ["client_id"])


def _visits() -> None:
    op.create_table(
        "visits",
        _id(),
        _parent("client_id", "clients"),
        _needed("taken", sa.Date()),
        _needed("note", sa.Text()),
        sa.Column("intake", _JSON),
        _needed("added", _TIME),
        _needed("changed", _TIME),
        _needed("version", sa.Integer()),
        _needed("input_version", sa.Integer()),
    )
    op.create_index(op.f("ix_visits_client_id_taken"), "visits", ["client_id", "taken"])
    op.create_table(
        "photos",
        _id(),
        _parent("visit_id", "visits"),
        _needed("role", _WORD),
        _needed("sha256", sa.String(64)),
        _needed("kind", _WORD),
        _needed("size_bytes", sa.BigInteger()),
        _needed("added", _TIME),
        sa.UniqueConstraint("visit_id", "role"),
    )
    op.create_index(op.f("ix_photos_sha256"), "photos", ["sha256"])
    op.create_table("loose_files", sa.Column("sha256", sa.String(64), primary_key=True))


def _landmarks() -> None:
    op.create_table(
        "landmarks",
        _parent("photo_id", "photos", key=True),
        sa.Column("view", _WORD, primary_key=True),
        sa.Column("name", _WORD, primary_key=True),
        _needed("x_px", sa.Float(53)),
        _needed("y_px", sa.Float(53)),
        _needed("method", _WORD),
        _needed("sd_px", sa.Float(53)),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "landmark_changes",
        _number(),
        _parent("visit_id", "visits"),
        _needed("at", _TIME),
        _needed("version", sa.Integer()),
        _needed("view", _WORD),
        _needed("name", _WORD),
        sa.Column("before", _JSON),
        sa.Column("after", _JSON),
    )
    op.create_index(op.f("ix_landmark_changes_visit_id"), "landmark_changes", ["visit_id"])


def _assessments() -> None:
    op.create_table(
        "assessments",
        _id(),
        _parent("visit_id", "visits"),
        _needed("number", sa.Integer()),
        _needed("of_version", sa.Integer()),
        _needed("added", _TIME),
        _needed("software", _JSON),
        _needed("findings", sa.Integer()),
        _needed("document", sa.LargeBinary()),
        sa.UniqueConstraint("visit_id", "number"),
    )
    op.create_table(
        "measures",
        _parent("visit_id", "visits", key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        _needed("measure", sa.String(64)),
        sa.Column("view", _WORD),
        sa.Column("value", sa.Float(53)),
        sa.Column("low", sa.Float(53)),
        sa.Column("high", sa.Float(53)),
        _needed("unit", _WORD),
        _needed("status", _WORD),
        sa.Column("reason", sa.Text()),
        sa.Column("method", _WORD),
        sqlite_with_rowid=False,
    )


def _practice() -> None:
    op.create_table(
        "settings",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        _needed("practice", sa.Text()),
        sa.Column("logo", sa.LargeBinary()),
        _needed("units", _WORD),
        _needed("language", _WORD),
        _needed("paper", _WORD),
        _needed("photos", _JSON),
        _needed("measures", _JSON),
        _needed("changed", _TIME),
        _needed("version", sa.Integer()),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "encryption",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        _needed("salt", sa.LargeBinary()),
        _needed("scrypt_n", sa.Integer()),
        _needed("scrypt_r", sa.Integer()),
        _needed("scrypt_p", sa.Integer()),
        _needed("locked_key", sa.LargeBinary()),
        _needed("is_complete", sa.Boolean()),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        _number(),
        _needed("at", _TIME),
        _needed("action", _WORD),
        _needed("subject", sa.String(36)),
        sa.Column("client_id", sa.String(36)),
        sa.Column("version", sa.Integer()),
        _needed("details", _JSON),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_subject_version"), "audit", ["subject", "version"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _guard_on_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # INSERT OR REPLACE deletes without asking the trigger above.
    op.execute(
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
        "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION posture_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION posture_refuse()"
    )
    op.execute(
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION posture_refuse()"
    )
