"""A decision on paper is of a seat; those recorded so far stay what they were: of a whole step."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0085"
down_revision = "0091"
branch_labels = None
depends_on = None

ID, MOMENT = sa.String(length=36), Instant()
SET_ASIDE = "CREATE TABLE paper_decision_before AS SELECT * FROM paper_decision"
KEEP = """
    INSERT INTO paper_decision (id, task_id, decided_by, person_id, document, decided_on, decision, attachment_id,
        recorded_by, recorded_at, disputed_by, disputed_at, dispute)
    SELECT task_id, task_id, decided_by, person_id, document, decided_on, decision, attachment_id,
        recorded_by, recorded_at, disputed_by, disputed_at, dispute
    FROM paper_decision_before
"""
GIVE_BACK = """
    INSERT INTO paper_decision (task_id, decided_by, person_id, document, decided_on, decision, attachment_id,
        recorded_by, recorded_at, disputed_by, disputed_at, dispute)
    SELECT task_id, decided_by, person_id, document, decided_on, decision, attachment_id,
        recorded_by, recorded_at, disputed_by, disputed_at, dispute
    FROM paper_decision_before
"""
LAST_STAYS = """
    DELETE FROM paper_decision WHERE EXISTS (
        SELECT 1 FROM paper_decision AS later
        WHERE later.task_id = paper_decision.task_id AND later.id > paper_decision.id
    )
"""
COLUMNS = (
    ("decided_by", sa.String(length=200), False),
    ("person_id", ID, True),
    ("document", sa.String(length=100), False),
    ("decided_on", sa.Date(), False),
    ("decision", sa.String(length=64), False),
    ("attachment_id", ID, False),
    ("recorded_by", ID, False),
    ("recorded_at", MOMENT, False),
    ("disputed_by", ID, True),
    ("disputed_at", MOMENT, True),
    ("dispute", sa.Text(), True),
)
POINTING = {"person_id": "person", "attachment_id": "attachment", "recorded_by": "person", "disputed_by": "person"}


def upgrade() -> None:
    _set_aside()
    _create(
        "id",
        sa.Column("id", ID, nullable=False),
        sa.Column("seat_id", ID),
        sa.Column("on_behalf_of", ID),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name="fk_paper_decision_seat_id"),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.id"], name="fk_paper_decision_on_behalf_of"),
    )
    of_step = sa.text("seat_id IS NULL")
    op.create_index("ix_paper_decision_task_id", "paper_decision", ["task_id"])
    op.create_index("uq_paper_decision_seat", "paper_decision", ["seat_id"], unique=True)
    op.create_index(
        "uq_paper_decision_step",
        "paper_decision",
        ["task_id"],
        unique=True,
        sqlite_where=of_step,
        postgresql_where=of_step,
    )
    _put_back(KEEP)


def downgrade() -> None:
    """Of a step with several papers the last one stays."""
    op.execute(LAST_STAYS)
    _set_aside()
    _create("task_id")
    _put_back(GIVE_BACK)


def _set_aside() -> None:
    op.execute(SET_ASIDE)
    op.drop_table("paper_decision")


def _create(key: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        "paper_decision",
        sa.Column("task_id", ID, nullable=False),
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in COLUMNS),
        *more,
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_paper_decision_task_id"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_paper_decision_{name}")
            for name, table in POINTING.items()
        ),
        sa.PrimaryKeyConstraint(key, name="pk_paper_decision"),
    )


def _put_back(rows: str) -> None:
    op.execute(rows)
    op.drop_table("paper_decision_before")
