"""Values of policy parameters that one person proposes and a second one confirms."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0100"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parameter_proposal",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("proposed_by", sa.String(80), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("parameter_id", sa.String(36), nullable=True),
        sa.ForeignKeyConstraint(["parameter_id"], ["parameter.id"], name="fk_parameter_proposal_parameter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_parameter_proposal"),
    )
    op.create_index("ix_parameter_proposal_key", "parameter_proposal", ["key", "state", "id"])


def downgrade() -> None:
    op.drop_index("ix_parameter_proposal_key", "parameter_proposal")
    op.drop_table("parameter_proposal")
