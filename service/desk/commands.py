"""Filters of the inbox: kept, changed, shared, thrown away."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.policy import Target
from service.db import answer, transaction
from service.desk.models import SavedFilter
from service.desk.queries import circles
from service.errors import Fault, Invalid, NotFound
from service.people.members import PERSON
from service.tasks.completion import signer
from service.tasks.dues import DUES, UNDATED
from service.tasks.orders import SORTS
from service.tasks.queries_boxes import BOXES
from workflows.base import new_id, table_of

MOST = 50
"""Filters of one person."""
_FILTER = table_of(SavedFilter)


@dataclass(frozen=True)
class Filter:
    """A list under a name; `shared_with` a role or organisation of the owner's (`desk.queries.circles`)."""

    name: str
    box: str = "todo"
    flow: str | None = None
    q: str | None = None
    organisation_id: str | None = None
    due: str | None = None
    sort: str = "due"
    shared_with: str | None = None


def save_filter(actor: Actor, command: Filter, *, now: datetime) -> str:
    """Keep a filter; returns its id.

    Invalid("filter.name_missing" | "filter.name_taken" | "filter.too_many" | "filter.not_shareable" | "box.unknown" |
    "sort.unknown" | "due.unknown" | "due.undated").
    """
    with transaction() as session:
        person_id = signer(actor)
        policy.require(actor, "filter.save", Target(person_id=person_id))
        _take_turns(session, person_id)
        _expect_sound(session, actor, command, None)
        own = select(func.count()).select_from(_FILTER).where(_FILTER.c.person_id == person_id)
        if session.execute(own).scalar_one() >= MOST:
            raise Invalid("filter.too_many", limit=MOST)
        row = {"id": new_id(), "person_id": person_id, "at": now, **asdict(command)}
        session.execute(insert(_FILTER), {**row, "name": command.name.strip()})
        answer(session, filter_id=row["id"])
        return str(row["id"])


def change_filter(actor: Actor, filter_id: str, command: Filter | None, *, now: datetime) -> None:
    """Change a filter of one's own, without a command throw it away.

    Raises as `save_filter`, and NotFound("filter.absent").
    """
    with transaction() as session:
        policy.require(actor, "filter.change", Target(person_id=_owner(session, actor, filter_id)))
        if command is None:
            session.execute(delete(_FILTER).where(_FILTER.c.id == filter_id))
            return
        _take_turns(session, actor.person_id)
        _expect_sound(session, actor, command, filter_id)
        changed = update(_FILTER).where(_FILTER.c.id == filter_id)
        session.execute(changed.values({**asdict(command), "name": command.name.strip(), "at": now}))


def _take_turns(session: Session, person_id: str | None) -> None:
    """Names and number of a person's filters are looked at by one request at a time."""
    session.execute(select(PERSON.c.id).where(PERSON.c.id == person_id).with_for_update(key_share=True))


def _owner(session: Session, actor: Actor, filter_id: str) -> str:
    """Whose it is: nobody but the owner changes a filter, and to others it is absent."""
    own = select(_FILTER.c.person_id).where(_FILTER.c.id == filter_id, _FILTER.c.person_id == actor.person_id)
    found = session.scalar(own)
    if found is None:
        raise NotFound("filter.absent", filter_id=filter_id)
    return str(found)


def _expect_sound(session: Session, actor: Actor, command: Filter, filter_id: str | None) -> None:
    name = command.name.strip()
    if not name:
        raise Invalid("filter.name_missing", faults=(Fault("name", "filter.name_missing"),))
    taken = select(_FILTER.c.id).where(_FILTER.c.person_id == actor.person_id, _FILTER.c.name == name)
    if session.scalar(taken) not in (None, filter_id):
        raise Invalid("filter.name_taken", faults=(Fault("name", "filter.name_taken"),), name=name)
    if command.shared_with is not None and command.shared_with not in circles(actor):
        raise Invalid("filter.not_shareable", faults=(Fault("shared_with", "filter.not_shareable"),))
    if command.box not in BOXES:
        raise Invalid("box.unknown", box=command.box, allowed=", ".join(BOXES))
    if command.sort not in SORTS:
        raise Invalid("sort.unknown", sort=command.sort, allowed=", ".join(SORTS))
    if command.due not in (None, *DUES):
        raise Invalid("due.unknown", due=command.due, allowed=", ".join(DUES))
    if command.due is not None and command.box in UNDATED:
        raise Invalid("due.undated", box=command.box)
