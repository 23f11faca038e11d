"""Committees inside a command's transaction: what is locked, who may be drawn, what refuses."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.models import Account
from service.audit import chain
from service.audit.chain import NewEvent
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.flows.title import rules
from service.flows.title.models_committee import TitleExpert, TitleMember, TitleSession
from service.flows.title.roster import APPLICATION, INSTANCE
from service.parameters.queries import county
from service.people import members
from service.people.queries import ORGANISATION
from service.posts.rules import share
from workflows.base import table_of
from workflows.models import MessageSubscription

EXPERT, SESSION, MEMBER = table_of(TitleExpert), table_of(TitleSession), table_of(TitleMember)
SUBSCRIPTION, ACCOUNT = table_of(MessageSubscription), table_of(Account)
CALLED, POST_FREE = "title.called", "title.post_free"
"""The messages for which cases wait: a sitting votes on them, a post has become free."""
SCHOOLS_OWN = "school"


def lock(session: Session, actor: Actor, session_id: str, version: int | None = None) -> Row[Any]:
    """Lock a sitting; NotFound("title_session.absent") when absent or not visible, Conflict("title.stale")."""
    found = select(SESSION).where(SESSION.c.id == session_id, policy.visible(actor, "title_session"))
    row = session.execute(found.with_for_update()).first()
    if row is None:
        raise NotFound("title_session.absent")
    if version is not None and row.version != version:
        raise Conflict("title.stale", version=row.version)
    return row


def expect_before_vote(row: Row[Any]) -> None:
    """Conflict("title.voting" | "title.cancelled") when nothing of the sitting changes any more."""
    if row.state == "voting":
        raise Conflict("title.voting")
    if row.state == "cancelled":
        raise Conflict("title.cancelled")


def expect_ours(row: Row[Any]) -> None:
    """No committee of a county or city decides on 正高, whenever it was planned; Conflict("title.provincial")."""
    if row.level == rules.PROVINCIAL:
        raise Conflict("title.provincial")


def touch(session: Session, row: Row[Any], **values: Any) -> None:
    """Change a locked sitting."""
    changed = {**values, "version": row.version + 1}
    session.execute(update(SESSION).where(SESSION.c.id == row.id).values(changed))


def reason_of(text: str) -> str:
    """The reason as it is kept; Invalid("title.reason") without one."""
    if not text.strip():
        raise Invalid("title.reason", faults=(Fault("reason", "title.reason"),))
    return text.strip()[:200]


def expect_no_interest(
    session: Session, actor: Actor, sitting: Row[Any], wanted: Collection[str] = (), *, said: bool
) -> None:
    """Who handles a list has no interest in it: looked up, and asked (`said`); Invalid("recusal.unanswered")."""
    _refuse_interest(session, actor, sitting, wanted)
    if not said:
        raise Invalid("recusal.unanswered", faults=(Fault("no_interest", "recusal.unanswered"),))


def _refuse_interest(session: Session, actor: Actor, sitting: Row[Any], wanted: Collection[str]) -> None:
    """Who applies, or is related to an applicant, has no hand in that applicant's sitting (policy §3.H, §3.T).

    Forbidden("title.convener_interest") for somebody on the list or among the cases `wanted` for it.
    """
    if actor.person_id is None:
        return
    here = or_(APPLICATION.c.session_id == sitting.id, APPLICATION.c.instance_id.in_(wanted))
    persons = set(session.scalars(select(APPLICATION.c.person_id).where(here)))
    if actor.person_id in persons or (persons and members.related_among(actor.person_id, persons)):
        raise Forbidden("title.convener_interest")


def drawable(session: Session, sitting: Row[Any]) -> list[Row[Any]]:
    """The experts (id, person_id) from whom a sitting is drawn, one term each.

    Their term covers the days from the first to the last, their title is not below the one judged, their subject fits,
    they have an open account to vote with, and they do not stand on the list themselves.
    """
    able = [level for level in rules.LEVELS if rules.LEVELS.index(level) >= rules.LEVELS.index(sitting.level)]
    listed = select(APPLICATION.c.person_id).where(APPLICATION.c.session_id == sitting.id)
    found = (
        select(EXPERT.c.id, EXPERT.c.person_id)
        .join(ACCOUNT, and_(ACCOUNT.c.person_id == EXPERT.c.person_id, ACCOUNT.c.closed_at.is_(None)))
        .where(
            EXPERT.c.organisation_id == sitting.organisation_id,
            EXPERT.c.valid_from <= sitting.meets_on,
            EXPERT.c.valid_until > sitting.vote_until,
            EXPERT.c.highest.in_(able),
            EXPERT.c.person_id.not_in(listed),
        )
        .order_by(EXPERT.c.person_id, EXPERT.c.valid_from)
    )
    if sitting.subject is not None:
        found = found.where(or_(EXPERT.c.subject.is_(None), EXPERT.c.subject == sitting.subject))
    terms: dict[str, Any] = {row.person_id: row for row in session.execute(found)}
    return list(terms.values())


def waiting_for(session: Session, sitting: Row[Any]) -> list[str]:
    """The cases that wait for a sitting such as this one, on no list yet or on this one."""
    subject = () if sitting.subject is None else (APPLICATION.c.subject == sitting.subject,)
    of_school = APPLICATION.c.committee == SCHOOLS_OWN
    place = APPLICATION.c.organisation_id == sitting.organisation_id
    here = and_(of_school, place) if is_school(session, sitting.organisation_id) else ~of_school
    found = (
        select(APPLICATION.c.instance_id)
        .join(SUBSCRIPTION, SUBSCRIPTION.c.instance_id == APPLICATION.c.instance_id)
        .join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
        .where(
            SUBSCRIPTION.c.name == CALLED,
            INSTANCE.c.state == "running",
            APPLICATION.c.batch_id == sitting.batch_id,
            APPLICATION.c.target == sitting.level,
            or_(APPLICATION.c.session_id.is_(None), APPLICATION.c.session_id == sitting.id),
            here,
            *subject,
        )
        .order_by(APPLICATION.c.organisation_id, APPLICATION.c.instance_id)
    )
    return list(session.scalars(found))


def drawn_before(session: Session, sitting: Row[Any]) -> int:
    """How many draws there were that have not voted, for sittings that could judge the same candidates.

    A further one could be a choice. Those are sittings for one title of the year whose subjects overlap (none is every
    subject), of the same school, or of whichever office.
    """
    same = (SESSION.c.batch_id == sitting.batch_id, SESSION.c.level == sitting.level)
    unused = (SESSION.c.id != sitting.id, SESSION.c.drawn_at.is_not(None), SESSION.c.state != "voting")
    subjects = or_(SESSION.c.subject.is_(None), SESSION.c.subject == sitting.subject)
    overlap = () if sitting.subject is None else (subjects,)
    schools = select(ORGANISATION.c.id).where(ORGANISATION.c.kind == "school")
    of_offices = SESSION.c.organisation_id.not_in(schools)
    own = SESSION.c.organisation_id == sitting.organisation_id
    here = own if is_school(session, sitting.organisation_id) else of_offices
    counted = select(func.count()).select_from(SESSION).where(*same, *unused, *overlap, here)
    return int(session.execute(counted).scalar_one())


def excusable(session: Session, sitting: Row[Any], on: date) -> int:
    """How many members may be replaced by those who follow in the draw: a share of the seats, rounded up."""
    return share(int(sitting.seats), int(county(session, on)["title_excused_percent"]))


def expect_list(session: Session, sitting: Row[Any]) -> None:
    """Conflict("title.list_empty") when nobody stands on the list."""
    if session.scalar(select(APPLICATION.c.instance_id).where(APPLICATION.c.session_id == sitting.id).limit(1)) is None:
        raise Conflict("title.list_empty")


def unlist(session: Session, sitting: Row[Any], kept: Collection[str] = ()) -> None:
    """Everybody but these leaves the list; marks of this sitting go, another committee gives its own."""
    gone = (APPLICATION.c.session_id == sitting.id, APPLICATION.c.instance_id.not_in(kept))
    session.execute(update(APPLICATION).where(*gone).values(dict.fromkeys(("session_id", *rules.MARKS))))


def is_school(session: Session, organisation_id: str) -> bool:
    """Whether a sitting is a school's own, for the school's own applicants."""
    return session.scalar(select(ORGANISATION.c.kind).where(ORGANISATION.c.id == organisation_id)) == "school"


def record(session: Session, actor: Actor, sitting_id: str, kind: str, now: Any, body: dict[str, Any]) -> None:
    """Append to the sitting's own stream."""
    event = NewEvent(kind, actor.person_id or actor.account_id, body=_plain(body))
    chain.append(session, f"title_session:{sitting_id}", [event], at=now)


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in body.items()}
