"""That a flow shall take no new cases: one admin asks, a second one approves or refuses."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0146"
down_revision = "0145"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "retirement_request",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("definition_id", sa.String(36), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("answered_by", sa.String(80), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(500), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name="fk_retirement_request_definition_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retirement_request"),
    )
    op.create_index(
        "ux_retirement_request_key", "retirement_request", ["key"], unique=True, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip
    op.create_index("ix_retirement_request_state", "retirement_request", ["state", "id"])


def downgrade() -> None:
    op.drop_index("ix_retirement_request_state", "retirement_request")
    op.drop_index("ux_retirement_request_key", "retirement_request")
    op.drop_table("retirement_request")
