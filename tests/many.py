"""Many cases that stand where one stands: its rows written again under new ids, with a record that verifies."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select, text, update

from service.audit import chain
from service.audit.chain import BEGINNING, NewEvent
from service.db import db, transaction
from service.instances.models import ProcessCase
from service.tasks.models import NEVER, CaseWords
from workflows.base import new_id, table_of
from workflows.models import ProcessInstance, Timer

CHUNK = 500
INSTANCE, CASE, TIMER = table_of(ProcessInstance), table_of(ProcessCase), table_of(Timer)
WORDS = table_of(CaseWords)


class Pattern:
    """A case that waits for one timer; itself it waits for ever."""

    def __init__(self, instance_id: str) -> None:
        self.id = instance_id
        self._case = _row(CASE, CASE.c.instance_id, instance_id)
        self._instance = _row(INSTANCE, INSTANCE.c.id, instance_id)
        self._words = _row(WORDS, WORDS.c.instance_id, instance_id)
        self._timer = _row(TIMER, TIMER.c.instance_id, instance_id)
        with transaction() as session:
            session.execute(update(TIMER).where(TIMER.c.instance_id == instance_id).values(due_at=NEVER))

    def more(self, count: int, due_at: datetime, apart: timedelta = timedelta(0)) -> list[str]:
        """`count` cases like it, their timers falling due one after the other; their ids in that order."""
        ids = [new_id() for _ in range(count)]
        for start in range(0, count, CHUNK):
            self._write({each: due_at + apart * (start + n) for n, each in enumerate(ids[start : start + CHUNK])})
        return ids

    def _write(self, due: Mapping[str, datetime]) -> None:
        with transaction() as session:
            session.execute(insert(INSTANCE), [{**self._instance, "id": each} for each in due])
            session.execute(
                insert(CASE), [{**self._case, "instance_id": each, "business_key": f"M-{each}"} for each in due]
            )
            session.execute(insert(WORDS), [{**self._words, "instance_id": each} for each in due])
            rows = [{**self._timer, "id": new_id(), "instance_id": each, "due_at": at} for each, at in due.items()]
            session.execute(insert(TIMER), rows)
            for each in due:
                event = NewEvent("instance.started", self._case["initiator_id"], body={"business_key": f"M-{each}"})
                chain.append(session, f"instance:{each}", [event], at=self._instance["started_at"], head=BEGINNING)

    def beside(self, count: int) -> None:
        """`count` open cases without a timer, by one statement a table; only to lie there (PostgreSQL)."""
        own = {"id": "'0beside-' || n", "instance_id": "'0beside-' || n", "business_key": "'BESIDE-' || n"}
        with transaction() as session:
            for table, key in ((INSTANCE, "id"), (CASE, "instance_id")):
                names = [column.name for column in table.c]
                values = ", ".join(own.get(name, f"s.{name}") for name in names)
                source = f"{table.name} s, generate_series(1, {count:d}) n WHERE s.{key} = :id"
                statement = f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM {source}"
                session.execute(text(statement), {"id": self.id})
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _row(table: Table, column: Any, value: str) -> Mapping[str, Any]:
    found = db.session.execute(select(table).where(column == value)).one()
    db.session.rollback()
    return dict(found._mapping)
