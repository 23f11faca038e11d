"""What a school without a network has signed and sealed on paper, and who has written it down."""

import sqlalchemy as sa
from alembic import op

revision = "0170"
down_revision = "0150"
branch_labels = None
depends_on = None

TABLES = ("opening_signature", "open_case_check")


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("document", sa.String(200), nullable=True))
            table.add_column(sa.Column("decided_on", sa.Date(), nullable=True))
            table.add_column(sa.Column("attachment_id", sa.String(36), nullable=True))
            table.add_column(sa.Column("recorded_by", sa.String(36), nullable=True))
            table.create_foreign_key(f"fk_{name}_attachment_id", "attachment", ["attachment_id"], ["id"])
            table.create_foreign_key(f"fk_{name}_recorded_by", "person", ["recorded_by"], ["id"])


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"fk_{name}_recorded_by", type_="foreignkey")
            table.drop_constraint(f"fk_{name}_attachment_id", type_="foreignkey")
            for column in ("recorded_by", "attachment_id", "decided_on", "document"):
                table.drop_column(column)
