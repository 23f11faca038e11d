"""What an exchange has to remember of a person: a nomination, the round that gave the place, number and arrival."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0082"
branch_labels = None
depends_on = None

COLUMNS = {
    "nominated_because": sa.String(500), "round_id": sa.String(36), "number": sa.Integer(), "arrived_on": sa.Date(),
}  # fmt: skip


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("exchange_entry", sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE exchange_entry SET nominated_because = opinion_text WHERE state IN ('nominated', 'placed') "
        "AND applied_at IS NULL"
    )
    op.execute(
        "UPDATE exchange_entry SET round_id = (SELECT round_id FROM exchange_plan WHERE exchange_plan.instance_id = "
        "exchange_entry.instance_id) WHERE state IN ('placed', 'began')"
    )
    begun = op.get_bind().execute(
        sa.text(
            "SELECT exchange_entry.id, process_case.business_key FROM exchange_entry "
            "JOIN process_case ON process_case.instance_id = exchange_entry.placement_id"
        )
    )
    numbers = [{"entry": row.id, "number": int(row.business_key.rpartition("-")[2])} for row in begun]
    if numbers:
        op.get_bind().execute(sa.text("UPDATE exchange_entry SET number = :number WHERE id = :entry"), numbers)
    op.execute(
        "UPDATE exchange_entry SET arrived_on = (SELECT MIN(valid_from) FROM person_record WHERE "
        "person_record.instance_id = exchange_entry.placement_id AND person_record.kind IN ('exchange', 'loan'))"
    )


def downgrade() -> None:
    with op.batch_alter_table("exchange_entry") as table:
        for name in reversed(COLUMNS):
            table.drop_column(name)
