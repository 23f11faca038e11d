"""Operations behind the committee: publicity, certificate, appointment or the queue, and what a failed vote leaves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.access.days import day_of
from service.errors import Conflict
from service.flows.declaring import operation
from service.flows.title import certifying, claims, evidence, posts, roster, rules
from service.people.regrading import open_appointment
from service.posts.sitting import sittings
from service.records.queries import facts_of
from workflows.surroundings import Call

Result = Mapping[str, Any] | None


@operation("title.not_passed", "登记未通过", "Record that the title was not granted")
def not_passed(call: Call) -> Result:
    """The post stays held until the review is over: a review may reopen the case."""
    roster.mark(call.session, call.instance_id, result="failed", decided_on=day_of(call.now))
    return None


@operation(
    "title.certify",
    "颁发电子证书",
    "Grant the title and issue the certificate",
    reads=("confirmation_document", "confirmed_on"),
    writes=("certificate",),
)
def certify(call: Call) -> Result:
    """The title stands in the records from the day of its confirmation, and a certificate says so.

    What bars a title may have come since the application: the tables are asked again (policy §3.T 1), and nothing is
    kept of it. Conflict("title.barred.<reason>" | "title.barred.not_higher"): the step stays with who confirms.
    """
    application = roster.application(call.session, call.instance_id)
    today = day_of(call.now)
    facts = facts_of(call.session, [application.person_id], today)[application.person_id]
    if not rules.is_higher(application.target, facts.title):
        raise Conflict("title.barred.not_higher", title=facts.title)
    found = evidence.judged(call, facts, application.target, today)
    reason = found["reason"]
    if found["result"] in ("not_eligible", "suspended") and reason in rules.FINAL:
        raise Conflict(f"title.barred.{reason}")
    made = certifying.issue(call, application)
    confirmed = date.fromisoformat(call.variables["confirmed_on"])
    roster.mark(call.session, call.instance_id, result="passed", decided_on=confirmed)
    return {"certificate": made}


@operation(
    "title.appoint",
    "聘任",
    "Appoint where a post is free, else wait for one",
    reads=("post", "confirmed_on"),
    writes=("appointment",),
    ledger="settles",
)
def appoint(call: Call) -> Result:
    """`appointment.state`: appointed | waiting | titled (titles go without posts) | gone (has no post any more).

    Waiting has its reason: no post is free (`full`), others are before (`queue`), or the file blocks a higher post
    (`file`: a sanction in force, an ethics case; which one the readers of a case do not learn, policy §3.T 1, §7).
    Who works at another school by now keeps the pass and waits there, from now on.
    """
    application = roster.application(call.session, call.instance_id)
    job = open_appointment(call.session, application.person_id)
    if job is None or application.result == "revoked":
        return _settled(call, "gone")
    if call.variables["post"]["rule"] == "none":
        return _settled(call, "titled")
    if job.organisation_id != application.organisation_id:
        application = _follow(call, application, job.organisation_id)
    facts = facts_of(call.session, [application.person_id], day_of(call.now))[application.person_id]
    needs = claims.needs_post(application, sittings(call.session, [application.person_id])[application.person_id])
    if not needs and not rules.is_higher_post(application.target, job.band, job.grade):
        return _appointed(call, application, job)
    if claims.is_barred(facts):
        return _waiting(call, application, "file")
    if not needs:
        return _appointed(call, application, job)
    if not claims.holding(call.session, [call.instance_id]) and roster.ahead(call.session, application):
        return _waiting(call, application, "queue")
    if not posts.take(call, application):
        return _waiting(call, application, "full")
    return _appointed(call, application, job)


def _follow(call: Call, application: Any, organisation_id: str) -> Any:
    """The pass goes with its holder to another school: nothing is held at the old one, and the place is the last."""
    posts.follow(call, application, organisation_id)
    at = {"organisation_id": organisation_id, "waiting_since": call.now, "post_called_at": None}
    roster.mark(call.session, call.instance_id, **at)
    return roster.application(call.session, call.instance_id)


def _settled(call: Call, state: str) -> Result:
    roster.mark(call.session, call.instance_id, waiting_since=None)
    return {"appointment": {"state": state, "on": None, "reason": None}}


def _waiting(call: Call, application: Any, reason: str) -> Result:
    """It keeps its place: a call that comes to nothing changes nothing."""
    since = application.waiting_since or call.now
    roster.mark(call.session, call.instance_id, waiting_since=since, post_called_at=None)
    return {"appointment": {"state": "waiting", "on": None, "reason": reason}}


def _appointed(call: Call, application: Any, job: Any) -> Result:
    """From the day of the confirmation; from today for who had to wait."""
    confirmed = date.fromisoformat(call.variables["confirmed_on"])
    first = day_of(call.now) if application.waiting_since else confirmed
    on = posts.regrade_up(call, application, job, first)
    roster.mark(call.session, call.instance_id, waiting_since=None, appointed_on=on)
    return {"appointment": {"state": "appointed", "on": on.isoformat(), "reason": None}}
