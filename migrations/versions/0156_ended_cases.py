"""Find the cases that ended in a period, or have not ended, without reading all of them."""

from alembic import op

revision = "0156"
down_revision = "0155"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_process_instance_ended_at", "process_instance", ["ended_at"])


def downgrade() -> None:
    op.drop_index("ix_process_instance_ended_at", "process_instance")
