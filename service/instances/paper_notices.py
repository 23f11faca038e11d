"""Whom a case on paper is told of: who may confirm it, who asked for it and the school's office, who told it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.access.roles import BUREAU_HR
from service.access.standing import ROLE, in_force
from service.instances.paper_cases import OPEN, PAPER_CASE
from service.instances.resting import Rest
from service.notices import outbox
from service.notices.outbox import Message
from service.people.queries import organisation_names
from workflows import catalogue

WAITS, MANY_WAIT = "paper_case.waits", "paper_cases.wait"
ENTERED, REFUSED, DECIDED = "paper_case.entered", "paper_case.refused", "paper_cases.decided"
OFFICE = ("school_hr",)


def waits(session: Session, row: Row[tuple[object, ...]], now: datetime) -> None:
    """One case waits for a second person: everybody of bureau HR hears of it but who told it."""
    body = {"paper_case_id": row.id, **_named(session, row)}
    _post(session, WAITS, _seconds(session, str(row.proposed_by), now), body, now)


def many_wait(session: Session, import_id: str, count: int, teller_id: str, now: datetime) -> None:
    """So many cases of a workbook wait: one notice a person."""
    _post(session, MANY_WAIT, _seconds(session, teller_id, now), {"import_id": import_id, "count": count}, now)


def entered(session: Session, row: Row[tuple[object, ...]], rest: Rest, by: str, now: datetime) -> None:
    """The case is in: who asked for it and the office of its school learn where it stands, and who told it that it is.

    Who has something to do in it hears that of the step; who confirmed it knows.
    """
    english = catalogue.latest(session, str(row.definition_key)).settings.get("names", {}).get("en", {})
    stands = dict.fromkeys((wait.element_id, wait.name) for wait in rest.waits)
    body = {
        "instance_id": rest.instance_id, "title": rest.title, "business_key": rest.business_key,
        "stands": "、".join(name for _, name in stands),
        "stands_en": ", ".join(english.get(element_id, name) for element_id, name in stands),
    }  # fmt: skip
    concerned = {str(row.initiator_id), *_holding(session, OFFICE, now, [str(row.organisation_id)])}
    teller = set() if row.import_id else {str(row.proposed_by)}
    _post(session, ENTERED, (concerned | teller) - {by}, body, now)
    _whole(session, row, by, now)


def refused(session: Session, row: Row[tuple[object, ...]], reason: str, by: str, now: datetime) -> None:
    """Who told it hears why it was refused; who takes an own one back knows."""
    body = {"paper_case_id": row.id, "reason": reason, **_named(session, row)}
    _post(session, REFUSED, {str(row.proposed_by)} - {by}, body, now)
    _whole(session, row, by, now)


def _whole(session: Session, row: Row[tuple[object, ...]], by: str, now: datetime) -> None:
    """The last case of a workbook is decided: who told it hears that, once."""
    if row.import_id is None:
        return
    left = (PAPER_CASE.c.import_id == row.import_id, PAPER_CASE.c.state == OPEN)
    if session.execute(select(PAPER_CASE.c.id).where(*left).limit(1)).first() is None:
        _post(session, DECIDED, {str(row.proposed_by)} - {by}, {"import_id": row.import_id}, now)


def _seconds(session: Session, teller_id: str, now: datetime) -> set[str]:
    """Who may confirm what somebody else tells."""
    return _holding(session, BUREAU_HR, now) - {teller_id}


def _holding(
    session: Session, roles: Iterable[str], now: datetime, organisation_ids: Collection[str] | None = None
) -> set[str]:
    """The persons who hold one of these roles today, there or anywhere; each once, whatever else they hold."""
    found = select(ROLE.c.person_id).where(ROLE.c.role.in_(list(roles)), in_force(ROLE.c, day_of(now)))
    if organisation_ids is not None:
        found = found.where(ROLE.c.organisation_id.in_(organisation_ids))
    return set(session.scalars(found))


def _named(session: Session, row: Row[tuple[object, ...]]) -> dict[str, str]:
    """What a case without a title is called: its flow and its organisation, in both languages."""
    definition = catalogue.latest(session, str(row.definition_key))
    flow = definition.settings.get("flow", {})
    ids, place = {str(row.organisation_id)}, str(row.organisation_id)
    return {
        "flow_zh": definition.name, "flow_en": flow.get("name_en") or definition.name,
        "place_zh": organisation_names(ids, "zh").get(place, ""),
        "place_en": organisation_names(ids, "en").get(place, ""),
    }  # fmt: skip


def _post(session: Session, kind: str, person_ids: Iterable[str], body: Mapping[str, object], now: datetime) -> None:
    outbox.post(session, [Message(kind, f"person:{one}", body) for one in sorted(person_ids)], now)
