"""Single sign-on: subjects of a provider linked with accounts, used sign-ons, and how a session was opened."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0130"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_identity",
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.Column("linked_by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_identity_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_identity"),
        sa.UniqueConstraint("issuer", "subject", name="uq_account_identity_issuer_subject"),
    )
    op.create_table(
        "used_sign_on",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_used_sign_on"),
    )
    op.create_index("ix_used_sign_on_at", "used_sign_on", ["at"])
    op.add_column("access_token", sa.Column("via", sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column("access_token", "via")
    op.drop_table("used_sign_on")
    op.drop_table("account_identity")
