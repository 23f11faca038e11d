"""Cases that have to do with one: of the same school, about the same posts, with the same persons in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, or_

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.instances import queries
from service.instances.models import ProcessCase
from service.posts.queries import sharing_accounts

TOLD = 6


@dataclass(frozen=True)
class Related:
    """A related case; `school`, `posts` and `persons` say what it has in common."""

    row: Row[Any]
    school: bool
    posts: bool
    persons: bool


def related(actor: Actor, instance_id: str, organisation_id: str, persons: Collection[str] = ()) -> Sequence[Related]:
    """The related cases that the actor may see, those with the same persons or posts first, then the newest.

    `persons` are cases known to have a person in common.
    """
    posts = sharing_accounts(db.session(), instance_id)
    known = [*posts, *persons]
    alike = or_(ProcessCase.organisation_id == organisation_id, ProcessCase.instance_id.in_(known))
    mine = (ProcessCase.instance_id != instance_id, policy.visible(actor, "instance"))
    nearest = case((ProcessCase.instance_id.in_(known), 0), else_=1)
    newest = (nearest, ProcessCase.started_at.desc(), ProcessCase.instance_id.desc())
    rows = db.session.execute(queries.cases().where(alike, *mine).order_by(*newest).limit(TOLD * 4)).all()
    found = [
        Related(row, row.organisation_id == organisation_id, row.instance_id in posts, row.instance_id in persons)
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.persons, not one.posts))[:TOLD]
