"""Reads of title evaluation for an actor: batches, applications, certificates, one's own facts before one applies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, case, column, func, select, table

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import Conflict, NotFound
from service.flows.title import claims, evidence, rules
from service.flows.title.roster import APPLICATION, BATCH, CERTIFICATE, INSTANCE, expect_open, waiting
from service.people.members import PERSON
from service.people.queries import ORGANISATION, name_in
from service.records.queries import facts_of

MOST = 100
_case = table("process_case", column("instance_id"), column("business_key"))


@dataclass(frozen=True)
class Application:
    """An application with who applies and where its case stands; scores in points."""

    instance_id: str
    business_key: str
    batch_id: str
    person_id: str
    person_name: str
    organisation_id: str
    organisation_name: str
    target: str
    subject: str
    from_title: str | None
    state: str
    committee: str | None
    session_id: str | None
    school_score: float | None
    result: str | None
    decided_on: date | None
    revoked_on: date | None
    waiting_since: datetime | None
    place: int | None
    appointed_on: date | None
    applied_at: datetime


def batches(actor: Actor) -> Sequence[Row[Any]]:
    """Every batch, the newest year first; nothing of it is secret."""
    seen = select(BATCH).where(policy.visible(actor, "title_batch"))
    return db.session.execute(seen.order_by(BATCH.c.year.desc())).all()


def figures(actor: Actor) -> dict[str, Row[Any]]:
    """Batch id → how many applications of it the actor sees (`applications`), `granted` and `waiting` among them."""
    told = {"granted": APPLICATION.c.result == "passed", "waiting": APPLICATION.c.waiting_since.is_not(None)}
    sums = [func.sum(case((holds, 1), else_=0)).label(name) for name, holds in told.items()]
    found = select(APPLICATION.c.batch_id, func.count().label("applications"), *sums)
    seen = found.where(policy.visible(actor, "title_application")).group_by(APPLICATION.c.batch_id)
    return {row.batch_id: row for row in db.session.execute(seen)}


def batch(actor: Actor, batch_id: str) -> Row[Any]:
    """One batch; NotFound("title_batch.absent")."""
    seen = (BATCH.c.id == batch_id, policy.visible(actor, "title_batch"))
    row = db.session.execute(select(BATCH).where(*seen)).first()
    if row is None:
        raise NotFound("title_batch.absent")
    return row


def applications(
    actor: Actor,
    *,
    batch_id: str | None = None,
    organisation_id: str | None = None,
    person_id: str | None = None,
    after: str | None = None,
    limit: int = MOST,
    locale: str = "zh",
) -> list[Application]:
    """Visible applications by school and case; `after` is the last case of the page before."""
    wanted = {"batch_id": batch_id, "organisation_id": organisation_id, "person_id": person_id}
    found = _applications(actor, locale)
    for name, value in wanted.items():
        if value is not None:
            found = found.where(APPLICATION.c[name] == value)
    if after is not None:
        found = found.where(APPLICATION.c.instance_id > after)
    rows = db.session.execute(found.order_by(APPLICATION.c.instance_id).limit(limit)).all()
    return _shown(rows)


def application(actor: Actor, instance_id: str, *, locale: str = "zh") -> Application:
    """One application; NotFound("title_application.absent")."""
    row = db.session.execute(_applications(actor, locale).where(APPLICATION.c.instance_id == instance_id)).first()
    if row is None:
        raise NotFound("title_application.absent")
    return _shown([row])[0]


def _applications(actor: Actor, locale: str) -> Select[Any]:
    return (
        select(
            *APPLICATION.c,
            _case.c.business_key,
            INSTANCE.c.state,
            PERSON.c.name.label("person_name"),
            name_in(locale).label("organisation_name"),
        )
        .join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
        .join(_case, _case.c.instance_id == APPLICATION.c.instance_id)
        .join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == APPLICATION.c.organisation_id)
        .where(policy.visible(actor, "title_application"))
    )


def _shown(rows: Sequence[Row[Any]]) -> list[Application]:
    places = _places(rows)
    named = [name for name in Application.__dataclass_fields__ if name not in ("school_score", "place")]
    return [
        Application(
            **{name: getattr(row, name) for name in named},
            school_score=rules.points(row.school_score),
            place=places.get(row.instance_id),
        )
        for row in rows
    ]


def _places(rows: Sequence[Row[Any]]) -> dict[str, int]:
    """The place in its queue of each application that waits, from 1."""
    queues = {(row.organisation_id, rules.band_of(row.target)) for row in rows if row.waiting_since is not None}
    ordered = [waiting(db.session(), school, band) for school, band in queues]
    return {instance_id: place for queue in ordered for place, instance_id in enumerate(queue, start=1)}


def promised(actor: Actor, instance_id: str) -> int:
    """How many others of the school are recommended for the posts of the band and hold none yet."""
    one = application(actor, instance_id)
    return claims.promised(db.session(), one.organisation_id, rules.band_of(one.target), besides=instance_id)


def own_facts(actor: Actor, on: date) -> Mapping[str, Any] | None:
    """What the records say of the actor that an application would rest on, to be checked before it is confirmed."""
    if actor.person_id is None:
        return None
    facts = facts_of(db.session(), [actor.person_id], on).get(actor.person_id)
    if facts is None:
        return None
    years = {"years_in_title": facts.years_in_title, "years_of_service": facts.years_of_service}
    return {"degree": facts.degree, **years, **evidence.of_records(db.session(), facts)}


def not_open(on: date) -> Conflict | None:
    """Why nobody may apply on that day, as an application would be refused; None when one may."""
    try:
        expect_open(db.session.execute(select(BATCH).where(BATCH.c.year == on.year)).first(), on)
    except Conflict as refused:
        return refused
    return None


def certificates(actor: Actor, *, person_id: str | None = None, locale: str = "zh") -> Sequence[Row[Any]]:
    """Visible certificates with the holder's name, the newest first, at most a hundred."""
    found = _certificates(actor, locale).order_by(CERTIFICATE.c.number.desc()).limit(MOST)
    if person_id is not None:
        found = found.where(CERTIFICATE.c.person_id == person_id)
    return db.session.execute(found).all()


def certificate(actor: Actor, number: str, *, locale: str = "zh") -> Row[Any]:
    """One certificate by its number; NotFound("title_certificate.absent")."""
    row = db.session.execute(_certificates(actor, locale).where(CERTIFICATE.c.number == number)).first()
    if row is None:
        raise NotFound("title_certificate.absent")
    return row


def _certificates(actor: Actor, locale: str) -> Select[Any]:
    """With the numbers of the one that it replaces, and of the one that replaces it."""
    old, new = CERTIFICATE.alias("old"), CERTIFICATE.alias("new")
    replaces = select(old.c.number).where(old.c.id == CERTIFICATE.c.replaces_id).scalar_subquery()
    replaced_by = select(new.c.number).where(new.c.replaces_id == CERTIFICATE.c.id).scalar_subquery()
    return (
        select(
            *CERTIFICATE.c,
            replaces.label("replaces"),
            replaced_by.label("replaced_by"),
            PERSON.c.name.label("person_name"),
            name_in(locale).label("organisation_name"),
        )
        .join(PERSON, PERSON.c.id == CERTIFICATE.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == CERTIFICATE.c.organisation_id)
        .where(policy.visible(actor, "title_certificate"))
    )


@dataclass(frozen=True)
class Verified:
    """What somebody learns who holds a certificate: whether it was issued like this, and whether it is in force."""

    number: str
    genuine: bool
    state: str | None = None
    level: str | None = None
    confirmed_on: date | None = None
    revoked_on: date | None = None
    revoked_because: str | None = None
    replaced_by: str | None = None


def verify(number: str, code: str) -> Verified:
    """Compare number and code of a certificate with what was issued; without the code nothing is told of it."""
    row = db.session.execute(select(CERTIFICATE).where(CERTIFICATE.c.number == number)).first()
    if row is None or row.code != code.strip().lower():
        return Verified(number, genuine=False)
    newer = select(CERTIFICATE.c.number).where(CERTIFICATE.c.replaces_id == row.id)
    after = db.session.scalar(newer)
    return Verified(number, True, row.state, row.level, row.confirmed_on, row.revoked_on, row.revoked_because, after)
