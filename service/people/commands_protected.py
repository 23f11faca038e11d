"""Commands of protected fields: unmask one for a reason, write all anew under the newest key."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.fields import write_anew
from service.access.rotating import CHUNK, Rotated, tell
from service.db import transaction
from service.errors import Fault, Invalid
from service.people import persons, recording
from service.people.members import PERSON
from service.people.persons import FIELDS, ID_NUMBER, PHONE


@dataclass(frozen=True)
class Unmask:
    """`field` is id_number or phone; the reason goes into the chain."""

    person_id: str
    field: str
    reason: str


@dataclass(frozen=True)
class RotateKeys:
    """Go on after person id `after`; `limit` persons a call keep the transaction short."""

    after: str = ""
    limit: int = CHUNK


def unmask(actor: Actor, command: Unmask, *, now: datetime) -> str | None:
    """The plain value, None when it is unknown; every call is an event of the person (policy.md §7).

    Invalid("unmask.invalid") for another field or without a reason.
    """
    faults = [] if command.field in FIELDS else [Fault("field", "unmask.field", params={"field": command.field})]
    if not command.reason.strip():
        faults.append(Fault("reason", "unmask.reason"))
    if faults:
        raise Invalid("unmask.invalid", faults=tuple(faults))
    with transaction() as session:
        facts = persons.lock(session, command.person_id, day_of(now))
        policy.require(actor, "person.unmask", facts)
        body = {"field": command.field, "reason": command.reason.strip()[:500]}
        recording.person_event(session, facts.id, "person.unmasked", actor.account_id, now, body)
        sealed = getattr(facts.row, command.field)
        return None if sealed is None else FIELDS[command.field].unseal(facts.id, sealed)


def rotate_keys(actor: Actor, command: RotateKeys, *, now: datetime) -> Rotated:
    """Encrypt and index one chunk of persons under the newest of LECTERN_FIELD_KEYS; call until `last` is None.

    An old key may be taken out of the ring when a whole run has ended and nothing else was encrypted with it.
    """
    protected = or_(PERSON.c.id_number.is_not(None), PERSON.c.phone.is_not(None))
    chunk = select(PERSON.c.id, PERSON.c.id_number, PERSON.c.phone).where(PERSON.c.id > command.after, protected)
    with transaction() as session:
        policy.require(actor, "person.rotate_keys")
        rows = session.execute(chunk.order_by(PERSON.c.id).limit(command.limit).with_for_update(key_share=True)).all()
        written = sum(write_anew(session, PERSON, (ID_NUMBER, PHONE), row) for row in rows)
        tell(session, actor, "person.keys_rotated", written, now)
    return Rotated(written, rows[-1].id if len(rows) == command.limit else None)
