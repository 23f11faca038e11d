"""Background work: what was asked for, who works on it, how far it is and how it ended."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0060"
down_revision = "0040"
branch_labels = None
depends_on = None

OPEN = "state IN ('waiting', 'running')"


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=True),
        sa.Column("organisation_id", sa.String(36), nullable=True),
        sa.Column("arguments", Json, nullable=False),
        sa.Column("result", Json, nullable=False),
        sa.Column("fault", sa.String(100), nullable=True),
        sa.Column("fault_params", Json, nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("began_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("cancel_asked_at", Instant(), nullable=True),
        sa.Column("holder", sa.String(36), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_run_state")),
        sa.CheckConstraint(f"({OPEN}) = (ended_at IS NULL)", name=op.f("ck_run_ended")),
        sa.CheckConstraint("(state = 'running') = (holder IS NOT NULL)", name=op.f("ck_run_holder")),
        sa.CheckConstraint("(holder IS NULL) = (held_until IS NULL)", name=op.f("ck_run_held_until")),
        sa.CheckConstraint("(state = 'failed') = (fault IS NOT NULL)", name=op.f("ck_run_fault")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_run_person_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_run_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(
        "ix_run_open", "run", ["asked_at", "id"], sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
    )
    op.create_index("ix_run_account_id", "run", ["account_id", "id"])
    op.create_index("ix_run_ended_at", "run", ["ended_at"])


def downgrade() -> None:
    op.drop_table("run")
