"""Title evaluation: yearly batches, applications, certificates; experts, sittings and their members."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant, Json

revision = "0045"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "title_batch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("levels", Json, nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("criteria", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_title_batch_state")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_title_batch_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_batch")),
        sa.UniqueConstraint("year", name=op.f("uq_title_batch_year")),
    )
    op.create_table(
        "title_expert",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("highest", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_title_expert_days")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_title_expert_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_title_expert_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_expert")),
    )
    op.create_index(
        op.f("ix_title_expert_organisation_id_valid_until"),
        "title_expert",
        ["organisation_id", "valid_until"],
        unique=False,
    )
    op.create_index(op.f("ix_title_expert_person_id"), "title_expert", ["person_id"], unique=False)
    op.create_table(
        "title_session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("filing", sa.String(length=200), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("vote_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("pool_hash", sa.String(length=64), nullable=True),
        sa.Column("drawn_at", Instant(), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('series', 'specialty', 'other')", name=op.f("ck_title_session_kind")),
        sa.CheckConstraint("state IN ('planned', 'drawn', 'voting')", name=op.f("ck_title_session_state")),
        sa.CheckConstraint("seats % 2 = 1", name=op.f("ck_title_session_odd")),
        sa.ForeignKeyConstraint(["batch_id"], ["title_batch.id"], name=op.f("fk_title_session_batch_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_title_session_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_session")),
    )
    op.create_index(op.f("ix_title_session_batch_id"), "title_session", ["batch_id"], unique=False)
    op.create_index(op.f("ix_title_session_organisation_id"), "title_session", ["organisation_id"], unique=False)
    op.create_table(
        "title_application",
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("from_title", sa.String(length=16), nullable=True),
        sa.Column("from_band", sa.String(length=8), nullable=True),
        sa.Column("committee", sa.String(length=24), nullable=True),
        sa.Column("school_score", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.String(length=36), nullable=True),
        sa.Column("demonstration", sa.Integer(), nullable=True),
        sa.Column("interview", sa.Integer(), nullable=True),
        sa.Column("called_at", Instant(), nullable=True),
        sa.Column("result", sa.String(length=8), nullable=True),
        sa.Column("waiting_since", Instant(), nullable=True),
        sa.Column("post_called_at", Instant(), nullable=True),
        sa.Column("appointed_on", sa.Date(), nullable=True),
        sa.Column("applied_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("result IN ('passed', 'failed', 'revoked')", name=op.f("ck_title_application_result")),
        sa.CheckConstraint("demonstration BETWEEN 0 AND 10000", name=op.f("ck_title_application_demonstration")),
        sa.CheckConstraint("interview BETWEEN 0 AND 10000", name=op.f("ck_title_application_interview")),
        sa.CheckConstraint("school_score BETWEEN 0 AND 10000", name=op.f("ck_title_application_school_score")),
        sa.ForeignKeyConstraint(["batch_id"], ["title_batch.id"], name=op.f("fk_title_application_batch_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_title_application_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_title_application_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["title_session.id"], name=op.f("fk_title_application_session_id")),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_title_application")),
    )
    op.create_index(
        op.f("ix_title_application_batch_id_organisation_id"),
        "title_application",
        ["batch_id", "organisation_id"],
        unique=False,
    )
    op.create_index(op.f("ix_title_application_person_id"), "title_application", ["person_id"], unique=False)
    op.create_index(op.f("ix_title_application_session_id"), "title_application", ["session_id"], unique=False)
    op.create_index(op.f("ix_title_application_waiting_since"), "title_application", ["waiting_since"], unique=False)
    op.create_table(
        "title_certificate",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by_document", sa.String(length=200), nullable=True),
        sa.CheckConstraint("state IN ('valid', 'revoked')", name=op.f("ck_title_certificate_state")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_title_certificate_instance_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_title_certificate_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_title_certificate_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_certificate")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_title_certificate_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_title_certificate_number")),
    )
    op.create_index(op.f("ix_title_certificate_person_id"), "title_certificate", ["person_id"], unique=False)
    op.create_table(
        "title_member",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("state IN ('seated', 'next', 'excused')", name=op.f("ck_title_member_state")),
        sa.ForeignKeyConstraint(["expert_id"], ["title_expert.id"], name=op.f("fk_title_member_expert_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_title_member_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["title_session.id"], name=op.f("fk_title_member_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_member")),
        sa.UniqueConstraint("session_id", "person_id", name=op.f("uq_title_member_session_id_person_id")),
        sa.UniqueConstraint("session_id", "position", name=op.f("uq_title_member_session_id_position")),
    )
    op.create_index(op.f("ix_title_member_person_id"), "title_member", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("title_member")
    op.drop_table("title_certificate")
    op.drop_table("title_application")
    op.drop_table("title_session")
    op.drop_table("title_expert")
    op.drop_table("title_batch")
