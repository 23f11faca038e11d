"""Objections by phone, letter and visit with a receipt number; numbers without gaps; files kept out of the case's own."""

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name="pk_number_series"),
    )
    op.add_column("attachment", sa.Column("kept_for", sa.String(20), nullable=True))
    with op.batch_alter_table("publicity_objection") as table:
        table.add_column(sa.Column("number", sa.String(40), nullable=True))
        table.add_column(sa.Column("channel", sa.String(20), nullable=False, server_default="page"))
        table.add_column(sa.Column("received_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("registered_by", sa.String(36), nullable=True))
        table.add_column(sa.Column("attachment_id", sa.String(36), nullable=True))
        table.add_column(sa.Column("reached", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.create_unique_constraint("uq_publicity_objection_number", ["number"])
        table.create_foreign_key(
            "fk_publicity_objection_attachment_id_attachment", "attachment", ["attachment_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("publicity_objection") as table:
        table.drop_constraint("fk_publicity_objection_attachment_id_attachment", type_="foreignkey")
        table.drop_constraint("uq_publicity_objection_number", type_="unique")
        for name in ("reached", "attachment_id", "registered_by", "received_on", "channel", "number"):
            table.drop_column(name)
    op.drop_column("attachment", "kept_for")
    op.drop_table("number_series")
