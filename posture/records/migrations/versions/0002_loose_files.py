"""A list of the files that a crash may leave without a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table("loose_files", sa.Column("sha256", sa.String(64), primary_key=True))
