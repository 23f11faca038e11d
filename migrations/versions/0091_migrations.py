"""Many running cases that move to another version of their flow: which, how far, and why some stay."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0091"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "migration",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("definition_id", sa.String(36), nullable=False),
        sa.Column("dry", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("run_id", sa.String(36), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"], name="fk_migration_definition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_migration"),
    )
    op.create_table(
        "migration_row",
        sa.Column("migration_id", sa.String(36), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["migration_id"], ["migration.id"], name="fk_migration_row_migration_id"),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_migration_row_instance_id"),
        sa.PrimaryKeyConstraint("migration_id", "instance_id", name="pk_migration_row"),
    )


def downgrade() -> None:
    op.drop_table("migration_row")
    op.drop_table("migration")
