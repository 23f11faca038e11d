"""Say of an attached timer to which activity it belongs; of those that wait, where a case has one such step alone."""

import sqlalchemy as sa
from alembic import op

revision = "0175"
down_revision = "0170"
branch_labels = None
depends_on = None

_FILL = sa.text(
    """
    UPDATE timer SET host = (
        SELECT min(task.token) FROM task
        WHERE task.instance_id = timer.instance_id AND task.element_id = 'publicity' AND task.state = 'open'
    )
    WHERE timer.kind = 'event' AND timer.element_id = 'publicity_over' AND 1 = (
        SELECT count(*) FROM task
        WHERE task.instance_id = timer.instance_id AND task.element_id = 'publicity' AND task.state = 'open'
    )
    """
)


def upgrade() -> None:
    op.add_column("timer", sa.Column("host", sa.String(36), nullable=True))
    op.execute(_FILL)


def downgrade() -> None:
    with op.batch_alter_table("timer") as batch:
        batch.drop_column("host")
