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
from service.people.regrading import open_appointment, regrade
from service.people.rules import BANDS
from service.posts import ledger, lending, sitting
from service.posts.ledger import Cause, Full, Posted
from service.posts.posting import ACCOUNT
from workflows.surroundings import Call

LINE = "title"


def moving(call: Call) -> Cause:
    """The same for a second movement of one step on the same account and line: an entry is written once a cause."""
    return replace(cause_of(call), token=f"{call.token}.move"[:64])


def account(call: Call, organisation_id: str, band: str) -> str:
    """The school's own posts of a band; Conflict("ledger.no_account") where it has none."""
    own = (ACCOUNT.c.organisation_id == organisation_id, ACCOUNT.c.band == band, ~ACCOUNT.c.pool)
    found: str | None = call.session.scalar(select(ACCOUNT.c.id).where(*own))
    if found is None:
        raise Conflict("ledger.no_account", kind=band)
    return found


def hold(call: Call, application: Any) -> Posted | Full:
    """Hold one post of the band of the title that is applied for."""
    target = account(call, application.organisation_id, band_of(application.target))
    return ledger.hold(call.session, cause_of(call), target, LINE, 1)


def take(call: Call, application: Any) -> bool:
    """Hold the post if the case does not yet, and move the person into it; False when none is free.

    Who sits in a lent post of the pool gives that one back, every other leaves one of the school's own old band.
    """
    new = account(call, application.organisation_id, band_of(application.target))
    seat = sitting.lock(call.session, cause_of(call), application.person_id, [new])
    if isinstance(ledger.hold(call.session, cause_of(call), new, LINE, 1), Full):
        return False
    if seat.post is not None:
        ledger.promote(call.session, moving(call), new, LINE, seat.post)
        return True
    ledger.occupy(call.session, moving(call), new, LINE)
    if seat.lent is not None:
        lending.give_back(call.session, cause_of(call), application.person_id, "returned", day_of(call.now))
    return True


def regrade_up(call: Call, application: Any, on: date) -> date:
    """The appointment goes on in the new band with the new title, not before the present one began; that day."""
    job = open_appointment(call.session, application.person_id)
    first = max(on, job.valid_from) if job is not None else on
    band = band_of(application.target)
    changes: dict[str, Any] = {"title": application.target, "band": band}
    if job is not None and job.band != band:
        changes["grade"] = BANDS[band][-1]
    because = f"职称 {application.target}"
    regrade(
        call.session, application.person_id, first, because, changes, instance_id=call.instance_id,
        by=actor_of(call), document=str(call.variables["confirmation_document"]), now=call.now,
    )  # fmt: skip
    return first


def step_down(call: Call, application: Any, on: date) -> str:
    """Undo an appointment: undone | none (there is none any more) | full (the old band has no free post)."""
    job = open_appointment(call.session, application.person_id)
    if application.appointed_on is None or job is None or job.instance_id != application.instance_id:
        return "none"
    if application.from_band and rules.moves_up(application.target, application.from_band):
        new = account(call, application.organisation_id, band_of(application.target))
        old = account(call, application.organisation_id, application.from_band)
        lending.lock(call.session, cause_of(call), [application.person_id], (new, old))
        if isinstance(ledger.hold(call.session, cause_of(call), old, LINE, 1), Full):
            return "full"
        ledger.promote(call.session, moving(call), old, LINE, new)
    _regrade_down(call, application, application.from_band, on)
    return "undone"


def leave_post(call: Call, application: Any, on: date) -> None:
    """Without a free post in the old band the person has none for now: the undue one is vacated."""
    new = account(call, application.organisation_id, band_of(application.target))
    ledger.vacate(call.session, cause_of(call), [new], LINE)
    _regrade_down(call, application, None, on)


def _regrade_down(call: Call, application: Any, band: str | None, on: date) -> None:
    job = open_appointment(call.session, application.person_id)
    first = max(on, job.valid_from) if job is not None else on
    changes = {"title": application.from_title, "band": band, "grade": BANDS[band][-1] if band else None}
    regrade(
        call.session, application.person_id, first, "职称撤销", changes, instance_id=call.instance_id,
        by=actor_of(call), document=str(call.variables["revocation_document"]), now=call.now,
    )  # fmt: skip
