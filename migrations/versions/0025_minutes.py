"""Minutes of collective decisions: entered by one, confirmed by another."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0025"
down_revision = "0031"
branch_labels = None
depends_on = None

ID, MOMENT = sa.String(length=36), Instant()


def upgrade() -> None:
    op.create_table(
        "minutes",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("meeting", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("due", Json, nullable=False),
        sa.Column("present", Json, nullable=False),
        sa.Column("recused", Json, nullable=False),
        sa.Column("chair_id", ID, nullable=False),
        sa.Column("decision", sa.String(length=64), nullable=False),
        sa.Column("opinion", sa.Text()),
        sa.Column("values", Json, nullable=False),
        sa.Column("attachment_id", ID, nullable=False),
        sa.Column("entered_by", ID, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_minutes_task_id"),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name="fk_minutes_chair_id"),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name="fk_minutes_attachment_id"),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name="fk_minutes_entered_by"),
        sa.PrimaryKeyConstraint("task_id", name="pk_minutes"),
    )


def downgrade() -> None:
    op.drop_table("minutes")
