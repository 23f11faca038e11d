"""What a seat is for: a signer, or somebody whom the holder of another seat has asked or added."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("seat") as table:
        table.add_column(sa.Column("kind", sa.String(10), nullable=False, server_default="signer"))
        table.add_column(sa.Column("for_seat_id", sa.String(36), nullable=True))
        table.create_foreign_key(op.f("fk_seat_for_seat_id_seat"), "seat", ["for_seat_id"], ["id"])
    with op.batch_alter_table("seat") as table:
        table.alter_column("kind", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("seat") as table:
        table.drop_constraint(op.f("fk_seat_for_seat_id_seat"), type_="foreignkey")
        table.drop_column("for_seat_id")
        table.drop_column("kind")
