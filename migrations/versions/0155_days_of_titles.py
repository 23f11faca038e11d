"""The day of the result of an application for a title, and that from which a title is void."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

from workflows.base import Instant

revision = "0155"
down_revision = "0176"
branch_labels = None
depends_on = None

APPLICATION = sa.table("title_application", sa.column("instance_id"), sa.column("decided_on", sa.Date()))
DECIDED = """(SELECT confirmed_on FROM title_certificate WHERE title_certificate.instance_id =
title_application.instance_id AND title_certificate.state <> 'replaced')"""
REVOKED = """(SELECT CASE WHEN revoked_because = 'correction' THEN confirmed_on ELSE revoked_on END FROM title_certificate
WHERE title_certificate.instance_id = title_application.instance_id AND title_certificate.state = 'revoked')"""
UNDATED = """SELECT title_application.instance_id, COALESCE(process_instance.ended_at, (SELECT MAX(task.closed_at)
FROM task WHERE task.instance_id = title_application.instance_id AND task.state = 'done'), title_application.applied_at)
AS at FROM title_application JOIN process_instance ON process_instance.id = title_application.instance_id
WHERE title_application.result IS NOT NULL AND title_application.decided_on IS NULL"""


def upgrade() -> None:
    for name in ("decided_on", "revoked_on"):
        op.add_column("title_application", sa.Column(name, sa.Date(), nullable=True))
    op.execute(f"UPDATE title_application SET decided_on = {DECIDED} WHERE result IS NOT NULL")  # noqa: S608
    op.execute(f"UPDATE title_application SET revoked_on = {REVOKED} WHERE result = 'revoked'")  # noqa: S608
    for row in op.get_bind().execute(sa.text(UNDATED).columns(at=Instant())).all():
        mine = APPLICATION.c.instance_id == row.instance_id
        op.execute(sa.update(APPLICATION).where(mine).values(decided_on=_day(row.at)))
    op.execute("UPDATE title_application SET revoked_on = decided_on WHERE result = 'revoked' AND revoked_on IS NULL")


def _day(moment: datetime) -> Any:
    """A failure has no paper of its own: the last step of its case tells the day."""
    return (
        moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(current_app.extensions["lectern.settings"].zone).date()
    )


def downgrade() -> None:
    for name in ("revoked_on", "decided_on"):
        op.drop_column("title_application", name)
