"""Reads of openings: what schools offer, who wishes for it, which of it somebody may wish for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.roles import BUREAU_HR
from service.attachments import queries as attachments
from service.attachments.queries import StoredFile
from service.db import db
from service.errors import NotFound
from service.flows.exchange import queries
from service.flows.exchange.assessing import Member, total
from service.flows.exchange.casework import OPENING, WISH
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.queries_list import EntryView
from service.parameters.queries import county
from service.people.models import Organisation, Person
from service.people.queries import name_in
from workflows.models import ProcessInstance


@dataclass(frozen=True)
class Applicant:
    """Who wishes to come, by the fields that the receiving school needs (policy §7)."""

    entry_id: str
    name: str
    school: str
    band: str
    backbone: bool | None
    duty: str
    number: int
    motive: str
    opinion: str | None
    rank: int | None
    declined: bool
    reason: str
    marks: tuple[str, ...]
    total: str | None


@dataclass(frozen=True)
class OpeningView:
    """What a school offers; `applicants` only for that school and bureau HR, `sheet`: they may read a score sheet."""

    id: str
    instance_id: str
    organisation_id: str
    school: str
    number: int
    subject: str
    stage: str
    band: str
    count: int
    manner: str
    competition: bool
    note: str
    panel: tuple[Member, ...] = ()
    tie_reason: str = ""
    sheet: bool = False
    applicants: tuple[Applicant, ...] = field(default_factory=tuple)


def openings(
    actor: Actor, instance_id: str, organisation_id: str | None = None, *, locale: str = "zh"
) -> Sequence[OpeningView]:
    """What is offered in a plan, for who has a part in it. Applicants for whom `exchange_opening.rank` lets."""
    queries.expect(actor, instance_id)
    found = (
        select(OPENING, name_in(locale).label("school"))
        .join(Organisation, Organisation.id == OPENING.c.organisation_id)
        .where(OPENING.c.instance_id == instance_id, policy.visible(actor, "exchange_opening"))
        .order_by(OPENING.c.number)
    )
    if organisation_id is not None:
        found = found.where(OPENING.c.organisation_id == organisation_id)
    rows = db.session.execute(found).all()
    mine = [row.id for row in rows if policy.allows(actor, "exchange_opening.rank", row)]
    applicants, running = _applicants(mine, locale), _runs(instance_id)
    own = ("applicants", "panel", "tie_reason", "sheet")
    names = [name for name in OpeningView.__dataclass_fields__ if name not in own]
    return [
        OpeningView(
            **{name: row._mapping[name] for name in names},
            **(_panel(row.panel) if row.id in mine else {}),
            sheet=row.score_sheet_id is not None and row.id in mine and (running or actor.has(*BUREAU_HR)),
            applicants=tuple(applicants.get(row.id, ())),
        )
        for row in rows
    ]


def least_members(now: datetime) -> int:
    """How many a panel has at least today."""
    return int(county(db.session(), day_of(now))["exchange_panel_members"])


def _panel(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """The panel of a competition that has marked; who sits there is for the school and bureau HR."""
    if kept is None:
        return {}
    return {"panel": tuple(Member(**one) for one in kept["members"]), "tie_reason": kept["tie_reason"]}


def opening(actor: Actor, opening_id: str, *, locale: str = "zh") -> OpeningView:
    """One opening; NotFound("exchange_opening.absent")."""
    seen = (OPENING.c.id == opening_id, policy.visible(actor, "exchange_opening"))
    instance_id = db.session.scalar(select(OPENING.c.instance_id).where(*seen))
    offered = openings(actor, instance_id, locale=locale) if instance_id else ()
    found = next((one for one in offered if one.id == opening_id), None)
    if found is None:
        raise NotFound("exchange_opening.absent")
    return found


def score_sheet(actor: Actor, opening_id: str) -> StoredFile:
    """The sheet that the panel has signed: for bureau HR, and for the school as long as the plan runs (policy §7).

    NotFound("exchange_opening.absent" | "exchange.no_score_sheet").
    """
    if not opening(actor, opening_id).sheet:
        raise NotFound("exchange.no_score_sheet")
    kept = db.session.scalar(select(OPENING.c.score_sheet_id).where(OPENING.c.id == opening_id))
    return attachments.read(str(kept))


def _runs(instance_id: str) -> bool:
    state = db.session.scalar(select(ProcessInstance.state).where(ProcessInstance.id == instance_id))
    return state == "running"


def fitting(actor: Actor, person: EntryView, *, locale: str = "zh") -> Sequence[OpeningView]:
    """The openings that this person may wish for."""
    return [
        one
        for one in openings(actor, person.instance_id, locale=locale)
        if one.organisation_id != person.organisation_id
        and (one.subject, one.stage) == (person.subject, person.stage)
        and one.band in ("", person.band)
    ]


def _applicants(opening_ids: Sequence[str], locale: str) -> dict[str, list[Applicant]]:
    """Opening id → who wishes for it, as long as the plan runs: then the applications are closed (policy §7)."""
    found = (
        select(WISH, ENTRY.c.band, ENTRY.c.backbone, ENTRY.c.result, ENTRY.c.motive, ENTRY.c.opinion, Person.name,
               name_in(locale).label("school"))
        .join(ENTRY, ENTRY.c.id == WISH.c.entry_id)
        .join(Person, Person.id == ENTRY.c.person_id)
        .join(Organisation, Organisation.id == ENTRY.c.organisation_id)
        .join(ProcessInstance, ProcessInstance.id == ENTRY.c.instance_id)
        .where(WISH.c.opening_id.in_(opening_ids), ENTRY.c.state != "listed", ProcessInstance.state == "running")
        .order_by(WISH.c.declined, WISH.c.rank.is_(None), WISH.c.rank, WISH.c.number, ENTRY.c.id)
    )  # fmt: skip
    applicants: dict[str, list[Applicant]] = {}
    for row in db.session.execute(found):
        duty = "required" if row.result == "REQUIRED" else "voluntary"
        one = Applicant(row.entry_id, row.name, row.school, row.band, row.backbone, duty, row.number, row.motive,
                        row.opinion, row.rank, row.declined, row.reason, tuple(row.marks or ()),
                        total(row.marks or ()))  # fmt: skip
        applicants.setdefault(row.opening_id, []).append(one)
    return applicants
