"""The opinion that is given with a bulk, and the background work that decides a long one."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bulk", sa.Column("opinion", sa.Text(), nullable=True))
    op.add_column("bulk", sa.Column("run_id", sa.String(36), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("bulk") as table:
        table.drop_column("run_id")
        table.drop_column("opinion")
