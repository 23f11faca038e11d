"""Corrections of what cases have brought about; appointments struck, lists published again, certificates replaced."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0115"
down_revision = "0112"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
STANDING = sa.text("state <> 'replaced'")


def upgrade() -> None:
    _corrections()
    with op.batch_alter_table("appointment") as table:
        table.add_column(sa.Column("struck_at", Instant(), nullable=True))
    with op.batch_alter_table("publicity") as table:
        table.add_column(sa.Column("correction_id", sa.String(36), nullable=True))
        table.create_foreign_key(op.f("fk_publicity_correction_id"), "case_correction", ["correction_id"], ["id"])
    with op.batch_alter_table("title_certificate") as table:
        table.add_column(sa.Column("replaces_id", sa.String(36), nullable=True))
        table.create_foreign_key(op.f("fk_title_certificate_replaces_id"), "title_certificate", ["replaces_id"], ["id"])
        table.create_unique_constraint(op.f("uq_title_certificate_replaces_id"), ["replaces_id"])
        table.drop_constraint(op.f("uq_title_certificate_instance_id"), type_="unique")
        table.drop_constraint(op.f("ck_title_certificate_state"), type_="check")
        table.create_check_constraint(op.f("ck_title_certificate_state"), "state IN ('valid', 'revoked', 'replaced')")
    op.create_index(
        "uq_title_certificate_standing", "title_certificate", ["instance_id"], unique=True, sqlite_where=STANDING,
        postgresql_where=STANDING,
    )  # fmt: skip


def _corrections() -> None:
    op.create_table(
        "case_correction",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item", sa.String(36), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("effects", Json, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("attachment_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(500), nullable=True),
        sa.Column("event_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'confirmed', 'refused', 'withdrawn')", name=op.f("ck_case_correction_state")
        ),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_case_correction_decided")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_case_correction_instance_id")),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_case_correction_attachment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_correction")),
    )
    op.create_index("ix_case_correction_instance_id_proposed_at", "case_correction", ["instance_id", "proposed_at"])
    op.create_index("ix_case_correction_state_proposed_at", "case_correction", ["state", "proposed_at"])
    op.create_index(
        "uq_case_correction_open", "case_correction", ["instance_id"], unique=True, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("uq_title_certificate_standing", "title_certificate")
    op.execute("DELETE FROM title_certificate WHERE state = 'replaced'")
    with op.batch_alter_table("title_certificate") as table:
        table.drop_constraint(op.f("fk_title_certificate_replaces_id"), type_="foreignkey")
        table.drop_constraint(op.f("uq_title_certificate_replaces_id"), type_="unique")
        table.drop_column("replaces_id")
        table.drop_constraint(op.f("ck_title_certificate_state"), type_="check")
        table.create_check_constraint(op.f("ck_title_certificate_state"), "state IN ('valid', 'revoked')")
        table.create_unique_constraint(op.f("uq_title_certificate_instance_id"), ["instance_id"])
    with op.batch_alter_table("publicity") as table:
        table.drop_constraint(op.f("fk_publicity_correction_id"), type_="foreignkey")
        table.drop_column("correction_id")
    with op.batch_alter_table("appointment") as table:
        table.drop_column("struck_at")
    op.drop_table("case_correction")
