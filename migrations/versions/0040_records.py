"""What is known of a person over time, and which files HR has looked through."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0040"
down_revision = "0055"
branch_labels = None
depends_on = None

KINDS = (
    "title", "certificate", "assessment", "term_assessment", "backbone", "training", "service", "rural_service",
    "exchange", "loan", "principal_term", "retirement_choice", "departure", "former_name", "absence", "health",
    "sanction", "inquiry", "ethics", "fraud",
)  # fmt: skip
STANDING = sa.text("kind = 'assessment' AND voided_at IS NULL")


def upgrade() -> None:
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_table(
        "person_record",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("value", sa.String(40), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.String(36), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=True),
        sa.Column("entered_by", sa.String(64), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("replaces_id", sa.String(36), nullable=True),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("voided_by", sa.String(64), nullable=True),
        sa.Column("void_reason", sa.String(200), nullable=True),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_person_record_kind")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_person_record_days")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_record_person_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_person_record_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["person_record.id"], name=op.f("fk_person_record_replaces_id_person_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_record")),
    )
    op.create_index("ix_person_record_person_id_kind", "person_record", ["person_id", "kind"])
    op.create_index("ix_person_record_kind_value", "person_record", ["kind", "value"])
    op.create_index("ix_person_record_instance_id", "person_record", ["instance_id"])
    op.create_index(
        "uq_person_record_assessment", "person_record", ["person_id", "year"], unique=True,
        sqlite_where=STANDING, postgresql_where=STANDING,
    )  # fmt: skip
    op.create_table(
        "record_check",
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("topic", sa.String(16), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by", sa.String(64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("topic IN ('discipline', 'career')", name=op.f("ck_record_check_topic")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_record_check_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_record_check")),
    )


def downgrade() -> None:
    op.drop_table("record_check")
    op.drop_table("person_record")
