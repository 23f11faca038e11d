"""The box of secret votes: ballots without a person, a moment or an order."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ballot_box",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_ballot_box_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ballot_box"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ballot_box_task_id", "ballot_box", ["task_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_ballot_box_task_id", table_name="ballot_box")
    op.drop_table("ballot_box")
