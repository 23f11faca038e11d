"""The background work that checks and writes a sheet of candidates; sheets that were begun before are dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM candidate_import")
    op.add_column("candidate_import", sa.Column("run_id", sa.String(36), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("candidate_import") as table:
        table.drop_column("run_id")
