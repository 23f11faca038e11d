"""Keep who was recommended for a title within the vacancies and holds no post yet."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0190"
down_revision = "0177"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("title_application", sa.Column("promised_at", Instant, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("title_application") as batch:
        batch.drop_column("promised_at")
