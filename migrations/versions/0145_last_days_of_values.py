"""The last day of a parameter's value stands with it, instead of a second value from the next day."""

import sqlalchemy as sa
from alembic import op

revision = "0145"
down_revision = "0135"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parameter", sa.Column("valid_until", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("parameter") as table:
        table.drop_column("valid_until")
