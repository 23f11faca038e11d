"""Drafts of flows with their files, and who released which version why; versions that are there were the house's."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0090"
down_revision = "0063"
branch_labels = None
depends_on = None

OPEN_DRAFT = sa.text("state IN ('editing', 'asked')")


def upgrade() -> None:
    op.create_table(
        "definition_draft",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.String(36), nullable=True),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("saved_by", sa.String(80), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("authors", Json, nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("answered_by", sa.String(80), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(500), nullable=True),
        sa.Column("definition_id", sa.String(36), nullable=True),
        sa.ForeignKeyConstraint(["base_id"], ["process_definition.id"], name="fk_definition_draft_base_id"),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"], name="fk_definition_draft_definition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_definition_draft"),
    )
    op.create_index(
        "ux_definition_draft_key", "definition_draft", ["key"], unique=True, sqlite_where=OPEN_DRAFT,
        postgresql_where=OPEN_DRAFT,
    )  # fmt: skip
    op.create_index("ix_definition_draft_state", "definition_draft", ["state", "saved_at"])
    op.create_table(
        "draft_file",
        sa.Column("draft_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["definition_draft.id"], name="fk_draft_file_draft_id"),
        sa.PrimaryKeyConstraint("draft_id", "name", name="pk_draft_file"),
    )
    op.create_table(
        "definition_release",
        sa.Column("definition_id", sa.String(36), nullable=False),
        sa.Column("authors", Json, nullable=False),
        sa.Column("approved_by", sa.String(80), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("retired_by", sa.String(80), nullable=True),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("retirement", sa.String(500), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name="fk_definition_release_definition_id"
        ),
        sa.PrimaryKeyConstraint("definition_id", name="pk_definition_release"),
    )


def downgrade() -> None:
    op.drop_table("definition_release")
    op.drop_table("draft_file")
    op.drop_index("ix_definition_draft_state", "definition_draft")
    op.drop_index("ux_definition_draft_key", "definition_draft")
    op.drop_table("definition_draft")
