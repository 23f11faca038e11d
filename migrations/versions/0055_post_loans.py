"""Who holds which lent post of a reserved pool, from when until when."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0032"
branch_labels = None
depends_on = None

BECAUSE = "'returned', 'transfer', 'retirement', 'demotion', 'exit', 'term_over', 'not_appointed'"


def upgrade() -> None:
    op.create_table(
        "post_loan",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("borrower_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=True),
        sa.Column("line", sa.String(100), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("appointed_on", sa.Date(), nullable=True),
        sa.Column("appointed_by", sa.String(80), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.String(16), nullable=True),
        sa.Column("ended_instance_id", sa.String(36), nullable=True),
        sa.CheckConstraint(
            "until >= from_on AND (ended_on IS NULL OR ended_on >= from_on)", name=op.f("ck_post_loan_days")
        ),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_because IS NULL)", name=op.f("ck_post_loan_ended")),
        sa.CheckConstraint(f"ended_because IN ({BECAUSE})", name=op.f("ck_post_loan_because")),
        sa.CheckConstraint("(appointed_on IS NULL) = (appointed_by IS NULL)", name=op.f("ck_post_loan_appointed")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_post_loan_account_id_ledger_account")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["organisation.id"], name=op.f("fk_post_loan_borrower_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_loan_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_loan")),
    )
    still_open = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_post_loan_open",
        "post_loan",
        ["person_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("ix_post_loan_person_id_from_on", "post_loan", ["person_id", "from_on"])
    for column in ("account_id", "borrower_id", "instance_id", "until"):
        op.create_index(f"ix_post_loan_{column}", "post_loan", [column])


def downgrade() -> None:
    op.drop_table("post_loan")
