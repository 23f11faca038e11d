"""Corrections of an exchange, while its term runs and after it: who, from which day, in which manner, how it ended.

Everything that the case has done is taken back and done once more by its own operations (policy §5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.corrections.declaring import Carried, Correcting, Field, Item, Told, correctable, elsewhere
from service.flows.corrections.queries import corrected
from service.flows.exchange import moving, retaking
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching.problem import BRING, LEND, LOAN, MOVE
from service.flows.exchange.moving import Accounts, Way
from service.flows.exchange.operations_placement import expect_free, filed
from service.flows.exchange.operations_term import return_home, stay
from service.flows.holding import set_to
from service.flows.publicity import periods
from service.parameters.queries import county
from service.people.members import PERSON
from service.people.queries import ORGANISATION
from service.posts import undoing as posts
from service.posts.ledger import Full, hold_many, refuse
from service.posts.posting import ACCOUNT
from service.posts.posting import ENTRY as POSTED
from workflows import store
from workflows.surroundings import Call

NAME = "exchange.arrival"
UNDER_WAY, OVER = ("running", "suspended"), "completed"
MANNERS = (
    (MOVE, "调动", "employment moves"),
    (BRING, "连同岗位调动", "moves with the own post"),
    (LEND, "借用预留岗位", "by a post of the pool"),
    (LOAN, "支教、借调", "on loan"),
)
RETURN, STAY = "return", "stay"
ENDS = ((RETURN, "返回原校", "returned"), (STAY, "留任", "stayed"))
WHO = Field("person_id", "person", "交流教师", "Teacher")
ARRIVAL = (
    Field("arrived_on", "day", "到校日期", "Arrived on"),
    Field("manner", "choice", "交流方式", "How", MANNERS),
)
END = (
    Field("ended", "choice", "期满结果", "What followed the term", ENDS),
    Field("returned_on", "day", "返回或留任日期", "From which day"),
)
SCHOOL = Field("school", "school", "接收学校", "Receiving school")
FIELDS = (WHO, SCHOOL, *ARRIVAL, *END)

elsewhere("exchange", "exchange_placement")


def items(session: Session, instance_id: str) -> Sequence[Item]:
    """The exchange, once the person has arrived: while its term runs, or after the return or the decision to stay.

    Not of who sat there before the case was told from paper: that is the opening balance's, and the case moved nothing.
    """
    entry, held = _entry(session, instance_id), store.read(session, instance_id)
    record = retaking.record_of(session, instance_id)
    if entry is None or record is None or held.variables.get("there") or held.state not in (*UNDER_WAY, OVER):
        return []
    over = held.state == OVER
    if over == (record.valid_until is None):
        return []
    values = {
        "person_id": entry.person_id, "school": held.variables["school"], "arrived_on": entry.arrived_on.isoformat(),
        "manner": held.variables["manner"],
    }  # fmt: skip
    if over:
        values |= {
            "ended": held.variables["term_decision"]["decision"], "returned_on": record.valid_until.isoformat(),
        }  # fmt: skip
    values |= corrected(session, instance_id, NAME, "")
    who = replace(
        WHO, choices=tuple((one.person_id,) + (f"{one.name} · {one.school}",) * 2 for one in _others(session, entry))
    )
    names = {one.organisation_id: one.school for one in retaking.openings(session, entry.instance_id)}
    school = replace(SCHOOL, choices=tuple((one, name, name) for one, name in names.items()))
    fields = (who, school, *ARRIVAL, *END) if over else (who, school, *ARRIVAL)
    return [Item("", entry.name, fields, values, frozenset({entry.person_id}))]


def _entry(session: Session, instance_id: str) -> Row[Any] | None:
    """Who was placed by the case and has arrived."""
    mine = (ENTRY.c.placement_id == instance_id, ENTRY.c.arrived_on.is_not(None))
    return session.execute(_named().where(*mine)).first()


def _others(session: Session, entry: Row[Any]) -> Sequence[Row[Any]]:
    """Who could have been meant: the person itself, and whoever takes part in the plan and has no place."""
    without = (ENTRY.c.instance_id == entry.instance_id, ENTRY.c.state.in_(("applied", "nominated")))
    found = _named().where(*without).order_by(ORGANISATION.c.path, PERSON.c.name, ENTRY.c.id)
    return [entry, *session.execute(found)]


def _named() -> Any:
    names = (PERSON.c.name.label("name"), ORGANISATION.c.name.label("school"))
    joined = select(ENTRY, *names).join(PERSON, PERSON.c.id == ENTRY.c.person_id)
    return joined.join(ORGANISATION, ORGANISATION.c.id == ENTRY.c.organisation_id)


@correctable(NAME, "exchange_placement", "交流办理", "Exchange", FIELDS, items)
def carry(wanted: Correcting) -> Carried:
    """The exchange is taken back and made as it should have been; the end of a running term stays as it was decided.

    Conflict("correction.built_on" | "exchange.no_band" | "exchange.suspended" | "ledger.full" | "ledger.others_wait" |
    "correction.school_acts"), Invalid("correction.invalid") for a day ahead or out of order, somebody who takes no part
    in the plan, or a school that offered no place in it.
    """
    session, values = wanted.session, wanted.values
    _expect_days(wanted)
    target = values["school"]
    retaking.lock(wanted, _involved(wanted), (target, wanted.item.values["school"]))
    old, new = _involved(wanted)
    opening_id = retaking.opening_at(wanted, new if old.id != new.id else old, target)
    brought_back = _brought_back(wanted, old)
    retaking.take_back(wanted, old)
    allowed = posts.undo(session, wanted.cause(".undo"))
    retaking.relist(wanted, old, new, opening_id)
    call = _call(wanted, new, "")
    seat = moving.seated(call, new.person_id, new.organisation_id, "exchange.moved_away")
    way = moving.way_of(Way(new.id, new.person_id, target, "", ""), seat, target, values["manner"])
    _expect_may(call, way, changed=old.id != new.id or wanted.changes("school"))
    _hold(wanted, call, way, new)
    moving.carry_out(call, way, seat, date.fromisoformat(values["arrived_on"]), _until(wanted))
    filed(call, way, date.fromisoformat(values["arrived_on"]))
    retaking.refile(wanted, old, new, target)
    if "ended" in values:
        _end(wanted, new, way, brought_back=brought_back)
    posts.expect_within(session, wanted.cause(".rest"), allowed)
    whose, published = (target if wanted.changes("school") else None), _published(wanted, old)
    found = _variables(wanted, new, way)
    return Carried(_told(wanted, new), published=published, variables=found, organisation_id=whose)


def _involved(wanted: Correcting) -> tuple[Row[Any], Row[Any]]:
    """Who has the place and who should: to be read again once both persons are locked, as each may be placed elsewhere.

    Invalid("correction.invalid") for somebody who takes no part in the plan, or has a place by now.
    """
    old = _entry(wanted.session, wanted.instance_id)
    assert old is not None
    new = next((one for one in _others(wanted.session, old) if one.person_id == wanted.values["person_id"]), None)
    if new is None:
        raise Invalid("correction.invalid", faults=(Fault("values.person_id", "correction.not_on_plan"),))
    return old, new


def _expect_days(wanted: Correcting) -> None:
    days = [wanted.values[name] for name in ("arrived_on", "returned_on") if name in wanted.values]
    faults = [Fault("values.arrived_on", "correction.ahead")] if days[0] > day_of(wanted.now).isoformat() else []
    if days[-1] > day_of(wanted.now).isoformat() and not faults:
        faults = [Fault("values.returned_on", "correction.ahead")]
    if days != sorted(days) and not faults:
        faults = [Fault("values.returned_on", "dates.order")]
    if faults:
        raise Invalid("correction.invalid", faults=tuple(faults))


def _until(wanted: Correcting) -> date:
    return date.fromisoformat(wanted.variables["until"])


def _call(wanted: Correcting, entry: Row[Any], part: str, **more: Any) -> Call:
    """As an operation of the case would be called for this person; a post moves along by the correction's paper."""
    known = {
        "entry_id": entry.id, "person_id": entry.person_id, "source": entry.organisation_id,
        "school": wanted.values["school"], "manner": wanted.values["manner"], "post_document": wanted.document,
        "post_decided_on": wanted.decided_on.isoformat(), **more,
    }  # fmt: skip
    call = wanted.call(known)
    return replace(call, token=f"{call.token}{part}")


def _expect_may(call: Call, way: Way, *, changed: bool) -> None:
    """Somebody else is asked about as at any arrival; who has no band has no post to bring along or to be lent."""
    if changed:
        expect_free(call, way)
    if way.manner in (BRING, LEND) and not way.band:
        raise Conflict("exchange.no_band")


def _hold(wanted: Correcting, call: Call, way: Way, entry: Row[Any]) -> None:
    """What the way needs is held; who has returned since uses nothing any more, and room is made for the while."""
    lines = Accounts(wanted.session, [way.target_id]).lines(way)
    if wanted.values.get("ended") == RETURN and way.manner != LOAN:
        home = replace(way, target_id=entry.organisation_id, manner=MOVE)
        back = Accounts(wanted.session, [entry.organisation_id]).lines(home)
        outcome = posts.make_room(wanted.session, wanted.cause(".room"), [*lines, *back])
    else:
        outcome = set_to(call, lines)
    if isinstance(outcome, Full):
        refuse(outcome)


def _end(wanted: Correcting, entry: Row[Any], way: Way, *, brought_back: bool) -> None:
    """The end of the term once more, by the operation of the case; where nothing is free the account is named."""
    paper = {} if brought_back else {"post_document": None}
    known = {"band": way.band, "staffed": way.staffed, "returned_on": wanted.values["returned_on"], **paper}
    call = _call(wanted, entry, ".end", **known)
    ended = return_home if wanted.values["ended"] == RETURN else stay
    if not (ended(call) or {})["ledger_full"]:
        return
    place = entry.organisation_id if ended is return_home else way.target_id
    needed = Accounts(wanted.session, [place]).lines(replace(way, target_id=place, manner=MOVE))
    outcome = hold_many(wanted.session, wanted.cause(".short"), needed)
    if isinstance(outcome, Full):
        refuse(outcome)
    raise Conflict("ledger.others_wait", band=way.band, waiting=1)


def _brought_back(wanted: Correcting, entry: Row[Any]) -> bool:
    """Whether who had brought the own post along took it back at the return."""
    at_home = (POSTED.c.instance_id == wanted.instance_id, ACCOUNT.c.organisation_id == entry.organisation_id)
    moved = select(func.sum(POSTED.c.approved)).join(ACCOUNT, ACCOUNT.c.id == POSTED.c.account_id).where(*at_home)
    return wanted.item.values["manner"] == BRING and not wanted.session.scalar(moved)


def _variables(wanted: Correcting, entry: Row[Any], way: Way) -> dict[str, Any]:
    found = {"arrived_on": wanted.values["arrived_on"], "manner": way.manner, "school": way.target_id}
    if not wanted.changes("person_id"):
        return found
    person = {"person_id": entry.person_id, "person_name": entry.name, "entry_id": entry.id}
    return {**found, **person, "source": entry.organisation_id, "band": way.band, "staffed": way.staffed}


def _published(wanted: Correcting, entry: Row[Any]) -> bool:
    """The list of the plan tells who goes where: where that is another it is published again."""
    if not wanted.changes("person_id", "school") or entry.round_id is None:
        return False
    days = int(county(wanted.session, day_of(wanted.now))["exchange_publicity_workdays"])
    periods.again(wanted.session, replace(wanted, instance_id=entry.instance_id), "exchange", entry.round_id, days)
    return True


def _school(wanted: Correcting) -> str:
    mine = ORGANISATION.c.id == wanted.values["school"]
    return str(wanted.session.scalar(select(ORGANISATION.c.name).where(mine)))


def _told(wanted: Correcting, entry: Row[Any]) -> list[Told]:
    values = wanted.values
    params: Mapping[str, Any] = {"on": values["arrived_on"]}
    changes = wanted.changes("manner")
    told = [Told(f"correction.did.{values['manner'] if changes else 'arrived'}", params)]
    if wanted.changes("person_id"):
        told.append(Told("correction.did.exchanged_instead", {"person": entry.name}))
    if wanted.changes("school"):
        told.append(Told("correction.did.at_school", {"school": _school(wanted)}))
    if "ended" in values:
        told.append(Told(f"correction.did.{values['ended']}", {"on": values["returned_on"]}))
    return told
