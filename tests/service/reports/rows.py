"""Rows that are written straight into the tables and kept beside them, and random days."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.flows.exchange.models import ExchangeEntry, ExchangePlan
from service.flows.hiring.models import Candidate
from service.flows.publicity.models import Publicity, PublicityObjection
from service.flows.title.models import TitleApplication, TitleBatch
from service.instances.models import ProcessCase
from service.people.models import Appointment, Organisation, Person, ServiceLock
from service.posts.models import LedgerAccount, LedgerEntry, PostLoan
from service.records.models import PersonRecord, RecordCheck
from service.tasks.models import Overdue, Task
from workflows.base import table_of
from workflows.models import ProcessDefinition, ProcessInstance, VariableChange

ON = date(2026, 11, 17)
NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
MODELS = (
    Organisation, Person, Appointment, ServiceLock, PersonRecord, RecordCheck, LedgerAccount, ProcessDefinition,
    ProcessInstance, VariableChange, ProcessCase, LedgerEntry, PostLoan, ExchangePlan, ExchangeEntry, Candidate,
    TitleBatch, TitleApplication, Publicity, PublicityObjection, Task, Overdue,
)  # fmt: skip
"""In the order in which they are written."""
Row = dict[str, Any]


@dataclass
class Plain:
    """Everything that was written, by the name of its table."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, model: Any, **values: Any) -> Row:
        table = table_of(model)
        row: Row = {}
        for column in table.c:
            if column.server_default is not None and column.name not in values:
                continue
            default = column.default.arg if column.default is not None and column.default.is_scalar else None
            row[column.name] = values.pop(column.name, default)
        assert not values, values
        self.rows.setdefault(table.name, []).append(row)
        return row

    def __getitem__(self, name: str) -> list[Row]:
        return self.rows.get(name, [])

    def write(self, session: Session) -> None:
        for model in MODELS:
            table = table_of(model)
            if self[table.name]:
                session.execute(insert(table), self[table.name])


def a_day(dice: random.Random, first: str = "2025-06-01", last: str = "2026-12-31") -> date:
    """Often one on which something turns."""
    turning = [ON, date(2026, 9, 1), date(2026, 8, 31), date(2026, 1, 1), ON + timedelta(days=1)]
    if dice.random() < 0.3:
        return dice.choice(turning)
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return start + timedelta(days=dice.randrange((end - start).days))


def a_moment(dice: random.Random) -> datetime:
    """Not later than NOW, as nothing is written before it happens; often at midnight of the bureau's zone."""
    day = datetime.combine(a_day(dice, last="2026-11-28"), datetime.min.time(), UTC)
    return day + timedelta(hours=16 if dice.random() < 0.2 else dice.randrange(24))
