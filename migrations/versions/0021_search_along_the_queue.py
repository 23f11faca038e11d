"""Searching along a queue: marks of what a case is found by, longer grams, and boxes sorted in three ways."""

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0017"
branch_labels = None
depends_on = None

CHUNK = 500
EVERY_MARK = 2**63 - 1
"""Of a case of which no words are kept: it is never passed by."""
MARKS = ("marks_0", "marks_1", "marks_2", "marks_3")
PAGE = ["holder", "box", "due_at", "id"]
WORDS = sa.table("case_words", *map(sa.column, ("instance_id", "words", *MARKS)))
TASK = sa.table("task", sa.column("id"), sa.column("instance_id"))
ENTRY = sa.table("queue_entry", sa.column("task_id"), *map(sa.column, MARKS))
GRAMS = sa.table("case_gram", sa.column("gram"), sa.column("instance_id"))


def upgrade() -> None:
    for table, names in (("case_words", MARKS), ("queue_entry", ("urgency", *MARKS))):
        for name in names:
            kind = sa.Integer() if name == "urgency" else sa.BigInteger()
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default="0"))
    _grams(4, collation="C")
    op.execute("DELETE FROM case_gram")
    _mark()
    op.execute(
        "UPDATE queue_entry SET urgency = 100 - (SELECT t.priority FROM task t WHERE t.id = queue_entry.task_id)"
    )
    case = sa.select(TASK.c.instance_id).where(TASK.c.id == ENTRY.c.task_id).scalar_subquery()
    for name in MARKS:
        found = sa.select(WORDS.c[name]).where(WORDS.c.instance_id == case).scalar_subquery()
        op.execute(ENTRY.update().values({name: sa.func.coalesce(found, EVERY_MARK)}))
    with op.batch_alter_table("case_words") as batch:
        for name in MARKS:
            batch.alter_column(name, server_default=None, existing_type=sa.BigInteger(), existing_nullable=False)
    with op.batch_alter_table("queue_entry") as batch:
        batch.alter_column("urgency", server_default=None, existing_type=sa.Integer(), existing_nullable=False)
        for name in MARKS:
            batch.alter_column(name, server_default=None, existing_type=sa.BigInteger(), existing_nullable=False)
    op.drop_index("ix_queue_entry_page", "queue_entry")
    op.create_index("ix_queue_entry_page", "queue_entry", [*PAGE, *MARKS])
    op.create_index("ix_queue_entry_arrival", "queue_entry", ["holder", "box", "id"])
    op.create_index("ix_queue_entry_urgency", "queue_entry", ["holder", "box", "urgency", "due_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_queue_entry_urgency", "queue_entry")
    op.drop_index("ix_queue_entry_arrival", "queue_entry")
    op.drop_index("ix_queue_entry_page", "queue_entry")
    op.create_index("ix_queue_entry_page", "queue_entry", PAGE)
    for table, names in (("case_words", MARKS), ("queue_entry", ("urgency", *MARKS))):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
    op.execute("DELETE FROM case_gram")
    _grams(2, collation=None)
    _fill_pairs()


def _grams(width: int, collation: str | None) -> None:
    """How long a gram may be; in C's order on PostgreSQL, which is SQLite's own: a word is looked up by its beginning.

    The collation is that of the type, so that the primary key is built anew in its order.
    """
    if op.get_bind().dialect.name == "postgresql":
        order = f' COLLATE "{collation or "default"}"'
        op.execute(f"ALTER TABLE case_gram ALTER COLUMN gram TYPE VARCHAR({width}){order}")
        return
    with op.batch_alter_table("case_gram") as batch:
        batch.alter_column("gram", type_=sa.String(width), existing_nullable=False)


def _cases() -> list[tuple[str, str, str, str, bool]]:
    """(instance, words, flow, organisation, whether it runs) of every case."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT w.instance_id, w.words, c.definition_key, c.organisation_id, i.ended_at FROM case_words w"
            " JOIN process_case c ON c.instance_id = w.instance_id JOIN process_instance i ON i.id = w.instance_id"
        )
    )
    return [(row[0], row[1], row[2], row[3], row[4] is None) for row in rows]


def _mark() -> None:
    connection = op.get_bind()
    marking = WORDS.update().where(WORDS.c.instance_id == sa.bindparam("b_id"))
    marking = marking.values({name: sa.bindparam(f"b_{name}") for name in MARKS})
    cases = _cases()
    for start in range(0, len(cases), CHUNK):
        chunk = cases[start : start + CHUNK]
        connection.execute(
            marking,
            [
                {
                    "b_id": id_,
                    **{f"b_{name}": mark for name, mark in zip(MARKS, _marks(words, flow, place), strict=True)},
                }
                for id_, words, flow, place, _ in chunk
            ],
        )
        grams = [
            {"gram": gram, "instance_id": id_} for id_, words, _, _, runs in chunk if runs for gram in _places(words)
        ]
        if grams:
            connection.execute(GRAMS.insert(), grams)


def _places(words: str) -> list[str]:
    found = [word[at : at + 4] for word in words.split() for at in range(len(word))]
    return list(dict.fromkeys(found))


def _marks(words: str, flow: str, place: str) -> list[int]:
    found = [word[at : at + width] for word in words.split() for width in (1, 2) for at in range(len(word) - width + 1)]
    sums = [0, 0, 0, 0]
    for token in [*dict.fromkeys(found), f"flow:{flow}", f"organisation:{place}"]:
        digest = blake2b(token.encode(), digest_size=12).digest()
        for at in (0, 4, 8):
            column, bit = divmod(int.from_bytes(digest[at : at + 4], "big") % 252, 63)
            sums[column] |= 1 << bit
    return sums


def _fill_pairs() -> None:
    for id_, words, _, _, runs in _cases():
        pairs = [line[at : at + 2] for line in words.split("\n") for at in range(len(line) - 1)] if runs else []
        rows = [{"gram": pair, "instance_id": id_} for pair in dict.fromkeys(pairs) if not any(map(str.isspace, pair))]
        if rows:
            op.get_bind().execute(GRAMS.insert(), rows)
