"""What is published now, for anybody; and what was objected, for bureau HR."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, column, select, table

from service.access import policy
from service.access.actor import Actor
from service.attachments import queries as attachments
from service.attachments.queries import StoredFile
from service.audit import timeline
from service.db import db
from service.errors import NotFound
from service.flows.declaring import INTERESTS
from service.flows.publicity.declaring import PUBLISHED, Line, Published
from service.flows.publicity.models import PublicityObjection
from service.flows.publicity.periods import PUBLICITY
from service.flows.publicity.running import INSTANCE, last_days, running
from service.parameters import queries as parameters
from service.people.members import PERSON
from workflows.base import table_of

OBJECTION = table_of(PublicityObjection)
DEFINITION = table("process_definition", column("id"), column("key"))
CASE = table("process_case", column("instance_id"), column("business_key"))
PAGE = 50


@dataclass(frozen=True)
class Notice:
    """One period that runs, or is suspended for an inquiry: what it is about, when, and the published names.

    `corrected`: it was published before, and is again after a correction.
    """

    id: str
    flow: str
    heading: str
    from_on: date
    until: date
    suspended: bool
    corrected: bool
    lines: Sequence[Line]


@dataclass(frozen=True)
class Period:
    """A period to which an objection may be registered: over, or inside a school alone, or for everybody."""

    notice: Notice
    business_key: str
    over: bool


@dataclass(frozen=True)
class ObjectionView:
    """What somebody objected; `said` (text, name, contact) is read only for the one that is opened.

    `number`, `channel`, `received_on`, `registered_by` (a name) and `reached` as `PublicityObjection` says;
    `attachment_id` is the letter itself, `hearing` what came of one that has stopped nothing, "" for others.
    """

    id: str
    at: datetime
    about: str
    named: bool
    heading: str
    instance_id: str
    business_key: str
    running: bool
    number: str
    channel: str
    received_on: date | None
    registered_by: str
    reached: bool
    attachment_id: str | None
    hearing: str
    said: Mapping[str, Any]


def notices(locale: str, on: date, *, before: str | None = None) -> Sequence[Notice]:
    """The periods that run or are suspended, the latest first; `before`: the id of the last one of the page before."""
    found = running(on).order_by(PUBLICITY.c.id.desc()).limit(PAGE)
    if before is not None:
        found = found.where(PUBLICITY.c.id < before)
    return _notices(db.session.execute(found).all(), locale)


def notice(publicity_id: str, locale: str, on: date) -> Notice:
    """One period that runs or is suspended; NotFound("publicity.absent") before and afterwards."""
    row = db.session.execute(running(on).where(PUBLICITY.c.id == publicity_id)).first()
    if row is None:
        raise NotFound("publicity.absent", publicity_id=publicity_id)
    return _notices([row], locale)[0]


def named_only(on: date) -> bool:
    """Whether the bureau takes objections with a name only."""
    return bool(parameters.county(db.session(), on)["objection_named_only"])


def period(publicity_id: str, locale: str, on: date) -> Period:
    """One period, running or over, for whoever registers objections; NotFound("publicity.absent")."""
    found = _periods(locale, on, PUBLICITY.c.id == publicity_id)
    if not found:
        raise NotFound("publicity.absent", publicity_id=publicity_id)
    return found[0]


def periods(actor: Actor, locale: str, on: date, business_key: str = "") -> Sequence[Period]:
    """The periods to which an objection may be registered: all that run, or those of a case, over or not."""
    if not policy.allows(actor, "publicity_objection.register"):
        return []
    if business_key:
        return _periods(locale, on, CASE.c.business_key == business_key.strip())
    now = select(running(on, inside=True).subquery().c.id)
    return _periods(locale, on, PUBLICITY.c.id.in_(now))


def _periods(locale: str, on: date, *wanted: ColumnElement[bool]) -> list[Period]:
    stands = running(on, inside=True).subquery()
    found = (
        select(PUBLICITY, CASE.c.business_key, stands.c.suspended, stands.c.id.is_(None).label("over"))
        .join(CASE, CASE.c.instance_id == PUBLICITY.c.instance_id)
        .outerjoin(stands, stands.c.id == PUBLICITY.c.id)
        .where(*wanted)
        .order_by(PUBLICITY.c.id.desc())
        .limit(PAGE)
    )
    rows = db.session.execute(found).all()
    told = _notices(rows, locale)
    return [Period(one, row.business_key, row.over) for one, row in zip(told, rows, strict=True)]


def _notices(rows: Sequence[Row[Any]], locale: str) -> list[Notice]:
    """Periods with their lines and last days: some statements a flow, however many periods."""
    by_flow: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        by_flow.setdefault(row.flow, []).append((row.instance_id, row.subject))
    lines = {flow: PUBLISHED[flow].lines(db.session(), asked, locale) for flow, asked in by_flow.items()}
    last = last_days(rows)
    return [
        Notice(
            row.id, row.flow, heading(PUBLISHED[row.flow], locale), row.from_on, last[row.id], bool(row.suspended),
            row.correction_id is not None, lines[row.flow][row.instance_id, row.subject],
        )
        for row in rows
    ]  # fmt: skip


def heading(found: Published, locale: str) -> str:
    """What the list of a flow is called."""
    return found.en if locale == "en" else found.zh


def objections(actor: Actor, locale: str) -> Sequence[ObjectionView]:
    """The objections of the public page that the actor may read, the latest first; of the 500 latest.

    Who is objected to, or has an interest in the case, never reads that somebody objected.
    """
    found = _objections(actor).order_by(OBJECTION.c.at.desc(), OBJECTION.c.id.desc()).limit(500)
    rows = db.session.execute(found).all()
    cases = {row.instance_id: row.key for row in rows}
    barred = {instance_id for instance_id, key in cases.items() if interested(actor, key, instance_id)}
    return [_objection(row, locale, {}) for row in rows if row.instance_id not in barred]


def objection(actor: Actor, objection_id: str, locale: str) -> ObjectionView:
    """One objection with what was said; NotFound("publicity_objection.absent")."""
    row = db.session.execute(_objections(actor).where(OBJECTION.c.id == objection_id)).first()
    if row is None or interested(actor, row.key, row.instance_id):
        raise NotFound("publicity_objection.absent", objection_id=objection_id)
    stream = f"instance:{row.instance_id}"
    [event] = timeline.events(db.session(), stream, after=row.event_seq - 1, limit=1, reveal=True)
    return _objection(row, locale, event.sensitive or {})


def letter(actor: Actor, objection_id: str) -> StoredFile:
    """The letter of an objection that the actor may read; NotFound("publicity_objection.absent" | "….no_letter")."""
    found = objection(actor, objection_id, "zh")
    if found.attachment_id is None:
        raise NotFound("publicity_objection.no_letter", objection_id=objection_id)
    return attachments.read(found.attachment_id)


def interested(actor: Actor, definition_key: str, instance_id: str) -> bool:
    """Whether the actor must recuse from the case, as its flow says (policy §3.H)."""
    ask = INTERESTS.get(definition_key)
    return bool(ask and actor.person_id and ask(db.session(), instance_id, actor.person_id))


def _objections(actor: Actor) -> Select[Any]:
    case = (CASE.c.business_key, INSTANCE.c.state, DEFINITION.c.key)
    return (
        select(OBJECTION, PUBLICITY.c.flow, PUBLICITY.c.instance_id, PERSON.c.name.label("clerk"), *case)
        .join(PUBLICITY, PUBLICITY.c.id == OBJECTION.c.publicity_id)
        .join(CASE, CASE.c.instance_id == PUBLICITY.c.instance_id)
        .join(INSTANCE, INSTANCE.c.id == PUBLICITY.c.instance_id)
        .join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
        .outerjoin(PERSON, PERSON.c.id == OBJECTION.c.registered_by)
        .where(policy.visible(actor, "publicity_objection"))
    )


def _objection(row: Row[Any], locale: str, said: Mapping[str, Any]) -> ObjectionView:
    return ObjectionView(
        row.id, row.at, row.about, row.named, heading(PUBLISHED[row.flow], locale), row.instance_id, row.business_key,
        row.state == "running", row.number or "", row.channel, row.received_on, row.clerk or "", row.reached,
        row.attachment_id, row.hearing or "", said,
    )  # fmt: skip
