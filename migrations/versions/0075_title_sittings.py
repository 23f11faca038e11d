"""Sittings of title committees: the day of the filing, why drawn again, cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0080"
branch_labels = None
depends_on = None

STATES = "state IN ('planned', 'drawn', 'voting'{more})"


def upgrade() -> None:
    with op.batch_alter_table("title_session") as table:
        table.drop_constraint(op.f("ck_title_session_state"), type_="check")
        table.alter_column("state", existing_type=sa.String(8), type_=sa.String(12), existing_nullable=False)
        table.add_column(sa.Column("filed_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("drawn_because", sa.String(200), nullable=True))
        table.add_column(sa.Column("cancelled_because", sa.String(200), nullable=True))
        table.create_check_constraint(op.f("ck_title_session_state"), STATES.format(more=", 'cancelled'"))


def downgrade() -> None:
    op.execute("UPDATE title_session SET state = 'planned' WHERE state = 'cancelled'")
    with op.batch_alter_table("title_session") as table:
        table.drop_constraint(op.f("ck_title_session_state"), type_="check")
        for name in ("cancelled_because", "drawn_because", "filed_on"):
            table.drop_column(name)
        table.alter_column("state", existing_type=sa.String(12), type_=sa.String(8), existing_nullable=False)
        table.create_check_constraint(op.f("ck_title_session_state"), STATES.format(more=""))
