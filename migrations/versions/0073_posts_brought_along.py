"""A fourth manner of an exchange: the own post moves along with the person."""

from alembic import op

revision = "0073"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _allow("manner IN ('move', 'bring', 'lend', 'loan')")


def downgrade() -> None:
    _allow("manner IN ('move', 'lend', 'loan')")


def _allow(manners: str) -> None:
    with op.batch_alter_table("exchange_opening") as table:
        table.drop_constraint(op.f("ck_exchange_opening_manner"), type_="check")
        table.create_check_constraint(op.f("ck_exchange_opening_manner"), manners)
