"""Corrections of an application for a title: a wrong failure, details of its certificate, its appointment (policy §5).

A title that should not have been granted is taken back by a case of its own (`title_revocation`): whose it is is heard
first.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.corrections.declaring import Carried, Correcting, Field, Item, Told, correctable
from service.flows.publicity import periods
from service.flows.title import certifying, operations_result, posts, roster
from service.flows.title.roster import APPLICATION, CERTIFICATE, INSTANCE, UNDER_WAY
from service.flows.title.rules import band_of
from service.parameters.queries import county
from service.people import undoing
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.persons import open_appointment_of
from service.people.undoing import Ground
from service.posts import ledger, posting, queueing
from service.posts.posting import Full

DETAILS = (
    Field("subject", "text", "学科（专业）", "Subject"),
    Field("confirmed_on", "day", "取得日期", "Granted on"),
    Field("document", "text", "批准文号", "Document"),
)
APPOINT = (("yes", "同时聘任", "appointed at once"), ("no", "只授予职称，暂不聘任", "title only, not appointed yet"))
RESULT = (
    Field("result", "choice", "评审结果", "Result", (("failed", "未通过", "not passed"), ("passed", "通过", "passed"))),
    Field("confirmed_on", "day", "取得日期", "Granted on"),
    Field("document", "text", "批准文号", "Document"),
    Field("appoint", "choice", "聘任", "Appointment", APPOINT),
)
POST = (
    Field("appointed_on", "day", "聘任起始日", "Appointed from"),
    Field("grade", "number", "岗位等级", "Grade", required=False),
)


def _application(session: Session, instance_id: str) -> Row[Any] | None:
    found = select(APPLICATION, INSTANCE.c.state.label("case_state"), PERSON.c.name.label("name"))
    joined = found.join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
    named = joined.join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    return session.execute(named.where(APPLICATION.c.instance_id == instance_id)).first()


def certificates(session: Session, instance_id: str) -> Sequence[Item]:
    """The certificate in force."""
    mine = (CERTIFICATE.c.instance_id == instance_id, CERTIFICATE.c.state == "valid")
    row = session.execute(select(CERTIFICATE).where(*mine)).first()
    if row is None:
        return []
    values = {"subject": row.subject, "confirmed_on": row.confirmed_on.isoformat(), "document": row.document}
    return [Item("", f"{row.level} {row.number}", DETAILS, values, frozenset({row.person_id}))]


@correctable("title.certificate", "title", "证书信息", "Details of the certificate", DETAILS, certificates)
def reissue(wanted: Correcting) -> Carried:
    """A new certificate replaces the old one; the record of the title is corrected; the list is published again.

    Invalid("correction.invalid") for a day before the application or ahead, Conflict("correction.moved_on") where the
    certificate was revoked meanwhile.
    """
    application = roster.application(wanted.session, wanted.instance_id)
    _expect_day(wanted, "confirmed_on", application)
    lock_persons(wanted.session, [application.person_id])
    mine = (CERTIFICATE.c.instance_id == wanted.instance_id, CERTIFICATE.c.state == "valid")
    old = wanted.session.execute(select(CERTIFICATE).where(*mine).with_for_update()).first()
    if old is None:
        raise Conflict("correction.moved_on")
    certifying.reissue(wanted, application, old)
    confirmed = date.fromisoformat(wanted.values["confirmed_on"])
    roster.mark(wanted.session, wanted.instance_id, decided_on=confirmed)
    told = [Told("correction.did.certificate", {"number": old.number})]
    if not wanted.changes("subject"):
        return Carried(told)
    roster.mark(wanted.session, wanted.instance_id, subject=wanted.values["subject"])
    return _published(wanted, told)


def failures(session: Session, instance_id: str) -> Sequence[Item]:
    """A failed application whose case has ended; before that it is decided by its own steps."""
    row = _application(session, instance_id)
    if row is None or row.result != "failed" or row.case_state in UNDER_WAY:
        return []
    values = {"result": "failed", "confirmed_on": None, "document": None, "appoint": None}
    return [Item("", f"{row.name} · {row.target}", RESULT, values, frozenset({row.person_id}))]


@correctable("title.result", "title", "评审结果", "Result of the evaluation", RESULT, failures)
def grant(wanted: Correcting) -> Carried:
    """Who had passed gets title and certificate, and the post if it is asked for and free.

    What bars a title is asked again. Conflict("title.barred.…"), Conflict("ledger.full" | "ledger.others_wait").
    """
    if wanted.values["result"] != "passed":
        raise Invalid("correction.invalid", faults=(Fault("values.result", "correction.still_failed"),))
    application = roster.application(wanted.session, wanted.instance_id)
    _expect_day(wanted, "confirmed_on", application)
    _expect_latest(wanted, application)
    call = wanted.call(_confirmation(wanted.values))
    operations_result.certify(call)
    told = [Told("correction.did.granted", {"level": application.target})]
    if wanted.values["appoint"] == "yes":
        told.append(_appointed(wanted, application, call))
    return _published(wanted, told)


def appointments(session: Session, instance_id: str) -> Sequence[Item]:
    """The appointment by this application, while it is the person's present one; or, without one, that it be made."""
    row = _application(session, instance_id)
    if row is None or row.result != "passed":
        return []
    job = open_appointment_of(session, row.person_id)
    if row.appointed_on is None:
        ended = row.case_state not in UNDER_WAY
        values: dict[str, Any] = {"appointed_on": None, "grade": None}
        return [Item("", f"{row.name} · {row.target}", POST[:1], values, frozenset({row.person_id}))] if ended else []
    if job is None or job.instance_id != instance_id:
        return []
    values = {"appointed_on": row.appointed_on.isoformat(), "grade": job.grade}
    return [Item("", f"{row.name} · {row.target}", POST, values, frozenset({row.person_id}))]


@correctable("title.appointment", "title", "聘任", "Appointment", POST, appointments)
def reappoint(wanted: Correcting) -> Carried:
    """The appointment begins on another day or with another grade; who was left without one is appointed now."""
    session, on = wanted.session, date.fromisoformat(wanted.values["appointed_on"])
    application = roster.application(session, wanted.instance_id)
    _expect_day(wanted, "appointed_on", application)
    if application.appointed_on is None:
        known = {"confirmed_on": wanted.values["appointed_on"], "confirmation_document": wanted.document}
        return Carried([_appointed(wanted, application, wanted.call(known))])
    lock_persons(session, [application.person_id])
    job = open_appointment_of(session, application.person_id)
    band, title = (job.band, job.title) if job else (None, None)
    undoing.strike(session, Ground(wanted.instance_id, wanted.document, wanted.by, wanted.now))
    changes = {"title": title, "band": band, "grade": wanted.values.get("grade")}
    call = wanted.call({"confirmation_document": wanted.document})
    posts.reappoint(call, application, on, changes)
    roster.mark(session, wanted.instance_id, appointed_on=on)
    return Carried([Told("correction.did.reappointed", {"on": on.isoformat()})])


def _appointed(wanted: Correcting, application: Any, call: Any) -> Told:
    """Appointed as an operation would; where it would only wait, the account or the reason stands against it."""
    found: Mapping[str, Any] = (operations_result.appoint(call) or {})["appointment"]
    if found["state"] != "waiting":
        return Told(f"correction.did.{found['state']}", {"on": found["on"]})
    if found["reason"] == "file":
        raise Conflict("personnel.ask_hr")
    job = open_appointment_of(wanted.session, application.person_id)
    school, band = (job.organisation_id if job else application.organisation_id), band_of(application.target)
    account_id = posts.account(call, school, band)
    account = posting.lock(wanted.session, wanted.cause(), [account_id])[account_id]
    waiting = queueing.waiting(wanted.session, [school], day_of(wanted.now))[school, band]
    if found["reason"] == "queue" and waiting:
        raise Conflict("ledger.others_wait", band=band, waiting=waiting)
    raise ledger.refused(Full(account_id, school, "post", band, False, 1, account.figures.free))


def _confirmation(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"confirmed_on": values["confirmed_on"], "confirmation_document": values["document"]}


def _expect_latest(wanted: Correcting, application: Row[Any]) -> None:
    """Conflict("correction.built_on") where a later application for the same title was begun: that one decides."""
    mine = (APPLICATION.c.person_id == application.person_id, APPLICATION.c.target == application.target)
    later = select(APPLICATION.c.applied_at).where(*mine, APPLICATION.c.applied_at > application.applied_at)
    found = wanted.session.scalar(later.order_by(APPLICATION.c.applied_at))
    if found is not None:
        raise Conflict("correction.built_on", since=day_of(found).isoformat())


def _expect_day(wanted: Correcting, name: str, application: Row[Any]) -> None:
    """Not before the application, not ahead."""
    day, first = date.fromisoformat(wanted.values[name]), day_of(application.applied_at)
    if not first <= day <= day_of(wanted.now):
        told = {"first": first.isoformat()}
        raise Invalid("correction.invalid", faults=(Fault(f"values.{name}", "title.day", params=told),))


def _published(wanted: Correcting, told: Sequence[Told]) -> Carried:
    """The list of who is to have which title is published again."""
    days = int(county(wanted.session, day_of(wanted.now))["title_publicity_workdays"])
    periods.again(wanted.session, wanted, "title", wanted.instance_id, days)
    return Carried(told, published=True)
