"""A placement told from paper writes its opening in its first step, before the engine has written the case."""

from alembic import op

revision = "0210"
down_revision = "0215"
branch_labels = None
depends_on = None

NAME = "fk_exchange_opening_instance_id"


def upgrade() -> None:
    with op.batch_alter_table("exchange_opening") as batch:
        batch.drop_constraint(op.f(NAME), type_="foreignkey")


def downgrade() -> None:
    with op.batch_alter_table("exchange_opening") as batch:
        batch.create_foreign_key(op.f(NAME), "process_instance", ["instance_id"], ["id"])
