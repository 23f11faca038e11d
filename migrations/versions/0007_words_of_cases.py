"""Words and two-character grams by which cases are found; those of the cases that are there."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0003"
branch_labels = None
depends_on = None

CHUNK = 500


def upgrade() -> None:
    instance = ["instance_id"], ["process_instance.id"]
    op.create_table(
        "case_words",
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(*instance, name=op.f("fk_case_words_instance_id_process_instance")),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_case_words")),
    )
    op.create_table(
        "case_gram",
        sa.Column("gram", sa.String(2), nullable=False),
        sa.Column("instance_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(*instance, name=op.f("fk_case_gram_instance_id_process_instance")),
        sa.PrimaryKeyConstraint("gram", "instance_id", name=op.f("pk_case_gram")),
    )
    _fill()


def downgrade() -> None:
    op.drop_table("case_gram")
    op.drop_table("case_words")


def _fill() -> None:
    connection = op.get_bind()
    words = sa.table("case_words", sa.column("instance_id"), sa.column("words"))
    grams = sa.table("case_gram", sa.column("gram"), sa.column("instance_id"))
    rows = connection.execute(
        sa.text(
            "SELECT c.instance_id, c.business_key, c.title, p.name, o.name, i.ended_at FROM process_case c"
            " JOIN person p ON p.id = c.initiator_id JOIN organisation o ON o.id = c.organisation_id"
            " JOIN process_instance i ON i.id = c.instance_id"
        )
    ).all()
    for start in range(0, len(rows), CHUNK):
        chunk = [(row[0], [_normal(text) for text in row[1:5]], row[5]) for row in rows[start : start + CHUNK]]
        connection.execute(
            sa.insert(words), [{"instance_id": id_, "words": "\n".join(lines)} for id_, lines, _ in chunk]
        )
        found = [
            {"gram": gram, "instance_id": id_} for id_, lines, ended in chunk if ended is None for gram in _grams(lines)
        ]
        if found:
            connection.execute(sa.insert(grams), found)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("\n", " ")


def _grams(lines: list[str]) -> list[str]:
    pairs = (line[at : at + 2] for line in lines for at in range(len(line) - 1))
    return list(dict.fromkeys(pair for pair in pairs if not any(map(str.isspace, pair))))
