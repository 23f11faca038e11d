"""Taking a load back as a whole: whether it may be, and how."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete, select, tuple_, update
from sqlalchemy.orm import Session

from service.access import accounts
from service.access.accounts import ACCOUNT as LOGIN
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.errors import Conflict
from service.opening import journal, loading
from service.opening.register import Register, chunks, register
from service.opening.written import EFFECT, IMPORT, SIGNATURE
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.posts.posting import ACCOUNT, ENTRY, Cause
from service.posts.queries import CASE
from service.runs.rows import OPEN_RUNS, RUN
from workflows.base import Base

APART = {
    PERSON.name: frozenset({LOGIN.name, SIGNATURE.name, RUN.name}),
    ORGANISATION.name: frozenset({LOGIN.name, SIGNATURE.name, RUN.name, ACCOUNT.name, ENTRY.name}),
}
"""Tables that name persons or organisations and are seen to apart."""


def expect_revocable(session: Session, actor: Actor, load: Row[Any]) -> None:
    """Conflict that says why a load stays: a newer one, a case that uses it, rows that refer to it, the own person."""
    later = tuple_(IMPORT.c.loaded_at, IMPORT.c.id) > (load.loaded_at, load.id)
    newer = select(IMPORT.c.name).where(IMPORT.c.state == "loaded", later)
    if (name := session.scalar(newer.limit(1))) is not None:
        raise Conflict("opening.newer", name=name)
    effects = effects_of(session, load.id)
    people, places = _made(effects, PERSON.name), _touched(session, effects)
    if actor.person_id in people:
        raise Conflict("opening.own_load")
    books = register(session)
    case = _case_of(session, books, people, places) or _moved(books, effects)
    if case is not None:
        raise Conflict("opening.used", case=case)
    _expect_unreferred(session, effects, people)


def effects_of(session: Session, import_id: str) -> Sequence[Row[Any]]:
    """What a load did, in the order in which it did it."""
    return session.execute(select(EFFECT).where(EFFECT.c.import_id == import_id).order_by(EFFECT.c.id)).all()


def take_back(session: Session, actor: Actor, load: Row[Any], now: datetime) -> int:
    """Undo everything that a load did; how many persons and organisations it touched. The caller holds the lock."""
    effects = effects_of(session, load.id)
    people, places = _made(effects, PERSON.name), _touched(session, effects)
    _close_logins(session, people, now)
    for part in chunks(people):
        session.execute(delete(SIGNATURE).where(SIGNATURE.c.person_id.in_(part)))
    session.execute(delete(SIGNATURE).where(SIGNATURE.c.organisation_id.in_(places)))
    figures = {one: old for effect in effects for one, old in journal.kept_of(effect).get("figures", {}).items()}
    cause = Cause(None, "", "", actor.person_id or actor.account_id, now, load.reason, now.date())
    loading.put_back(session, cause, figures)
    journal.undo(session, effects)
    streams = {effect.subject for effect in effects if effect.subject != loading.LEDGER}
    event = NewEvent("opening.revoked", actor.account_id, body={"import_id": load.id})
    chain.append_all(session, {stream: [event] for stream in streams}, at=now)
    return len(streams)


def is_under_way(session: Session, run_id: str | None) -> bool:
    """Whether a run waits or is worked on."""
    return session.scalar(select(RUN.c.id).where(RUN.c.id == run_id, OPEN_RUNS)) is not None


def _made(effects: Iterable[Row[Any]], table: str) -> set[str]:
    return {key["id"] for effect in effects for name, key, _ in effect.inserted if name == table}


def _touched(session: Session, effects: Sequence[Row[Any]]) -> set[str]:
    """The organisations that the load made or changed, had persons changed of, or opened accounts of."""
    named = [effect.subject.partition(":") for effect in effects]
    places = {one for kind, _, one in named if kind == "organisation"}
    for part in chunks(one for kind, _, one in named if kind == "person"):
        found = select(APPOINTMENT.c.organisation_id).where(APPOINTMENT.c.person_id.in_(part)).distinct()
        places |= set(session.scalars(found))
    opened = [one for effect in effects for one in journal.kept_of(effect).get("figures", {})]
    return places | set(session.scalars(select(ACCOUNT.c.organisation_id).where(ACCOUNT.c.id.in_(opened))))


def _case_of(session: Session, books: Register, people: set[str], places: set[str]) -> str | None:
    """The number of a case of one of these organisations, of one above it, or begun by one of these persons."""
    for place in sorted(places):
        if case := books.case_at(books.units.get(place)):
            return case
    for part in chunks(people):
        begun = select(CASE.c.business_key).where(CASE.c.initiator_id.in_(part))
        if (case := session.scalar(begun.limit(1))) is not None:
            return str(case)
    return None


def _moved(books: Register, effects: Sequence[Row[Any]]) -> str | None:
    opened = (one for effect in effects for one in journal.kept_of(effect).get("figures", {}))
    return next((books.moved[one] for one in opened if one in books.moved), None)


def _expect_unreferred(session: Session, effects: Sequence[Row[Any]], people: set[str]) -> None:
    """Nothing that the load did not make names what it made: that would be lost, or hang in the air."""
    made: dict[str, set[tuple[str, ...]]] = {}
    for effect in effects:
        for name, key, _ in effect.inserted:
            made.setdefault(name, set()).add(tuple(key.values()))
    for target, ids in ((PERSON, people), (ORGANISATION, _made(effects, ORGANISATION.name))):
        for table in Base.metadata.sorted_tables:
            if table.name not in APART[target.name]:
                _expect_own(session, table, target, ids, made.get(table.name, set()))


def _expect_own(session: Session, table: Table, target: Table, ids: set[str], made: set[tuple[str, ...]]) -> None:
    keys = list(table.primary_key.columns)
    for column in (key.parent for key in table.foreign_keys if key.column is target.c.id):
        for part in chunks(ids):
            found = session.execute(select(*keys).where(column.in_(part)))
            if any(tuple(row) not in made for row in found):
                raise Conflict("opening.referred", table=table.name)


def _close_logins(session: Session, people: set[str], now: datetime) -> None:
    """Who is taken back logs in no more; the name of the account stays taken, as its events stay."""
    for part in chunks(people):
        found = session.scalars(select(LOGIN.c.id).where(LOGIN.c.person_id.in_(part))).all()
        for account_id in found:
            accounts.close(session, account_id, now)
        session.execute(update(LOGIN).where(LOGIN.c.id.in_(found)).values(person_id=None, organisation_id=None))
        session.execute(update(RUN).where(RUN.c.person_id.in_(part)).values(person_id=None))
