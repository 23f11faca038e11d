"""Corrections of a personnel change that was carried out: taken back, then done once more with the right values."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access import accounts
from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.corrections.declaring import Carried, Correcting, Item, Told, correctable, elsewhere
from service.flows.corrections.queries import corrected
from service.flows.personnel import away, carrying, change, checking, ledgering
from service.flows.personnel.change import CHANGE
from service.flows.personnel.correctable import FIELDS
from service.flows.personnel.rules import KINDS
from service.people import undoing
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.undoing import Ground
from service.posts import lending, posting, sitting
from service.posts import undoing as posts
from service.records import writing
from service.records.reading import RECORD
from workflows.base import table_of
from workflows.models import ProcessInstance

NAME = "personnel.change"
_INSTANCE = table_of(ProcessInstance)
RISES = ("person_id", "to_school", "band", "grade", "title")
"""What, when it is another, is asked about as a new change is: locks, sanctions, open cases."""

elsewhere("personnel")


def items(session: Session, instance_id: str) -> Sequence[Item]:
    """The change, once it was carried out."""
    row = session.execute(select(CHANGE).where(CHANGE.c.instance_id == instance_id)).first()
    if row is None or row.state != "done":
        return []
    known = session.scalar(select(_INSTANCE.c.variables).where(_INSTANCE.c.id == instance_id))
    values = {**(known or {}), **corrected(session, instance_id, NAME, "")}
    asked = tuple(FIELDS[name] for name in KINDS[row.kind].fields if name in FIELDS)
    name = session.scalar(select(PERSON.c.name).where(PERSON.c.id == row.person_id)) or ""
    about = f"{KINDS[row.kind].zh} · {name}"
    return [Item("", about, asked, {one.name: values.get(one.name) for one in asked}, frozenset({row.person_id}))]


@correctable(NAME, "personnel", "人员异动", "Personnel change", tuple(FIELDS.values()), items)
def carry(wanted: Correcting) -> Carried:
    """Persons, then accounts are locked; what the change did is taken back, and it is carried out once more.

    Conflict("correction.built_on") where something else has followed, what a new change is refused with, and
    Conflict("ledger.full" | "ledger.others_wait") where headcount or post is not there for what shall be.
    """
    session = wanted.session
    if date.fromisoformat(wanted.values["effective_on"]) > day_of(wanted.now):
        raise Invalid("correction.invalid", faults=(Fault("values.effective_on", "correction.ahead"),))
    row = session.execute(select(CHANGE).where(CHANGE.c.instance_id == wanted.instance_id)).one()
    old, new = _values(wanted, wanted.item.values), _values(wanted, wanted.values)
    _lock(wanted, row, new)
    ended = away.ended(wanted, row, old)
    _take_back(wanted, row, old)
    allowed = posts.undo(session, wanted.cause(".undo"))
    done = change.of(wanted.call(new))
    checking.check(done, rises=wanted.changes(*RISES))
    ledgering.hold(done)
    change.write(done)
    person_id = carrying.carry_out(done)
    if ended is not None:
        away.end_again(wanted, new, row.kind, ended)
    change.mark(done, state="done", done_at=row.done_at, entered_at=row.entered_at, person_id=person_id)
    posts.expect_within(session, wanted.cause(".rest"), allowed)
    return Carried(_told(wanted, row, person_id))


def _values(wanted: Correcting, values: Mapping[str, Any]) -> dict[str, Any]:
    """The form of the change with these values; a known person is named by the name of the file."""
    found = {**wanted.variables, **values}
    if found.get("person_id"):
        named = select(PERSON.c.name).where(PERSON.c.id == found["person_id"])
        name = wanted.session.scalar(named)
        if name is None:
            raise Invalid("correction.invalid", faults=(Fault("values.person_id", "person.absent"),))
        found["name"] = wanted.variables["name"] if found["kind"] == "rename" and not _other(wanted) else name
    return found


def _other(wanted: Correcting) -> bool:
    return wanted.changes("person_id")


def _lock(wanted: Correcting, row: Row[Any], new: Mapping[str, Any]) -> None:
    """Both persons, then every account that may be touched: of the schools, of lent posts, of the case."""
    session = wanted.session
    involved = {one for one in (row.person_id, new.get("person_id")) if one}
    lock_persons(session, involved)
    schools = {row.organisation_id, row.to_organisation_id, new.get("to_school")} - {None}
    schools |= {
        seat.appointment.organisation_id
        for seat in sitting.sittings(session, involved).values() if seat.appointment is not None
    }  # fmt: skip
    loans = lending.open_loans(session, involved).values()
    ended = lending.ended_by(session, wanted.instance_id)
    accounts_of = set(sitting.accounts(session, schools).values())
    posting.lock(session, wanted.cause(".undo"), accounts_of | {loan.account_id for loan in (*loans, *ended)})


def _take_back(wanted: Correcting, row: Row[Any], old: Mapping[str, Any]) -> None:
    """Loans, appointment, roles, account, records and name are again as before the change."""
    session, kind = wanted.session, KINDS[row.kind]
    ground = Ground(wanted.instance_id, wanted.document, wanted.by, wanted.now)
    lending.undo(session, wanted.cause(".undo"))
    struck = undoing.strike(session, ground)
    if kind.group == "out":
        _reemploy(wanted, row, ground)
    elif not struck and kind.group == "in":
        raise Conflict("correction.built_on", since=row.effective_on.isoformat())
    own = (RECORD.c.instance_id == wanted.instance_id, RECORD.c.voided_at.is_(None))
    for record_id in session.scalars(select(RECORD.c.id).where(*own).order_by(RECORD.c.id)).all():
        writing.void(session, record_id, ground.because, by=wanted.by, now=wanted.now)
    if row.kind == "rename":
        _name_back(wanted, row, old)
    if kind.group == "absent":
        away.take_back(wanted, row, old)


def _reemploy(wanted: Correcting, row: Row[Any], ground: Ground) -> None:
    """Who was taken to have left goes on in the appointment that had ended then, and may log in again."""
    last = undoing.ended_on(wanted.session, row.person_id, row.effective_on)
    if last is None:
        raise Conflict("correction.built_on", since=row.effective_on.isoformat())
    undoing.reopen(wanted.session, last, ground)
    accounts.reopen(wanted.session, row.person_id)


def _name_back(wanted: Correcting, row: Row[Any], old: Mapping[str, Any]) -> None:
    mine = PERSON.c.id == row.person_id
    if wanted.session.scalar(select(PERSON.c.name).where(mine)) != old["new_name"].strip():
        raise Conflict("correction.built_on", since=row.effective_on.isoformat())
    changed = {"name": wanted.variables["name"].strip(), "version": PERSON.c.version + 1}
    wanted.session.execute(update(PERSON).where(mine).values(changed))


def _told(wanted: Correcting, row: Row[Any], person_id: str) -> list[Told]:
    """Which appointments and records are others now; what cannot be taken back is said as well."""
    kind = KINDS[row.kind]
    told = [Told(f"correction.did.{kind.group}", {"person": _named(wanted.session, person_id)})]
    if person_id != row.person_id:
        told.append(Told("correction.did.other_person", {"before": _named(wanted.session, row.person_id)}))
    if kind.group == "out" and person_id != row.person_id:
        told.append(Told("correction.did.cases_stay"))
    return told


def _named(session: Session, person_id: str) -> str:
    return str(session.scalar(select(PERSON.c.name).where(PERSON.c.id == person_id)))
