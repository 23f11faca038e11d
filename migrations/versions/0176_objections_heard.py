"""Keep of an objection which name it gave, as a digest, and what bureau HR made of it where it stopped nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0176"
down_revision = "0175"
branch_labels = None
depends_on = None

NAME = "ck_publicity_objection_hearing"
HEARD = "hearing IN ('waits', 'inquired', 'nothing_new', 'made_up')"


def upgrade() -> None:
    with op.batch_alter_table("publicity_objection") as batch:
        batch.add_column(sa.Column("alias", sa.String(64), nullable=True))
        batch.add_column(sa.Column("hearing", sa.String(12), nullable=True))
        batch.create_check_constraint(op.f(NAME), HEARD)


def downgrade() -> None:
    with op.batch_alter_table("publicity_objection") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.drop_column("hearing")
        batch.drop_column("alias")
