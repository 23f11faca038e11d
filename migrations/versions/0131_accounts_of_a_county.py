"""Rows of a sheet of accounts over many organisations, opened in the background."""

import sqlalchemy as sa
from alembic import op

revision = "0131"
down_revision = "0147"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_opening",
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("fault", sa.String(100), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'opened', 'refused')", name=op.f("ck_account_opening_state")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_account_opening_run_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_account_opening_person_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_account_opening_organisation_id"),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_account_opening"),
    )


def downgrade() -> None:
    op.drop_table("account_opening")
