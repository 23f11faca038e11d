"""Sheets of candidates that are being imported: checked part by part before they are written at once."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidate_import",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=False),
        sa.Column("faults", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_candidate_import_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_import")),
    )
    op.create_index(op.f("ix_candidate_import_at"), "candidate_import", ["at"])
    op.create_index(
        op.f("ix_candidate_import_instance_id_account_id"), "candidate_import", ["instance_id", "account_id"]
    )


def downgrade() -> None:
    op.drop_table("candidate_import")
