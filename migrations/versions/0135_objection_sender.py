"""A keyed digest of where an unnamed objection comes from, so that one source stops a period once."""

import sqlalchemy as sa
from alembic import op

revision = "0135"
down_revision = "0111"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("publicity_objection") as table:
        table.add_column(sa.Column("sender", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("publicity_objection") as table:
        table.drop_column("sender")
