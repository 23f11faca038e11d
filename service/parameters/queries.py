"""Reads the values in force on a day: one for a rule, or all of them as the FEEL context `parameters`.

What a value is asked about (`scopes.About`: a school, a flow) decides which of several holds; `county` asks about none.
"""

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
from service.parameters import rules, scopes
from service.parameters.declaring import FLOW, Parameter, Value
from service.parameters.models import ParameterProposal, ParameterValue
from service.parameters.registry import PARAMETERS
from service.parameters.scopes import COUNTY, EVERYWHERE, About

_COLUMNS = (
    ParameterValue.id, ParameterValue.key, ParameterValue.scope, ParameterValue.value, ParameterValue.source,
    ParameterValue.valid_from, ParameterValue.valid_until,
)  # fmt: skip
_VALUES = select(*_COLUMNS).order_by(ParameterValue.key, ParameterValue.valid_from, ParameterValue.id)


@dataclass(frozen=True)
class InForce:
    """A value with what it rests on; `valid_from` is None where the declared default holds, `scope` for whom it is."""

    key: str
    value: Value
    unit: str
    source: str
    valid_from: date | None
    scope: str = EVERYWHERE

    def record(self) -> dict[str, Any]:
        """As JSON, to be stored with the decision that used it; the scope where it is narrower than the county."""
        since = self.valid_from.isoformat() if self.valid_from else None
        narrowed = {"scope": self.scope} if self.scope else {}
        return {"value": self.value, "unit": self.unit, "source": self.source, "valid_from": since, **narrowed}


@dataclass(frozen=True)
class Entry:
    """One row of a parameter's history."""

    scope: str
    value: Value | None
    valid_from: date
    valid_until: date | None
    source: str
    entered_by: str
    entered_at: datetime


class ParameterView(Mapping[str, Value]):
    """All parameters on one day, for a school and a flow; reads the table at the first look and remembers the looks."""

    def __init__(self, session: Session, on: date, about: About) -> None:
        self._session = session
        self._on = on
        self._about = about
        self._in_force: Mapping[str, InForce] | None = None
        self._used: dict[str, InForce] = {}

    def __getitem__(self, key: str) -> Value:
        if self._in_force is None:
            self._in_force = in_force(self._session, self._on, self._about)
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


def view(session: Session, on: date, about: About) -> ParameterView:
    """The parameters on a day (of the bureau's zone); costs no statement until one is looked at, then one or two."""
    return ParameterView(session, on, about)


def county(session: Session, on: date) -> ParameterView:
    """The same for the whole county, for parameters that cannot be narrowed."""
    return ParameterView(session, on, COUNTY)


def current(session: Session, key: str, on: date, about: About) -> InForce:
    """One parameter on a day. Raises NotFound `parameter.absent` for a key that is not declared."""
    declared(key)
    return in_force(session, on, about, key)[key]


def declared(key: str) -> Parameter:
    """The declaration of a key; NotFound `parameter.absent`."""
    if key not in PARAMETERS:
        raise NotFound("parameter.absent", key=key)
    return PARAMETERS[key]


def in_force(session: Session, on: date, about: About, key: str | None = None) -> Mapping[str, InForce]:
    """Every parameter (or the one asked for) as it stands on a day; one statement, or two where schools differ."""
    return in_force_of(session, on, [about], key)[about]


def in_force_of(
    session: Session, on: date, asked: Sequence[About], key: str | None = None
) -> Mapping[About, Mapping[str, InForce]]:
    """The same for many schools and flows, in two statements."""
    found = _VALUES.where(ParameterValue.valid_from <= on)
    rows = session.execute(found if key is None else found.where(ParameterValue.key == key)).all()
    narrowed = any(row.scope and not row.scope.startswith(f"{FLOW}:") for row in rows)
    schools = sorted({one.organisation_id for one in asked if one.organisation_id}) if narrowed else []
    places = scopes.places(session, schools) if schools else {}
    by_key = {name: list(entered) for name, entered in groupby(rows, key=lambda row: str(row.key))}
    return {one: _of(by_key, on, scopes.of(places.get(one.organisation_id or ""), one.flow)) for one in asked}


def _of(by_key: Mapping[str, Sequence[Any]], on: date, wanted: Sequence[str]) -> Mapping[str, InForce]:
    values = {p.key: InForce(p.key, p.default, p.unit, p.source, None) for p in PARAMETERS.values()}
    for name, entered in by_key.items():
        row = scopes.holding(entered, on, wanted)
        if row is not None and name in values:
            unit = PARAMETERS[name].unit
            values[name] = InForce(name, row.value, unit, row.source, row.valid_from, row.scope)
    return values


def reached(session: Session, key: str, scope: str, on: date, asked: Sequence[About]) -> set[About]:
    """Of these schools and flows those for which a value of this scope would hold on a day: nothing narrower does."""
    rows = session.execute(_VALUES.where(ParameterValue.key == key, ParameterValue.valid_from <= on)).all()
    places = scopes.places(session, sorted({one.organisation_id for one in asked if one.organisation_id}))
    orders = {one: scopes.of(places.get(one.organisation_id or ""), one.flow) for one in asked}
    return {
        one for one, order in orders.items()
        if scope in order and scopes.holding(rows, on, order[: order.index(scope)]) is None
    }  # fmt: skip


def over_time(session: Session, key: str) -> Sequence[tuple[date, Value]]:
    """Every value for the whole county and the day from which it holds, in order; the default from the first day."""
    default = declared(key).default
    rows = session.execute(_VALUES.where(ParameterValue.key == key, ParameterValue.scope == EVERYWHERE)).all()
    held = ((day, rules.holding(rows, day)) for day in rules.turns(rows))
    return [(date.min, default), *((day, default if row is None else row.value) for day, row in held)]


def standing(on: date, about: About = COUNTY) -> Sequence[InForce]:
    """Every parameter as it stands on a day, in the order of their declaration; whoever is signed in may read them.

    NotFound("organisation.absent") for one that is not there.
    """
    session = db.session()
    if about.organisation_id and not scopes.places(session, [about.organisation_id]):
        raise NotFound("organisation.absent")
    return list(in_force(session, on, about).values())


def narrower(on: date, key: str | None = None) -> Sequence[InForce]:
    """What is set apart on a day for a part of the county: of each scope the value that holds, by key and scope."""
    found = _VALUES.where(ParameterValue.valid_from <= on, ParameterValue.scope != EVERYWHERE)
    rows = db.session.execute(found if key is None else found.where(ParameterValue.key == key)).all()
    each = sorted({(row.key, row.scope) for row in rows if row.key in PARAMETERS})
    held = ((name, scopes.holding([row for row in rows if row.key == name], on, [scope])) for name, scope in each)
    return [
        InForce(name, row.value, PARAMETERS[name].unit, row.source, row.valid_from, row.scope)
        for name, row in held if row is not None
    ]  # fmt: skip


def history(actor: Actor, key: str) -> Sequence[Entry]:
    """All values ever entered for a key, the newest day first. Raises NotFound `parameter.absent`."""
    declared(key)
    columns = (ParameterValue.scope, ParameterValue.value, ParameterValue.valid_from, ParameterValue.valid_until)
    rows = (
        select(*columns, ParameterValue.source, ParameterValue.entered_by, ParameterValue.entered_at)
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
