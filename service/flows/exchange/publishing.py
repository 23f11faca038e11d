"""What an exchange plan publishes: who goes from where to where (policy §3.X 6); anybody's objection is an appeal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from service.errors import Invalid
from service.flows.exchange.casework import OBJECTION, TEXT
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.queries_published import placed
from service.flows.publicity.declaring import Line, Period, Published, publish
from service.people.queries import organisation_names
from workflows.base import new_id
from workflows.surroundings import Call

MANNERS = {
    "move": {"zh": "调入", "en": "moves to"},
    "bring": {"zh": "连同岗位调入", "en": "moves with the post to"},
    "lend": {"zh": "借用预留岗位到", "en": "with a lent post to"},
    "loan": {"zh": "支教到", "en": "on loan to"},
}


def lines(session: Session, periods: Sequence[Period], locale: str) -> Mapping[Period, list[Line]]:
    """Everybody placed by each plan, in the order of the openings."""
    found = session.execute(placed([instance_id for instance_id, _ in periods])).all()
    places = organisation_names({place for row in found for place in (row.source_id, row.target_id)}, locale)
    told: dict[Period, list[Line]] = {period: [] for period in periods}
    for row in found:
        what = f"{row.subject} · {MANNERS[row.manner][locale]} {places[row.target_id]}"
        for period in periods:
            if period[0] == row.instance_id:
                told[period].append(Line(row.id, row.name, places[row.source_id], what))
    return told


def _receive(session: Session, entry_id: str, text: str, now: datetime) -> None:
    """Keep an objection of the public beside the appeals of those concerned: the inquiry has to answer it."""
    objection_id = new_id()
    plan = session.scalar(select(ENTRY.c.instance_id).where(ENTRY.c.id == entry_id))
    row = {"id": objection_id, "instance_id": plan, "entry_id": entry_id, "kind": "appeal", "by_person_id": None}
    blank = dict.fromkeys(("wanted", "outcome", "answer", "answered_by", "answered_at"))
    sealed = {"text": TEXT.seal(objection_id, text), "at": now, "settled": False}
    session.execute(insert(OBJECTION), {**row, **blank, **sealed})


def _paused(call: Call) -> dict[str, Any]:
    """Invalid("exchange.no_appeal") without an appeal that waits."""
    mine = (OBJECTION.c.instance_id == call.instance_id, OBJECTION.c.kind == "appeal", OBJECTION.c.outcome.is_(None))
    if not call.session.scalar(select(func.count()).select_from(OBJECTION).where(*mine)):
        raise Invalid("exchange.no_appeal")
    return {}


publish(
    Published(
        "exchange", "交流轮岗拟定人员公示", "Exchanges to be carried out", lines, "round_id",
        receive=_receive, paused=_paused,
    )
)  # fmt: skip
