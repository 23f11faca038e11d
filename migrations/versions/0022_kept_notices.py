"""How a passed deadline was counted; reads of notices by holder; indexes for lists; deadlines of cases that rest."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Far away, as rows that stand still are kept."""
UNDELIVERED = "state <> 'sent' AND attempts > 0"


def upgrade() -> None:
    op.add_column("overdue", sa.Column("rule", sa.String(200), nullable=True))
    op.add_column("overdue", sa.Column("start_day", sa.Date(), nullable=True))
    op.add_column("overdue", sa.Column("start_at", Instant(), nullable=True))
    op.add_column("overdue", sa.Column("used", sa.Integer(), nullable=True))
    op.add_column("overdue", sa.Column("calendar_revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("notice_read", sa.Column("holder", sa.String(120), nullable=True))
    op.execute(
        "UPDATE notice_read SET holder = (SELECT notice.holder FROM notice WHERE notice.id = notice_read.notice_id)"
    )
    with op.batch_alter_table("notice_read") as table:
        table.alter_column("holder", existing_type=sa.String(120), nullable=False)
    op.create_index("ix_notice_read_person_id", "notice_read", ["person_id", "holder"])
    op.create_index("ix_notice_at", "notice", ["at", "holder"])
    op.drop_index("ix_outbox_message_failed", "outbox_message")
    op.create_index(
        "ix_outbox_message_undelivered", "outbox_message", ["id"],
        sqlite_where=sa.text(UNDELIVERED), postgresql_where=sa.text(UNDELIVERED),
    )  # fmt: skip
    _let_them_rest()


def _let_them_rest() -> None:
    """Deadlines of suspended cases that were kept before these stood still: nobody looks at them until they go on."""
    instance = sa.table("process_instance", sa.column("id"), sa.column("state"))
    timer = sa.table("timer", *map(sa.column, ("instance_id", "kind")), *(sa.column(n, Instant()) for n in (
        "due_at", "retry_at")))  # fmt: skip
    resting = sa.select(instance.c.id).where(instance.c.state == "suspended")
    here = timer.c.instance_id.in_(resting), timer.c.due_at < NEVER, timer.c.retry_at.is_(None)
    op.get_bind().execute(timer.update().where(*here).values(retry_at=NEVER))


def downgrade() -> None:
    failed = sa.text("state = 'failed'")
    op.drop_index("ix_outbox_message_undelivered", "outbox_message")
    op.create_index("ix_outbox_message_failed", "outbox_message", ["id"], sqlite_where=failed, postgresql_where=failed)
    op.drop_index("ix_notice_at", "notice")
    op.drop_index("ix_notice_read_person_id", "notice_read")
    with op.batch_alter_table("notice_read") as table:
        table.drop_column("holder")
    with op.batch_alter_table("overdue") as table:
        for name in ("calendar_revision", "used", "start_at", "start_day", "rule"):
            table.drop_column(name)
