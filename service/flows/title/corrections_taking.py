"""Titles that a wrong result granted, or took: taken back, or given again, by a correction (policy §3.T 8, §5).

A fraud is no wrong result: it is revoked by a case with a hearing and recorded. So is a title on which something else
was built since.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.corrections.declaring import Carried, Correcting, Field, Item, Told, correctable, elsewhere
from service.flows.corrections.queries import corrected
from service.flows.title import certifying, roster
from service.flows.title.certifying import REPLACED
from service.flows.title.roster import APPLICATION, CERTIFICATE
from service.people import undoing
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.undoing import Ground
from service.posts import lending
from service.posts import undoing as posts
from service.records import writing
from service.records.reading import RECORD
from service.records.rules import Entry
from workflows import store

FAILED, PASSED, REVOKED = "failed", "passed", "revoked"
GRANTED = (
    Field("result", "choice", "评审结果", "Result", ((PASSED, "通过", "passed"), (FAILED, "未通过", "not passed"))),
    Field("heard_on", "day", "听取本人陈述的日期", "Day on which the holder was heard", required=False),
)
OUTCOMES = ((REVOKED, "撤销职称", "revoked"), (PASSED, "不撤销，职称恢复", "not revoked, the title is given back"))
GROUNDS = (
    ("fraud", "弄虚作假（三年内不得申报）", "fraud, a bar for three years"),
    ("correction", "结果有误", "wrong result"),
)
REVOCATION = (
    Field("outcome", "choice", "处理结果", "Result", OUTCOMES),
    Field("ground", "choice", "事由", "Ground", GROUNDS),
    Field("revocation_document", "text", "决定文号", "Document"),
)

elsewhere("title", "title_revocation")


def granted(session: Session, instance_id: str) -> Sequence[Item]:
    """A title that stands."""
    found = select(APPLICATION, PERSON.c.name).join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    row = session.execute(found.where(APPLICATION.c.instance_id == instance_id)).first()
    if row is None or row.result != PASSED:
        return []
    values = {"result": PASSED, "heard_on": None}
    return [Item("", f"{row.name} · {row.target}", GRANTED, values, frozenset({row.person_id}))]


@correctable("title.granted", "title", "误授职称", "Title granted by a wrong result", GRANTED, granted)
def take(wanted: Correcting) -> Carried:
    """Title, certificate and appointment are taken back, no fraud is recorded; whoever still waits for a post does not.

    Invalid("correction.invalid") without the day of the hearing, Conflict("title.revoke_instead") where something else
    was built on it, Conflict("correction.moved_on") where it is no title any more, Conflict("ledger.full") with the
    account of the former band.
    """
    application, today = roster.application(wanted.session, wanted.instance_id), day_of(wanted.now).isoformat()
    heard, first = wanted.values["heard_on"], day_of(application.applied_at).isoformat()
    if wanted.values["result"] != FAILED or not heard or not first <= heard <= today:
        where, code = (
            ("result", "correction.same") if wanted.values["result"] != FAILED else ("heard_on", "title.heard")
        )
        raise Invalid("correction.invalid", faults=(Fault(f"values.{where}", code),))
    session = wanted.session
    lock_persons(session, [application.person_id])
    if roster.application(session, wanted.instance_id).result != PASSED:
        raise Conflict("correction.moved_on")
    _as_before(wanted, application.person_id)
    allowed = posts.undo(session, wanted.cause(".undo"))
    known = select(CERTIFICATE).where(CERTIFICATE.c.instance_id == wanted.instance_id, CERTIFICATE.c.state == "valid")
    certificate = session.execute(known.with_for_update()).first()
    call = wanted.call({"revocation_document": wanted.document, "revoked_on": today})
    certifying.revoke(call, application, certificate, fraud=False)
    gone: dict[str, Any] = dict.fromkeys(("waiting_since", "post_called_at", "appointed_on"))
    roster.mark(session, wanted.instance_id, result=FAILED, **gone)
    roster.close(session, wanted.instance_id, application.person_id, f"更正：{wanted.document}", wanted.now)
    posts.expect_within(session, wanted.cause(".rest"), allowed)
    return Carried([Told("correction.did.title_taken", {"level": application.target})])


def _as_before(wanted: Correcting, person_id: str) -> None:
    """Loans and appointments are as before the case; Conflict("title.revoke_instead") where one was followed."""
    lending.undo(wanted.session, wanted.cause(".undo"))
    try:
        undoing.strike(wanted.session, Ground(wanted.instance_id, wanted.document, wanted.by, wanted.now), person_id)
    except Conflict as refused:
        raise Conflict("title.revoke_instead", **refused.params) from refused


def revoked(session: Session, instance_id: str) -> Sequence[Item]:
    """A revocation that was carried out, and the title that it took."""
    held = store.read(session, instance_id)
    if held.state != "completed" or not held.variables.get("certificate_of"):
        return []
    found = select(APPLICATION, PERSON.c.name).join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
    row = session.execute(found.where(APPLICATION.c.instance_id == held.variables["certificate_of"])).one()
    values = {name: held.variables[name] for name in ("ground", "revocation_document")} | {"outcome": REVOKED}
    values |= corrected(session, instance_id, "title.revocation", "")
    if (row.result == REVOKED) != (values["outcome"] == REVOKED):
        return []
    return [Item("", f"{row.name} · {row.target}", REVOCATION, values, frozenset({row.person_id}))]


@correctable("title.revocation", "title_revocation", "撤销职称", "Revocation of a title", REVOCATION, revoked)
def revoke_anew(wanted: Correcting) -> Carried:
    """What the revocation did is taken back; where it stands, it is written down with the right ground and document.

    Conflict("correction.built_on") where something else has followed the appointment that it left,
    Conflict("correction.moved_on") where the title is not revoked any more.
    """
    session, before, after = wanted.session, wanted.item.values, wanted.values
    if before["outcome"] != REVOKED:
        raise Conflict("title.revoke_again")
    application = roster.application(session, wanted.variables["certificate_of"])
    store.lock(session, application.instance_id)
    lock_persons(session, [application.person_id])
    if roster.application(session, application.instance_id).result != REVOKED:
        raise Conflict("correction.moved_on")
    certificate = _certificate(session, application.instance_id)
    _fraud_voided(wanted)
    if after["outcome"] == REVOKED:
        return _stands(wanted, application, certificate)
    lending.undo(session, wanted.cause(".undo"))
    undoing.strike(session, Ground(wanted.instance_id, wanted.document, wanted.by, wanted.now), application.person_id)
    allowed = posts.undo(session, wanted.cause(".undo"))
    told = [Told("correction.did.title_back", {"level": application.target})]
    if certificate is None:
        roster.mark(session, application.instance_id, result=None, decided_on=None, revoked_on=None)
    else:
        number = certifying.renew(wanted, application, certificate)
        roster.mark(session, application.instance_id, result=PASSED, revoked_on=None)
        told.append(Told("correction.did.certificate", {"number": number}))
    posts.expect_within(session, wanted.cause(".rest"), allowed)
    return Carried(told, cases=[application.instance_id])


def _certificate(session: Session, instance_id: str) -> Row[Any] | None:
    mine = (CERTIFICATE.c.instance_id == instance_id, CERTIFICATE.c.state != REPLACED)
    return session.execute(select(CERTIFICATE).where(*mine).with_for_update()).first()


def _fraud_voided(wanted: Correcting) -> None:
    mine = (RECORD.c.instance_id == wanted.instance_id, RECORD.c.kind == "fraud", RECORD.c.voided_at.is_(None))
    for record_id in wanted.session.scalars(select(RECORD.c.id).where(*mine)).all():
        writing.void(wanted.session, record_id, f"更正：{wanted.document}"[:200], by=wanted.by, now=wanted.now)


def _stands(wanted: Correcting, application: Any, certificate: Row[Any] | None) -> Carried:
    """The title is taken all the same: by another ground or document, with a fraud on record or without."""
    values: Mapping[str, Any] = wanted.values
    on, document = date.fromisoformat(wanted.variables["revoked_on"]), values["revocation_document"]
    void = on if values["ground"] == "fraud" else application.decided_on
    roster.mark(wanted.session, application.instance_id, revoked_on=void)
    if values["ground"] == "fraud":
        entry = Entry("fraud", on, document=document, instance_id=wanted.instance_id)
        writing.add(wanted.session, application.person_id, entry, by=wanted.by, now=wanted.now)
    if certificate is not None:
        changed = {"revoked_because": values["ground"], "revoked_by_document": document}
        wanted.session.execute(update(CERTIFICATE).where(CERTIFICATE.c.id == certificate.id).values(changed))
        certifying.tell_revoked(wanted.call({}), certificate, changed, on)
    return Carried([Told(f"correction.did.revoked_{values['ground']}")])
