"""Commands of absences: be away from all of one's roles, with a substitute for what lies with the person; be back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select, update

from service.access import absences, policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.standing import ROLE
from service.access.substitutes import SUBSTITUTION
from service.db import answer, transaction
from service.errors import Fault, Invalid, NotFound
from service.people import substituting
from service.people.locking import lock_persons
from service.people.substituting import NameSubstitute


@dataclass(frozen=True)
class PlanAbsence:
    """A person is away on first ≤ day < until: from every role, whose standing alternates take over.

    `substitute_id` acts for the person meanwhile, in `flows` (empty: all); None: nobody does. For another, bureau HR
    gives `reason` and paper (`attachment_id`).
    """

    person_id: str
    first: date
    until: date
    substitute_id: str | None = None
    flows: Sequence[str] = ()
    reason: str = ""
    attachment_id: str | None = None


@dataclass(frozen=True)
class EndAbsence:
    """A person who is there again, or will not go."""

    person_id: str


def plan_absence(actor: Actor, command: PlanAbsence, *, now: datetime) -> str | None:
    """Note the absence in every role of the person and name the substitute; the id of the substitution, if any.

    Invalid("absence.invalid" | "substitute.invalid") with faults; Conflict as `commands_substitutes.name_substitute`.
    """
    with transaction() as session:
        policy.require(actor, "absence.plan", policy.Target(id=command.person_id, person_id=command.person_id))
        _expect_days(command, day_of(now))
        lock_persons(session, {command.person_id, command.substitute_id or command.person_id})
        substitution_id = None
        if command.substitute_id is not None:
            named = NameSubstitute(
                command.person_id, command.substitute_id, command.first, command.until, command.flows, command.reason,
                command.attachment_id,
            )  # fmt: skip
            substitution_id = substituting.name(session, actor, named, now)
        lasting = or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > command.first)
        held = select(*ROLE.c).where(ROLE.c.person_id == command.person_id, lasting).order_by(ROLE.c.id)
        for row in session.execute(held.with_for_update()).all():
            absences.note(session, actor, row, command.first, command.until, now)
        answer(session, substitution_id=substitution_id)
    return substitution_id


def end_absence(actor: Actor, command: EndAbsence, *, now: datetime) -> None:
    """The person is there in every role, and nobody stands in any more; NotFound("absence.absent") when that is so."""
    with transaction() as session:
        policy.require(actor, "absence.plan", policy.Target(id=command.person_id, person_id=command.person_id))
        lock_persons(session, [command.person_id])
        away = or_(ROLE.c.absent_until.is_(None), ROLE.c.absent_until > day_of(now))
        held = select(*ROLE.c).where(ROLE.c.person_id == command.person_id, ROLE.c.absent_from.is_not(None), away)
        roles = session.execute(held.order_by(ROLE.c.id).with_for_update()).all()
        lasting = (SUBSTITUTION.c.ended_at.is_(None), SUBSTITUTION.c.valid_until > day_of(now))
        mine = select(SUBSTITUTION).where(SUBSTITUTION.c.represented_id == command.person_id, *lasting)
        named = session.execute(mine.order_by(SUBSTITUTION.c.id).with_for_update()).all()
        if not roles and not named:
            raise NotFound("absence.absent")
        for row in roles:
            absences.note(session, actor, row, None, None, now)
        for row in named:
            session.execute(update(SUBSTITUTION).where(SUBSTITUTION.c.id == row.id).values(ended_at=now))
            substituting.tell(session, "substitute.ended", actor, row, now)


def _expect_days(command: PlanAbsence, today: date) -> None:
    faults = [Fault("first", "absence.past")] if command.first < today else []
    faults += [Fault("until", "dates.order")] if command.until <= command.first else []
    if faults:
        raise Invalid("absence.invalid", faults=tuple(faults))
