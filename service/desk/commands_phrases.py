"""Phrases for opinions (意见模板): a list is written as a whole."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.policy import Target
from service.db import transaction
from service.desk.models import Phrase
from service.errors import Invalid
from service.tasks.completion import signer
from workflows.base import new_id, table_of
from workflows.writing import write

MOST, LONGEST = 30, 200
"""Phrases of one list, characters of one."""
_PHRASE = table_of(Phrase)


def write_phrases(actor: Actor, texts: Sequence[str], *, now: datetime) -> None:
    """One's own phrases, in the place of the earlier ones. Invalid("phrase.too_many" | "phrase.long")."""
    with transaction() as session:
        person_id = signer(actor)
        policy.require(actor, "phrase.write", Target(person_id=person_id))
        _replace(session, person_id, texts, now)


def write_bureau_phrases(actor: Actor, texts: Sequence[str], *, now: datetime) -> None:
    """The phrases that everybody is offered, in the place of the earlier ones. Raises as `write_phrases`."""
    with transaction() as session:
        policy.require(actor, "phrase.write_bureau")
        _replace(session, None, texts, now)


def _replace(session: Session, person_id: str | None, texts: Sequence[str], now: datetime) -> None:
    kept = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(kept) > MOST:
        raise Invalid("phrase.too_many", limit=MOST)
    if any(len(text) > LONGEST for text in kept):
        raise Invalid("phrase.long", limit=LONGEST)
    session.execute(delete(_PHRASE).where(_PHRASE.c.person_id == person_id))
    own = {"person_id": person_id, "at": now}
    rows = [{**own, "id": new_id(), "position": number, "text": text} for number, text in enumerate(kept)]
    write(session, insert(_PHRASE), rows)
