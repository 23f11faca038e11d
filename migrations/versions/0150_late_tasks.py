"""Find what is overdue among the open tasks alone."""

import sqlalchemy as sa
from alembic import op

revision = "0150"
down_revision = "0127"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_index("ix_task_late", "task", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_task_late", "task")
