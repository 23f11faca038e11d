"""What a change does on its day besides the ledger: appointment, roles, account, records, words to other cases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from service.access import absences, accounts
from service.access.standing import ROLE, in_force
from service.flows.personnel import ledgering, rules
from service.flows.personnel.change import CHANGE, Change
from service.notices import outbox
from service.notices.outbox import LEFT, Message
from service.people import recording, staff
from service.people.members import PERSON
from service.people.regrading import regrade
from service.people.staff import NewPerson, Terms
from service.records import writing
from service.records.reading import RECORD
from service.records.rules import Entry

DEPARTURES = {"transfer_out": "transfer"}
AWAY = ("absence", "loan")


def carry_out(change: Change) -> str:
    """Carry the change out; the id of the person whom it is about."""
    return _CARRIED[change.kind.group if change.kind.group in ("in", "out") else change.values["kind"]](change)


def _in(change: Change) -> str:
    if change.values["kind"] == "conversion":
        ledgering.move(change)
        return _regraded(change)
    names = ("name", "id_number", "phone", "degree")
    given: dict[str, Any] = {name: change.values.get(name) for name in names}
    terms, now = _terms(change, change.school), change.call.now
    person_id = staff.take_on(change.call.session, NewPerson(**given), terms, by=change.by, now=now)
    ledgering.come(change)
    _file_title(change, person_id)
    return person_id


def _file_title(change: Change, person_id: str) -> None:
    """The title with which somebody comes stands in the file since the day of its certificate; without one, nothing."""
    values = change.values
    if values.get("title") and values.get("title_since"):
        entry = Entry("title", date.fromisoformat(values["title_since"]), value=values["title"])
        _record(change, entry, person_id)


def _out(change: Change) -> str:
    """The appointment ends with roles and account; records that last end, and the person's own cases are told."""
    session, person_id, now = change.call.session, _person(change), change.call.now
    ledgering.go(change)
    because = change.kind.zh
    staff.end_appointment(session, person_id, _row(change).id, change.on, because, by=change.by, now=now)
    accounts.leave(session, person_id, change.on, now)
    _end_absences(change, AWAY)
    value = DEPARTURES.get(change.values["kind"], change.values["kind"])
    _record(change, Entry("departure", change.on, value=value))
    left = Message(LEFT, f"person:{person_id}", {"person_id": person_id, "because": because})
    outbox.post(session, [left], now)
    return person_id


def _transfer(change: Change) -> str:
    session, person_id, now = change.call.session, _person(change), change.call.now
    ledgering.move(change)
    staff.end_appointment(session, person_id, _row(change).id, change.on, change.kind.zh, by=change.by, now=now)
    staff.appoint(session, person_id, _terms(change, change.values["to_school"]), by=change.by, now=now)
    return person_id


def _post(change: Change) -> str:
    ledgering.move(change)
    return _regraded(change)


def _assessed(change: Change) -> str:
    """The term assessment stands in the file, and the post follows from it (能上能下)."""
    _record(change, Entry("term_assessment", change.on, value=change.values["assessment"]))
    return _post(change)


def _rename(change: Change) -> str:
    session, person_id, now = change.call.session, _person(change), change.call.now
    old, new = change.values["name"].strip(), change.values["new_name"].strip()
    changed = {"name": new, "version": PERSON.c.version + 1}
    session.execute(update(PERSON).where(PERSON.c.id == person_id).values(changed))
    _record(change, Entry("former_name", change.on, value=old[:40]))
    body, names = {"fields": ["name"]}, {"old": {"name": old}, "new": {"name": new}}
    recording.person_event(session, person_id, "person.edited", change.by, now, body, names)
    return person_id


def _away(change: Change) -> str:
    """Away from the post: headcount and post stay, the holder's alternate stands for the roles meanwhile."""
    values = change.values
    value = values["reason"] if values["kind"] == "absence" else values["loan"]
    until = _day(values.get("until"))
    _record(change, Entry(values["kind"], change.on, until, value=value, organisation_id=values.get("to_school")))
    note_roles(change, away=change.on)
    return _person(change)


def _back(change: Change) -> str:
    _end_absences(change, (change.values["back_from"],))
    there_again(change)
    return _person(change)


def there_again(change: Change) -> None:
    """The roles are the person's own again, unless something else still says that the person is away."""
    if not _is_away(change):
        note_roles(change, away=None)


def _end_absences(change: Change, kinds: Sequence[str]) -> None:
    """End what says that the person is away in these ways, as personnel changes or HR have entered it.

    What another flow has entered (a loan of an exchange) is for that flow to end.
    """
    session = change.call.session
    lasting = select(RECORD.c.id).where(*_lasting(change, kinds), _own())
    for record_id in session.scalars(lasting.order_by(RECORD.c.id)).all():
        writing.end(session, record_id, change.on, document=change.document, by=change.by, now=change.call.now)


def was_away(change: Change) -> bool:
    """Whether who comes back is away in that way until the day of the return at least, as `_end_absences` knows it."""
    to_that_day = or_(RECORD.c.valid_until.is_(None), RECORD.c.valid_until >= change.on)
    mine = (*_away_since(change, (change.values["back_from"],)), to_that_day, _own())
    return change.call.session.scalar(select(RECORD.c.id).where(*mine).limit(1)) is not None


def _own() -> ColumnElement[bool]:
    return or_(RECORD.c.instance_id.is_(None), RECORD.c.instance_id.in_(select(CHANGE.c.instance_id)))


def _is_away(change: Change) -> bool:
    """Whether something else still says that the person is away."""
    return change.call.session.scalar(select(RECORD.c.id).where(*_lasting(change, AWAY)).limit(1)) is not None


def _lasting(change: Change, kinds: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (*_away_since(change, kinds), or_(RECORD.c.valid_until.is_(None), RECORD.c.valid_until > change.on))


def _away_since(change: Change, kinds: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    mine = (RECORD.c.person_id == _person(change), RECORD.c.kind.in_(kinds), RECORD.c.voided_at.is_(None))
    return (*mine, RECORD.c.valid_from <= change.on)


def note_roles(change: Change, *, away: date | None) -> None:
    """Note on the roles that the person holds on the day since when the holder is `away`, or that nobody is."""
    session, call = change.call.session, change.call
    held = select(ROLE).where(ROLE.c.person_id == _person(change), ROLE.c.kind == "holder", in_force(ROLE.c, change.on))
    for row in session.execute(held.order_by(ROLE.c.id).with_for_update()).all():
        until = _day(change.values.get("until")) if away else None
        absences.note(session, call.actor, row, away, until, call.now)


def _regraded(change: Change) -> str:
    """The appointment goes on under other terms; roles and account stay."""
    after = rules.terms_of(change.values, change.standing)
    given = {name: change.values[name] for name in ("title", "subject", "stage") if change.values.get(name)}
    person_id = _person(change)
    regrade(
        change.call.session, person_id, change.on, change.kind.zh, {**after, **given},
        instance_id=change.call.instance_id, by=change.by, document=change.document, now=change.call.now,
    )  # fmt: skip
    return person_id


def _terms(change: Change, place: str) -> Terms:
    """The terms of a new appointment; what is not filled in stays as it was."""
    before, values = change.row, change.values
    kept: dict[str, Any] = {
        name: values.get(name) or getattr(before, name, None) for name in ("subject", "stage", "title")
    }
    after = rules.terms_of(values, change.standing)
    return Terms(place, change.on, **after, **kept, document=change.document, instance_id=change.call.instance_id)


def _record(change: Change, entry: Entry, person_id: str | None = None) -> None:
    whole = replace(entry, document=change.document, instance_id=change.call.instance_id)
    writing.add(change.call.session, person_id or _person(change), whole, by=change.by, now=change.call.now)


def _person(change: Change) -> str:
    assert change.person_id is not None
    return change.person_id


def _row(change: Change) -> Any:
    return change.row


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_CARRIED: Mapping[str, Callable[[Change], str]] = {
    "in": _in, "out": _out, "transfer": _transfer, "post": _post, "grade": _post, "title": _regraded,
    "rename": _rename, "promotion": _assessed, "demotion": _assessed, "absence": _away, "loan": _away, "back": _back,
}  # fmt: skip
