"""Deadlines that have passed count against who owed them; urging has limits; extensions are counted."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, new_id

revision = "0014"
down_revision = "0005"
branch_labels = None
depends_on = None

TASK = sa.table(
    "task",
    *(sa.column(name) for name in ("id", "instance_id", "element_id", "organisation_id", "state")),
    *(sa.column(name, sa.JSON()) for name in ("groups", "properties")),
    sa.column("due_at", Instant()),
)
TIMER = sa.table(
    "timer",
    *(sa.column(name) for name in (
        "id", "instance_id", "kind", "element_id", "subject_id", "rule", "unit", "used", "calendar_revision",
        "attempts", "extended",
    )),
    sa.column("due_at", Instant()),
    sa.column("start_day", sa.Date()),
)  # fmt: skip
OVERDUE = sa.table("overdue", *(sa.column(name) for name in ("task_id", "organisation_id", "role", "owed_by")))


def upgrade() -> None:
    op.create_table(
        "overdue",
        sa.Column("task_id", sa.String(36), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("owed_by", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_overdue_task_id_task")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_overdue_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_overdue")),
    )
    op.create_index("ix_overdue_organisation_id", "overdue", ["organisation_id", "task_id"])
    op.create_table(
        "urging",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("task_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_urging_task_id_task")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_urging_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urging")),
    )
    op.create_index("ix_urging_task_id", "urging", ["task_id", "at"])
    op.create_index("ix_urging_person_id", "urging", ["person_id", "at"])
    op.add_column("timer", sa.Column("extended", sa.Integer(), nullable=False, server_default="0"))
    _keep_late_ones()


def _keep_late_ones() -> None:
    """A row for what is overdue already: it reminds at the next tick, and can be extended and suspended."""
    connection = op.get_bind()
    waits = sa.exists().where(TIMER.c.subject_id == TASK.c.id, TIMER.c.kind == "due")
    late = sa.select(TASK).where(TASK.c.state == "open", TASK.c.due_at < datetime.now(UTC), ~waits)
    for row in connection.execute(late).all():
        role, _, office = (row.groups[0] if row.groups else "").partition("@")
        connection.execute(TIMER.insert().values(
            id=new_id(), instance_id=row.instance_id, kind="overdue", element_id=row.element_id, subject_id=row.id,
            rule="3 workdays", unit="workdays", used=0, calendar_revision=0, attempts=0, extended=0,
            due_at=row.due_at, start_day=row.due_at.date(),
        ))  # fmt: skip
        connection.execute(OVERDUE.insert().values(
            task_id=row.id, organisation_id=office or row.organisation_id, role=role,
            owed_by=row.properties.get("owedBy", "authority"),
        ))  # fmt: skip


def downgrade() -> None:
    op.execute("DELETE FROM timer WHERE kind = 'overdue'")
    with op.batch_alter_table("timer") as table:
        table.drop_column("extended")
    op.drop_table("urging")
    op.drop_table("overdue")
