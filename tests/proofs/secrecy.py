"""Everything that a vote leaves behind, in plain as far as any key of the house opens it, and what in it could tell."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from itertools import product
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from service import crypto
from service.access import sealed
from service.audit.chain import place
from service.db import db
from service.idempotency.repeats import hash_of
from service.tasks.voting import CHOICES
from workflows.base import Base

BOX = "ballot_box"
SAID = re.compile("[\"'](" + "|".join(CHOICES) + ")[\"'](?!\\s*:)")
"""A choice as a value, not as the name of a figure."""

Row = dict[str, Any]
Dump = dict[str, list[Row]]


def dump() -> Dump:
    """Every row of every table in the order in which the database gives them, with what it knows of each by itself."""
    postgres = db.engine.dialect.name == "postgresql"
    found = {}
    for name, table in Base.metadata.tables.items():
        hidden = "ctid::text AS _ctid, xmin::text AS _xmin," if postgres else "rowid AS _rowid,"
        hidden = "" if not postgres and name == BOX else hidden
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        rows = db.session.execute(text(f'SELECT {hidden} {columns} FROM "{name}"')).mappings()
        found[name] = [dict(row) for row in rows]
    db.session.rollback()
    return found


def since(before: Dump, after: Dump) -> Dump:
    """What was written in between."""
    return {name: [row for row in rows if row not in before[name]] for name, rows in after.items()}


def plain(row: Mapping[str, Any], case_id: str) -> str:
    """A row as one text, its sealed parts opened."""
    shown = {name: _shown(row, name, value, case_id) for name, value in row.items()}
    return orjson.dumps(shown, default=str).decode()


def _shown(row: Mapping[str, Any], name: str, value: Any, case_id: str) -> Any:
    if name == "sensitive" and value is not None:
        return orjson.loads(crypto.ring().decrypt(bytes(value), place(row["stream"], row["seq"])))
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, str) and value.startswith(("{", "[", '"')):
        with suppress(orjson.JSONDecodeError):
            value = orjson.loads(value)
    return sealed.opened(sealed.case(case_id), value)


def leaks(found: Dump, told: Iterable[str], case_id: str, bodies: Iterable[Mapping[str, Any]]) -> list[str]:
    """What joins a name to a choice: said outright, hashed, by a shared value, or by an order of the box.

    `told` are log lines and files; `bodies` are requests without their decision, as they were sent.
    """
    lines = [(name, plain(row, case_id)) for name, rows in found.items() if name != BOX for row in rows]
    lines += [("outside", line) for line in told]
    guesses = _guesses(bodies)
    wrong = [f"{name} says {said[1]}: {line}" for name, line in lines for said in SAID.finditer(line)]
    wrong += [f"{name} holds a hash of {guesses[part]}" for name, line in lines for part in _hashes(line, guesses)]
    ids = [row["id"] for row in found[BOX]]
    wrong += [f"{name} holds the ballot {one}" for name, line in lines for one in ids if one in line]
    return wrong + _orders(found[BOX])


def _guesses(bodies: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Hash → choice, of everything that somebody would try."""
    found = {}
    for choice, body in product(CHOICES, bodies):
        for given in ({"decision": choice}, {**body, "decision": choice}):
            found[hash_of(given)] = choice
        found[hashlib.sha256(choice.encode()).hexdigest()] = choice
        found[hashlib.sha256(orjson.dumps({**body, "decision": choice})).hexdigest()] = choice
    return found


def _hashes(line: str, guesses: Mapping[str, str]) -> list[str]:
    return [part for part in re.findall(r"[0-9a-f]{64}", line) if part in guesses]


def _orders(box: list[Row]) -> list[str]:
    """Every order of the box must be that of its random ids, and one transaction must have written all of it."""
    wrong = [f"{row['id']} is not random" for row in box if UUID(row["id"]).version != 4]
    ids = [row["id"] for row in box]
    if ids != sorted(ids):
        wrong.append("the order of the rows tells something")
    if box and "_ctid" in box[0] and [row["id"] for row in sorted(box, key=_at)] != sorted(ids):
        wrong.append("the places of the rows tell something")
    if len({row.get("_xmin") for row in box}) > 1:
        wrong.append("the transactions of the rows tell something")
    return wrong


def _at(row: Row) -> tuple[int, ...]:
    return tuple(int(part) for part in row["_ctid"].strip("()").split(","))


def planted(found: Dump) -> Iterable[tuple[str, Dump]]:
    """What must be found: the same record with one leak each."""
    first = found[BOX][0]
    for name, table, column, value in (
        ("says", "seat", "decision", "yes"),
        ("says", "audit_event", "body", '{"decision": "no"}'),
        ("hash", "idempotency_key", "body_hash", hash_of({"decision": "abstain"})),
        ("ballot", "queue_entry", "id", first["id"]),
        ("random", BOX, "id", "0198a1b2-0000-7000-8000-000000000000"),
    ):
        wrong = deepcopy(found)
        wrong[table][0][column] = value
        yield name, wrong
    turned = deepcopy(found)
    turned[BOX].reverse()
    yield "order", turned
