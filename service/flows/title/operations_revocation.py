"""Operations of a revocation: whose title, void for fraud or by a correction, the appointment undone (§3.T 8, §5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, column, select, table
from sqlalchemy.orm import Session

from service.errors import Conflict, Fault, Invalid
from service.flows.declaring import interest, operation
from service.flows.title import certifying, posts, roster
from service.flows.title.certifying import REPLACED
from service.flows.title.roster import APPLICATION, CERTIFICATE, INSTANCE
from service.people import members
from service.people.locking import lock_persons
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
CASE = table("process_case", column("instance_id"), column("business_key"))
CORRECTION = "correction"
IS_HOLDER, RELATED = "title.is_holder", "title.related_to_holder"


@interest("title_revocation")
def interested(session: Session, instance_id: str, person_id: str) -> str | None:
    """Whoever holds the certificate, or a relative, does not decide about it."""
    variables = session.scalar(select(INSTANCE.c.variables).where(INSTANCE.c.id == instance_id)) or {}
    holder = variables.get("holder")
    if holder == person_id:
        return IS_HOLDER
    return RELATED if holder and members.related_among(person_id, [holder]) else None


@operation(
    "title.find_certificate",
    "查找申报和证书",
    "Find application and certificate",
    reads=("ground", "certificate_number", "application_number"),
    writes=("holder", "certificate_of", "revoked_level"),
)
def find_certificate(call: Call) -> Result:
    """Whose title it is, by the number of the certificate or, before there is one, of the application's case.

    Fraud may be found before a certificate exists; a correction (更正) needs one: before it the application itself can
    still be decided. Invalid("title.number_needed" | "title.no_certificate" | "title.no_application" |
    "title.nothing_to_correct"), Conflict("title.revoked_already").
    """
    application, certificate = _concerned(call)
    if certificate is None and call.variables["ground"] == CORRECTION:
        raise Invalid("title.nothing_to_correct", faults=(Fault("values.ground", "title.nothing_to_correct"),))
    known = {"holder": application.person_id, "certificate_of": application.instance_id}
    return {**known, "revoked_level": application.target}


def _concerned(call: Call) -> tuple[Row[Any], Row[Any] | None]:
    """The application and its certificate, locked, if there is one by now."""
    certificate = _certificate(call)
    instance_id = _numbered(call) if certificate is None else certificate.instance_id
    if certificate is None:
        issued = select(CERTIFICATE).where(CERTIFICATE.c.instance_id == instance_id, CERTIFICATE.c.state != REPLACED)
        certificate = call.session.execute(issued.with_for_update()).first()
    application = roster.application(call.session, instance_id)
    if application.result == "revoked":
        told = certificate.number if certificate is not None else str(call.variables["application_number"])
        raise Conflict("title.revoked_already", number=told)
    return application, certificate


def _certificate(call: Call) -> Row[Any] | None:
    number = str(call.variables.get("certificate_number") or "").strip()
    if not number:
        return None
    found = call.session.execute(select(CERTIFICATE).where(CERTIFICATE.c.number == number).with_for_update()).first()
    if found is not None and found.state == REPLACED:
        standing = (CERTIFICATE.c.instance_id == found.instance_id, CERTIFICATE.c.state != REPLACED)
        return call.session.execute(select(CERTIFICATE).where(*standing).with_for_update()).one()
    if found is None:
        raise Invalid("title.no_certificate", faults=(Fault("values.certificate_number", "title.no_certificate"),))
    return found


def _numbered(call: Call) -> str:
    """The application with the number of a case."""
    number = str(call.variables.get("application_number") or "").strip()
    if not number:
        raise Invalid("title.number_needed", faults=(Fault("values.certificate_number", "title.number_needed"),))
    joined = select(APPLICATION.c.instance_id).join(CASE, CASE.c.instance_id == APPLICATION.c.instance_id)
    found: str | None = call.session.scalar(joined.where(CASE.c.business_key == number))
    if found is None:
        raise Invalid("title.no_application", faults=(Fault("values.application_number", "title.no_application"),))
    return found


@operation(
    "title.revoke",
    "撤销职称",
    "Revoke the title",
    reads=("ground", "holder", "certificate_number", "application_number", "revocation_document", "revoked_on"),
)
def revoke(call: Call) -> Result:
    """A certificate is void and its title taken back; a fraud is on record, a correction is none (policy §3.T 8, §5).

    What is still under way of the application ends: whoever waits for a post waits no more, and holds nothing. The
    person is locked before the certificate, as everywhere.
    """
    lock_persons(call.session, [call.variables["holder"]])
    application, certificate = _concerned(call)
    fraud = call.variables["ground"] != CORRECTION
    certifying.revoke(call, application, certificate, fraud=fraud)
    on = date.fromisoformat(call.variables["revoked_on"])
    decided = application.decided_on or on
    days = {"decided_on": decided, "revoked_on": on if fraud else decided}
    roster.mark(call.session, application.instance_id, result="revoked", waiting_since=None, **days)
    roster.close(call.session, application.instance_id, application.person_id, "职称已撤销", call.now)
    return None


@operation(
    "title.undo_appointment",
    "撤销聘任",
    "Undo the appointment",
    headers={"without_post": ("false", "true")},
    reads=("certificate_of", "revoked_on", "revocation_document"),
    writes=("undone",),
)
def undo_appointment(call: Call) -> Result:
    """Back into the band that is left: `undone.state` is undone | none | full | without_post.

    `full`: that band has no free post; with `without_post=true` the person is then left without one for now.
    """
    application = roster.application(call.session, call.variables["certificate_of"])
    on = date.fromisoformat(call.variables["revoked_on"])
    without = call.headers.get("without_post") == "true"
    return {"undone": {"state": posts.step_down(call, application, on, without_post=without)}}
