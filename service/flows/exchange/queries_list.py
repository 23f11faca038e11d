"""Reads of the list: entries as an actor may see them, openings with who wishes for them, objections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.sql.elements import ColumnElement

from service.access import policy
from service.access.actor import Actor
from service.access.roles import BUREAU_HR
from service.db import db
from service.errors import NotFound
from service.flows.exchange import queries
from service.flows.exchange.casework import ANSWER, OBJECTION, OPENING, TEXT, WISH
from service.flows.exchange.drawing_up import ENTRY
from service.people.models import Organisation, Person
from service.people.queries import name_in

HIDDEN = ("HOLD", "DEFER")
"""Results that rest on sanctions, inquiries or health: others than HR and the person learn "ask HR" (policy §7)."""
ASK_HR = "ASK_HR"
PAGE = 100


@dataclass(frozen=True)
class WishView:
    """A wish of a person, with its opening."""

    number: int
    opening_id: str
    school: str
    subject: str
    manner: str


@dataclass(frozen=True)
class EntryView:
    """A person on the list, as this actor may know it.

    `counted` is for bureau HR and the person alone: it tells who is deferred from who is on hold. `state` says arrived
    or missed of who is under way no more.
    """

    id: str
    instance_id: str
    person_id: str
    name: str
    organisation_id: str
    school: str
    subject: str
    stage: str
    band: str
    backbone: bool | None
    counted: bool | None
    result: str
    reason: str
    changed_because: str
    exception: str | None
    exception_reason: str
    state: str
    anywhere: bool
    motive: str
    applied_at: datetime | None
    opinion: str | None
    opinion_text: str
    opening_id: str | None
    target: str | None
    manner: str | None
    placement_id: str | None
    arrived_on: date | None
    nominated_because: str | None
    version: int
    wishes: tuple[WishView, ...] = ()


@dataclass(frozen=True)
class EntryQuery:
    """Which entries: of a school, with a result or a state; after the entry `after` in the order of the list."""

    organisation_id: str | None = None
    result: str | None = None
    state: str | None = None
    after: str | None = None
    limit: int | None = PAGE


@dataclass(frozen=True)
class ObjectionView:
    """A correction or an appeal, for who said it and for bureau HR."""

    id: str
    entry_id: str
    name: str
    school: str
    kind: str
    text: str
    wanted: str | None
    at: datetime
    outcome: str | None
    answer: str | None


def entries(
    actor: Actor, instance_id: str, query: EntryQuery | None = None, *, locale: str = "zh"
) -> Sequence[EntryView]:
    """The visible entries in the order in which the list was drawn up, a page of them."""
    queries.expect(actor, instance_id)
    asked = query or EntryQuery()
    found = _entries(actor, locale).where(ENTRY.c.instance_id == instance_id)
    for name in ("organisation_id", "state"):
        if getattr(asked, name) is not None:
            found = found.where(ENTRY.c[name] == getattr(asked, name))
    if asked.result is not None:
        found = found.where(_result_is(actor, asked.result))
    if asked.after is not None:
        found = found.where(ENTRY.c.id > asked.after)
    rows = db.session.execute(found.order_by(ENTRY.c.id).limit(asked.limit)).all()
    return _views(actor, rows, locale)


def own_entries(actor: Actor, *, locale: str = "zh") -> Sequence[EntryView]:
    """Where the actor stands on lists, the newest first."""
    found = _entries(actor, locale).where(ENTRY.c.person_id == actor.person_id).order_by(ENTRY.c.id.desc())
    return _views(actor, db.session.execute(found).all(), locale)


def entry(actor: Actor, entry_id: str, *, locale: str = "zh") -> EntryView:
    """One entry; NotFound("exchange_entry.absent")."""
    row = db.session.execute(_entries(actor, locale).where(ENTRY.c.id == entry_id)).first()
    if row is None:
        raise NotFound("exchange_entry.absent")
    return _views(actor, [row], locale)[0]


def objections(
    actor: Actor, instance_id: str, kind: str, entry_id: str | None = None, *, locale: str = "zh"
) -> Sequence[ObjectionView]:
    """Corrections or appeals of a plan: all for bureau HR, those that one has made oneself for everybody else."""
    queries.expect(actor, instance_id)
    found = (
        select(OBJECTION, Person.name, name_in(locale).label("school"))
        .join(ENTRY, ENTRY.c.id == OBJECTION.c.entry_id)
        .join(Person, Person.id == ENTRY.c.person_id)
        .join(Organisation, Organisation.id == ENTRY.c.organisation_id)
        .where(OBJECTION.c.instance_id == instance_id, OBJECTION.c.kind == kind)
        .order_by(OBJECTION.c.outcome.is_not(None), OBJECTION.c.at)
    )
    if not actor.has(*BUREAU_HR):
        found = found.where(OBJECTION.c.by_person_id == (actor.person_id or ""))
    if entry_id is not None:
        found = found.where(OBJECTION.c.entry_id == entry_id)
    return [_objection(row) for row in db.session.execute(found)]


def _objection(row: Row[Any]) -> ObjectionView:
    answer = None if row.answer is None else ANSWER.unseal(row.id, row.answer)
    plain = ("id", "entry_id", "name", "school", "kind", "wanted", "at", "outcome")
    return ObjectionView(**{name: row._mapping[name] for name in plain}, text=TEXT.unseal(row.id, row.text),
                         answer=answer)  # fmt: skip


def _entries(actor: Actor, locale: str) -> Select[Any]:
    target = Organisation.__table__.alias("target")
    return (
        select(ENTRY, Person.name, name_in(locale).label("school"), name_in(locale, target).label("target"),
               OPENING.c.manner, queries.GOING.label("going"))
        .join(Person, Person.id == ENTRY.c.person_id)
        .join(Organisation, Organisation.id == ENTRY.c.organisation_id)
        .outerjoin(OPENING, OPENING.c.id == ENTRY.c.opening_id)
        .outerjoin(target, target.c.id == OPENING.c.organisation_id)
        .where(policy.visible(actor, "exchange_entry"))
    )  # fmt: skip


def _result_is(actor: Actor, result: str) -> ColumnElement[bool]:
    """Who may not know of HOLD and DEFER cannot find them by asking either."""
    if actor.is_system or actor.has(*BUREAU_HR):
        return ENTRY.c.result == result
    own = ENTRY.c.person_id == actor.person_id
    if result == ASK_HR:
        return ENTRY.c.result.in_(HIDDEN) & ~own
    return (ENTRY.c.result == result) & (own | ENTRY.c.result.not_in(HIDDEN))


def _views(actor: Actor, rows: Sequence[Row[Any]], locale: str) -> list[EntryView]:
    wishes = _wishes([row.id for row in rows], locale)
    return [_view(actor, row, wishes) for row in rows]


def _view(actor: Actor, row: Row[Any], wishes: Mapping[str, list[WishView]]) -> EntryView:
    names = [name for name in EntryView.__dataclass_fields__ if name != "wishes"]
    plain = {name: row._mapping[name] for name in names}
    if row.state == "began":
        plain["state"] = "arrived" if row.arrived_on else "began" if row.going else "missed"
    told = actor.is_system or actor.has(*BUREAU_HR) or row.person_id == actor.person_id
    if not told:
        plain["counted"] = None
    if not told and row.result in HIDDEN:
        plain |= {"result": ASK_HR, "reason": "ask_hr", "changed_because": ""}
    if not told and row.proposed in HIDDEN:
        plain["changed_because"] = ""
    return EntryView(**plain, wishes=tuple(wishes.get(row.id, ())))


def _wishes(entry_ids: Sequence[str], locale: str) -> dict[str, list[WishView]]:
    found = (
        select(
            WISH.c.entry_id,
            WISH.c.number,
            WISH.c.opening_id,
            name_in(locale).label("name"),
            OPENING.c.subject,
            OPENING.c.manner,
        )
        .join(OPENING, OPENING.c.id == WISH.c.opening_id)
        .join(Organisation, Organisation.id == OPENING.c.organisation_id)
        .where(WISH.c.entry_id.in_(entry_ids))
        .order_by(WISH.c.number)
    )
    wishes: dict[str, list[WishView]] = {}
    for row in db.session.execute(found):
        wishes.setdefault(row.entry_id, []).append(
            WishView(row.number, row.opening_id, row.name, row.subject, row.manner)
        )
    return wishes


def asked_exceptions(actor: Actor, instance_id: str, *, locale: str = "zh") -> Sequence[EntryView]:
    """Whose exception from a service lock was asked for, decided or not."""
    queries.expect(actor, instance_id)
    mine = (ENTRY.c.instance_id == instance_id, ENTRY.c.exception.is_not(None))
    return _views(actor, db.session.execute(_entries(actor, locale).where(*mine).order_by(ENTRY.c.id)).all(), locale)
