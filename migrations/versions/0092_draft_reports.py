"""What an import from another engine has changed in a draft and left open."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Json

revision = "0092"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("definition_draft", sa.Column("report", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("definition_draft") as table:
        table.drop_column("report")
