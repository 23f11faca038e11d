"""Channels of notices: what an admin declares, what a person chooses, and the time in which a notice may be taken back."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("outbox_message", sa.Column("not_before", MOMENT, nullable=True))
    op.create_table(
        "notice_channel",
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("headers", Json, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("signing", sa.String(10), nullable=False),
        sa.Column("secret_name", sa.String(64), nullable=True),
        sa.Column("recipient", sa.String(8), nullable=False),
        sa.Column("expect", sa.String(80), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("format IN ('json', 'form')", name=op.f("ck_notice_channel_format")),
        sa.CheckConstraint("signing IN ('none', 'hmac', 'dingtalk')", name=op.f("ck_notice_channel_signing")),
        sa.CheckConstraint("recipient IN ('none', 'phone', 'own')", name=op.f("ck_notice_channel_recipient")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notice_channel")),
    )
    op.create_table(
        "notice_setting",
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("digest", sa.String(8), nullable=False),
        sa.Column("locale", sa.String(8), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("mail", sa.LargeBinary(), nullable=True),
        sa.Column("mail_proven_at", MOMENT, nullable=True),
        sa.Column("mail_asked", sa.LargeBinary(), nullable=True),
        sa.Column("mail_asked_at", MOMENT, nullable=True),
        sa.Column("mail_tries", sa.Integer(), nullable=False),
        sa.Column("handles", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("digest IN ('none', 'daily', 'weekly')", name=op.f("ck_notice_setting_digest")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_setting_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_setting")),
    )
    op.create_table(
        "notice_digest_item",
        sa.Column("digest_id", sa.String(36), nullable=False),
        sa.Column("notice_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_digest_item_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest_id", "notice_id", name=op.f("pk_notice_digest_item")),
    )


def downgrade() -> None:
    op.drop_table("notice_digest_item")
    op.drop_table("notice_setting")
    op.drop_table("notice_channel")
    op.drop_column("outbox_message", "not_before")
