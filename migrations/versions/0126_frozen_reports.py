"""Reports that were frozen: whole, and never changed or deleted."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0126"
down_revision = "0131"
branch_labels = None
depends_on = None

TABLE = "frozen_report"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("frozen_at", Instant(), nullable=False),
        sa.Column("frozen_by", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("contents", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_frozen_report"),
    )
    op.create_index("ix_frozen_report_as_of", TABLE, ["as_of"])
    for action in ("UPDATE", "DELETE"):
        op.execute(_trigger(action))


def _trigger(action: str) -> str:
    named = f"CREATE TRIGGER {TABLE}_no_{action.lower()} BEFORE {action} ON {TABLE}"
    if op.get_bind().dialect.name == "sqlite":
        return f"{named} BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    return f"{named} FOR EACH ROW EXECUTE FUNCTION refuse_change()"


def downgrade() -> None:
    op.drop_table(TABLE)
