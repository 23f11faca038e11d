"""The ballot box of a secret vote: holds what was chosen in such a way that nobody can tell who chose it.

Whenever a ballot goes in, the whole box is written anew in one transaction, under new random ids and in their order, so
that neither the order of rows nor the transaction that wrote them tells which one is the newest. Choices are sealed,
all with the same length, until the vote closes: whoever reads the database alone can count nothing before.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, insert
from sqlalchemy.orm import Session

from service.access import sealed
from service.errors import Conflict
from service.tasks.models import BoxedBallot
from service.tasks.voting import CHOICES
from workflows.base import table_of
from workflows.writing import write

_BOX = table_of(BoxedBallot)
_PUT = insert(_BOX)
_TAKE = delete(_BOX).where(_BOX.c.task_id == bindparam("b_task")).returning(_BOX.c.choice)
_DESTROY = delete(_BOX).where(_BOX.c.task_id.in_(bindparam("b_ids", expanding=True)))
_LENGTH = max(map(len, CHOICES))


@dataclass(frozen=True)
class Opened:
    """A box after closing: its choices in the order of their random ids, and the hash of exactly that."""

    choices: tuple[str, ...]
    hash: str


def put(session: Session, task_id: str, choice: str) -> None:
    """Put one ballot in and shake the box."""
    new = sealed.seal(_place(task_id), choice.ljust(_LENGTH))
    _fill(session, task_id, [*_taken(session, task_id), new])


def unseal(session: Session, task_id: str, expected: int) -> Opened:
    """Open the box at the closing; from now on it lies there legible, to be counted again.

    Conflict("vote.box_broken") unless it holds as many different ballots as members have voted.
    """
    taken = _taken(session, task_id)
    choices = [str(sealed.opened(_place(task_id), text)).strip() for text in taken]
    if not len(set(taken)) == len(choices) == expected or set(choices) - set(CHOICES):
        raise Conflict("vote.box_broken", task_id=task_id, expected=expected, found=len(taken))
    rows = _fill(session, task_id, choices)
    return Opened(tuple(row["choice"] for row in rows), hash_of(rows))


def hash_of(rows: Sequence[dict[str, Any]]) -> str:
    """SHA-256 over the lines `<id> <choice>` of an opened box, sorted by id."""
    lines = sorted(f"{row['id']} {row['choice']}\n" for row in rows)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def renew(session: Session, task_id: str) -> int:
    """Seal what is not counted yet under the newest key; how many ballots were written."""
    taken = _taken(session, task_id)
    renewed = [sealed.resealed(_place(task_id), text) for text in taken]
    _fill(session, task_id, renewed)
    return sum(old != new for old, new in zip(taken, renewed, strict=True))


def destroy(session: Session, task_ids: Sequence[str]) -> None:
    """Votes that were broken off are never counted: their ballots go."""
    if task_ids:
        write(session, _DESTROY, {"b_ids": list(task_ids)})


def _taken(session: Session, task_id: str) -> list[str]:
    return list(session.connection().execute(_TAKE, {"b_task": task_id}).scalars())


def _fill(session: Session, task_id: str, choices: Sequence[str]) -> list[dict[str, Any]]:
    rows = [{"id": str(uuid4()), "task_id": task_id, "choice": choice} for choice in choices]
    rows.sort(key=lambda row: row["id"])
    write(session, _PUT, rows)
    return rows


def _place(task_id: str) -> str:
    """What a sealed ballot is bound to: it does not open in another box."""
    return f"vote/{task_id}"
