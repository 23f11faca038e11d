"""A placement that a plan on paper has decided: who goes where, entered without a plan of this house (policy §8).

Its year's list is nobody's here, so it stands on no plan: entry and opening are its own, under its own case. Who sits
at the receiving school already is `there`: nothing moves any more, and nothing is held.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from service.access import sealed
from service.errors import Conflict, Fault, Invalid
from service.flows import queueing
from service.flows.acting import actor_of
from service.flows.exchange.casework import OPENING
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching.problem import BRING, LEND, LOAN
from service.flows.exchange.moving import Accounts, Way, cause_of
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.persons import named_in
from service.posts import lending, posting, sitting
from service.posts.ledger import Full, hold_many, refuse
from service.posts.sitting import Sitting
from service.records import writing
from service.records.reading import RECORD
from workflows import store
from workflows.base import new_id
from workflows.models import ProcessInstance
from workflows.surroundings import Call

TAKEN_UP = "并入补登的交流案件"
"""Why what the opening day entered of the same exchange is voided: the case's own record stands in its place."""
FILED = ("exchange", "loan")


def begin(call: Call) -> dict[str, Any]:
    """The entry of the placement, and what it needs at the target held anew, of what is free or was kept for it.

    The variables that a plan would have given. Invalid("form.invalid") with a fault where person, school or manner are
    not as the books say, Conflict("exchange.gone" | "exchange.no_band" | "ledger.full" | "ledger.others_wait").
    """
    values = call.variables
    person_id = _person(call)
    lock_persons(call.session, [person_id])
    _expect_once(call, person_id)
    seat = sitting.sittings(call.session, [person_id])[person_id]
    if seat.appointment is None:
        raise Conflict("exchange.gone", person_id=person_id)
    post: Any = seat.appointment
    there = _is_there(values, seat)
    entry_id = new_id()
    way = Way(
        entry_id, person_id, values["school"], values["manner"], post.band or "", post.employment_kind == "staffed"
    )
    if way.manner in (BRING, LEND) and not way.band:
        raise Conflict("exchange.no_band")
    if not there:
        _hold(call, way)
    _write(call, way, post)
    return {
        "plan_id": call.instance_id, "entry_id": entry_id, "person_id": person_id, "subject": post.subject or "",
        "band": way.band, "staffed": way.staffed, "there": there,
    }  # fmt: skip


def is_own(call: Call) -> bool:
    """Whether this placement stands on no plan of this house."""
    return bool(call.variables.get("plan_id") == call.instance_id)


def _person(call: Call) -> str:
    """Whom the ID number names; the name must be that person's, as a check of the number."""
    place, values = sealed.case(call.instance_id), call.variables
    number = str(sealed.opened(place, values.get("id_number")) or "")
    found = named_in(call.session, [number])
    if not found:
        raise _wrong("id_number", "exchange.paper_person")
    (person_id,) = found
    if call.session.scalar(select(PERSON.c.name).where(PERSON.c.id == person_id)) != values["person_name"].strip():
        raise _wrong("person_name", "exchange.paper_name")
    return person_id


def _expect_once(call: Call, person_id: str) -> None:
    """Faults where the person is placed by a case under way, or was at that school by another case in these days.

    Told twice an exchange would count its months twice.
    """
    case = func.coalesce(ENTRY.c.placement_id, ENTRY.c.instance_id)
    placed = (
        select(ENTRY.c.id)
        .join(ProcessInstance, ProcessInstance.id == case)
        .where(
            ENTRY.c.person_id == person_id,
            ENTRY.c.state.in_(("placed", "began")),
            ProcessInstance.state.in_(store.OPEN),
        )
    )
    there = (RECORD.c.kind.in_(FILED), RECORD.c.organisation_id == call.variables["school"])
    first = date.fromisoformat(call.variables["effective_on"])
    theirs = (RECORD.c.instance_id.is_not(None), RECORD.c.instance_id != call.instance_id)
    lasting = (RECORD.c.voided_at.is_(None), or_(RECORD.c.valid_until.is_(None), RECORD.c.valid_until > first))
    filed = select(RECORD.c.id).where(RECORD.c.person_id == person_id, *there, *theirs, *lasting)
    if call.session.execute(placed.limit(1)).first() or call.session.execute(filed.limit(1)).first():
        raise _wrong("id_number", "exchange.paper_twice")


def _is_there(values: Mapping[str, Any], seat: Sitting) -> bool:
    """Whether the person sits at the receiving school already; faults where at neither, or not in the post named."""
    post: Any = seat.appointment
    source, target = values["source"], values["school"]
    if source == target:
        raise _wrong("source", "exchange.own_school")
    if values["manner"] == LOAN or post.organisation_id == source:
        if post.organisation_id != source:
            raise _wrong("source", "exchange.paper_elsewhere")
        return False
    if post.organisation_id != target:
        raise _wrong("source", "exchange.paper_elsewhere")
    if values["manner"] == LEND and (seat.lent is None or seat.lent.borrower_id != target):
        raise _wrong("manner", "exchange.paper_not_lent")
    return True


def _wrong(field: str, code: str) -> Invalid:
    return Invalid("form.invalid", faults=(Fault(f"values.{field}", code),))


def _hold(call: Call, way: Way) -> None:
    lines = Accounts(call.session, [way.target_id]).lines(way)
    if not lines:
        return
    locked = posting.lock(call.session, cause_of(call), [line.account_id for line in lines])
    queueing.expect_free(call, lines, locked)
    held = hold_many(call.session, cause_of(call), lines)
    if isinstance(held, Full):
        refuse(held)


def _write(call: Call, way: Way, post: Any) -> None:
    """The opening to which the person goes, and the person's entry, both under the case itself."""
    opening_id, mine = new_id(), call.instance_id
    opening = {
        "id": opening_id, "instance_id": mine, "organisation_id": way.target_id, "number": 1,
        "subject": post.subject or "", "stage": post.stage or "", "band": way.band, "count": 1, "manner": way.manner,
        "competition": False,
        "panel": None, "score_sheet_id": None, "note": "", "entered_by": actor_of(call), "entered_at": call.recorded_at,
    }  # fmt: skip
    entry = {
        "id": way.line, "instance_id": mine, "person_id": way.person_id, "organisation_id": call.variables["source"],
        "appointment_id": post.id, "subject": post.subject or "", "stage": post.stage or "", "band": way.band,
        "counted": False, "proposed": "VOLUNTARY", "proposed_reason": "", "result": "VOLUNTARY", "reason": "",
        "changed_because": str(call.variables["plan_document"])[:500], "exception_reason": "", "state": "began",
        "anywhere": False, "motive": "", "opinion_text": "", "opening_id": opening_id, "placement_id": mine,
        "number": 1, "version": 1,
        **dict.fromkeys(("backbone", "exception", "applied_at", "opinion", "nominated_because", "round_id",
                         "arrived_on")),
    }  # fmt: skip
    call.session.execute(insert(OPENING), opening)
    call.session.execute(insert(ENTRY), entry)


def take_up(call: Call, way: Way) -> None:
    """What the opening day knows of the same exchange is the case's from now on: the record, and a lent post."""
    _void(call.session, call, way)
    if way.manner == LEND and call.variables["there"]:
        lending.adopt(call.session, cause_of(call), way.person_id)


def _void(session: Session, call: Call, way: Way) -> None:
    mine = (RECORD.c.person_id == way.person_id, RECORD.c.kind.in_(FILED), RECORD.c.organisation_id == way.target_id)
    lasting = (RECORD.c.valid_until.is_(None), RECORD.c.voided_at.is_(None), RECORD.c.instance_id.is_(None))
    for record_id in session.scalars(select(RECORD.c.id).where(*mine, *lasting)).all():
        writing.void(session, record_id, TAKEN_UP, by=actor_of(call), now=call.recorded_at)
