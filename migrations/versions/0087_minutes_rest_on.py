"""What the minutes of a meeting rest on beside their form."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Json

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("minutes", sa.Column("rests_on", Json))


def downgrade() -> None:
    with op.batch_alter_table("minutes") as table:
        table.drop_column("rests_on")
