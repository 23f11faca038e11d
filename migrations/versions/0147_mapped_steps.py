"""Which user tasks of a version stand in the place of others, when many cases move to it."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Json

revision = "0147"
down_revision = "0116"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("migration", sa.Column("mapping", Json, nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("migration") as table:
        table.drop_column("mapping")
