"""For which term of a lent post bureau HR has been reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post_loan", sa.Column("reminded_until", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("post_loan") as table:
        table.drop_column("reminded_until")
