"""Count cases where every other number of a year is counted: two tables did the same."""

import sqlalchemy as sa
from alembic import op

revision = "0196"
down_revision = "0191"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO number_series (series, year, last)"
        " SELECT substr('case:' || prefix, 1, 64), year, max(last) FROM case_counter GROUP BY 1, 2"
    )
    op.drop_table("case_counter")


def downgrade() -> None:
    op.create_table(
        "case_counter",
        sa.Column("prefix", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name="pk_case_counter"),
    )
    op.execute(
        "INSERT INTO case_counter (prefix, year, last)"
        " SELECT substr(series, 6), year, last FROM number_series WHERE series LIKE 'case:%'"
    )
    op.execute("DELETE FROM number_series WHERE series LIKE 'case:%'")
