"""Workbooks of cases on paper, and what a dry run found of each case."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0113"
down_revision = "0121"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_import",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("definition_key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("run_id", sa.String(36), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_paper_import_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_import"),
    )
    op.create_index("ix_paper_import_at", "paper_import", ["at"])
    op.add_column("paper_case", sa.Column("label", sa.String(100), nullable=True))
    op.add_column("paper_case", sa.Column("origin", Json, nullable=True))
    op.add_column("paper_case", sa.Column("result", Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("paper_case") as batch:
        batch.drop_column("result")
        batch.drop_column("origin")
        batch.drop_column("label")
    op.drop_index("ix_paper_import_at", "paper_import")
    op.drop_table("paper_import")
