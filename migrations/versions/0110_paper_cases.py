"""Cases that began on paper, told by one person and confirmed by a second one, and their scans."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0110"
down_revision = "0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_case",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("definition_key", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("element_id", sa.String(200), nullable=False),
        sa.Column("initiator_id", sa.String(36), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("proposed_by", sa.String(36), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(36), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("instance_id", sa.String(36), nullable=True),
        sa.Column("import_id", sa.String(36), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_paper_case_organisation_id"),
        sa.ForeignKeyConstraint(["initiator_id"], ["person.id"], name="fk_paper_case_initiator_id"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_paper_case_proposed_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_paper_case_decided_by"),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name="fk_paper_case_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_case"),
    )
    op.create_index("ix_paper_case_state", "paper_case", ["state", "id"])
    op.create_index("ix_paper_case_import_id", "paper_case", ["import_id"])
    op.create_table(
        "paper_case_file",
        sa.Column("paper_case_id", sa.String(36), nullable=False),
        sa.Column("attachment_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["paper_case_id"], ["paper_case.id"], name="fk_paper_case_file_paper_case_id"),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name="fk_paper_case_file_attachment_id"),
        sa.PrimaryKeyConstraint("paper_case_id", "attachment_id", name="pk_paper_case_file"),
    )


def downgrade() -> None:
    op.drop_table("paper_case_file")
    op.drop_index("ix_paper_case_import_id", "paper_case")
    op.drop_index("ix_paper_case_state", "paper_case")
    op.drop_table("paper_case")
