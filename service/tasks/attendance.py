"""Which open tasks nobody present could act on, on the days on which somebody is away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, exists, or_, select, union
from sqlalchemy.orm import Session

from service.access.actor import Represented
from service.access.models import Account
from service.access.standing import ROLE, in_force, present, standing_without
from service.access.substitutes import SUBSTITUTION, substitutes_of
from service.tasks import queue
from service.tasks.assignment import place_of
from service.tasks.capacity import Capacity, interest_of, obstacle
from service.tasks.facts import TaskFacts
from service.tasks.models import QueueEntry, Task
from workflows.base import table_of

_ENTRY, _TASK, _ACCOUNT = table_of(QueueEntry), table_of(Task), table_of(Account)
LOOKED_AT = 100
"""Tasks that are looked at one by one; a person with more of them is told that there are more."""


@dataclass(frozen=True)
class Unattended:
    """An open task on which nobody who is there could act from `day` on (within the days that were asked for)."""

    task: TaskFacts
    day: date


@dataclass
class _Days:
    """What is known of single days, each looked up once; `away` is thought to be away on all of them."""

    session: Session
    away: str
    gone: dict[tuple[str, date], bool] = field(default_factory=dict)
    there: dict[tuple[str, date], list[str]] = field(default_factory=dict)
    able: dict[tuple[frozenset[str], date], dict[str, list[Represented]]] = field(default_factory=dict)

    def is_gone(self, person_id: str, day: date) -> bool:
        """Away from every role that the person has on a day, or without an account."""
        if (person_id, day) not in self.gone:
            self.gone[person_id, day] = person_id == self.away or is_gone(self.session, person_id, day)
        return self.gone[person_id, day]

    def standing(self, group: str, day: date) -> list[str]:
        """Who acts in a role on a day without the one who is away."""
        if (group, day) not in self.there:
            self.there[group, day] = standing_without(self.session, *place_of(group), self.away, day)
        return self.there[group, day]

    def substitutes(self, persons: frozenset[str], day: date) -> dict[str, list[Represented]]:
        """Substitute → whom of these persons that one represents on a day."""
        if (persons, day) not in self.able:
            self.able[persons, day] = substitutes_of(self.session, persons, day)
        return self.able[persons, day]


def unattended(session: Session, person_id: str, first: date, until: date) -> tuple[list[Unattended], bool]:
    """The open tasks of a person, and of the person's roles, that would lie on a day of first ≤ day < until.

    The person is taken to be away, whether that is noted yet or not. Whether there are more than `LOOKED_AT` tasks.
    """
    days, turns, found = _Days(session, person_id), _turns(session, first, until), []
    ids = _waiting(session, person_id, first, until)
    for task_id in ids[:LOOKED_AT]:
        task = queue.read(session, task_id)
        day = next((day for day in turns if not _is_attended(days, task, day)), None)
        found += [Unattended(task, day)] if day is not None else []
    return found, len(ids) > LOOKED_AT


def _waiting(session: Session, person_id: str, first: date, until: date) -> Sequence[str]:
    lasting = or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > first)
    roles = select(ROLE.c.role + "@" + ROLE.c.organisation_id).where(
        ROLE.c.person_id == person_id, ROLE.c.valid_from < until, lasting
    )
    mine = or_(
        and_(_ENTRY.c.holder == f"person:{person_id}", _ENTRY.c.box == "todo"),
        and_(_ENTRY.c.holder.in_(roles), _ENTRY.c.box == "claimable"),
    )
    found = select(_TASK.c.id).join(_ENTRY, _ENTRY.c.task_id == _TASK.c.id).where(_TASK.c.state == "open", mine)
    return session.scalars(found.group_by(_TASK.c.id).order_by(_TASK.c.due_at, _TASK.c.id).limit(LOOKED_AT + 1)).all()


def _turns(session: Session, first: date, until: date) -> list[date]:
    """The first day, and those on which a role, an absence or a substitution begins or ends: nothing changes else."""
    columns = [ROLE.c.valid_from, ROLE.c.valid_until, ROLE.c.absent_from, ROLE.c.absent_until]
    columns += [SUBSTITUTION.c.valid_from, SUBSTITUTION.c.valid_until]
    dated = union(*(select(column.label("day")).where(column > first, column < until) for column in columns))
    return [first, *sorted(session.scalars(dated))]


def _is_attended(days: _Days, task: TaskFacts, day: date) -> bool:
    """Whether somebody who is there may act: for every open seat where all must sign, else for one, or for a role."""
    seated = [seat.person_id for seat in task.seats if seat.state == "open"]
    if seated:
        found = (_acts_for_seat(days, task, person_id, day) for person_id in seated)
        return all(found) if task.signing in ("all", "vote") else any(found)
    return any(_acts_for_role(days, task, group, day) for group in task.groups)


def _acts_for_seat(days: _Days, task: TaskFacts, person_id: str, day: date) -> bool:
    return not days.is_gone(person_id, day) or _stood_in_for(days, task, f"person:{person_id}", {person_id}, day)


def _acts_for_role(days: _Days, task: TaskFacts, group: str, day: date) -> bool:
    there = (one for one in days.standing(group, day) if not days.is_gone(one, day) and task.seat_of(one) is None)
    if any(interest_of(days.session, task, Capacity(one)) is None for one in there):
        return True
    return _stood_in_for(days, task, group, _having(days.session, group, day), day)


def _stood_in_for(days: _Days, task: TaskFacts, holder: str, persons: set[str], day: date) -> bool:
    for substitute_id, able in days.substitutes(frozenset(persons), day).items():
        if days.is_gone(substitute_id, day) or task.seat_of(substitute_id) is not None:
            continue
        for one in able:
            fits = holder in one.holders and one.covers(task.case.definition_key)
            if fits and _is_free(days.session, task, Capacity(substitute_id, one)):
                return True
    return False


def _is_free(session: Session, task: TaskFacts, who: Capacity) -> bool:
    return obstacle(session, task, who) is None and interest_of(session, task, who) is None


def _having(session: Session, group: str, day: date) -> set[str]:
    """Who has a role on a day, there or not: their substitutes act in it."""
    role, organisation_id = place_of(group)
    mine = (ROLE.c.role == role, ROLE.c.organisation_id == organisation_id, in_force(ROLE.c, day))
    return set(session.scalars(select(ROLE.c.person_id).where(*mine)))


def is_gone(session: Session, person_id: str, day: date) -> bool:
    """Without an account, or away from every role that the person has on that day."""
    held = (ROLE.c.person_id == person_id, in_force(ROLE.c, day))
    columns = (
        exists().where(_ACCOUNT.c.person_id == person_id, _ACCOUNT.c.closed_at.is_(None)).label("account"),
        exists().where(*held).label("held"),
        exists().where(*held, present(ROLE.c, day)).label("present"),
    )
    row = session.execute(select(*columns)).one()
    return not row.account or (row.held and not row.present)
