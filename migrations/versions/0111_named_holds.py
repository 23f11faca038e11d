"""Posts and headcount that are kept under a name, for something that has no case here."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0111"
down_revision = "0105"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "named_hold",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("booked_by", sa.String(80), nullable=False),
        sa.Column("booked_at", Instant(), nullable=False),
        sa.Column("ended_by", sa.String(80), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_because", sa.String(8), nullable=True),
        sa.Column("end_reason", sa.String(500), nullable=True),
        sa.Column("instance_id", sa.String(36), nullable=True),
        sa.Column("noticed_until", sa.Date(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_named_hold_ended")),
        sa.CheckConstraint("ended_because IN ('owner', 'clock', 'case')", name=op.f("ck_named_hold_because")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_named_hold_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_named_hold"),
    )
    op.create_index("ix_named_hold_organisation_id", "named_hold", ["organisation_id", "ended_at"])
    op.create_index("ix_named_hold_until", "named_hold", ["until"], sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    op.drop_index("ix_named_hold_until", "named_hold")
    op.drop_index("ix_named_hold_organisation_id", "named_hold")
    op.drop_table("named_hold")
