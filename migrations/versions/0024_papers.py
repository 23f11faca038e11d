"""Decisions made on paper and recorded here."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

ID, MOMENT = sa.String(length=36), Instant()


def upgrade() -> None:
    op.create_table(
        "paper_decision",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(length=64), nullable=False),
        sa.Column("attachment_id", ID, nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("disputed_by", ID),
        sa.Column("disputed_at", MOMENT),
        sa.Column("dispute", sa.Text()),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_paper_decision_task_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_paper_decision_person_id"),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name="fk_paper_decision_attachment_id"),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_paper_decision_recorded_by"),
        sa.ForeignKeyConstraint(["disputed_by"], ["person.id"], name="fk_paper_decision_disputed_by"),
        sa.PrimaryKeyConstraint("task_id", name="pk_paper_decision"),
    )
    op.add_column("overdue", sa.Column("decided_at", MOMENT))


def downgrade() -> None:
    op.drop_column("overdue", "decided_at")
    op.drop_table("paper_decision")
