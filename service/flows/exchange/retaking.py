"""What an exchange has done to persons, files and the list, taken back by a correction."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, column, select, table, update
from sqlalchemy.orm import Session

from service.errors import Conflict, Fault, Invalid
from service.flows.corrections.declaring import Correcting
from service.flows.exchange.casework import OPENING
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.ending import take_part_again
from service.flows.exchange.matching.problem import LOAN
from service.flows.exchange.moving import Accounts
from service.people import undoing
from service.people.locking import lock_persons
from service.people.queries import ORGANISATION
from service.people.undoing import Ground
from service.posts import lending, posting
from service.records import writing
from service.records.reading import RECORD
from service.records.rules import Entry

FILED, ASSESSED = ("exchange", "loan"), ("assessment", "term_assessment")
OF_SCHOOL = ("yearly_assessment", "term_assessment")
"""Steps of the receiving school."""
TASK = table("task", column("id"), column("instance_id"), column("state"), column("element_id"))


def record_of(session: Session, instance_id: str) -> Row[Any] | None:
    """What the arrival has entered in the file."""
    mine = (RECORD.c.instance_id == instance_id, RECORD.c.kind.in_(FILED), RECORD.c.voided_at.is_(None))
    return session.execute(select(RECORD).where(*mine)).first()


def lock(wanted: Correcting, entries: Sequence[Row[Any]], targets: Iterable[str]) -> None:
    """The persons, then every account that may be touched: of all schools, of the pools, of loans, of the case."""
    session, persons = wanted.session, {one.person_id for one in entries}
    lock_persons(session, persons)
    accounts = Accounts(session, [*targets, *{one.organisation_id for one in entries}])
    loans = (*lending.open_loans(session, persons).values(), *lending.ended_by(session, wanted.instance_id))
    wide = {*accounts.own.values(), *accounts.pool.values(), *(loan.account_id for loan in loans)}
    posting.lock(session, wanted.cause(".undo"), wide)


def take_back(wanted: Correcting, entry: Row[Any]) -> None:
    """Loans, appointments and the record of the exchange are as before it. Conflict("correction.built_on")."""
    session = wanted.session
    ground = Ground(wanted.instance_id, wanted.document, wanted.by, wanted.now)
    lending.undo(session, wanted.cause(".undo"))
    if not undoing.strike(session, ground, entry.person_id) and wanted.item.values["manner"] != LOAN:
        raise Conflict("correction.built_on", since=wanted.item.values["arrived_on"])
    record = record_of(session, wanted.instance_id)
    if record is not None:
        writing.void(session, record.id, ground.because, by=wanted.by, now=wanted.now)


def openings(session: Session, plan_id: str) -> Sequence[Row[Any]]:
    """The places that the plan offered, with their schools, in the order of these."""
    named = (OPENING, ORGANISATION.c.name.label("school"))
    joined = select(*named).join(ORGANISATION, ORGANISATION.c.id == OPENING.c.organisation_id)
    mine = OPENING.c.instance_id == plan_id
    return session.execute(joined.where(mine).order_by(ORGANISATION.c.path, OPENING.c.id)).all()


def opening_at(wanted: Correcting, entry: Row[Any], school_id: str) -> str:
    """The place at that school that the plan offered, one of the person's subject and stage before others.

    Invalid("correction.invalid") where there is none, or the school is the person's own; Conflict(
    "correction.school_acts") while a step of the school so far is open.
    """
    session = wanted.session
    if not wanted.changes("school"):
        return str(entry.opening_id)
    found = [one for one in openings(session, entry.instance_id) if one.organisation_id == school_id]
    if not found or school_id == entry.organisation_id:
        code = "correction.no_opening" if not found else "correction.own_school"
        raise Invalid("correction.invalid", faults=(Fault("values.school", code),))
    mine = (TASK.c.instance_id == wanted.instance_id, TASK.c.state == "open", TASK.c.element_id.in_(OF_SCHOOL))
    if session.scalar(select(TASK.c.id).where(*mine)) is not None:
        raise Conflict("correction.school_acts")
    return str(min(found, key=lambda one: (one.subject != entry.subject, one.stage != entry.stage, one.id)).id)


def relist(wanted: Correcting, old: Row[Any], new: Row[Any], opening_id: str) -> None:
    """On the list of the plan somebody else has the place, or the place is another; who had it takes part as before."""
    session, version = wanted.session, {"version": ENTRY.c.version + 1}
    if old.id == new.id:
        session.execute(update(ENTRY).where(ENTRY.c.id == old.id).values(opening_id=opening_id, **version))
        return
    given = {name: getattr(old, name) for name in ("round_id", "number", "placement_id")} | {"opening_id": opening_id}
    take_part_again(session, [old.id])
    gone: dict[str, Any] = {"placement_id": None, "number": None, "arrived_on": None}
    session.execute(update(ENTRY).where(ENTRY.c.id == old.id).values(gone))
    session.execute(update(ENTRY).where(ENTRY.c.id == new.id).values(state="began", **given, **version))


def refile(wanted: Correcting, old: Row[Any], new: Row[Any], target_id: str) -> None:
    """The assessments of the term stand in the file of whose exchange it was, at the school where it was."""
    if old.id == new.id and not wanted.changes("school"):
        return
    session, because = wanted.session, f"更正：{wanted.document}"[:200]
    mine = (RECORD.c.instance_id == wanted.instance_id, RECORD.c.kind.in_(ASSESSED), RECORD.c.voided_at.is_(None))
    for row in session.execute(select(RECORD).where(*mine).order_by(RECORD.c.id)).all():
        writing.void(session, row.id, because, by=wanted.by, now=wanted.now)
        names = ("kind", "valid_from", "value", "year", "instance_id")
        entry = Entry(**{name: getattr(row, name) for name in names}, organisation_id=target_id)
        writing.add(session, new.person_id, entry, by=wanted.by, now=wanted.now)
