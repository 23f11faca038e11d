"""What a message that leaves the house tells: the flow, the moment that it is due, a link; nobody's name or data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.channels.fanout import ITEM
from service.notices import words
from service.notices.queries import NOTICE, READ
from workflows import catalogue
from workflows.base import table_of
from workflows.models import ProcessInstance

LONGEST_DIGEST = 50
FORMATS = {"zh": "%Y年%m月%d日 %H:%M", "en": "%d %b %Y, %H:%M"}
_INSTANCE = table_of(ProcessInstance)


@dataclass(frozen=True)
class Told:
    """One notice in words; `number` is that of the case, `due` and `flow` may be empty."""

    kind: str
    phrase: str
    flow: str
    number: str
    due: str
    link: str


def told(session: Session, kind: str, body: Mapping[str, Any], locale: str) -> Told:
    """A notice in `locale`; `body` is what its message carries."""
    settings = current_app.extensions["lectern.settings"]
    return Told(
        kind=kind,
        phrase=words.phrase(kind, body, locale),
        flow=_flow(session, body.get("instance_id"), locale),
        number=str(body.get("business_key") or ""),
        due=_moment(body.get("due_at"), settings.zone, locale),
        link=f"{settings.base_url}/notices/{body.get('notice_id', '')}",
    )


def digest(session: Session, digest_id: str, person_id: str, locale: str) -> Sequence[Told]:
    """The notices of a digest that the person has not read meanwhile, oldest first, at most LONGEST_DIGEST."""
    read = select(READ).where(READ.c.notice_id == NOTICE.c.id, READ.c.person_id == person_id).exists()
    found = (
        select(NOTICE)
        .join(ITEM, ITEM.c.notice_id == NOTICE.c.id)
        .where(ITEM.c.digest_id == digest_id, ~read)
        .order_by(NOTICE.c.id)
        .limit(LONGEST_DIGEST)
    )
    rows = session.execute(found).all()
    return [told(session, row.kind, row.params | {"notice_id": row.id}, locale) for row in rows]


def _flow(session: Session, instance_id: str | None, locale: str) -> str:
    if instance_id is None:
        return ""
    definition_id = session.scalar(select(_INSTANCE.c.definition_id).where(_INSTANCE.c.id == instance_id))
    if definition_id is None:
        return ""
    definition = catalogue.get(session, definition_id)
    section = definition.settings.get("flow", {})
    return str((section.get("name_en") if locale == "en" else None) or section.get("name") or definition.name)


def _moment(text: str | None, zone: ZoneInfo, locale: str) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime(FORMATS[locale]) if text else ""
