"""What is published, and what anybody objects to it on the public page."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0081"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publicity",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("flow", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("open_to_all", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_publicity_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity")),
        sa.UniqueConstraint("instance_id", "subject", name=op.f("uq_publicity_instance_id_subject")),
    )
    op.create_index("ix_publicity_flow_subject", "publicity", ["flow", "subject"])
    op.create_table(
        "publicity_objection",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("publicity_id", sa.String(36), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publicity_id"], ["publicity.id"], name=op.f("fk_publicity_objection_publicity_id_publicity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity_objection")),
    )
    op.create_index("ix_publicity_objection_at", "publicity_objection", ["at"])
    op.create_index("ix_publicity_objection_publicity_id", "publicity_objection", ["publicity_id"])
    with op.batch_alter_table("exchange_objection") as table:
        table.alter_column("by_person_id", existing_type=sa.String(36), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM exchange_objection WHERE by_person_id IS NULL")
    with op.batch_alter_table("exchange_objection") as table:
        table.alter_column("by_person_id", existing_type=sa.String(36), nullable=False)
    op.drop_table("publicity_objection")
    op.drop_table("publicity")
