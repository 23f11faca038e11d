"""The calendar: the moment from which a timer is counted, years with their source, school holidays, recomputing.

A day may stand twice from now on: as it was published, and as the bureau set it over that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add; nothing is taken away."""
    op.add_column("timer", sa.Column("start_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("calendar_day") as days:
        days.drop_constraint("pk_calendar_day", type_="primary")
        days.create_primary_key("pk_calendar_day", ["day", "source"])
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("loaded_by", sa.String(length=36), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "school_holiday",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_school_holiday_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_holiday")),
    )
    op.create_table(
        "calendar_change",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor_id", sa.String(length=36), nullable=True),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('days', 'hours', 'holidays')", name=op.f("ck_calendar_change_kind")),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_calendar_change")),
    )
    op.create_index(
        "ix_calendar_change_open",
        "calendar_change",
        ["revision"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


def downgrade() -> None:
    """Back to one row a day; what was published under a day of the bureau is loaded again by `lectern init`."""
    op.drop_index("ix_calendar_change_open", table_name="calendar_change")
    op.drop_table("calendar_change")
    op.drop_table("school_holiday")
    op.drop_table("calendar_year")
    op.execute(
        "DELETE FROM calendar_day WHERE source = 'published' AND day IN "
        "(SELECT day FROM calendar_day WHERE source = 'local')"
    )
    with op.batch_alter_table("calendar_day") as days:
        days.drop_constraint("pk_calendar_day", type_="primary")
        days.create_primary_key("pk_calendar_day", ["day"])
    op.drop_column("timer", "start_at")
