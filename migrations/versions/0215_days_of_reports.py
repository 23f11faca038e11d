"""Let a past day of the reports be found from its end: what the ledger has posted since, which steps were closed since."""

import sqlalchemy as sa
from alembic import op

revision = "0215"
down_revision = "0200"
branch_labels = None
depends_on = None

CANCELLED = sa.text("state = 'cancelled'")


def upgrade() -> None:
    op.create_index("ix_ledger_entry_at", "ledger_entry", ["at"])
    columns = ["closed_at", "opened_at"]
    op.create_index("ix_task_cancelled", "task", columns, sqlite_where=CANCELLED, postgresql_where=CANCELLED)


def downgrade() -> None:
    op.drop_index("ix_task_cancelled", "task")
    op.drop_index("ix_ledger_entry_at", "ledger_entry")
