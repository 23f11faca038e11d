"""A template tried with cases of the county: what each would leave empty, and which fields no case fills at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import db
from service.errors import Conflict, Forbidden, Invalid
from service.papers import checking, composing, gathering
from service.papers.composing import CASE, STANDING, Wanted
from service.papers.kinds import SEALED, Kind
from workflows.base import table_of
from workflows.models import ProcessInstance

MOST, LOOKED_AT = 20, 100
"""How many cases are filled in, and how many of the newest are looked at for them."""
INSTANCE = table_of(ProcessInstance)


@dataclass(frozen=True)
class Tried:
    """One case: whom the paper would be about, the fields that it leaves empty, and why it could not be issued."""

    instance_id: str
    business_key: str
    about: str
    unfilled: tuple[str, ...]
    refused: Invalid | None = None


@dataclass(frozen=True)
class Trials:
    """All of them; `never` are the fields that none of these cases fills."""

    cases: Sequence[Tried]
    never: tuple[str, ...]


def with_cases(actor: Actor, kind: Kind, content: bytes, *, now: datetime) -> Trials:
    """The template filled with the newest cases that the actor may read and that a paper of the kind may be about.

    Nothing is issued or opened: fields of personal data are left out. Forbidden("access.role_missing"),
    Invalid("paper.template") as when it is brought.
    """
    if not policy.allows(actor, "paper_template.read"):
        raise Forbidden("access.role_missing", action="paper_template.read")
    checking.check(kind, content)
    found: list[Tried] = []
    unfilled: set[str] = set()
    filled: set[str] = set()
    for row in _cases(actor, kind):
        tried = _tried(kind, content, row, now)
        if tried is None:
            continue
        one, said = tried
        found.append(one)
        unfilled |= set(one.unfilled)
        filled |= said
        if len(found) == MOST:
            break
    return Trials(found, tuple(sorted(unfilled - filled)))


def _cases(actor: Actor, kind: Kind) -> Iterator[Row[Any]]:
    seen = (CASE.c.definition_key.in_(kind.flows), policy.visible(actor, "case_contents", CASE))
    newest = select(CASE).join(INSTANCE, INSTANCE.c.id == CASE.c.instance_id)
    newest = newest.where(*seen, INSTANCE.c.state.in_(STANDING)).order_by(CASE.c.started_at.desc(), CASE.c.instance_id)
    yield from db.session.execute(newest.limit(LOOKED_AT)).all()


def _tried(kind: Kind, content: bytes, row: Row[Any], now: datetime) -> tuple[Tried, set[str]] | None:
    """None for a case about which no such paper can be issued yet."""
    session, today = db.session(), day_of(now).isoformat()
    persons = gathering.able(kind, gathering.subjects(session, row.definition_key, row.instance_id))
    subject = persons[0].key if persons and kind.about == "person" else ""
    given = {one.name: today if one.day else one.example for one in kind.asked}
    paper = {"number": "—"}
    try:
        made = composing.compose(
            session, Wanted(kind, row.instance_id, subject, given), content, paper, now, opens=False
        )
    except Conflict:
        return None
    except Invalid as refused:
        return Tried(row.instance_id, row.business_key, row.title, (), refused), set()
    left = {source for source in made.unfilled if not any(name in source for name in SEALED)}
    return Tried(row.instance_id, row.business_key, made.about, tuple(sorted(left))), set(made.filled)
