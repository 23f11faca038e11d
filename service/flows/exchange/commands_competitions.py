"""The command by which a panel's marks make the ranking of an open competition (跨校竞聘, policy §3.X 3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments import links
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid
from service.flows.exchange import assessing, casework
from service.flows.exchange.assessing import Assessed
from service.flows.exchange.casework import OPENING, WISH
from service.flows.exchange.ranking import applicants_of, place
from service.parameters.queries import county
from service.people import members
from service.people.models import Person

KEPT_FOR = "competition"
"""The room that hands out score sheets: `queries_openings.score_sheet`."""


@dataclass(frozen=True)
class Assess:
    """The marks of one opening; `no_interest`: every member was asked, and who has an interest gave no mark there.

    `sheet_id` is the sheet that the panel has signed, uploaded before; "" keeps the one that is there.
    """

    opening_id: str
    found: Assessed
    no_interest: bool = False
    sheet_id: str = ""


def assess(actor: Actor, command: Assess, *, now: datetime) -> None:
    """Keep panel, marks and the signed sheet, and rank by them; anew each time, as long as the ranking is open.

    The sheet is for whom the marks are for, not for every reader of the plan. One that is replaced stays in the case.

    Conflict("exchange.no_competition") for an opening whose school ranks by itself, Invalid("exchange.assessment") with
    a fault for what is wrong with the panel or with an applicant's marks.
    """
    found = command.found
    with transaction() as session:
        plan, row = casework.lock_opening(session, command.opening_id)
        policy.require(actor, "exchange_opening.rank", row)
        casework.expect_at(plan, "rank", actor, row.organisation_id)
        if not row.competition:
            raise Conflict("exchange.no_competition")
        applicants = applicants_of(session, row.id)
        casework.expect_apart(actor, set(applicants.values()))
        _expect_right(session, command, row, applicants, now)
        panel = [{"name": member.name.strip(), "unit": member.unit.strip()} for member in found.panel]
        kept = {"members": panel, "tie_reason": found.tie_reason.strip()[:500]}
        sheet = _kept(session, actor, command.sheet_id, row)
        changed = {"panel": kept, "score_sheet_id": sheet["id"]}
        session.execute(update(OPENING).where(OPENING.c.id == row.id).values(changed))
        ranked = assessing.ranking(found)
        place(session, row.id, ranked, found.declined)
        for entry_id in ranked:
            mine = (WISH.c.opening_id == row.id, WISH.c.entry_id == entry_id)
            marks = [mark.strip() for mark in found.marks[entry_id]]
            session.execute(update(WISH).where(*mine).values(marks=marks))
        answer(session, opening_id=row.id)
        totals = {entry_id: assessing.total(found.marks[entry_id]) for entry_id in ranked}
        body = {"opening_id": row.id, "members": len(panel), "ranked": ranked, "totals": totals,
                "declined": list(found.declined), "sheet": sheet}  # fmt: skip
        given = {**kept, "marks": {entry_id: list(found.marks[entry_id]) for entry_id in ranked}}
        casework.record(session, plan.instance_id, actor, "exchange.assessed", now, body, given)


def _expect_right(session: Session, command: Assess, row: Row[Any], applicants: dict[str, str], now: datetime) -> None:
    found, least = command.found, int(county(session, day_of(now))["exchange_panel_members"])
    faults = assessing.panel_faults(found.panel, least)
    faults += assessing.mark_faults(found, applicants.keys(), _barred(session, applicants))
    if not command.no_interest:
        faults.append(Fault("no_interest", "exchange.panel_asked"))
    if not command.sheet_id and row.score_sheet_id is None:
        faults.append(Fault("sheet", "exchange.score_sheet"))
    if faults:
        raise Invalid("exchange.assessment", faults=tuple(faults))


def _kept(session: Session, actor: Actor, sheet_id: str, row: Row[Any]) -> dict[str, str]:
    """The sheet on which the marks rest, as the record names it: a new one is tied to the plan."""
    if not sheet_id or sheet_id == row.score_sheet_id:
        return {"id": row.score_sheet_id}
    sheet = links.keep(session, actor, sheet_id, row.instance_id, KEPT_FOR)
    return {"id": sheet.id, "checksum": sheet.checksum}


def _barred(session: Session, applicants: dict[str, str]) -> dict[str, set[str]]:
    """Entry id → names that may not mark that applicant: the own one, and those of relatives who recuse."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(applicants.values())))
    names = {row.id: row.name for row in rows}
    return {one: {names[who], *members.declared_names(who)} for one, who in applicants.items()}
