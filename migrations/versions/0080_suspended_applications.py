"""Applications for reserved posts that wait for an ethics case; rounds that were given up say so."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0090"
branch_labels = None
depends_on = None

BEFORE = "'submitted', 'accepted', 'granted', 'refused', 'expired', 'lent', 'released', 'appointed', 'returned'"
NAME = "ck_reserved_application_state"
GIVEN_UP = (
    "UPDATE reserved_round SET state = 'cancelled' WHERE state IN ('planned', 'open', 'closed') AND instance_id IN"
    " (SELECT id FROM process_instance WHERE state NOT IN ('running', 'suspended', 'failed'))"
)


def upgrade() -> None:
    with op.batch_alter_table("reserved_application") as table:
        table.drop_constraint(op.f(NAME), type_="check")
        table.create_check_constraint(op.f(NAME), sa.text(f"state IN ('suspended', {BEFORE})"))
    op.execute(GIVEN_UP)


def downgrade() -> None:
    op.execute("UPDATE reserved_application SET state = 'submitted' WHERE state = 'suspended'")
    with op.batch_alter_table("reserved_application") as table:
        table.drop_constraint(op.f(NAME), type_="check")
        table.create_check_constraint(op.f(NAME), sa.text(f"state IN ({BEFORE})"))
