"""Electronic certificates: issued with a number and the hash of the event that records the grant; revoked for fraud."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.audit import chain
from service.audit.chain import NewEvent
from service.errors import Fault, Invalid
from service.flows.acting import actor_of
from service.flows.corrections.declaring import Correcting
from service.flows.title.roster import BATCH, CERTIFICATE
from service.people.locking import lock_persons
from service.records import writing
from service.records.reading import RECORD
from service.records.rules import Entry
from workflows.base import new_id
from workflows.surroundings import Call

GRANTED, REISSUED, REVOKED = "title.granted", "title.reissued", "title.revoked"
REPLACED = "replaced"
"""The state of a certificate in whose place another one was issued."""
UNREVOKED = ("revoked_on", "revoked_by_document", "revoked_because")
DIGITS = 32
"""Hexadecimal digits of the hash on paper: 128 bits."""


def issue(call: Call, application: Any) -> dict[str, Any]:
    """Write record, event and certificate of a grant; {number, code}.

    The person is locked, then the batch: numbers have no gaps.
    """
    lock_persons(call.session, [application.person_id])
    session, confirmed = call.session, _day(call, "confirmed_on", day_of(application.applied_at))
    document, year = call.variables["confirmation_document"], _year(session, application)
    standing = (CERTIFICATE.c.instance_id == call.instance_id, CERTIFICATE.c.state != REPLACED)
    earlier = session.execute(select(CERTIFICATE).where(*standing)).first()
    again = earlier is not None and application.result == "failed"
    if earlier is not None and not again:
        return {"number": earlier.number, "code": earlier.code}
    if earlier is not None:
        session.execute(update(CERTIFICATE).where(CERTIFICATE.c.id == earlier.id).values(state=REPLACED))
    entry = Entry("title", confirmed, value=application.target, document=document, instance_id=call.instance_id)
    writing.add(session, application.person_id, entry, by=actor_of(call), now=call.now)
    number = f"{year}{_next(call, year):06d}"
    code = _record(call, application, GRANTED, {"number": number, "level": application.target, "document": document})
    row = {
        "id": new_id(), "number": number, "code": code, "instance_id": call.instance_id, "level": application.target,
        "person_id": application.person_id, "organisation_id": application.organisation_id,
        "subject": application.subject, "confirmed_on": confirmed, "document": document, "issued_at": call.now,
        "state": "valid", **dict.fromkeys(UNREVOKED), "replaces_id": earlier.id if earlier is not None else None,
    }  # fmt: skip
    session.execute(insert(CERTIFICATE), row)
    return {"number": number, "code": code}


def reissue(wanted: Correcting, application: Any, old: Any) -> None:
    """A certificate with corrected details under a number of its own; the old one is replaced and stays (§5)."""
    session, values = wanted.session, wanted.values
    call, confirmed = wanted.call({}), date.fromisoformat(values["confirmed_on"])
    number = f"{(year := _year(session, application))}{_next(call, year):06d}"
    record_id = _title_record(call, old)
    if record_id is not None:
        entry = Entry("title", confirmed, value=old.level, document=values["document"])
        writing.correct(session, record_id, entry, f"更正：{wanted.document}", by=wanted.by, now=wanted.now)
    told = {"number": number, "replaces": old.number, "level": old.level, "document": values["document"]}
    code = _record(call, old, REISSUED, told)
    session.execute(update(CERTIFICATE).where(CERTIFICATE.c.id == old.id).values(state=REPLACED))
    row = {
        **old._mapping, "id": new_id(), "number": number, "code": code, "subject": values["subject"],
        "confirmed_on": confirmed, "document": values["document"], "issued_at": wanted.now, "replaces_id": old.id,
    }  # fmt: skip
    session.execute(insert(CERTIFICATE), row)


def renew(wanted: Correcting, application: Any, old: Any) -> str:
    """A title that was revoked wrongly stands again, in file and by a certificate in place of the void one; its number.

    The void one stays and is `replaced`.
    """
    session, by = wanted.session, wanted.by
    entry = Entry("title", old.confirmed_on, value=old.level, document=old.document, instance_id=old.instance_id)
    writing.add(session, application.person_id, entry, by=by, now=wanted.now)
    call, number = wanted.call({}), f"{(year := _year(session, application))}{_next(wanted.call({}), year):06d}"
    told = {"number": number, "replaces": old.number, "level": old.level, "document": wanted.document}
    code = _record(call, old, REISSUED, told)
    session.execute(update(CERTIFICATE).where(CERTIFICATE.c.id == old.id).values(state=REPLACED))
    fresh = {"id": new_id(), "number": number, "code": code, "issued_at": wanted.now, "state": "valid"}
    row = {**old._mapping, **dict.fromkeys(UNREVOKED), **fresh, "replaces_id": old.id}
    session.execute(insert(CERTIFICATE), row)
    return number


def _year(session: Session, application: Any) -> int:
    """The year whose numbers are given; its batch is locked, so that they have no gaps."""
    of_year = select(BATCH.c.year).where(BATCH.c.id == application.batch_id)
    year: int = session.execute(of_year.with_for_update()).scalar_one()
    return year


def _next(call: Call, year: int) -> int:
    last = call.session.scalar(select(func.max(CERTIFICATE.c.number)).where(CERTIFICATE.c.number.startswith(str(year))))
    return int(last[4:]) + 1 if last else 1


def _day(call: Call, name: str, first: date) -> date:
    """The day of a paper; Invalid("title.day") before `first` or after today."""
    day, today = date.fromisoformat(call.variables[name]), day_of(call.now)
    if not first <= day <= today:
        told = {"first": first.isoformat()}
        raise Invalid("title.day", faults=(Fault(f"values.{name}", "title.day", params=told),), **told)
    return day


def revoke(call: Call, application: Any, certificate: Any | None, *, fraud: bool) -> None:
    """A certificate is void from that day and its title taken back; a fraud is on record (policy §3.T 8)."""
    session, by, document = call.session, actor_of(call), str(call.variables["revocation_document"])
    asked = day_of(application.applied_at)
    on = _day(call, "revoked_on", asked if certificate is None else certificate.confirmed_on)
    if fraud:
        entry = Entry("fraud", on, document=document, instance_id=call.instance_id)
        writing.add(session, application.person_id, entry, by=by, now=call.now)
    if certificate is None:
        return
    record_id = _title_record(call, certificate)
    if record_id is not None:
        writing.void(session, record_id, document, by=by, now=call.now)
    why = {"revoked_by_document": document, "revoked_because": "fraud" if fraud else "correction"}
    tell_revoked(call, certificate, why, on)
    gone = {"state": "revoked", "revoked_on": on, **why}
    session.execute(update(CERTIFICATE).where(CERTIFICATE.c.id == certificate.id).values(gone))


def tell_revoked(call: Call, certificate: Any, why: Mapping[str, str], on: date) -> None:
    """The person's stream tells by what document and on what ground a certificate is void."""
    told = {"document": why["revoked_by_document"], "because": why["revoked_because"]}
    _record(call, certificate, REVOKED, {"number": certificate.number, "on": on.isoformat(), **told})


def _title_record(call: Call, certificate: Any) -> str | None:
    mine = (RECORD.c.instance_id == certificate.instance_id, RECORD.c.kind == "title", RECORD.c.voided_at.is_(None))
    return call.session.scalar(select(RECORD.c.id).where(*mine))


def _record(call: Call, about: Any, kind: str, body: dict[str, Any]) -> str:
    """Tell the person's stream; the hash of that event, as far as it stands on paper."""
    told = {**body, "case": call.instance_id, "day": day_of(call.now).isoformat()}
    event = NewEvent(kind, actor_of(call), element_id=call.element_id, body=told)
    head = chain.append(call.session, f"person:{about.person_id}", [event], at=call.now)
    return head.hash.hex()[:DIGITS]
