"""Filters of the inbox that people keep and share, and phrases of opinions: one's own and the bureau's."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0032"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("box", sa.String(10), nullable=False),
        sa.Column("flow", sa.String(64), nullable=True),
        sa.Column("q", sa.String(100), nullable=True),
        sa.Column("organisation_id", sa.String(36), nullable=True),
        sa.Column("sort", sa.String(10), nullable=False),
        sa.Column("shared_with", sa.String(120), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_filter_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_filter_person_id_name")),
    )
    op.create_index("ix_saved_filter_shared_with", "saved_filter", ["shared_with"])
    op.create_table(
        "phrase",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phrase_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_index("ix_phrase_person_id", "phrase", ["person_id", "position"])


def downgrade() -> None:
    op.drop_table("phrase")
    op.drop_table("saved_filter")
