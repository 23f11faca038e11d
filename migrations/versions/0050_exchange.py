"""Plans of exchange: lists, openings, wishes, opinions, matching rounds, objections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0041"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "exchange_plan",
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("term_years", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("uncounted", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("backbone", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("term_years BETWEEN 1 AND 6", name=op.f("ck_exchange_plan_term_years")),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_exchange_plan")),
    )
    op.create_index(op.f("ix_exchange_plan_year"), "exchange_plan", ["year"])

    op.create_table(
        "exchange_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("appointment_id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("band", sa.String(length=16), nullable=False),
        sa.Column("backbone", sa.Boolean(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("proposed", sa.String(length=12), nullable=False),
        sa.Column("proposed_reason", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("changed_because", sa.String(length=500), nullable=False),
        sa.Column("exception", sa.String(length=8), nullable=True),
        sa.Column("exception_reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("anywhere", sa.Boolean(), nullable=False),
        sa.Column("motive", sa.String(length=500), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.String(length=8), nullable=True),
        sa.Column("opinion_text", sa.String(length=500), nullable=False),
        sa.Column("opening_id", sa.String(length=36), nullable=True),
        sa.Column("placement_id", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("exception IN ('asked', 'granted', 'refused')", name=op.f("ck_exchange_entry_exception")),
        sa.CheckConstraint(
            "opening_id IS NOT NULL OR state NOT IN ('placed', 'began')", name=op.f("ck_exchange_entry_placed")
        ),
        sa.CheckConstraint("opinion IN ('support', 'oppose')", name=op.f("ck_exchange_entry_opinion")),
        sa.CheckConstraint(
            "proposed IN ('INELIGIBLE', 'HOLD', 'DEFER', 'EXEMPT', 'REQUIRED', 'VOLUNTARY', 'UNKNOWN')",
            name=op.f("ck_exchange_entry_proposed"),
        ),
        sa.CheckConstraint(
            "result IN ('INELIGIBLE', 'HOLD', 'DEFER', 'EXEMPT', 'REQUIRED', 'VOLUNTARY', 'UNKNOWN')",
            name=op.f("ck_exchange_entry_result"),
        ),
        sa.CheckConstraint(
            "state IN ('listed', 'applied', 'nominated', 'placed', 'struck', 'began')",
            name=op.f("ck_exchange_entry_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_exchange_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_exchange_entry_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_entry")),
        sa.UniqueConstraint("instance_id", "person_id", name=op.f("uq_exchange_entry_instance_id_person_id")),
    )
    op.create_index(
        op.f("ix_exchange_entry_instance_id_organisation_id"), "exchange_entry", ["instance_id", "organisation_id"]
    )
    op.create_index(op.f("ix_exchange_entry_opening_id"), "exchange_entry", ["opening_id"])
    op.create_index(op.f("ix_exchange_entry_person_id"), "exchange_entry", ["person_id"])

    op.create_table(
        "exchange_objection",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("wanted", sa.String(length=12), nullable=True),
        sa.Column("by_person_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('correction', 'appeal')", name=op.f("ck_exchange_objection_kind")),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'declined', 'cleared', 'rematch', 'strike')",
            name=op.f("ck_exchange_objection_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_exchange_objection_answered")),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_exchange_objection_by_person_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["exchange_entry.id"], name=op.f("fk_exchange_objection_entry_id")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_exchange_objection_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_objection")),
    )
    op.create_index(op.f("ix_exchange_objection_entry_id"), "exchange_objection", ["entry_id"])
    op.create_index(op.f("ix_exchange_objection_instance_id_kind"), "exchange_objection", ["instance_id", "kind"])

    op.create_table(
        "exchange_opening",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("band", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("manner", sa.String(length=8), nullable=False),
        sa.Column("competition", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("band IN ('', 'senior', 'middle', 'junior')", name=op.f("ck_exchange_opening_band")),
        sa.CheckConstraint("manner IN ('move', 'lend', 'loan')", name=op.f("ck_exchange_opening_manner")),
        sa.CheckConstraint("count BETWEEN 1 AND 50", name=op.f("ck_exchange_opening_count")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_exchange_opening_instance_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_exchange_opening_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_opening")),
        sa.UniqueConstraint("instance_id", "number", name=op.f("uq_exchange_opening_instance_id_number")),
    )
    op.create_index(
        op.f("ix_exchange_opening_instance_id_organisation_id"), "exchange_opening", ["instance_id", "organisation_id"]
    )

    op.create_table(
        "exchange_round",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("inputs", JSON, nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("result_hash", sa.String(length=64), nullable=True),
        sa.Column("quality", JSON, nullable=True),
        sa.Column("solver", sa.String(length=40), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=True),
        sa.Column("replay_of", sa.String(length=36), nullable=True),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_exchange_round_instance_id")),
        sa.ForeignKeyConstraint(["replay_of"], ["exchange_round.id"], name=op.f("fk_exchange_round_replay_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_round")),
        sa.UniqueConstraint("instance_id", "number", name=op.f("uq_exchange_round_instance_id_number")),
    )
    op.create_table(
        "exchange_wish",
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.String(length=36), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("NOT declined OR (rank IS NULL AND reason <> '')", name=op.f("ck_exchange_wish_declined")),
        sa.CheckConstraint("number BETWEEN 1 AND 5", name=op.f("ck_exchange_wish_number")),
        sa.ForeignKeyConstraint(["entry_id"], ["exchange_entry.id"], name=op.f("fk_exchange_wish_entry_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["exchange_opening.id"], name=op.f("fk_exchange_wish_opening_id")),
        sa.PrimaryKeyConstraint("entry_id", "number", name=op.f("pk_exchange_wish")),
        sa.UniqueConstraint("entry_id", "opening_id", name=op.f("uq_exchange_wish_entry_id_opening_id")),
    )
    op.create_index(op.f("ix_exchange_wish_opening_id"), "exchange_wish", ["opening_id"])


def downgrade() -> None:
    op.drop_table("exchange_wish")
    op.drop_table("exchange_round")
    op.drop_table("exchange_opening")
    op.drop_table("exchange_objection")
    op.drop_table("exchange_entry")
    op.drop_table("exchange_plan")
