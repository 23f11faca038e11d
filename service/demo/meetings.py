"""Collective decisions (集体研究) of the demo county: minutes entered by one, confirmed by who was in the chair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlalchemy import select

from service.access.days import day_of
from service.access.models import Account
from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db
from service.demo.cases import actor, minutes_pdf
from service.tasks import queries
from service.tasks.commands_minutes import ConfirmMinutes, EnterMinutes, confirm_minutes, enter_minutes


@dataclass(frozen=True)
class Meeting:
    """What met, and the user names of who was there: the first wrote the minutes, the last was in the chair."""

    name: str
    people: Sequence[str]


def decide_together(case: str, element_id: str, decision: str, meeting: Meeting, now: datetime) -> None:
    """The meeting decides the open step of the case."""
    task = next(one for one in queries.open_of(case) if one.element_id == element_id)
    db.session.rollback()
    persons = tuple(_person(name) for name in meeting.people)
    secretary, chair = actor(meeting.people[0], now), actor(meeting.people[-1], now)
    scan = store_attachment(secretary, StoreAttachment(BytesIO(minutes_pdf()), f"{meeting.name}纪要.pdf"), now=now)
    minutes = EnterMinutes(
        task.id, version=task.version, meeting=meeting.name, held_on=day_of(now), due=persons, present=persons,
        chair_id=persons[-1], decision=decision, opinion="同意（演示数据）。", attachment_id=scan, no_interest=True,
    )  # fmt: skip
    version = enter_minutes(secretary, minutes, now=now)
    confirm_minutes(chair, ConfirmMinutes(task.id, version, no_interest=True), now=now)


def _person(username: str) -> str:
    found = db.session.scalars(select(Account.person_id).where(Account.username == username)).one()
    db.session.rollback()
    return str(found)
