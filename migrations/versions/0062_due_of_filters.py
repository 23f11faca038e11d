"""The deadline of a saved filter, told from the day on which it is used."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("saved_filter", sa.Column("due", sa.String(10), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("saved_filter") as table:
        table.drop_column("due")
