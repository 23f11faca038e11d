"""Marks of many candidates at once: what a filled-in list of a step would change, and what is wrong in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Fault, NotFound
from service.flows.hiring import casework, entry_rules
from service.flows.hiring.casework import Casework
from service.flows.hiring.roster import CANDIDATE
from service.flows.hiring.writing import SCORES


@dataclass(frozen=True)
class Mark:
    """The fields that a list shows of one candidate, as they were entered, and the version that was shown."""

    candidate_id: str
    version: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """Candidate id → the fields that differ from what stands; the faults with paths "marks.<n>.<field>"."""

    changes: Mapping[str, Mapping[str, Any]]
    faults: tuple[Fault, ...]


def plan(session: Session, case: Casework, marks: Sequence[Mark]) -> Plan:
    """What the list changes. NotFound("candidate.absent"), Conflict("candidate.stale") for a row that has moved on.

    A row that says what stands already is left alone, whatever its version: only what somebody entered can be stale.
    """
    rows = _rows(session, case, [mark.candidate_id for mark in marks])
    changes, faults = {}, []
    for number, mark in enumerate(marks):
        row = rows.get(mark.candidate_id)
        if row is None:
            raise NotFound("candidate.absent", candidate_id=mark.candidate_id)
        fields = {n: value for n, value in entry_rules.cleaned(mark.fields).items() if _differs(row, n, value)}
        if fields:
            casework.expect_version(row, mark.version)
            changes[row.id] = fields
            faults += [replace(fault, path=f"marks.{number}.{fault.path}") for fault in _faults(case, row, fields)]
    return Plan(changes, tuple(faults))


def _rows(session: Session, case: Casework, ids: Iterable[str]) -> dict[str, Any]:
    found = select(CANDIDATE).where(CANDIDATE.c.instance_id == case.instance_id, CANDIDATE.c.id.in_(list(ids)))
    return {row.id: row for row in session.execute(found)}


def _differs(row: Any, name: str, value: Any) -> bool:
    if name in SCORES and value is not None:
        return bool(entry_rules.hundredths(value) != getattr(row, name) or getattr(row, name) is None)
    return bool(value != getattr(row, name))


def _faults(case: Casework, row: Any, fields: Mapping[str, Any]) -> list[Fault]:
    """A reason alone is judged with the result that stands, a result alone with the reason that stands."""
    review = {"state": row.state, "reason": row.reason} if {"state", "reason"} & fields.keys() else {}
    return entry_rules.faults({**review, **fields}, case.lines) + entry_rules.standing_faults(
        fields, row.state, row.rank
    )
