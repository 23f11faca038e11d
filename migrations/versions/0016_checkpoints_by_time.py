"""An index by which the checkpoint after an event is found: evidence of an old case looks for the one that signed it."""

from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_checkpoint_at", "audit_checkpoint", ["at", "n"])


def downgrade() -> None:
    op.drop_index("ix_audit_checkpoint_at", "audit_checkpoint")
