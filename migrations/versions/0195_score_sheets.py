"""Keep the signed score sheet of an open competition beside the marks that were entered from it."""

import sqlalchemy as sa
from alembic import op

revision = "0195"
down_revision = "0190"
branch_labels = None
depends_on = None

NAME = "fk_exchange_opening_score_sheet_id_attachment"


def upgrade() -> None:
    with op.batch_alter_table("exchange_opening") as batch:
        batch.add_column(sa.Column("score_sheet_id", sa.String(36), nullable=True))
        batch.create_foreign_key(op.f(NAME), "attachment", ["score_sheet_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("exchange_opening") as batch:
        batch.drop_constraint(op.f(NAME), type_="foreignkey")
        batch.drop_column("score_sheet_id")
