"""Read marks of tasks, many tasks decided at once, and the open tasks of the cases that somebody started."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0031"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_read",
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("task_id", sa.String(36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_read_person_id_person")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_read_task_id_task")),
        sa.PrimaryKeyConstraint("person_id", "task_id", name=op.f("pk_task_read")),
    )
    op.create_table(
        "bulk",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("decision", sa.String(64), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bulk_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk")),
    )
    op.create_index("ix_bulk_person_id", "bulk", ["person_id", "at"])
    op.create_table(
        "bulk_row",
        sa.Column("bulk_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("code", sa.String(100), nullable=True),
        sa.Column("params", Json, nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk.id"], name=op.f("fk_bulk_row_bulk_id_bulk")),
        sa.PrimaryKeyConstraint("bulk_id", "position", name=op.f("pk_bulk_row")),
    )
    op.create_index("ix_task_initiator_id", "task", ["initiator_id", "state", "id"])


def downgrade() -> None:
    op.drop_index("ix_task_initiator_id", "task")
    op.drop_table("bulk_row")
    op.drop_table("bulk")
    op.drop_table("task_read")
