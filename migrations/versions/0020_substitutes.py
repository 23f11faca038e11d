"""Substitutes (代理): who acts for whom, in which flows, on which days."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "substitution",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("represented_id", sa.String(36), nullable=False),
        sa.Column("substitute_id", sa.String(36), nullable=False),
        sa.Column("flows", Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("attachment_id", sa.String(36), nullable=True),
        sa.Column("named_at", Instant(), nullable=False),
        sa.Column("named_by", sa.String(64), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_substitution_days")),
        sa.CheckConstraint("represented_id <> substitute_id", name=op.f("ck_substitution_two_persons")),
        sa.ForeignKeyConstraint(["represented_id"], ["person.id"], name=op.f("fk_substitution_represented_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_substitution_substitute_id")),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_substitution_attachment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index("ix_substitution_represented_id_valid_until", "substitution", ["represented_id", "valid_until"])
    op.create_index("ix_substitution_substitute_id_valid_until", "substitution", ["substitute_id", "valid_until"])


def downgrade() -> None:
    op.drop_table("substitution")
