"""School and bureau HR say that a school has no other open case on paper."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0112"
down_revision = "0125"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_case_check",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.CheckConstraint("side IN ('school', 'bureau')", name=op.f("ck_open_case_check_side")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_open_case_check_organisation_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_open_case_check_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_open_case_check"),
    )
    op.create_index("ix_open_case_check_organisation_id", "open_case_check", ["organisation_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_open_case_check_organisation_id", "open_case_check")
    op.drop_table("open_case_check")
