"""Further assessments of a client, such as sitting and range of motion, with their photos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "further_assessments",
        sa.Column("id", sa.String(36), primary_key=True, nullable=False),
        sa.Column(
            "client_id",
            sa.String(36),
            sa.ForeignKey("clients.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("test", sa.String(64)),
        sa.Column("side", sa.String(32)),
        sa.Column("taken", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary()),
        sa.Column("measured", _TIME),
        sa.Column("added", _TIME, nullable=False),
        sa.Column("changed", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index(
        op.f("ix_further_assessments_client_id_taken"),
        "further_assessments",
        ["client_id", "taken"],
    )
    op.create_table(
        "further_photos",
        sa.Column("id", sa.String(36), primary_key=True, nullable=False),
        sa.Column(
            "further_id",
            sa.String(36),
            sa.ForeignKey("further_assessments.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("added", _TIME, nullable=False),
        sa.UniqueConstraint("further_id", "role"),
    )
    op.create_index(op.f("ix_further_photos_sha256"), "further_photos", ["sha256"])
