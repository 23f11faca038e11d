"""What a desk offers: filters of the inbox, one's own and shared ones, and phrases for opinions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from service.access.actor import Actor
from service.db import db
from service.desk.models import Phrase, SavedFilter
from service.errors import NotFound
from workflows.base import table_of

_FILTER, _PHRASE = table_of(SavedFilter), table_of(Phrase)


def circles(actor: Actor) -> list[str]:
    """With whom the actor may share a filter, and whose filters they see: own roles, and the own organisation."""
    roles = [held.queue for held in actor.acting_roles]
    places = dict.fromkeys([actor.organisation_id, *(held.organisation_id for held in actor.acting_roles)])
    return [*dict.fromkeys(roles), *(f"organisation:{place}" for place in places if place)]


def filters(actor: Actor) -> Sequence[Any]:
    """The actor's own filters, then those that are shared with them; by name."""
    own = _FILTER.c.person_id == actor.person_id
    seen = or_(own, _FILTER.c.shared_with.in_(circles(actor)))
    order = (_FILTER.c.person_id != actor.person_id, _FILTER.c.name, _FILTER.c.id)
    return db.session.execute(select(_FILTER).where(seen).order_by(*order)).all()


def filter_of(actor: Actor, filter_id: str) -> Any:
    """A filter that the actor may use; NotFound("filter.absent")."""
    found = next((row for row in filters(actor) if row.id == filter_id), None)
    if found is None:
        raise NotFound("filter.absent", filter_id=filter_id)
    return found


def phrases(actor: Actor) -> tuple[list[str], list[str]]:
    """(the actor's own, the bureau's), each in its order."""
    mine = or_(_PHRASE.c.person_id == actor.person_id, _PHRASE.c.person_id.is_(None))
    rows = db.session.execute(select(_PHRASE).where(mine).order_by(_PHRASE.c.position)).all()
    return [row.text for row in rows if row.person_id], [row.text for row in rows if row.person_id is None]
