"""Reads the values in force on a day: one for a rule, or all of them as the FEEL context `parameters`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.parameters import rules
from service.parameters.models import ParameterProposal, ParameterValue
from service.parameters.registry import PARAMETERS, Parameter, Value

_COLUMNS = (
    ParameterValue.id, ParameterValue.key, ParameterValue.value, ParameterValue.source, ParameterValue.valid_from,
    ParameterValue.valid_until,
)  # fmt: skip
_VALUES = select(*_COLUMNS).order_by(ParameterValue.key, ParameterValue.valid_from, ParameterValue.id)


@dataclass(frozen=True)
class InForce:
    """A value with what it rests on; `valid_from` is None where the declared default holds."""

    key: str
    value: Value
    unit: str
    source: str
    valid_from: date | None

    def record(self) -> dict[str, Any]:
        """As JSON, to be stored with the decision that used it."""
        since = self.valid_from.isoformat() if self.valid_from else None
        return {"value": self.value, "unit": self.unit, "source": self.source, "valid_from": since}


@dataclass(frozen=True)
class Entry:
    """One row of a parameter's history."""

    value: Value
    valid_from: date
    valid_until: date | None
    source: str
    entered_by: str
    entered_at: datetime


class ParameterView(Mapping[str, Value]):
    """All parameters on one day; reads the table at the first look and remembers what was looked at."""

    def __init__(self, session: Session, on: date) -> None:
        self._session = session
        self._on = on
        self._in_force: Mapping[str, InForce] | None = None
        self._used: dict[str, InForce] = {}

    def __getitem__(self, key: str) -> Value:
        if self._in_force is None:
            self._in_force = in_force(self._session, self._on)
        self._used[key] = self._in_force[key]
        return self._used[key].value

    def __iter__(self) -> Iterator[str]:
        return iter(PARAMETERS)

    def __len__(self) -> int:
        return len(PARAMETERS)

    @property
    def used(self) -> Mapping[str, dict[str, Any]]:
        """What was looked at so far, as JSON by key: callers store it with the step (design §3.9)."""
        return {key: self._used[key].record() for key in sorted(self._used)}


def view(session: Session, on: date) -> ParameterView:
    """The parameters on a day (of the bureau's zone); costs no statement until one is looked at, then one."""
    return ParameterView(session, on)


def current(session: Session, key: str, on: date) -> InForce:
    """One parameter on a day. Raises NotFound `parameter.absent` for a key that is not declared."""
    declared(key)
    return in_force(session, on, key)[key]


def declared(key: str) -> Parameter:
    """The declaration of a key; NotFound `parameter.absent`."""
    if key not in PARAMETERS:
        raise NotFound("parameter.absent", key=key)
    return PARAMETERS[key]


def in_force(session: Session, on: date, key: str | None = None) -> Mapping[str, InForce]:
    """Every parameter (or the one asked for) as it stands on a day; one statement."""
    rows = _VALUES.where(ParameterValue.valid_from <= on)
    if key is not None:
        rows = rows.where(ParameterValue.key == key)
    values = {p.key: InForce(p.key, p.default, p.unit, p.source, None) for p in PARAMETERS.values()}
    for name, entered in groupby(session.execute(rows).all(), key=lambda row: str(row.key)):
        row = rules.holding(list(entered), on)
        if row is not None and name in values:
            values[name] = InForce(name, row.value, PARAMETERS[name].unit, row.source, row.valid_from)
    return values


def over_time(session: Session, key: str) -> Sequence[tuple[date, Value]]:
    """Every value of a parameter and the day from which it holds, in order; the declared default from the first day."""
    default = declared(key).default
    rows = session.execute(_VALUES.where(ParameterValue.key == key)).all()
    held = ((day, rules.holding(rows, day)) for day in rules.turns(rows))
    return [(date.min, default), *((day, default if row is None else row.value) for day, row in held)]


def standing(on: date) -> Sequence[InForce]:
    """Every parameter as it stands on a day, in the order of their declaration; whoever is signed in may read them."""
    return list(in_force(db.session(), on).values())


def history(actor: Actor, key: str) -> Sequence[Entry]:
    """All values ever entered for a key, the newest day first. Raises NotFound `parameter.absent`."""
    declared(key)
    columns = (ParameterValue.value, ParameterValue.valid_from, ParameterValue.valid_until, ParameterValue.source)
    rows = (
        select(*columns, ParameterValue.entered_by, ParameterValue.entered_at)
        .where(ParameterValue.key == key, policy.visible(actor, "parameter"))
        .order_by(ParameterValue.valid_from.desc(), ParameterValue.id.desc())
    )
    return [Entry(*row) for row in db.session.execute(rows)]


def proposals(actor: Actor, key: str | None = None, state: str | None = None) -> Sequence[ParameterProposal]:
    """What was proposed, the newest first; of one key and in one state where these are given."""
    policy.require(actor, "parameter.read")
    wanted = select(ParameterProposal).order_by(ParameterProposal.id.desc())
    if key is not None:
        wanted = wanted.where(ParameterProposal.key == declared(key).key)
    if state is not None:
        wanted = wanted.where(ParameterProposal.state == state)
    return db.session.scalars(wanted).all()


def proposal(actor: Actor, proposal_id: str) -> ParameterProposal:
    """One proposal; NotFound("proposal.absent")."""
    policy.require(actor, "parameter.read")
    found = db.session.get(ParameterProposal, proposal_id)
    if found is None:
        raise NotFound("proposal.absent")
    return found
