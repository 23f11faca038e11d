"""Many cases asked for at once, each row a case of its own."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0043"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "start_batch",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("definition_key", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("run_id", sa.String(36), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_start_batch_person_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_start_batch_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_batch")),
    )
    op.create_index("ix_start_batch_person_id", "start_batch", ["person_id", "at"])
    op.create_table(
        "start_row",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("batch_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=True),
        sa.Column("code", sa.String(100), nullable=True),
        sa.Column("params", Json, nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["start_batch.id"], name=op.f("fk_start_row_batch_id_start_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_row")),
    )
    op.create_index("ix_start_row_batch_id", "start_row", ["batch_id", "position"], unique=True)


def downgrade() -> None:
    op.drop_table("start_row")
    op.drop_table("start_batch")
