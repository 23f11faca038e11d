"""Personnel changes, one a case."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0041"
down_revision = "0061"
branch_labels = None
depends_on = None

ORGANISATIONS = ("organisation_id", "to_organisation_id")


def upgrade() -> None:
    op.create_table(
        "personnel_change",
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=True),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("to_organisation_id", sa.String(36), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'waiting', 'done')", name=op.f("ck_personnel_change_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_personnel_change_person_id_person")),
        *(
            sa.ForeignKeyConstraint([name], ["organisation.id"], name=op.f(f"fk_personnel_change_{name}_organisation"))
            for name in ORGANISATIONS
        ),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_personnel_change")),
    )
    op.create_index("ix_personnel_change_person_id", "personnel_change", ["person_id"])
    op.create_index(
        "ix_personnel_change_organisation_id_effective_on", "personnel_change", ["organisation_id", "effective_on"]
    )


def downgrade() -> None:
    op.drop_table("personnel_change")
