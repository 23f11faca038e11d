"""What persons ask to have corrected in their files, and the answers."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0042"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "correction_request",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("record_id", sa.String(36), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.String(64), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_correction_request_person_id_person")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["person_record.id"], name=op.f("fk_correction_request_record_id_person_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
    )
    op.create_index("ix_correction_request_person_id_asked_at", "correction_request", ["person_id", "asked_at"])
    op.create_index("ix_correction_request_answered_at", "correction_request", ["answered_at"])


def downgrade() -> None:
    op.drop_table("correction_request")
