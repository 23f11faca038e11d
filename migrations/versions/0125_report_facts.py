"""Recognitions on the files of persons, and an index by which steps that were done are timed."""

import sqlalchemy as sa
from alembic import op

revision = "0125"
down_revision = "0146"
branch_labels = None
depends_on = None

BEFORE = (
    "title", "certificate", "assessment", "term_assessment", "backbone", "training", "service", "rural_service",
    "exchange", "loan", "principal_term", "retirement_choice", "departure", "former_name", "absence", "health",
    "sanction", "inquiry", "ethics", "fraud",
)  # fmt: skip
AFTER = (*BEFORE, "recognition")
STANDING = sa.text("kind = 'assessment' AND voided_at IS NULL")
DONE = sa.text("state = 'done'")


def _allow(kinds: tuple[str, ...]) -> None:
    """The partial index is made anew: SQLite copies the table and would lose its condition."""
    op.drop_index("uq_person_record_assessment", "person_record")
    with op.batch_alter_table("person_record") as table:
        table.drop_constraint(op.f("ck_person_record_kind"), type_="check")
        table.create_check_constraint(
            op.f("ck_person_record_kind"), f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
        )
    op.create_index(
        "uq_person_record_assessment", "person_record", ["person_id", "year"], unique=True,
        sqlite_where=STANDING, postgresql_where=STANDING,
    )  # fmt: skip


def upgrade() -> None:
    _allow(AFTER)
    columns = ["closed_at", "definition_key", "element_id", "opened_at", "decision"]
    op.create_index("ix_task_done", "task", columns, sqlite_where=DONE, postgresql_where=DONE)


def downgrade() -> None:
    op.drop_index("ix_task_done", "task")
    op.execute("DELETE FROM person_record WHERE kind = 'recognition'")
    _allow(BEFORE)
