"""Reads of cases that began on paper: where one may stand, and those that were told, waiting or decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.instances import paper_cases, telling
from service.instances.paper_cases import KEPT, PAPER_CASE
from service.instances.told import ToldCase
from workflows import catalogue
from workflows.telling import Place


@dataclass(frozen=True)
class PaperCaseView:
    """A told case: `told` is what is told, only while it waits; `instance_id` what it has become."""

    id: str
    definition_key: str
    organisation_id: str
    element_id: str
    initiator_id: str
    requested_on: date
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    instance_id: str | None
    import_id: str | None
    label: str | None
    origin: Any
    result: Any
    told: ToldCase | None = None


def places(actor: Actor, definition_key: str) -> tuple[Place, ...]:
    """Where a case on paper of this flow may stand, and why nowhere else; NotFound("definition.absent")."""
    policy.require(actor, "paper_case.read")
    return telling.places(catalogue.latest(db.session(), definition_key))


def listed(actor: Actor, state: str | None, cursor: str | None, limit: int) -> Sequence[PaperCaseView]:
    """Those of a state, or all, the newest first; `cursor` is the id of the last one before."""
    policy.require(actor, "paper_case.read")
    found = select(PAPER_CASE)
    if state is not None:
        found = found.where(PAPER_CASE.c.state == state)
    if cursor is not None:
        found = found.where(PAPER_CASE.c.id < cursor)
    return [view_of(row) for row in db.session.execute(found.order_by(PAPER_CASE.c.id.desc()).limit(limit))]


def drafts(actor: Actor) -> Sequence[PaperCaseView]:
    """What the actor tells step by step and has not handed over, the newest first."""
    policy.require(actor, "paper_case.read")
    mine = (PAPER_CASE.c.state == paper_cases.DRAFT, PAPER_CASE.c.import_id.is_(None))
    found = select(PAPER_CASE).where(*mine, PAPER_CASE.c.proposed_by == actor.person_id)
    return [view_of(row) for row in db.session.execute(found.order_by(PAPER_CASE.c.proposed_at.desc()))]


def one(actor: Actor, paper_case_id: str) -> PaperCaseView:
    """One of them, with what is told; NotFound("paper_case.absent")."""
    policy.require(actor, "paper_case.read")
    row = db.session.execute(select(PAPER_CASE).where(PAPER_CASE.c.id == paper_case_id)).first()
    if row is None:
        raise NotFound("paper_case.absent")
    return view_of(row, paper_cases.told_in(row) if row.state in KEPT else None)


def view_of(row: Row[tuple[object, ...]], told: ToldCase | None = None) -> PaperCaseView:
    """A row as it is shown; `told` what is told in it."""
    columns = {name: value for name, value in row._mapping.items() if name != "sealed"}
    return PaperCaseView(**columns, told=told)
