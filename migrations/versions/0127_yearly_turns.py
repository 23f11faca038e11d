"""Turns of school years: what was proposed, once a year."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0127"
down_revision = "0113"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "yearly_turn",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turned_at", Instant(), nullable=False),
        sa.Column("turned_by", sa.String(64), nullable=False),
        sa.Column("proposals", Json, nullable=False),
        sa.Column("cases", Json, nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_yearly_turn"),
    )


def downgrade() -> None:
    op.drop_table("yearly_turn")
