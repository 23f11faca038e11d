"""Flows that begin by themselves: when next, and cases whose initiator is no person but the system."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "start_timer",
        sa.Column("definition_key", sa.String(length=64), nullable=False),
        sa.Column("definition_id", sa.String(length=36), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"], name="fk_start_timer_definition_id"),
        sa.PrimaryKeyConstraint("definition_key", name="pk_start_timer"),
    )
    op.create_index("ix_start_timer_due", "start_timer", ["due_at"])
    with op.batch_alter_table("process_case") as table:
        table.drop_constraint("fk_process_case_initiator_id", type_="foreignkey")


def downgrade() -> None:
    with op.batch_alter_table("process_case") as table:
        table.create_foreign_key("fk_process_case_initiator_id", "person", ["initiator_id"], ["id"])
    op.drop_index("ix_start_timer_due", table_name="start_timer")
    op.drop_table("start_timer")
