"""The words by which a case is found, written at its start: whole, as grams to begin at, as marks to pass by others.

Trigram indexes do not find names of two characters, so there is a table of our own, the same on both databases. Words
belong to the case and not to its holders: who holds a task may change without touching them, and what an actor finds
is always what lies in their queue.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from sqlalchemy import bindparam, column, delete, func, insert, select, table
from sqlalchemy.orm import Session

from service.tasks.facts import CaseFacts
from service.tasks.models import MARKS, CaseGram, CaseWords
from workflows.base import table_of
from workflows.writing import write

WORDS = table_of(CaseWords)
GRAM = table_of(CaseGram)
LONGEST_QUERY = 10
"""Words of a query that are looked at."""
WIDTH = 4
"""Characters of a gram, counted from each place of a text."""
BITS, SET = 63, 3
"""Bits of one column of marks (its sign is not used), and how many of all are set for one token."""

_LATIN = re.compile("[a-z]")
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
    """What stands at every place of each text, up to four characters or the next blank; in order, each once."""
    words = [word for text in texts for word in text.split()]
    return list(dict.fromkeys(word[at : at + WIDTH] for word in words for at in range(len(word))))


def beginnings(words: Iterable[str]) -> list[str]:
    """With what a gram begins in every case that has all the words: of a long word each four characters of it."""
    return list(dict.fromkeys(word[at : at + WIDTH] for word in words for at in range(max(len(word) - WIDTH + 1, 1))))


def tokens(texts: Iterable[str], flow: str | None, organisation_id: str | None) -> list[str]:
    """What is marked: every character and every two neighbours, the flow and the organisation.

    Latin letters are not: a few of them are in every English title, and would fill the marks of all cases.
    """
    words = [word for text in texts for word in text.split()]
    found = [word[at : at + width] for word in words for width in (1, 2) for at in range(len(word) - width + 1)]
    found = [token for token in found if not _LATIN.search(token)]
    places = {"flow": flow, "organisation": organisation_id}
    return [*dict.fromkeys(found), *(f"{name}:{value}" for name, value in places.items() if value is not None)]


def marks(found: Iterable[str]) -> tuple[int, ...]:
    """The bits of some tokens, a number of 63 bits a column."""
    sums = [0] * len(MARKS)
    for token in found:
        digest = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=SET * 4).digest()
        for at in range(0, len(digest), 4):
            place, bit = divmod(int.from_bytes(digest[at : at + 4], "big") % (BITS * len(MARKS)), BITS)
            sums[place] |= 1 << bit
    return tuple(sums)


def marked(lines: Sequence[str], flow: str, organisation_id: str) -> dict[str, int]:
    """The marks of a case as columns."""
    return dict(zip(MARKS, marks(tokens(lines, flow, organisation_id)), strict=True))


def enter(session: Session, case: CaseFacts, english: str = "") -> None:
    """Let a new case be found by its number, its title, its school and its initiator, if a person began it.

    By its `english` title, too, where it has one.
    """
    keys = {"person_id": case.initiator_id, "organisation_id": case.organisation_id}
    names = session.connection().execute(_NAMES, keys).one()
    told = (case.business_key, case.title, *names, *filter(None, [english]))
    lines = [normal(text).replace("\n", " ") for text in told]
    found = {"instance_id": case.instance_id, "words": "\n".join(lines)}
    write(session, _NEW_WORDS, found | marked(lines, case.definition_key, case.organisation_id))
    write(session, _NEW_GRAMS, [{"gram": gram, "instance_id": case.instance_id} for gram in grams(lines)])


def leave(session: Session, instance_id: str) -> None:
    """The case has ended: nothing of it is open, so its grams are not needed; its words remain."""
    words = session.connection().execute(_KNOWN, {"b_id": instance_id}).scalar()
    if words:
        write(session, _FORGET, {"b_id": instance_id, "b_grams": grams(words.split("\n"))})
