"""Corrections of a hire: who was hired for a post, from which day, with which post, or that nobody was (policy §5)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access import accounts
from service.access.days import day_of
from service.errors import Fault, Invalid
from service.flows import queueing
from service.flows.corrections.choices import BANDS, STAGES
from service.flows.corrections.declaring import Carried, Correcting, Field, Item, Told, correctable, elsewhere
from service.flows.corrections.queries import corrected
from service.flows.hiring import holds, roster
from service.flows.hiring.operations_hire import lock_of
from service.flows.hiring.roster import CANDIDATE
from service.flows.publicity import periods
from service.people import staff, undoing
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.staff import NewPerson, Terms
from service.people.undoing import Ground
from service.posts import posting
from service.posts import undoing as posts
from service.posts.ledger import Full, Line, hold_many, occupy_many, refuse
from workflows import store
from workflows.surroundings import Call

NAME = "hiring.hire"
HIRED = "hired"
OUTCOMES = (("hired", "聘用", "hired"), ("released", "不聘用", "not hired"), ("no_show", "未到岗", "did not arrive"))
FIELDS = (
    Field("candidate", "text", "考生（序号 · 姓名）", "Candidate (number · name)"),
    Field("outcome", "choice", "结果", "Result", OUTCOMES),
    Field("onboarded_on", "day", "到岗日期", "Arrived on", required=False),
    Field("band", "choice", "岗位层级", "Grade band", BANDS),
    Field("subject", "text", "学科", "Subject", required=False),
    Field("stage", "choice", "学段", "Stage", STAGES, required=False),
)

elsewhere("hiring")


def items(session: Session, instance_id: str) -> Sequence[Item]:
    """Each post of the demand for which somebody was chosen, once all of them are settled."""
    variables = store.read(session, instance_id).variables
    rows = {row.id: row for row in _candidates(session, instance_id)}
    found = []
    for hire in variables.get("hires") or ():
        if hire is None or hire["candidate_id"] not in rows:
            continue
        values = {**_first(session, variables, hire, rows), **corrected(session, instance_id, NAME, hire["slot"])}
        persons = {row.person_id for row in rows.values() if _label(row) == values["candidate"] and row.person_id}
        found.append(Item(hire["slot"], f"{hire['slot']} · {values['candidate']}", FIELDS, values, frozenset(persons)))
    return found


def _candidates(session: Session, instance_id: str) -> Sequence[Row[Any]]:
    return session.execute(select(CANDIDATE).where(CANDIDATE.c.instance_id == instance_id)).all()


def _first(
    session: Session, variables: Mapping[str, Any], hire: Mapping[str, Any], rows: Mapping[str, Row[Any]]
) -> dict[str, Any]:
    """What the case itself has decided of a post."""
    row, post = rows[hire["candidate_id"]], holds.post_of(variables["posts"], hire["line"])
    mine = (APPOINTMENT.c.instance_id == row.instance_id, APPOINTMENT.c.person_id == row.person_id)
    begun = session.scalar(select(APPOINTMENT.c.valid_from).where(*mine).order_by(APPOINTMENT.c.id).limit(1))
    return {
        "candidate": _label(row), "outcome": hire["outcome"], "band": post["band"], "subject": post.get("subject"),
        "stage": post.get("stage"), "onboarded_on": begun.isoformat() if begun else None,
    }  # fmt: skip


def _label(row: Row[Any]) -> str:
    return f"{row.number} · {row.name}"


@correctable(NAME, "hiring", "聘用", "Hire", FIELDS, items)
def carry(wanted: Correcting) -> Carried:
    """Who was hired wrongly is so no more, who should have been is; headcount and post follow.

    Invalid("correction.invalid") by field, Conflict("correction.built_on"), Conflict("ledger.full" |
    "ledger.others_wait") with what stands against it.
    """
    session, call = wanted.session, wanted.call({})
    old, new = _named(wanted, wanted.item.values), _chosen(wanted)
    ground = Ground(wanted.instance_id, wanted.document, wanted.by, wanted.now)
    was, shall = wanted.item.values["outcome"] == HIRED, wanted.values["outcome"] == HIRED
    _lock_persons(session, old, new)
    told = []
    if was:
        told += _dismissed(wanted, old, ground, goes=not shall or old.id != new.id)
    if shall:
        told.append(_hired(wanted, new))
    else:
        roster.mark(session, new.id, "no_show" if wanted.values["outcome"] == "no_show" else "failed", ground.because)
    _settle(wanted, call, was=was, shall=shall)
    return Carried(told, published=shall and _published(wanted, old, new, was=was))


def _named(wanted: Correcting, values: Mapping[str, Any]) -> Row[Any]:
    rows = _candidates(wanted.session, wanted.instance_id)
    found = next((row for row in rows if _label(row) == values["candidate"]), None)
    if found is None:
        raise Invalid("correction.invalid", faults=(Fault("values.candidate", "correction.who"),))
    return found


def _chosen(wanted: Correcting) -> Row[Any]:
    """Whom the post is for: a candidate of its row, hired for no other one; from a day that has come."""
    row, values = _named(wanted, wanted.values), wanted.values
    faults = []
    if str(row.line) != wanted.item.key.partition(".")[0]:
        faults.append(Fault("values.candidate", "correction.who"))
    if row.state == HIRED and values["candidate"] != wanted.item.values["candidate"]:
        faults.append(Fault("values.candidate", "correction.taken"))
    if values["outcome"] == HIRED:
        if not values["onboarded_on"]:
            faults.append(Fault("values.onboarded_on", "field.required"))
        elif date.fromisoformat(values["onboarded_on"]) > day_of(wanted.now):
            faults.append(Fault("values.onboarded_on", "correction.ahead"))
    if faults:
        raise Invalid("correction.invalid", faults=tuple(faults))
    return row


def _lock_persons(session: Session, old: Row[Any], new: Row[Any]) -> None:
    """All persons before any account, in the order of their ids; somebody who is known already by the ID number too."""
    known = staff.known_by(session, roster.personal(session, new.id)["id_number"])
    lock_persons(session, {one for one in (old.person_id, new.person_id, known) if one})


def _dismissed(wanted: Correcting, old: Row[Any], ground: Ground, *, goes: bool) -> list[Told]:
    """The appointment and its lock are struck; who `goes` has no account any more, unless employed otherwise."""
    session = wanted.session
    undoing.strike(session, ground, old.person_id)
    undoing.strike_lock(session, ground, old.person_id)
    if not goes:
        return []
    mine = (APPOINTMENT.c.person_id == old.person_id, APPOINTMENT.c.valid_until.is_(None))
    if session.scalar(select(APPOINTMENT.c.id).where(*mine)) is None:
        accounts.leave(session, old.person_id, day_of(wanted.now), wanted.now)
    roster.mark(session, old.id, "failed", ground.because, chosen=False)
    name = session.scalar(select(PERSON.c.name).where(PERSON.c.id == old.person_id))
    return [Told("correction.did.not_hired", {"person": name})]


def _hired(wanted: Correcting, new: Row[Any]) -> Told:
    known, values, variables = roster.personal(wanted.session, new.id), wanted.values, wanted.variables
    person = NewPerson(known["name"], known["id_number"], phone=known["phone"], degree=known["degree"])
    terms = Terms(
        variables["school"], date.fromisoformat(values["onboarded_on"]), band=values["band"],
        subject=values["subject"], stage=values["stage"], document=wanted.document, instance_id=wanted.instance_id,
    )  # fmt: skip
    parameters = wanted.parameters(wanted.about)
    lock = lock_of(
        {**variables, "lock_years": parameters["service_lock_years"], "lock_end": parameters["service_lock_end"]}
    )
    person_id = staff.take_on(wanted.session, person, terms, lock=lock, by=wanted.by, now=wanted.now)
    accounts.reopen(wanted.session, person_id)
    roster.mark(wanted.session, new.id, HIRED, chosen=True, person_id=person_id)
    return Told("correction.did.hired", {"person": known["name"], "on": values["onboarded_on"]})


def _settle(wanted: Correcting, call: Call, *, was: bool, shall: bool) -> None:
    """Headcount and post of the slot: held again, moved to another band where it is one, occupied or given back."""
    session, key, own = wanted.session, wanted.item.key, holds.accounts_of(call)
    bands = {wanted.item.values["band"], wanted.values["band"]}
    touched = [line.account_id for band in bands for line in holds.slot_lines(own, band, key)]
    allowed = posts.undo(session, wanted.cause(".undo"), touched, line=key)
    if shall:
        lines = holds.slot_lines(own, wanted.values["band"], key)
        if was and wanted.changes("band"):
            lines = [*holds.slot_lines(own, wanted.item.values["band"], key, 0)[1:], *lines]
        _hold(wanted, call, lines)
        occupy_many(session, wanted.cause(), [line for line in lines if line.count])
    posts.expect_within(session, wanted.cause(".rest"), allowed)


def _hold(wanted: Correcting, call: Call, lines: Sequence[Line]) -> None:
    cause = wanted.cause(".hold")
    locked = posting.lock(wanted.session, cause, [line.account_id for line in lines])
    queueing.expect_free(call, lines, locked)
    outcome = hold_many(wanted.session, cause, lines)
    if isinstance(outcome, Full):
        refuse(outcome)


def _published(wanted: Correcting, old: Row[Any], new: Row[Any], *, was: bool) -> bool:
    """Somebody else is to be hired: that name is published, and anybody may object."""
    if was and old.id == new.id and not wanted.changes("subject"):
        return False
    days = int(wanted.parameters(wanted.about)["publicity_workdays"])
    periods.again(wanted.session, wanted, "hiring", new.id, days)
    return True
