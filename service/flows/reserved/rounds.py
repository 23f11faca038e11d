"""Rounds and applications as operations read and mark them, inside the engine's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, column, func, insert, select, table, update
from sqlalchemy.orm import Session

from service.audit import chain
from service.flows.reserved.models import ReservedApplication, ReservedRound
from service.flows.reserved.rules import BANDS, KEY, Place
from service.people.members import PERSON
from service.people.models import Organisation

ROUND = cast("Table", ReservedRound.__table__)
APPLICATION = cast("Table", ReservedApplication.__table__)
ORGANISATION = cast("Table", Organisation.__table__)
INSTANCE = table("process_instance", column("id"), column("state"))
CASE = table("process_case", column("instance_id"), column("suspension_reason"))
ROUNDS = "reserved:rounds"
"""The stream whose lock keeps rounds apart."""
LIVE = ("running", "suspended", "failed")
"""States of a case that has not ended."""
UNDECIDED = ("planned", "open", "closed")
"""States of a round in which applications may still take part."""
RANKABLE = ("submitted", "suspended", "accepted")
"""States of an application that nothing has been decided about: those before the acceptance only for an inquiry."""
UNRANKED: Mapping[str, Any] = MappingProxyType(
    {"facts": {}, "rank": None, "because": None, "votes": [], "granted": False}
)
"""What the columns of the ranking say of who has no place in it."""
STOPPED = ("withdrawn", "cancelled")
"""How a case ends without any decision: its person may apply again."""

_PLACE = (
    update(APPLICATION)
    .where(APPLICATION.c.id == bindparam("b_id"))
    .values(
        rank=bindparam("b_rank"),
        because=bindparam("b_because"),
        votes=bindparam("b_votes"),
        granted=bindparam("b_granted"),
    )
)

_FACTS = (
    update(APPLICATION)
    .where(APPLICATION.c.id == bindparam("b_id"))
    .values(facts=bindparam("b_facts"), because=bindparam("b_because"), rank=None, votes=[], granted=False)
)


def the_round(session: Session, instance_id: str) -> Row[Any]:
    """The round of a case."""
    return session.execute(select(ROUND).where(ROUND.c.instance_id == instance_id)).one()


def locked_round(session: Session, instance_id: str) -> Row[Any]:
    """The same, locked: an application is accepted before a round ends or after it, never beside it."""
    return session.execute(select(ROUND).where(ROUND.c.instance_id == instance_id).with_for_update()).one()


def lock_applications(session: Session, round_id: str) -> None:
    """Lock the cases of a round that have not ended, by id: none ends before what is done for it here is committed.

    Before the round itself is locked: an application has locked its own case when it comes to the round.
    """
    mine = (APPLICATION.c.round_id == round_id, INSTANCE.c.state.in_(LIVE))
    found = select(INSTANCE.c.id).join(APPLICATION, APPLICATION.c.instance_id == INSTANCE.c.id).where(*mine)
    session.execute(found.order_by(INSTANCE.c.id).with_for_update(of=INSTANCE)).all()


def open_round(session: Session) -> Row[Any] | None:
    """The round that takes applications, else the latest that has been called; None before the first."""
    called = select(ROUND).where(ROUND.c.opened_at.is_not(None))
    newest = called.order_by((ROUND.c.state == "open").desc(), ROUND.c.opened_at.desc()).limit(1)
    return session.execute(newest).first()


def running_round(session: Session, but: str) -> str | None:
    """Another round that has neither been decided nor given up; two that begin at once wait for each other here."""
    chain.lock(session, ROUNDS)
    other = select(ROUND.c.instance_id).join(INSTANCE, INSTANCE.c.id == ROUND.c.instance_id)
    undecided = ROUND.c.state.in_(UNDECIDED)
    return session.scalar(other.where(ROUND.c.instance_id != but, undecided, INSTANCE.c.state.in_(LIVE)).limit(1))


def write_round(session: Session, instance_id: str, year: int) -> None:
    """A round that is being planned; a repeat changes nothing."""
    if session.execute(select(ROUND.c.year).where(ROUND.c.instance_id == instance_id)).first() is None:
        row = {"instance_id": instance_id, "year": year, "state": "planned", "offered_senior": 0, "offered_middle": 0}
        session.execute(insert(ROUND), row | {"opened_at": None, "closes_at": None})


def change_round(session: Session, instance_id: str, **values: Any) -> None:
    """Write columns of a round."""
    session.execute(update(ROUND).where(ROUND.c.instance_id == instance_id).values(values))


def offered(found: Row[Any]) -> dict[str, int]:
    """Band → posts that the round gives at most."""
    return {band: int(getattr(found, f"offered_{band}")) for band in BANDS}


def application(session: Session, instance_id: str) -> Row[Any] | None:
    """The application of a case, if it is written."""
    return session.execute(select(APPLICATION).where(APPLICATION.c.instance_id == instance_id)).first()


def earlier(session: Session, round_id: str, person_id: str, but: str) -> str | None:
    """Another application of the person in the round that was not withdrawn; its school."""
    known = select(APPLICATION.c.school_id).outerjoin(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
    mine = (APPLICATION.c.round_id == round_id, APPLICATION.c.person_id == person_id, APPLICATION.c.instance_id != but)
    ended = func.coalesce(INSTANCE.c.state, "running").in_(STOPPED)
    return session.scalar(known.where(*mine, ~ended, APPLICATION.c.state != "expired").limit(1))


def insert_application(session: Session, values: Mapping[str, Any], now: datetime) -> None:
    """A new application."""
    session.execute(insert(APPLICATION), {**UNRANKED, **values, "state": "submitted", "entered_at": now})


def change_application(session: Session, instance_id: str, **values: Any) -> None:
    """Write columns of the application of a case."""
    session.execute(update(APPLICATION).where(APPLICATION.c.instance_id == instance_id).values(values))


def ranked(session: Session, round_id: str) -> list[Row[Any]]:
    """Who is in the ranking of a round: the accepted, and whoever has a place there although an inquiry keeps them."""
    rows = standing(session, round_id)
    return [row for row in rows if row.state == "accepted" or (row.state in RANKABLE and row.rank is not None)]


def standing(session: Session, round_id: str) -> Sequence[Row[Any]]:
    """The applications of a round whose cases have not ended, with names, and why a case stands still."""
    names = (PERSON.c.name.label("name"), ORGANISATION.c.name.label("school_name"))
    found = (
        select(APPLICATION, *names, CASE.c.suspension_reason)
        .join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
        .join(CASE, CASE.c.instance_id == APPLICATION.c.instance_id)
        .join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == APPLICATION.c.school_id)
        .where(APPLICATION.c.round_id == round_id, INSTANCE.c.state.in_(LIVE))
    )
    return session.execute(found.order_by(APPLICATION.c.band.desc(), APPLICATION.c.rank, APPLICATION.c.id)).all()


def write_places(session: Session, places: Iterable[Place]) -> None:
    """Write ranks, votes and who gets a post."""
    rows = [
        {"b_id": p.id, "b_rank": p.rank, "b_because": p.because, "b_votes": list(p.votes), "b_granted": p.granted}
        for p in places
    ]
    if rows:
        session.execute(_PLACE, rows)


def write_keys(session: Session, keys: Mapping[str, Any]) -> None:
    """Add to the facts of each the key by which it is ranked; nobody keeps an earlier rank or vote."""
    known = select(APPLICATION.c.id, APPLICATION.c.facts).where(APPLICATION.c.id.in_(list(keys)))
    facts = {row.id: {**row.facts, KEY: keys[row.id]} for row in session.execute(known)}
    write_facts(session, facts, {})


def write_facts(session: Session, facts: Mapping[str, Mapping[str, Any]], without: Mapping[str, str]) -> None:
    """Write by what each is ranked; nobody keeps an earlier rank. `without` id → why somebody is not ranked."""
    rows = [{"b_id": one, "b_facts": dict(known), "b_because": None} for one, known in facts.items()]
    rows += [{"b_id": one, "b_facts": {}, "b_because": why} for one, why in without.items()]
    if rows:
        session.execute(_FACTS, rows)
