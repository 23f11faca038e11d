"""Activation slips: the digest of a code by which somebody chooses the first password of an account, once."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0101"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_slip",
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("issued_by", sa.String(64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_slip_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_slip"),
    )


def downgrade() -> None:
    op.drop_table("account_slip")
