"""Writes candidate rows and their events inside a command's transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.audit import chain
from service.flows.hiring.casework import Casework
from service.flows.hiring.entry_rules import hundredths
from service.flows.hiring.roster import CANDIDATE, ID_NUMBER, PHONE
from workflows.base import new_id

SCORES = ("written", "interview")
SENSITIVE = ("id_number", "phone")


def insert_rows(session: Session, case: Casework, actor: Actor, rows: Iterable[Mapping[str, Any]], now: datetime) -> (
    list[str]
):  # fmt: skip
    """Insert cleaned candidates with one statement; their ids in order."""
    last = select(func.coalesce(func.max(CANDIDATE.c.number), 0)).where(CANDIDATE.c.instance_id == case.instance_id)
    first = session.scalars(last).one() + 1
    made = [_row(case, actor, fields, now) | {"number": number} for number, fields in enumerate(rows, start=first)]
    if made:
        session.execute(insert(CANDIDATE), made)
    return [row["id"] for row in made]


def _row(case: Casework, actor: Actor, fields: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    candidate_id = new_id()
    return {
        "id": candidate_id,
        "instance_id": case.instance_id,
        "organisation_id": case.organisation_id,
        "graduated_from": "",
        "certificate": "",
        "state": "registered",
        "reason": "",
        "chosen": False,
        "entered_by": signature(actor),
        "entered_at": now,
        "version": 1,
        **{name: value for name, value in fields.items() if name not in SENSITIVE},
        **ID_NUMBER.columns(candidate_id, fields["id_number"]),
        **PHONE.columns(candidate_id, fields.get("phone")),
    }


def change(session: Session, candidate_id: str, fields: Mapping[str, Any]) -> None:
    """Write cleaned fields of one candidate; scores become hundredths, protected fields are sealed."""
    values: dict[str, Any] = {name: value for name, value in fields.items() if name not in SENSITIVE}
    for name in SCORES:
        if values.get(name) is not None:
            values[name] = hundredths(values[name])
    for field in (ID_NUMBER, PHONE):
        if field.name in fields:
            values |= field.columns(candidate_id, fields[field.name])
    values["version"] = CANDIDATE.c.version + 1
    session.execute(update(CANDIDATE).where(CANDIDATE.c.id == candidate_id).values(values))


def remove(session: Session, candidate_id: str) -> None:
    """Delete a row that was entered wrongly; the event keeps that it was there."""
    session.execute(delete(CANDIDATE).where(CANDIDATE.c.id == candidate_id))


def taken(session: Session, instance_id: str, id_numbers: Iterable[str]) -> dict[str, str]:
    """Those of the ID numbers that already stand in the case → candidate id."""
    by_index = {index: number for number in id_numbers for index in ID_NUMBER.indexes(number)}
    if not by_index:
        return {}
    found = select(CANDIDATE.c.id, CANDIDATE.c.id_number_index).where(
        CANDIDATE.c.instance_id == instance_id, CANDIDATE.c.id_number_index.in_(by_index)
    )
    return {by_index[row.id_number_index]: row.id for row in session.execute(found)}


def record(
    session: Session, case: Casework, actor: Actor, kind: str, now: datetime, body: Mapping[str, Any],
    sensitive: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Append to the case's stream; names and numbers of candidates go into the encrypted part."""
    element_id = case.window.element_id if case.window else ""
    event = chain.NewEvent(kind, signature(actor), element_id=element_id, body=body, sensitive=sensitive)
    chain.append(session, f"instance:{case.instance_id}", [event], at=now)


def signature(actor: Actor) -> str:
    """The id under which an actor stands in events: the person, else the account."""
    return actor.person_id or actor.account_id
