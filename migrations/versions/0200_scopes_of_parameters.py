"""Let a value of a parameter hold for a part of the county: a school, a kind of schools, a flow."""

import sqlalchemy as sa
from alembic import op

revision = "0200"
down_revision = "0196"
branch_labels = None
depends_on = None

TABLES = ("parameter", "parameter_proposal")


def upgrade() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("scope", sa.String(80), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    """What was set apart is taken out first: without its scope it would hold for the whole county."""
    for name in reversed(TABLES):
        op.execute(sa.table(name, sa.column("scope")).delete().where(sa.column("scope") != ""))
        with op.batch_alter_table(name) as batch:
            batch.drop_column("scope")
