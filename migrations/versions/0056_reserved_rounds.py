"""Rounds of the reserved pool and the applications for its posts."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0056"
down_revision = "0042"
branch_labels = None
depends_on = None

ROUNDS = "'planned', 'open', 'closed', 'decided', 'rejected', 'cancelled'"
STATES = "'submitted', 'accepted', 'granted', 'refused', 'expired', 'lent', 'released', 'appointed', 'returned'"


def upgrade() -> None:
    op.create_table(
        "reserved_round",
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("offered_senior", sa.Integer(), nullable=False),
        sa.Column("offered_middle", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("closes_at", Instant(), nullable=True),
        sa.CheckConstraint(f"state IN ({ROUNDS})", name=op.f("ck_reserved_round_state")),
        sa.CheckConstraint("offered_senior >= 0 AND offered_middle >= 0", name=op.f("ck_reserved_round_offered")),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_reserved_round")),
    )
    op.create_index("ix_reserved_round_state", "reserved_round", ["state"])
    op.create_table(
        "reserved_application",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("round_id", sa.String(36), nullable=False),
        sa.Column("school_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("band", sa.String(8), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("because", sa.String(16), nullable=True),
        sa.Column("votes", Json, nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("band IN ('senior', 'middle')", name=op.f("ck_reserved_application_band")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_reserved_application_state")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["reserved_round.instance_id"],
            name=op.f("fk_reserved_application_round_id_reserved_round"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["organisation.id"], name=op.f("fk_reserved_application_school_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reserved_application_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserved_application")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_reserved_application_instance_id")),
    )
    op.create_index("ix_reserved_application_round_id_band_rank", "reserved_application", ["round_id", "band", "rank"])
    for column in ("person_id", "school_id"):
        op.create_index(f"ix_reserved_application_{column}", "reserved_application", [column])


def downgrade() -> None:
    op.drop_table("reserved_application")
    op.drop_table("reserved_round")
