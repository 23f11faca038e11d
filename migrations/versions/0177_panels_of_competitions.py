"""Keep who marked in an open competition, and the marks that rank its applicants."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Json

revision = "0177"
down_revision = "0156"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exchange_opening", sa.Column("panel", Json, nullable=True))
    op.add_column("exchange_wish", sa.Column("marks", Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("exchange_wish") as batch:
        batch.drop_column("marks")
    with op.batch_alter_table("exchange_opening") as batch:
        batch.drop_column("panel")
