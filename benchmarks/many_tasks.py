"""Rows of very many open tasks: a base is written case by case, and copied inside the database under other ids.

Every tenth task lies in the queue of one large office, the others with persons who have a hundred each, and who have
done a hundred. Each copy has its own cases and its own persons.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, String, Table, case, func, insert, literal, select

from benchmarks import cases
from benchmarks.house import House
from service.db import db, transaction
from service.tasks.models import CaseGram, CaseWords, QueueEntry, Task
from service.tasks.words import grams, marked, normal
from workflows import catalogue
from workflows.base import table_of
from workflows.models import ProcessInstance

BASE, EACH, OFFICE_EVERY, CHUNK = 100_000, 100, 10, 500
OFFICE = "bureau_hr_officer@office"
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英"
SUBJECTS = ("语文", "数学", "英语", "物理", "化学", "体育", "音乐", "美术", "信息科技", "道德与法治")
SCHOOLS = tuple(f"第{number}实验{kind}" for number in "一二三四五六七八九十" for kind in ("小学", "中学", "学校"))
COPIED = {"id", "instance_id", "task_id"}
"""Columns whose values begin with the two digits of the copy."""


def person(copy: int, number: int) -> str:
    """The id of a person of a copy."""
    return f"{copy:02x}p{number:05d}"


def write(here: House, count: int) -> None:
    """Write `count` open tasks, a multiple of BASE, or fewer than it."""
    here.driver.deploy(cases.line("many", 3))
    with transaction() as session:
        definition = catalogue.latest(session, "many")
        base = min(BASE, count)
        for start in range(0, base, CHUNK):
            for table, rows in _rows(here, definition.id, range(start, min(start + CHUNK, base))).items():
                session.execute(insert(table), rows)
    for copy in range(1, count // base):
        with transaction() as session:
            for model in (ProcessInstance, CaseWords, CaseGram, Task, QueueEntry):
                _copy(session.connection(), table_of(model), f"{copy:02x}")
    _analyse()


def _rows(here: House, definition_id: str, numbers: range) -> dict[Table, list[dict[str, Any]]]:
    found: dict[Table, list[dict[str, Any]]] = {}
    for number in numbers:
        for model, row in _case(here, definition_id, number):
            found.setdefault(table_of(model), []).append(row)
    return found


def _case(here: House, definition_id: str, number: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    chance, now, id_ = random.Random(number), here.driver.now, f"00c{number:07d}"
    name = chance.choice(FAMILY) + "".join(chance.choices(GIVEN, k=chance.choice((1, 1, 2))))
    school, subject = chance.choice(SCHOOLS), chance.choice(SUBJECTS)
    key, title = f"ZP-2026-{number:05d}", f"{school}{subject}教师招聘{chance.randint(1, 9)}人"
    due_at = now + timedelta(minutes=chance.randint(1, 500_000))
    owner = person(0, number // EACH)
    lines = [normal(line) for line in (key, title, name, school)]
    yield ProcessInstance, {"id": id_, "definition_id": definition_id, "state": "running", "version": 1,
                            "tokens": b"{}", "variables": {}, "started_at": now, "ended_at": None}  # fmt: skip
    marks = marked(lines, "many", "office")
    yield CaseWords, {"instance_id": id_, "words": "\n".join(lines), **marks}
    for gram in grams(lines):
        yield CaseGram, {"gram": gram, "instance_id": id_}
    task_id = f"00t{number:07d}"
    yield Task, {"id": task_id, "instance_id": id_, "definition_id": definition_id, "definition_key": "many",
                 "token": id_, "element_id": "t0", "name": "t0", "state": "open", "signing": "single", "version": 1,
                 "business_key": key, "title": title, "initiator_id": owner, "organisation_id": "office",
                 "groups": [OFFICE], "properties": {}, "item": None, "form_id": None, "priority": 50,
                 "due_at": due_at, "opened_at": now, "closed_at": None, "decision": None}  # fmt: skip
    office = number % OFFICE_EVERY == 0
    holder, box = (OFFICE, "claimable") if office else (f"person:{owner}", "todo")
    entry = {"holder": holder, "box": box, "due_at": due_at, "task_id": task_id, "urgency": 50, **marks}
    yield QueueEntry, {"id": f"00e{number:07d}", **entry}
    yield QueueEntry, {"id": f"00d{number:07d}", **entry, "holder": f"person:{owner}", "box": "done"}
    if office:
        yield QueueEntry, {"id": f"00k{number:07d}", **entry, "holder": f"person:{owner}", "box": "copied"}


def _copy(connection: Connection, table: Table, prefix: str) -> None:
    key = next(iter(column for column in table.c if column.name in COPIED))
    columns = [_copied(column, prefix) for column in table.c]
    source = select(*columns).where(func.substr(key, 1, 2) == "00")
    connection.execute(insert(table).from_select([column.name for column in table.c], source))


def _copied(column: Any, prefix: str) -> Any:
    if column.name in COPIED:
        return literal(prefix) + func.substr(column, 3, type_=String)
    if column.name == "holder":
        return case(
            (column == OFFICE, column), else_=literal(f"person:{prefix}") + func.substr(column, 10, type_=String)
        )
    return column


def _analyse() -> None:
    """What a database does by itself in the course of a day; PostgreSQL's own vacuum would run beside the measuring."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")
        return
    with transaction() as session:
        session.connection().exec_driver_sql("ANALYZE")
