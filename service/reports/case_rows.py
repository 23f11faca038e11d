"""Rows of cases: hires, titles, holds that lapsed, objections, locks and what is planned of the exchange."""

from collections import Counter
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import FromClause, and_, case, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from service.access.days import start_of
from service.flows.exchange.casework import OBJECTION, PLAN
from service.flows.exchange.drawing_up import ENTRY as LISTED
from service.flows.hiring.models import Candidate
from service.flows.publicity.models import Publicity, PublicityObjection
from service.flows.title.models import TitleApplication, TitleBatch
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, LOCK
from service.posts.posting import ENTRY
from service.reports.declaring import Base, Day, Line
from service.reports.people_rows import HELD_POST
from service.reports.process_rows import CASE
from workflows.base import table_of
from workflows.models import ProcessInstance, VariableChange

INSTANCE, CHANGE, CANDIDATE = table_of(ProcessInstance), table_of(VariableChange), table_of(Candidate)
APPLICATION, BATCH = table_of(TitleApplication), table_of(TitleBatch)
PUBLISHED, PUBLIC_OBJECTION = table_of(Publicity), table_of(PublicityObjection)
DROPPED = ("rejected", "withdrawn", "cancelled", "expired")
"""States of cases that ended without what they asked for."""
OVER = ("completed", *DROPPED)
GRANTED = ("passed", "revoked")
"""Results that stood for a title, from their day until it was revoked."""


def locks(day: Day) -> FromClause:
    """Service locks in force, one row a person and school; `excepted` from it by the school year's exchange."""
    granted = (
        select(LISTED.c.person_id)
        .join(PLAN, PLAN.c.instance_id == LISTED.c.instance_id)
        .where(LISTED.c.exception == "granted", PLAN.c.effective_on.between(day.school_year, _year_end(day)))
    )
    excepted = func.max(case((LOCK.c.person_id.in_(granted), 1), else_=0))
    key = (PERSON.c.id, PERSON.c.name, LOCK.c.organisation_id)
    return (
        select(*key, func.max(LOCK.c.ends_on).label("ends_on"), excepted.label("excepted"))
        .join(PERSON, PERSON.c.id == LOCK.c.person_id)
        .where(LOCK.c.starts_on <= day.on, LOCK.c.ends_on >= day.on, LOCK.c.struck_at.is_(None))
        .group_by(*key)
        .subquery("locks")
    )


def _year_end(day: Day) -> Any:
    return day.school_year.replace(year=day.school_year.year + 1, month=8, day=31)


def listed(day: Day) -> FromClause:
    """Everybody whom the school year's plan counts as eligible; `arrived` is who has arrived by the day."""
    arrived = case((LISTED.c.arrived_on <= day.on, 1), else_=0)
    return (
        select(
            PERSON.c.id, PERSON.c.name, LISTED.c.organisation_id, LISTED.c.subject, LISTED.c.band, LISTED.c.arrived_on,
            arrived.label("arrived"),
        )
        .join(PLAN, PLAN.c.instance_id == LISTED.c.instance_id)
        .join(INSTANCE, INSTANCE.c.id == PLAN.c.instance_id)
        .join(PERSON, PERSON.c.id == LISTED.c.person_id)
        .where(
            LISTED.c.counted, INSTANCE.c.state.not_in(DROPPED),
            PLAN.c.effective_on.between(day.school_year, _year_end(day)),
        )
        .subquery("listed")
    )  # fmt: skip


def hires(day: Day) -> FromClause:
    """Who was taken on by open hiring in the personnel year, by the day of the appointment."""
    mine = and_(APPOINTMENT.c.instance_id == CANDIDATE.c.instance_id, APPOINTMENT.c.person_id == CANDIDATE.c.person_id)
    first = func.min(APPOINTMENT.c.valid_from).label("valid_from")
    key = (PERSON.c.id, PERSON.c.name, PERSON.c.degree, APPOINTMENT.c.organisation_id)
    return (
        select(*key, first)
        .select_from(CANDIDATE)
        .join(APPOINTMENT, mine)
        .join(PERSON, PERSON.c.id == CANDIDATE.c.person_id)
        .where(CANDIDATE.c.state == "hired", APPOINTMENT.c.valid_from.between(day.year, day.on), HELD_POST)
        .group_by(*key)
        .subquery("hires")
    )


def titles(day: Day) -> FromClause:
    """Applications of the year's batch that had a result on the day; a title revoked by then has not passed."""
    standing = or_(APPLICATION.c.revoked_on.is_(None), APPLICATION.c.revoked_on > day.on)
    passed = case((and_(APPLICATION.c.result.in_(GRANTED), standing), 1), else_=0)
    return (
        select(
            APPLICATION.c.instance_id.label("id"), PERSON.c.name, APPLICATION.c.organisation_id, APPLICATION.c.target,
            APPLICATION.c.subject, passed.label("passed"),
        )
        .join(BATCH, BATCH.c.id == APPLICATION.c.batch_id)
        .join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
        .where(BATCH.c.year == day.on.year, APPLICATION.c.decided_on <= day.on)
        .subquery("titles")
    )  # fmt: skip


def held(day: Day) -> FromClause:
    """Cases that ended in the personnel year after holding posts; `lapsed`: because a deadline was missed."""
    holding = exists().where(ENTRY.c.instance_id == INSTANCE.c.id, ENTRY.c.reserved > 0, ENTRY.c.at <= day.end)
    return (
        select(
            CASE.c.instance_id.label("id"), CASE.c.title.label("name"), CASE.c.organisation_id,
            CASE.c.business_key, case((INSTANCE.c.state == "expired", 1), else_=0).label("lapsed"),
        )
        .join(INSTANCE, INSTANCE.c.id == CASE.c.instance_id)
        .where(
            INSTANCE.c.state.in_(OVER), INSTANCE.c.ended_at.between(start_of(day.year), day.end), holding,
        )
        .subquery("held")
    )  # fmt: skip


def objections(day: Day) -> FromClause:
    """What was objected in the personnel year: on the public page, or as an appeal in an exchange; one row each."""
    public = (
        select(PUBLISHED.c.instance_id.label("instance_id"), PUBLIC_OBJECTION.c.at.label("at"))
        .join(PUBLISHED, PUBLISHED.c.id == PUBLIC_OBJECTION.c.publicity_id)
        .where(PUBLIC_OBJECTION.c.at.between(start_of(day.year), day.end))
    )
    appeals = select(OBJECTION.c.instance_id, OBJECTION.c.at).where(
        OBJECTION.c.kind == "appeal", OBJECTION.c.by_person_id.is_not(None),
        OBJECTION.c.at.between(start_of(day.year), day.end),
    )  # fmt: skip
    both = union_all(public, appeals).subquery("both")
    return (
        select(CASE.c.instance_id.label("id"), CASE.c.title.label("name"), CASE.c.organisation_id, CASE.c.business_key)
        .join(both, both.c.instance_id == CASE.c.instance_id)
        .subquery("objections")
    )


def hiring_plans(session: Session, day: Day) -> Sequence[Line]:
    """Hiring cases of the personnel year: how many were taken on by the day, of how many posts they are for."""
    joined = select(CANDIDATE.c.instance_id, func.count()).select_from(CANDIDATE).join(
        APPOINTMENT,
        and_(APPOINTMENT.c.instance_id == CANDIDATE.c.instance_id, APPOINTMENT.c.person_id == CANDIDATE.c.person_id),
    )  # fmt: skip
    taken = joined.where(CANDIDATE.c.state == "hired", APPOINTMENT.c.valid_from <= day.on, HELD_POST)
    hired = {row[0]: int(row[1]) for row in session.execute(taken.group_by(CANDIDATE.c.instance_id))}
    kept = or_(INSTANCE.c.state.not_in(DROPPED), INSTANCE.c.ended_at > day.end)
    begun = (CASE.c.started_at.between(start_of(day.year), day.end), kept)
    return [
        Line(row.instance_id, row.title, row.organisation_id, hired.get(row.instance_id, 0), _number(row.posts),
             row.business_key)
        for row in _hiring(session, day, *begun)
    ]  # fmt: skip


def asked_posts(session: Session, day: Day) -> Sequence[Line]:
    """Posts that hiring cases under way on the day ask for, one row a subject and band of a case."""
    running = INSTANCE.c.ended_at.is_(None)
    going = or_(running, INSTANCE.c.ended_at > day.end) if day.is_past else running
    lines = []
    for row in _hiring(session, day, CASE.c.started_at <= day.end, going):
        asked: Counter[tuple[str, str]] = Counter()
        for post in row.posts or ():
            asked[str(post.get("subject") or ""), str(post.get("band") or "")] += int(post.get("count") or 0)
        lines += [
            Line(row.instance_id, row.title, row.organisation_id, number, number, row.business_key, band, subject)
            for (subject, band), number in sorted(asked.items())
        ]
    return lines


def _hiring(session: Session, day: Day, *wanted: Any) -> list[Any]:
    """Hiring cases with the `posts` that they asked for at the end of the day: what was cut later is in them still."""
    stood = (CHANGE.c.instance_id == CASE.c.instance_id, CHANGE.c.scope == "", CHANGE.c.name == "posts")
    latest = select(CHANGE.c.new).where(*stood, CHANGE.c.at <= day.end).order_by(CHANGE.c.version.desc()).limit(1)
    told = (CASE.c.instance_id, CASE.c.title, CASE.c.organisation_id, CASE.c.business_key)
    found = (
        select(*told, latest.scalar_subquery().label("posts"))
        .join(INSTANCE, INSTANCE.c.id == CASE.c.instance_id)
        .where(CASE.c.definition_key == "hiring", *wanted)
    )
    return sorted(session.execute(found).all(), key=attrgetter("business_key"))


def _number(posts: Any) -> int:
    return sum(int(post.get("count") or 0) for post in posts or ())


LOCKS = Base("locks", "person", locks)
LISTED_ONES = Base("listed", "person", listed)
HIRES = Base("hires", "person", hires)
TITLES = Base("titles", "instance", titles)
HELD = Base("held", "instance", held)
OBJECTIONS = Base("objections", "instance", objections)
