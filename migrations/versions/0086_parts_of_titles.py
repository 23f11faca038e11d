"""What the title of a case is made of, so that each reader has it in the own language."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Json

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_case", sa.Column("title_parts", Json))


def downgrade() -> None:
    with op.batch_alter_table("process_case") as table:
        table.drop_column("title_parts")
