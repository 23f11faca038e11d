"""What an application holds in the ledger, and how an appointment moves a person between the bands of a school."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from service.access.days import day_of
from service.errors import Conflict
from service.flows.acting import actor_of, cause_of
from service.flows.title import rules
from service.flows.title.rules import band_of
from service.people.persons import APPOINTMENT
from service.people.regrading import open_appointment, regrade
from service.people.rules import BANDS
from service.posts import ledger, lending, queueing, sitting
from service.posts.ledger import Cause, Full, Line
from service.posts.sitting import Sitting
from service.records.queries import facts_of
from workflows.surroundings import Call

LINE = "title"


def moving(call: Call) -> Cause:
    """The same for a second movement of one step on the same account and line: an entry is written once a cause."""
    return replace(cause_of(call), token=f"{call.token}.move"[:64])


def account(call: Call, organisation_id: str, band: str) -> str:
    """The school's own posts of a band; Conflict("ledger.no_account") where it has none."""
    found = own(call, organisation_id, band)
    if found is None:
        raise Conflict("ledger.no_account", kind=band)
    return found


def own(call: Call, organisation_id: str, band: str) -> str | None:
    """The school's own posts of a band, None where it has none."""
    return sitting.accounts(call.session, {organisation_id}).get((organisation_id, band))


def follow(call: Call, application: Any, organisation_id: str) -> None:
    """Give up what the case holds at a school that its applicant has left, with what it may take at the new one locked.

    Accounts are locked once and together: whoever releases first would lock the next ones backwards.
    """
    new = own(call, organisation_id, band_of(application.target))
    sitting.lock(call.session, cause_of(call), application.person_id, filter(None, [new]))
    ledger.release_all(call.session, cause_of(call))


def take(call: Call, application: Any) -> bool:
    """Hold the post if the case does not yet, and move the person into it; False when the school has none free.

    Who sits in a lent post of the pool gives that one back, every other leaves one of the school's own old band. A
    school whose plan knows no post of the band has none free: the pass waits there, and nobody is refused at a step.
    """
    new = own(call, application.organisation_id, band_of(application.target))
    if new is None:
        return False
    seat = sitting.lock(call.session, cause_of(call), application.person_id, [new])
    if isinstance(ledger.hold(call.session, cause_of(call), new, LINE, 1), Full):
        return False
    _enter(call, seat, new, "returned")
    return True


def _enter(call: Call, seat: Sitting, new: str, because: str) -> None:
    """Occupy the held post of the new account and free what the person sits in: a lent post, or one of the school."""
    if seat.post is not None:
        ledger.promote(call.session, moving(call), new, LINE, seat.post)
        return
    ledger.occupy(call.session, moving(call), new, LINE)
    if seat.lent is not None:
        lending.give_back(call.session, cause_of(call), seat.person_id, because, day_of(call.now))


def regrade_up(call: Call, application: Any, job: Any, on: date) -> date:
    """The appointment goes on with the new title, its band and grade, not before the present one began; that day."""
    first: date = max(on, job.valid_from)
    changes = {
        "title": application.target, "band": band_of(application.target),
        "grade": rules.first_grade(application.target, job.band, job.grade),
    }  # fmt: skip
    document = str(call.variables["confirmation_document"])
    _regrade(call, application.person_id, first, f"职称 {application.target}", changes, document)
    return first


def step_down(call: Call, application: Any, on: date, *, without_post: bool) -> str:
    """Take back what the person has by a title that is void, wherever and by whatever case the person sits now.

    undone | none (nothing rests on the title any more) | full (the band that is left has no free post) | without_post
    (the undue post is vacated and the person has none for now). The title must have been voided before.
    """
    job = open_appointment(call.session, application.person_id)
    if job is None:
        return "none"
    title = _title_left(call, application)
    band = rules.band_left(title, application.from_band, job.band)
    if band == job.band and job.title in (title, None):
        return "none"
    if band != job.band and not _leave_band(call, application.person_id, job, None if without_post else band):
        return "full"
    lost = without_post and band != job.band
    changes = {"title": title, "band": None if lost else band, "grade": None if lost else _grade_left(call, job, band)}
    document = str(call.variables["revocation_document"])
    _regrade(call, application.person_id, max(on, job.valid_from), "职称撤销", changes, document)
    return "without_post" if lost else "undone"


def _title_left(call: Call, application: Any) -> str | None:
    """The title that stands in the file now; where no title is on record, that before the one that is void."""
    facts = facts_of(call.session, [application.person_id], day_of(call.now))[application.person_id]
    return facts.title if facts.titles else application.from_title


def _leave_band(call: Call, person_id: str, job: Any, band: str | None) -> bool:
    """Free the post that the person sits in and take one of a lower band, or none; False: none is free of claims."""
    lower = account(call, job.organisation_id, band) if band else None
    seat = sitting.lock(call.session, cause_of(call), person_id, filter(None, [lower]))
    if lower is not None:
        if not queueing.hold(call.session, cause_of(call), [Line(lower, LINE, 1)]):
            return False
        _enter(call, seat, lower, "demotion")
    elif seat.lent is not None:
        lending.give_back(call.session, cause_of(call), person_id, "demotion", day_of(call.now))
    elif seat.post is not None:
        ledger.vacate(call.session, moving(call), [seat.post], LINE)
    return True


def _grade_left(call: Call, job: Any, band: str | None) -> int | None:
    """The latest grade that the person had in this band without the title that is void, else the band's lowest."""
    if band is None:
        return None
    earlier = select(APPOINTMENT.c.grade).where(
        APPOINTMENT.c.person_id == job.person_id, APPOINTMENT.c.band == band, APPOINTMENT.c.grade.is_not(None),
        APPOINTMENT.c.title.is_distinct_from(job.title), APPOINTMENT.c.struck_at.is_(None),
    ).order_by(APPOINTMENT.c.valid_from.desc(), APPOINTMENT.c.id.desc())  # fmt: skip
    grade: int | None = call.session.scalars(earlier).first()
    return BANDS[band][-1] if grade is None else grade


def reappoint(call: Call, application: Any, on: date, changes: dict[str, Any]) -> None:
    """The appointment by a title, once more with another day or grade; a corrected one is struck before."""
    document = str(call.variables["confirmation_document"])
    _regrade(call, application.person_id, on, f"职称 {application.target}", changes, document)


def _regrade(call: Call, person_id: str, on: date, because: str, changes: dict[str, Any], document: str) -> None:
    regrade(
        call.session, person_id, on, because, changes, instance_id=call.instance_id, by=actor_of(call),
        document=document, now=call.now,
    )  # fmt: skip
