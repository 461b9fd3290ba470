"""Several photos of a role in a visit, a side that was stated, and how they were taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Every photo there was is the first in its role."""
    op.add_column("visits", sa.Column("capture", sa.JSON(none_as_null=True)))
    op.add_column("landmark_changes", sa.Column("photo_id", sa.String(36)))
    # SQLite makes the table anew. Dropping the old one takes the landmarks on its photos along.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("CREATE TEMPORARY TABLE kept_landmarks AS SELECT * FROM landmarks")
    with op.batch_alter_table("photos") as photos:
        photos.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        photos.add_column(sa.Column("view", sa.String(32)))
        photos.drop_constraint("uq_photos_visit_id_role", type_="unique")
        photos.create_unique_constraint(
            op.f("uq_photos_visit_id_role_number"), ["visit_id", "role", "number"]
        )
    if is_sqlite:
        op.execute("INSERT INTO landmarks SELECT * FROM kept_landmarks")
        op.execute("DROP TABLE kept_landmarks")
