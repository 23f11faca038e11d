"""Service locks that a correction has struck."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("service_lock") as table:
        table.add_column(sa.Column("struck_at", Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("service_lock") as table:
        table.drop_column("struck_at")
