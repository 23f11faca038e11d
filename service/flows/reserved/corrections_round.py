"""Corrections of a decided round: who gets a post of the pool, or that nobody does (policy §5).

What the one application has brought about is taken back in its name, what the other should have brought about is done
in its name; an application that is still under way ends afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.corrections.declaring import Carried, Correcting, Field, Item, Told, correctable, elsewhere
from service.flows.corrections.queries import corrected
from service.flows.publicity import periods
from service.flows.reserved import operations_post, rounds, taking
from service.flows.reserved.queries import DECIDED
from service.flows.reserved.rounds import APPLICATION, ORGANISATION
from service.flows.reserved.rules import BANDS, LINE
from service.notices import outbox
from service.notices.outbox import Message
from service.parameters.scopes import About
from service.people import undoing
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.persons import open_appointment_of
from service.people.rules import lock_end
from service.people.undoing import Ground
from service.posts import ledger, lending, pools, posting, sitting
from service.posts import undoing as posts
from service.posts.lending import NewLoan
from service.posts.posting import Cause, Full
from workflows import store

NAME = "reserved.allocation"
APPLICANT = Field(
    "applicant", "choice", "获分配人（名次 · 姓名 · 学校）", "Who gets it (rank · name · school)", required=False
)
FIELDS = (
    APPLICANT,
    Field("appointed_on", "day", "改分配人的聘任日期", "Appointed on (of who is to get it)", required=False),
    Field("grade", "number", "改分配人的岗位等级", "Grade (of who is to get it)", required=False),
)
BAND_NAMES = {"senior": "高级岗位", "middle": "中级岗位"}
RETURNED = "returned"
UNDER_WAY = ("granted", "lent", "appointed")
"""States of an application that a decided round has brought about and nothing has ended."""

elsewhere("reserved_round", "reserved_post")


def items(session: Session, instance_id: str) -> Sequence[Item]:
    """Each post that the round has offered, with who was decided to get it."""
    found = session.execute(rounds.ROUND.select().where(rounds.ROUND.c.instance_id == instance_id)).first()
    if found is None or found.state not in DECIDED:
        return []
    rows, offered = _applications(session, instance_id), rounds.offered(found)
    variables = store.read(session, instance_id).variables
    outcomes = [*(variables.get("outcomes") or ()), *(variables.get("kept_places") or ())]
    granted = [one["application_id"] for one in outcomes if one["granted"]]
    return [item for band in BANDS for item in _places(session, instance_id, band, rows, granted, offered[band])]


def _places(
    session: Session, round_id: str, band: str, rows: Mapping[str, Row[Any]], granted: Sequence[str], offered: int
) -> list[Item]:
    mine = [rows[one] for one in granted if rows[one].band == band]
    ranked = [row for row in rows.values() if row.band == band and row.rank is not None]
    asked = (replace(APPLICANT, choices=tuple((label(row),) * 3 for row in ranked)), *FIELDS[1:])
    found = []
    for number in range(max(len(mine), offered if ranked else 0)):
        key = f"{band}.{number + 1}"
        first = label(mine[number]) if number < len(mine) else None
        now = corrected(session, round_id, NAME, key).get("applicant", first)
        persons = frozenset(row.person_id for row in ranked if label(row) == now)
        values = {"applicant": now, "appointed_on": None, "grade": None}
        found.append(Item(key, f"{BAND_NAMES[band]} {number + 1} · {now or '–'}", asked, values, persons))
    return found


def _applications(session: Session, round_id: str) -> dict[str, Row[Any]]:
    """The applications of a round by id, in the order of their ranks."""
    names = (PERSON.c.name.label("name"), ORGANISATION.c.name.label("school_name"))
    joined = (
        select(APPLICATION, *names)
        .join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == APPLICATION.c.school_id)
        .where(APPLICATION.c.round_id == round_id)
    )
    found = session.execute(joined.order_by(APPLICATION.c.rank, APPLICATION.c.id))
    return {row.id: row for row in found}


def label(row: Row[Any]) -> str:
    """What people know an application of a round by."""
    return f"{row.rank or '–'} · {row.name} · {row.school_name}"


@correctable(NAME, "reserved_round", "岗位分配", "Allocation of a post", FIELDS, items)
def carry(wanted: Correcting) -> Carried:
    """Who got the post wrongly has it no more, who should have got it is lent it and appointed.

    Invalid("correction.invalid") by field, Conflict("correction.built_on") where the post was given back already,
    Conflict("reserved.not_over") while the application of who should get it has not ended,
    Conflict("reserved.against") with what stands against the other, Conflict("ledger.full") with the account.
    """
    cases = sorted({row.instance_id for row in _involved(wanted) if row is not None})
    held = {instance_id: store.lock(wanted.session, instance_id) for instance_id in cases}
    old, new = _involved(wanted)
    _expect_whole(wanted, old, new)
    if new is not None and held[new.instance_id].ended_at is None:
        raise Conflict("reserved.not_over")
    _lock(wanted, old, new)
    told = []
    if old is not None:
        told.append(_taken_back(wanted, old))
    if new is not None:
        told.append(_granted(wanted, new))
    persons = frozenset(row.person_id for row in (old, new) if row is not None)
    return Carried(told, published=new is not None, cases=cases, persons=persons)


def _involved(wanted: Correcting) -> tuple[Row[Any] | None, Row[Any] | None]:
    """Who has the post and who should, as their applications stand: to be read again once the cases are locked."""
    return _named(wanted, wanted.item.values), _named(wanted, wanted.values)


def _named(wanted: Correcting, values: Mapping[str, Any]) -> Row[Any] | None:
    if not values["applicant"]:
        return None
    rows = _applications(wanted.session, wanted.instance_id).values()
    band = wanted.item.key.partition(".")[0]
    return next(row for row in rows if row.band == band and label(row) == values["applicant"])


def _expect_whole(wanted: Correcting, old: Row[Any] | None, new: Row[Any] | None) -> None:
    """Somebody else, who has no post by this round, with day and grade of the appointment."""
    faults = []
    if old is not None and new is not None and old.id == new.id:
        faults.append(Fault("values.applicant", "reserved.correct_there"))
    elif new is not None:
        if new.state in UNDER_WAY:
            faults.append(Fault("values.applicant", "reserved.has_one"))
        names = [name for name in ("appointed_on", "grade") if not wanted.values[name]]
        faults += [Fault(f"values.{name}", "field.required") for name in names]
        if wanted.values["appointed_on"] and wanted.values["appointed_on"] > day_of(wanted.now).isoformat():
            faults.append(Fault("values.appointed_on", "correction.ahead"))
    if faults:
        raise Invalid("correction.invalid", faults=tuple(faults))


def _cause(wanted: Correcting, row: Row[Any], part: str) -> Cause:
    return replace(wanted.cause(part), instance_id=row.instance_id)


def _lock(wanted: Correcting, *rows: Row[Any] | None) -> None:
    """Both persons, then every account that may be touched: of the schools where they are, of the pools."""
    session, involved = wanted.session, [row for row in rows if row is not None]
    persons = {row.person_id for row in involved}
    lock_persons(session, persons)
    loans = lending.open_loans(session, persons).values()
    jobs = [open_appointment_of(session, one) for one in persons]
    schools = {row.school_id for row in involved} | {job.organisation_id for job in jobs if job is not None}
    wide = {*sitting.accounts(session, schools).values(), *pools.accounts(session).values()}
    posting.lock(session, wanted.cause(".undo"), wide | {loan.account_id for loan in loans})


def _taken_back(wanted: Correcting, row: Row[Any]) -> Told:
    """The post is the pool's again, its holder has the former post; the case ends by a command of its own."""
    session = wanted.session
    if row.state == RETURNED:
        ended = max(loan.ended_on for loan in lending.of_case(session, row.instance_id) if loan.ended_on is not None)
        raise Conflict("correction.built_on", since=ended.isoformat())
    undo = _cause(wanted, row, ".undo")
    lending.undo(session, undo)
    undoing.strike(session, Ground(row.instance_id, wanted.document, wanted.by, wanted.now), row.person_id)
    allowed = posts.undo(session, undo)
    posts.expect_within(session, _cause(wanted, row, ".rest"), allowed)
    rounds.change_application(session, row.instance_id, state="refused", granted=False)
    body = {"instance_id": row.instance_id, "because": f"更正：{wanted.document}"}
    outbox.post(session, [Message(outbox.VOID, f"person:{row.person_id}", body)], wanted.now)
    return Told("correction.did.not_allocated", {"person": row.name})


def _granted(wanted: Correcting, row: Row[Any]) -> Told:
    """Held, lent for its term and taken up, as the steps of an application would; the name is published."""
    on = date.fromisoformat(wanted.values["appointed_on"])
    parameters = wanted.parameters(About(row.school_id))
    until = lock_end(on, int(parameters["reserved_term_years"])) - timedelta(days=1)
    lend(wanted, row, on, until)
    rounds.change_application(wanted.session, row.instance_id, state="appointed", granted=True)
    days = int(parameters["reserved_publicity_workdays"])
    periods.again(wanted.session, replace(wanted, instance_id=row.instance_id), "reserved", row.id, days)
    return Told("correction.did.allocated", {"person": row.name, "on": on.isoformat(), "until": until.isoformat()})


def lend(wanted: Correcting, row: Row[Any], from_on: date, until: date) -> None:
    """A post of the pool is lent to who applied and taken up on the day and with the grade that are given.

    Conflict("reserved.against"), Conflict("ledger.full") with the pool's account.
    """
    session, on, cause = wanted.session, date.fromisoformat(wanted.values["appointed_on"]), _cause(wanted, row, "")
    account = pools.account(session, row.band)
    seat = sitting.lock(session, cause, row.person_id, [account])
    place = wanted.call({"school": row.school_id, "band": row.band})
    against = operations_post.against(replace(place, instance_id=row.instance_id), seat)
    if against is not None:
        raise Conflict("reserved.against", against=against)
    outcome = ledger.hold(session, _cause(wanted, row, ".hold"), account, LINE, 1)
    if isinstance(outcome, Full):
        ledger.refuse(outcome)
    lending.lend_to(session, cause, NewLoan(account, LINE, row.school_id, row.person_id, from_on, until))
    taking.take_up(session, cause, seat, row.band, on, wanted.values["grade"])
