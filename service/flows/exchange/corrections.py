"""Corrections of an arrival while the term runs: the day, and how the person moved (policy §5)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.corrections.declaring import Carried, Correcting, Field, Item, Told, correctable
from service.flows.exchange import moving
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching.problem import BRING, LEND, LOAN, MOVE
from service.flows.exchange.moving import Accounts, Way
from service.flows.exchange.operations_placement import filed, way_of
from service.flows.holding import set_to
from service.people import undoing
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.undoing import Ground
from service.posts import lending, posting
from service.posts import undoing as posts
from service.posts.ledger import Full, refuse
from service.records import writing
from service.records.reading import RECORD
from workflows import store

NAME = "exchange.arrival"
UNDER_WAY = ("running", "suspended")
FILED = ("exchange", "loan")
MANNERS = (
    (MOVE, "调动", "employment moves"),
    (BRING, "连同岗位调动", "moves with the own post"),
    (LEND, "借用预留岗位", "by a post of the pool"),
    (LOAN, "支教、借调", "on loan"),
)
FIELDS = (
    Field("arrived_on", "day", "到校日期", "Arrived on"),
    Field("manner", "choice", "交流方式", "How", MANNERS),
)


def items(session: Session, instance_id: str) -> Sequence[Item]:
    """The arrival, while the term that it began runs and nothing of it was given back."""
    entry = session.execute(
        select(ENTRY, PERSON.c.name)
        .join(PERSON, PERSON.c.id == ENTRY.c.person_id)
        .where(ENTRY.c.placement_id == instance_id, ENTRY.c.arrived_on.is_not(None))
    ).first()
    held = store.read(session, instance_id)
    if entry is None or held.state not in UNDER_WAY or _record(session, instance_id) is None:
        return []
    values = {"arrived_on": entry.arrived_on.isoformat(), "manner": held.variables["manner"]}
    return [Item("", entry.name, FIELDS, values, frozenset({entry.person_id}))]


def _record(session: Session, instance_id: str) -> str | None:
    """What the arrival has entered in the file, while it lasts."""
    mine = (RECORD.c.instance_id == instance_id, RECORD.c.kind.in_(FILED), RECORD.c.voided_at.is_(None))
    found: str | None = session.scalar(select(RECORD.c.id).where(*mine, RECORD.c.valid_until.is_(None)))
    return found


@correctable(NAME, "exchange_placement", "到校办理", "Arrival", FIELDS, items)
def carry(wanted: Correcting) -> Carried:
    """The move is taken back and made as it should have been; the end of the term stays as it was decided.

    Conflict("correction.built_on" | "exchange.no_band" | "ledger.full" | "ledger.others_wait"), Invalid(
    "correction.invalid") for a day before the appointment or ahead.
    """
    session, on = wanted.session, date.fromisoformat(wanted.values["arrived_on"])
    if on > day_of(wanted.now):
        raise Invalid("correction.invalid", faults=(Fault("values.arrived_on", "correction.ahead"),))
    call = wanted.call(_known(wanted))
    old = way_of(call)
    _lock(wanted, old)
    allowed = posts.undo(session, wanted.cause(".undo"))
    ground = Ground(wanted.instance_id, wanted.document, wanted.by, wanted.now)
    _take_back(wanted, old, ground)
    seat = moving.seated(call, old.person_id, wanted.variables["source"], "exchange.moved_away")
    way = moving.way_of(old, seat, old.target_id, wanted.values["manner"])
    if way.manner in (BRING, LEND) and not way.band:
        raise Conflict("exchange.no_band")
    outcome = set_to(call, Accounts(session, [way.target_id]).lines(way))
    if isinstance(outcome, Full):
        refuse(outcome)
    moving.carry_out(call, way, seat, on, date.fromisoformat(wanted.variables["until"]))
    filed(call, way, on)
    posts.expect_within(session, wanted.cause(".rest"), allowed)
    changed = {"arrived_on": wanted.values["arrived_on"], "manner": way.manner}
    return Carried([_told(old, way, on)], variables=changed)


def _known(wanted: Correcting) -> dict[str, Any]:
    """A post that is brought along moves by the paper of the correction."""
    return {
        "manner": wanted.item.values["manner"], "post_document": wanted.document,
        "post_decided_on": wanted.decided_on.isoformat(),
    }  # fmt: skip


def _lock(wanted: Correcting, way: Way) -> None:
    """The person, then every account that may be touched: of both schools, of the pools, of loans, of the case."""
    session = wanted.session
    lock_persons(session, [way.person_id])
    accounts = Accounts(session, [wanted.variables["source"], way.target_id])
    loans = (*lending.open_loans(session, [way.person_id]).values(), *lending.ended_by(session, wanted.instance_id))
    wide = {*accounts.own.values(), *accounts.pool.values(), *(loan.account_id for loan in loans)}
    posting.lock(session, wanted.cause(".undo"), wide)


def _take_back(wanted: Correcting, way: Way, ground: Ground) -> None:
    session, cause = wanted.session, wanted.cause(".undo")
    lending.strike(session, cause)
    lending.reopen(session, cause)
    if not undoing.strike(session, ground, way.person_id) and way.manner != LOAN:
        raise Conflict("correction.built_on", since=wanted.item.values["arrived_on"])
    record_id = _record(session, wanted.instance_id)
    if record_id is not None:
        writing.void(session, record_id, ground.because, by=wanted.by, now=wanted.now)


def _told(old: Way, way: Way, on: date) -> Told:
    params: Mapping[str, Any] = {"on": on.isoformat()}
    if old.manner == way.manner:
        return Told("correction.did.arrived", params)
    return Told(f"correction.did.{way.manner}", params)
