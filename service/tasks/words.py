"""The words by which a case is found, and its two-character grams: written at its start, taken away at its end.

Trigram indexes do not find names of two characters, so there is a table of our own, the same on both databases. Grams
belong to the case and not to its holders: who holds a task may change without touching them, and what an actor finds
is always what lies in their queue.
"""

import unicodedata
from collections.abc import Iterable

from sqlalchemy import bindparam, column, delete, func, insert, select, table
from sqlalchemy.orm import Session

from service.tasks.facts import CaseFacts
from service.tasks.models import CaseGram, CaseWords
from workflows.base import table_of
from workflows.writing import write

WORDS = table_of(CaseWords)
GRAM = table_of(CaseGram)
LONGEST_QUERY = 10
"""Words of a query that are looked at."""

_person = table("person", column("id"), column("name"))
_organisation = table("organisation", column("id"), column("name"))
_NAMES = (
    select(func.coalesce(_person.c.name, ""), _organisation.c.name)
    .join_from(_organisation, _person, _person.c.id == bindparam("person_id"), isouter=True)
    .where(_organisation.c.id == bindparam("organisation_id"))
)
_NEW_WORDS = insert(WORDS)
_NEW_GRAMS = insert(GRAM)
_KNOWN = select(WORDS.c.words).where(WORDS.c.instance_id == bindparam("b_id"))
_FORGET = delete(GRAM).where(
    GRAM.c.instance_id == bindparam("b_id"), GRAM.c.gram.in_(bindparam("b_grams", expanding=True))
)


def normal(text: str) -> str:
    """Full-width letters as plain ones, capitals as small ones."""
    return unicodedata.normalize("NFKC", text).casefold()


def sought(query: str | None) -> tuple[str, ...]:
    """The words of a query, normalised: a case must have all of them."""
    return tuple(dict.fromkeys(normal(query or "").replace("\0", " ").split()))[:LONGEST_QUERY]


def grams(texts: Iterable[str]) -> list[str]:
    """Every two neighbouring characters of each text, blanks left out; in order, each once."""
    pairs = (text[at : at + 2] for text in texts for at in range(len(text) - 1))
    return list(dict.fromkeys(pair for pair in pairs if not any(map(str.isspace, pair))))


def enter(session: Session, case: CaseFacts) -> None:
    """Let a new case be found by its number, its title, its school and its initiator, if a person began it."""
    keys = {"person_id": case.initiator_id, "organisation_id": case.organisation_id}
    names = session.connection().execute(_NAMES, keys).one()
    lines = [normal(text).replace("\n", " ") for text in (case.business_key, case.title, *names)]
    write(session, _NEW_WORDS, {"instance_id": case.instance_id, "words": "\n".join(lines)})
    write(session, _NEW_GRAMS, [{"gram": gram, "instance_id": case.instance_id} for gram in grams(lines)])


def leave(session: Session, instance_id: str) -> None:
    """The case has ended: nothing of it is open, so its grams are not needed; its words remain."""
    words = session.connection().execute(_KNOWN, {"b_id": instance_id}).scalar()
    if words:
        write(session, _FORGET, {"b_id": instance_id, "b_grams": grams(words.split("\n"))})
