"""Reads of candidates for an actor: lists with masked numbers, the sheet of a step, what a case may write now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, false, select, true
from sqlalchemy.sql.elements import ColumnElement

from service.access import policy
from service.access.actor import Actor
from service.access.roles import AUDITOR, BUREAU_HR, LEADER, SCHOOL_OFFICE
from service.db import db
from service.errors import Conflict, NotFound
from service.flows.hiring import xlsx
from service.flows.hiring.casework import FLOW
from service.flows.hiring.columns import columns_of, importable
from service.flows.hiring.entry_rules import points
from service.flows.hiring.roster import CANDIDATE, ID_NUMBER, PHONE
from service.flows.hiring.windows import Window, window_at
from service.people.rules import masked_id_number, masked_phone
from workflows import catalogue, engine, store

READERS = (*SCHOOL_OFFICE, *BUREAU_HR, *LEADER, *AUDITOR)
"""Staffing office and HR bureau see the quota fields of a case, never its applicants (policy §7)."""
HEALTH_READERS = ("school_hr", *BUREAU_HR)
"""Health facts are for HR only (policy §7)."""
HEALTH = "medical."


@dataclass(frozen=True)
class CandidateView:
    """A candidate as an actor may see one: numbers masked, scores in points."""

    id: str
    number: int
    line: int
    name: str
    id_number: str | None
    phone: str | None
    degree: str
    graduated_from: str
    certificate: str
    written: float | None
    interview: float | None
    inspection: str | None
    total: float | None
    rank: int | None
    chosen: bool
    state: str
    reason: str
    person_id: str | None
    version: int


def candidates(actor: Actor, instance_id: str, *, line: int | None = None) -> Sequence[CandidateView]:
    """The candidates of a case by row and rank, those without a rank last, in the order in which they came."""
    found = select(CANDIDATE).where(CANDIDATE.c.instance_id == instance_id, _readable(actor))
    if line is not None:
        found = found.where(CANDIDATE.c.line == line)
    ordered = found.order_by(CANDIDATE.c.line, CANDIDATE.c.rank.is_(None), CANDIDATE.c.rank, CANDIDATE.c.number)
    return [_view(actor, row) for row in db.session.execute(ordered)]


def candidate(actor: Actor, candidate_id: str) -> CandidateView:
    """One candidate; NotFound("candidate.absent")."""
    row = db.session.execute(select(CANDIDATE).where(CANDIDATE.c.id == candidate_id, _readable(actor))).first()
    if row is None:
        raise NotFound("candidate.absent", candidate_id=candidate_id)
    return _view(actor, row)


def names(candidate_ids: Sequence[str]) -> Mapping[str, str]:
    """Candidate id → name, for pages that may be seen only by who handles the candidate's step."""
    found = select(CANDIDATE.c.id, CANDIDATE.c.name).where(CANDIDATE.c.id.in_(candidate_ids))
    return {row.id: row.name for row in db.session.execute(found)}


def told_names(actor: Actor, candidate_ids: Sequence[str]) -> Mapping[str, str]:
    """Candidate id → name of those whom the actor may know (policy §7): none of another school's, none for offices."""
    if not candidate_ids:
        return {}
    found = select(CANDIDATE.c.id, CANDIDATE.c.name).where(CANDIDATE.c.id.in_(candidate_ids), _readable(actor))
    return {row.id: row.name for row in db.session.execute(found)}


def subjects(tasks: Iterable[Any]) -> Mapping[str, str]:
    """Task id → name of the candidate whom a step inside “hire one candidate” is about; `tasks` are rows that one sees.

    The item of a slot names who was first in it; after a replacement only the token's own variables know.
    """
    session, about = db.session(), {}
    for task in tasks:
        if task.definition_key == FLOW and isinstance(task.item, Mapping) and "candidate_id" in task.item:
            held = store.read(session, task.instance_id)
            seen = engine.variables_at(held, catalogue.get(session, held.definition_id), task.token)
            about[task.id] = seen.get("candidate_id", "")
    known = names(list(about.values())) if about else {}
    return {task_id: known.get(candidate_id, "") for task_id, candidate_id in about.items()}


def open_window(actor: Actor, instance_id: str) -> Window | None:
    """What may be written of the candidates where the case stands now, None when nothing may."""
    if not policy.sees(actor, "instance", _Case(instance_id)):
        raise NotFound("instance.absent", instance_id=instance_id)
    held = store.read(db.session(), instance_id)
    current = engine.inspect(held, catalogue.get(db.session(), held.definition_id))
    return window_at({token.element_id for token in current})


def sheet(actor: Actor, instance_id: str, *, locale: str = "zh") -> bytes:
    """The XLSX of the step where the case stands: empty for registration, else with those who are to be marked.

    Conflict("candidate.not_now") where no sheet is expected.
    """
    window = open_window(actor, instance_id)
    if window is None or not importable(window):
        raise Conflict("candidate.not_now", fields="")
    rows: list[Mapping[str, Any]] = []
    if not window.registers:
        rows = [vars(found) for found in candidates(actor, instance_id) if found.state == "qualified"]
    posts = store.read(db.session(), instance_id).variables.get("posts") or ()
    return xlsx.template(columns_of(window), rows, locale, [post for post in posts if post["count"]])


@dataclass(frozen=True)
class _Case:
    instance_id: str


def _readable(actor: Actor) -> ColumnElement[bool]:
    allowed = actor.is_system or actor.has(*READERS)
    return policy.visible(actor, "candidate") & (true() if allowed else false())


def _view(actor: Actor, row: Row[Any]) -> CandidateView:
    plain = {name: getattr(row, name) for name in CandidateView.__dataclass_fields__}
    plain["id_number"] = masked_id_number(ID_NUMBER.unseal(row.id, row.id_number))
    plain["phone"] = masked_phone(PHONE.unseal(row.id, row.phone)) if row.phone else None
    plain["written"], plain["interview"] = points(row.written), points(row.interview)
    plain["total"] = points(row.total, 10_000)
    if row.reason.startswith(HEALTH) and not (actor.is_system or actor.has(*HEALTH_READERS)):
        plain["reason"] = ""
    return CandidateView(**plain)


def cases_of_same_persons(actor: Actor, instance_id: str, most: int = 20) -> frozenset[str]:
    """Other cases in which somebody of this case's candidates applied; none for who may not know the candidates."""
    if not (actor.is_system or actor.has(*READERS)):
        return frozenset()
    here = select(CANDIDATE.c.id_number_index).where(CANDIDATE.c.instance_id == instance_id)
    alike = (CANDIDATE.c.id_number_index.in_(here), CANDIDATE.c.instance_id != instance_id)
    others = select(CANDIDATE.c.instance_id).where(*alike, policy.visible(actor, "candidate"))
    return frozenset(db.session.scalars(others.distinct().limit(most)))
