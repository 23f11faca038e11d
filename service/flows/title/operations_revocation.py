"""Operations of a revocation: which certificate, void for fraud, the appointment undone (policy §3.T 8)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.errors import Conflict, Fault, Invalid
from service.flows.declaring import interest, operation
from service.flows.title import certifying, posts, roster
from service.flows.title.roster import CERTIFICATE, INSTANCE
from service.people import members
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
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
    "查找证书",
    "Find the certificate",
    reads=("certificate_number",),
    writes=("holder", "certificate_of", "revoked_level"),
)
def find_certificate(call: Call) -> Result:
    """Whose certificate it is. Invalid("title.no_certificate"), Conflict("title.revoked_already")."""
    found = _certificate(call)
    return {"holder": found.person_id, "certificate_of": found.instance_id, "revoked_level": found.level}


def _certificate(call: Call) -> Row[Any]:
    number = str(call.variables["certificate_number"]).strip()
    found = call.session.execute(select(CERTIFICATE).where(CERTIFICATE.c.number == number).with_for_update()).first()
    if found is None:
        raise Invalid("title.no_certificate", faults=(Fault("values.certificate_number", "title.no_certificate"),))
    if found.state == "revoked":
        raise Conflict("title.revoked_already", number=number)
    return found


@operation(
    "title.revoke",
    "撤销职称",
    "Revoke the title",
    reads=("certificate_number", "revocation_document", "revoked_on"),
)
def revoke(call: Call) -> Result:
    """The certificate is void, the title is taken back, the fraud is on record; who waits for a post waits no more."""
    found, variables = _certificate(call), call.variables
    certifying.revoke(call, found, variables["revocation_document"])
    roster.mark(call.session, found.instance_id, result="revoked", waiting_since=None)
    roster.close(call.session, found.instance_id, found.person_id, "职称已撤销", call.now)
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
