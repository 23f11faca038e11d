"""The opening day: loads of workbooks and what each wrote, remembered headings, stated numbers, signatures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from workflows.base import Instant

revision = "0105"
down_revision = "0130"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATES = "state IN ('mapping', 'checking', 'checked', 'loading', 'loaded', 'revoking', 'revoked')"


def upgrade() -> None:
    op.create_table(
        "opening_import",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("sheets", sa.LargeBinary(), nullable=True),
        sa.Column("faults", sa.LargeBinary(), nullable=True),
        sa.Column("run_id", sa.String(36), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=True),
        sa.Column("loaded_by", sa.String(64), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(64), nullable=True),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_opening_import_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_import")),
    )
    op.create_index(op.f("ix_opening_import_account_id"), "opening_import", ["account_id"])
    op.create_index(op.f("ix_opening_import_at"), "opening_import", ["at"])
    op.create_table(
        "opening_effect",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("import_id", sa.String(36), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("inserted", JSON, nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["opening_import.id"], name=op.f("fk_opening_effect_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_effect")),
    )
    op.create_index(op.f("ix_opening_effect_import_id"), "opening_effect", ["import_id"])
    op.create_table(
        "opening_heading",
        sa.Column("table_key", sa.String(16), nullable=False),
        sa.Column("heading", sa.String(120), nullable=False),
        sa.Column("column_name", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("table_key", "heading", name=op.f("pk_opening_heading")),
    )
    _create_signed()


def _create_signed() -> None:
    op.create_table(
        "opening_number",
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_opening_number_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_opening_number")),
    )
    op.create_table(
        "opening_signature",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.CheckConstraint("side IN ('school', 'bureau')", name=op.f("ck_opening_signature_side")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_opening_signature_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_opening_signature_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_signature")),
    )
    op.create_index(
        op.f("ix_opening_signature_organisation_id_signed_at"), "opening_signature", ["organisation_id", "signed_at"]
    )


def downgrade() -> None:
    for name in ("opening_signature", "opening_number", "opening_heading", "opening_effect", "opening_import"):
        op.drop_table(name)
