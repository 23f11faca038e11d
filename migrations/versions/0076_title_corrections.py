"""Why a certificate of title is void: fraud, or a correction of the result."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("title_certificate") as table:
        table.add_column(sa.Column("revoked_because", sa.String(12), nullable=True))
        table.create_check_constraint(
            op.f("ck_title_certificate_revoked_because"), "revoked_because IN ('fraud', 'correction')"
        )
    op.execute("UPDATE title_certificate SET revoked_because = 'fraud' WHERE state = 'revoked'")


def downgrade() -> None:
    with op.batch_alter_table("title_certificate") as table:
        table.drop_constraint(op.f("ck_title_certificate_revoked_because"), type_="check")
        table.drop_column("revoked_because")
