"""How a task came back: returned to be corrected, or straight to who had returned the case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.add_column("task", sa.Column("reentry", json, nullable=True))


def downgrade() -> None:
    op.drop_column("task", "reentry")
