"""Reads of cases: lists, one case, where it stands, its variables, its events, the path it took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from service.access import policy, sealed
from service.access.actor import Actor
from service.audit import timeline
from service.db import db
from service.errors import Forbidden, NotFound
from service.instances import ending
from service.instances.models import ProcessCase, RequestDraft
from service.tasks import discretion
from service.tasks.discretion import Sight
from service.tasks.queries import LIMIT, Page, cursor, read_cursor
from service.tasks.standing import unrecalled
from service.tasks.words import WORDS, sought
from workflows import catalogue, engine, store
from workflows.base import table_of
from workflows.models import ProcessDefinition, ProcessInstance, VariableChange

ENDED = "ended"
"""Asks for every end state at once: completed, rejected, withdrawn, cancelled, expired."""

_COLUMNS = (
    *table_of(ProcessCase).c,
    ProcessInstance.state,
    ProcessInstance.version,
    ProcessInstance.ended_at,
    ProcessInstance.definition_id,
    ProcessDefinition.version.label("definition_version"),
    ProcessDefinition.name.label("definition_name"),
)


@dataclass(frozen=True)
class CaseQuery:
    """Which cases: started by me, of a flow, in a state (`ended`: any end state), of an organisation; newest first.

    `q` are words that a case must all have, as in the boxes.
    """

    mine: bool = False
    flow: str | None = None
    state: str | None = None
    organisation_id: str | None = None
    business_key: str | None = None
    q: str | None = None
    cursor: str | None = None
    limit: int = 50


def title_parts(instance_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """What the titles of cases are made of (`instance_id`, `definition_id`, `title_parts`), which the caller shows."""
    if not instance_ids:
        return ()
    case = table_of(ProcessCase)
    found = select(case.c.instance_id, case.c.title_parts, ProcessInstance.definition_id)
    known = (case.c.instance_id.in_(instance_ids), case.c.title_parts.is_not(None))
    return db.session.execute(found.join(ProcessInstance, ProcessInstance.id == case.c.instance_id).where(*known)).all()


def cases() -> Select[Any]:
    """Every case with its state and version; the caller says which, and of those visible to whom."""
    return (
        select(*_COLUMNS)
        .join(ProcessInstance, ProcessInstance.id == ProcessCase.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    )


def page(actor: Actor, query: CaseQuery) -> Page:
    """A page of the cases that the actor may see, the newest first."""
    limit = min(query.limit, LIMIT)
    statement = cases().where(policy.visible(actor, "instance"))
    wanted = {
        ProcessCase.initiator_id: actor.person_id if query.mine else None,
        ProcessCase.definition_key: query.flow,
        ProcessInstance.state: None if query.state == ENDED else query.state,
        ProcessCase.organisation_id: query.organisation_id,
        ProcessCase.business_key: query.business_key,
    }
    for column, value in wanted.items():
        if value is not None:
            statement = statement.where(column == value)
    if query.state == ENDED:
        statement = statement.where(ProcessInstance.ended_at.is_not(None))
    if words := sought(query.q):
        statement = statement.join(WORDS, WORDS.c.instance_id == ProcessCase.instance_id)
        statement = statement.where(*(WORDS.c.words.contains(word, autoescape=True) for word in words))
    after = read_cursor(query.cursor)
    if after is not None:
        earlier = and_(ProcessCase.started_at == after[0], ProcessCase.instance_id < after[1])
        statement = statement.where(or_(ProcessCase.started_at < after[0], earlier))
    order = (ProcessCase.started_at.desc(), ProcessCase.instance_id.desc())
    rows = db.session.execute(statement.order_by(*order).limit(limit + 1)).all()
    following = cursor(rows[limit - 1].started_at, rows[limit - 1].instance_id) if len(rows) > limit else None
    return Page(rows[:limit], following)


def case(actor: Actor, instance_id: str) -> Row[Any]:
    """One case; NotFound("instance.absent") when absent or not visible."""
    statement = cases().where(ProcessCase.instance_id == instance_id, policy.visible(actor, "instance"))
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound("instance.absent", instance_id=instance_id)
    return row


def definition_of(row: Row[Any]) -> catalogue.Definition:
    """The definition by which a case runs."""
    return catalogue.get(db.session(), row.definition_id)


def current(actor: Actor, instance_id: str) -> Sequence[engine.Current]:
    """Where the case stands: its live elements."""
    row = case(actor, instance_id)
    session: Session = db.session()
    return engine.inspect(store.read(session, instance_id), catalogue.get(session, row.definition_id))


def timers(actor: Actor, instance_id: str) -> Sequence[Row[Any]]:
    """The deadlines of a visible case, the next due first; an outside office is told of those of its own tasks."""
    seen = sight(actor, instance_id)
    found = store.timers(db.session(), instance_id)
    return [row for row in found if seen.contents or row.element_id in seen.elements]


def variables(actor: Actor, instance_id: str) -> Mapping[str, Any]:
    """The root variables of a visible case; Forbidden("case.contents_hidden") for who knows only a task of it."""
    seen = _whole(actor, instance_id)
    found = select(ProcessInstance.variables).where(ProcessInstance.id == instance_id)
    held: Mapping[str, Any] = db.session.execute(found).scalar_one()
    shown: Mapping[str, Any] = plain_of(instance_id, seen.shown(held))
    return shown


def plain_of(instance_id: str, value: Any) -> Any:
    """What belongs to a case and may be read, with everything that is sealed in it in plain."""
    return sealed.opened(sealed.case(instance_id), value)


@dataclass(frozen=True)
class Change:
    """What one step did to one variable, in plain."""

    version: int
    scope: str
    name: str
    element_id: str
    old: Any
    new: Any
    at: datetime


def changes(actor: Actor, instance_id: str, name: str | None = None) -> Sequence[Change]:
    """The history of a case's variables, oldest first; Forbidden("case.contents_hidden") as for `variables`."""
    seen = _whole(actor, instance_id)
    statement = select(table_of(VariableChange)).where(VariableChange.instance_id == instance_id)
    if name is not None:
        statement = statement.where(VariableChange.name == name)
    found = db.session.execute(statement.order_by(VariableChange.version, VariableChange.name))
    return [_change(instance_id, row) for row in found if row.name not in seen.hidden_names]


def _change(instance_id: str, row: Row[Any]) -> Change:
    old, new = plain_of(instance_id, row.old), plain_of(instance_id, row.new)
    return Change(row.version, row.scope, row.name, row.element_id, old, new, row.at)


def events(actor: Actor, instance_id: str, after: int = 0, limit: int = LIMIT) -> Sequence[timeline.Event]:
    """The timeline of a visible case, oldest first, as far as the actor may read it."""
    seen = sight(actor, instance_id)
    return discretion.events_of(db.session(), instance_id, seen, after=after, limit=min(limit, LIMIT))


def story(actor: Actor, instance_id: str) -> Sequence[timeline.Event]:
    """The whole timeline of a visible case, as far as the actor may read it (the first 5,000 events)."""
    return discretion.events_of(db.session(), instance_id, sight(actor, instance_id), limit=discretion.WHOLE)


def sight(actor: Actor, instance_id: str) -> Sight:
    """What the actor may read of a visible case; NotFound("instance.absent")."""
    definition = definition_of(case(actor, instance_id))
    return discretion.sight_of(db.session(), actor, instance_id, definition)


def _whole(actor: Actor, instance_id: str) -> Sight:
    """The sight of who may read the contents; Forbidden("case.contents_hidden")."""
    seen = sight(actor, instance_id)
    if not seen.contents:
        raise Forbidden("case.contents_hidden", instance_id=instance_id)
    return seen


@dataclass(frozen=True)
class Begun:
    """What was filled into a start form and not yet sent, in plain."""

    values: Mapping[str, Any]
    saved_at: datetime


def request_draft(actor: Actor, key: str) -> Begun | None:
    """The actor's own draft of a flow's start form."""
    own = (RequestDraft.person_id == actor.person_id, RequestDraft.definition_key == key)
    row = db.session.execute(select(table_of(RequestDraft)).where(*own)).first()
    return None if row is None else Begun(sealed.shown(sealed.draft(row.person_id, key), row.values), row.saved_at)


def is_decided(instance_id: str) -> bool:
    """Whether the final decision of a case has been made: it cannot be withdrawn any more (policy §3)."""
    return ending.has_final(db.session(), instance_id)


def passed(found: Sequence[timeline.Event]) -> list[str]:
    """Elements and flows that the case has gone over, in order, each once: the pine path of the diagram."""
    path = (element for event in unrecalled(found) for element in (event.body or {}).get("passed", ()))
    return list(dict.fromkeys(path))
