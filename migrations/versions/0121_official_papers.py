"""Official papers: templates by version, and what was issued by them with number, hash and files."""

import sqlalchemy as sa
from alembic import op

from workflows.base import Instant

revision = "0121"
down_revision = "0126"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_template",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("published_by", sa.String(64), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("retired_by", sa.String(64), nullable=True),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("retired_because", sa.String(500), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f("ck_paper_template_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_template")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_paper_template_kind_version")),
    )
    op.create_table(
        "official_paper",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("template_id", sa.String(36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("code", sa.String(140), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.String(36), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("docx_id", sa.String(36), nullable=False),
        sa.Column("roster_id", sa.String(36), nullable=True),
        sa.Column("pdf_id", sa.String(36), nullable=True),
        sa.Column("issued_by", sa.String(64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_official_paper_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["paper_template.id"], name=op.f("fk_official_paper_template_id_paper_template")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["official_paper.id"], name=op.f("fk_official_paper_replaces_id_official_paper")
        ),
        sa.ForeignKeyConstraint(["docx_id"], ["attachment.id"], name=op.f("fk_official_paper_docx_id_attachment")),
        sa.ForeignKeyConstraint(["roster_id"], ["attachment.id"], name=op.f("fk_official_paper_roster_id_attachment")),
        sa.ForeignKeyConstraint(["pdf_id"], ["attachment.id"], name=op.f("fk_official_paper_pdf_id_attachment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_paper")),
        sa.UniqueConstraint("number", name=op.f("uq_official_paper_number")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_official_paper_replaces_id")),
    )
    op.create_index("ix_official_paper_instance_id", "official_paper", ["instance_id"])


def downgrade() -> None:
    op.drop_table("official_paper")
    op.drop_table("paper_template")
