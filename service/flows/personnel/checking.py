"""Whether a change may be asked for: what is filled in, where the person stands, locks, sanctions, other changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import column, or_, select, table
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.personnel import carrying, ledgering, rules
from service.flows.personnel.change import CHANGE, Change
from service.flows.turns import take_turns
from service.people import persons, staff
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, ID_NUMBER
from service.people.queries import ORGANISATION
from service.people.rules import person_faults
from service.records.queries import facts_of, standing_of
from service.records.retiring import window_of

_INSTANCE = table("process_instance", column("id"), column("state"))
OPEN = ("running", "suspended", "failed")


def check(change: Change, *, rises: bool = True) -> None:
    """Pass when the change may be asked for; locks, sanctions and open cases are asked about unless `rises` is false.

    Invalid("personnel.invalid") with a fault a field; Conflict("personnel.service_lock" | "personnel.ask_hr" |
    "personnel.unchecked" | "personnel.under_way" | "personnel.employed").
    """
    faults = [*rules.shape_faults(change.values), *_paper_faults(change)]
    if not faults:
        faults = [*_person_faults(change), *_place_faults(change), *_title_faults(change)]
        faults += retirement_faults(change.call.session, change.values) + _away_faults(change)
        faults += rules.standing_faults(change.values, change.standing, change.school, change.on)
    if not faults:
        faults = rules.terms_faults(change.values, rules.terms_of(change.values, change.standing))
    if faults:
        raise Invalid("personnel.invalid", faults=tuple(faults))
    if change.person_id is None:
        _refuse_employed(change)
    else:
        _refuse_second(change)
    if rises:
        _refuse_locked(change)
        _refuse_rise(change)
        _refuse_band(change)


def obstacle(change: Change) -> str | None:
    """Why a change that was confirmed cannot be carried out now, as a code; what it comes into is held as of today.

    Between its entry and its day a lock, a sanction, another post or a cut may have come.
    """
    try:
        check(change)
        if change.person_id is not None:
            ledgering.lock(change)
            ledgering.hold(change)
    except (Invalid, Conflict) as refused:
        faults = getattr(refused, "faults", ())
        return str(faults[0].code if faults else refused.code)
    return None


def _paper_faults(change: Change) -> list[Fault]:
    if str(change.values["document_on"]) > day_of(change.call.now).isoformat():
        return [Fault("values.document_on", "personnel.document_ahead")]
    return []


def _person_faults(change: Change) -> list[Fault]:
    """A known person is named twice, by id and by name; somebody from outside has a good ID number."""
    values = change.values
    if change.person_id is None:
        facts = staff.cleaned({name: values.get(name) for name in ("name", "id_number", "phone")})
        return [Fault(f"values.{fault.path}", fault.code, params=fault.params) for fault in person_faults(facts)]
    known = change.call.session.scalar(select(PERSON.c.name).where(PERSON.c.id == change.person_id))
    return [] if known in (None, values["name"].strip()) else [Fault("values.name", "personnel.other_name")]


def _title_faults(change: Change) -> list[Fault]:
    """The appointment follows a title that stands in the file; a change of a known person grants none (policy §3.T 7).

    The title of somebody from outside is what the paper of the arrival says, since the day of its certificate: years
    are counted from that day, so that a title is not entered without it. A middle or senior post needs the title, so
    that there its day alone may be unknown: the appointment names the title, the file does not until HR enters it.
    """
    since, title = change.values.get("title_since"), change.values.get("title")
    if since and not title:
        return [Fault("values.title", "personnel.title_missing")]
    needed = change.values.get("band") in ("middle", "senior")
    if title and not since and not needed and "title_since" in rules.KINDS[change.values["kind"]].fields:
        return [Fault("values.title_since", "personnel.title_since")]
    if since and date.fromisoformat(since) > change.on:
        return [Fault("values.title_since", "dates.order")]
    if not change.values.get("title") or change.person_id is None:
        return []
    facts = facts_of(change.call.session, [change.person_id], change.on).get(change.person_id)
    if facts is None or change.values["title"] in facts.titles:
        return []
    return [Fault("values.title", "personnel.title_not_on_file")]


def retirement_faults(session: Session, values: Mapping[str, Any]) -> list[Fault]:
    """Before the first day that may be chosen somebody retires only on grounds that the notes name."""
    if values["kind"] != "retirement" or (values.get("note") or "").strip():
        return []
    window = window_of(session, values["person_id"])
    if window is None or date.fromisoformat(values["effective_on"]) >= window.first:
        return []
    return [Fault("values.effective_on", "personnel.retires_too_early", params={"first": window.first.isoformat()})]


def _away_faults(change: Change) -> list[Fault]:
    """Who comes back was away in that way, as a change or HR has entered it, up to that day at least."""
    if change.values["kind"] != "back" or carrying.was_away(change):
        return []
    return [Fault("values.back_from", "personnel.not_away")]


def _place_faults(change: Change) -> list[Fault]:
    target = change.values.get("to_school")
    if not target:
        return []
    kind = change.call.session.scalar(select(ORGANISATION.c.kind).where(ORGANISATION.c.id == target))
    return [] if kind == "school" else [Fault("values.to_school", "personnel.no_school")]


def _refuse_employed(change: Change) -> None:
    """Somebody who comes from outside is not appointed in the county on that day or later; two who enter one take
    turns.
    """
    indexes = ID_NUMBER.indexes(staff.cleaned({"id_number": change.values["id_number"]})["id_number"])
    take_turns(change.call.session, "arrival", indexes[0])
    known = select(PERSON.c.id).where(PERSON.c.id_number_index.in_(indexes))
    still = or_(APPOINTMENT.c.valid_until.is_(None), APPOINTMENT.c.valid_until > change.on)
    here = (APPOINTMENT.c.person_id.in_(known), APPOINTMENT.c.struck_at.is_(None), still)
    if change.call.session.execute(select(APPOINTMENT.c.id).where(*here)).first() is not None:
        raise Conflict("personnel.employed")


def _refuse_second(change: Change) -> None:
    """One change of a person at a time: the second would start from what the first is about to alter."""
    mine: Any = (CHANGE.c.person_id == change.person_id, CHANGE.c.instance_id != change.call.instance_id)
    open_ones = _INSTANCE.c.state.in_(OPEN)
    found = select(CHANGE.c.instance_id).join(_INSTANCE, _INSTANCE.c.id == CHANGE.c.instance_id)
    other = change.call.session.execute(found.where(*mine, open_ones, CHANGE.c.state != "done")).scalar()
    if other is not None:
        raise Conflict("personnel.under_way", instance_id=other)


def _refuse_locked(change: Change) -> None:
    if not change.kind.locked or change.person_id is None:
        return
    locks = persons.locks_on(change.call.session, change.person_id, change.on)
    if locks:
        raise Conflict("personnel.service_lock", until=locks[-1].ends_on.isoformat())


def _refuse_rise(change: Change) -> None:
    """A higher post is closed to who has a sanction in force or an open case; the refusal does not say which.

    On the day of the change, and today for one that is entered late: nobody is raised by an older date.
    """
    before, person_id = change.standing, change.person_id
    if before is None or person_id is None:
        return
    if not rules.leads_higher(before, rules.terms_of(change.values, before)):
        return
    days = {change.on, max(change.on, day_of(change.call.now))}
    found = {standing_of(facts_of(change.call.session, [person_id], on))[person_id] for on in days}
    if found & {"barred", "suspended"}:
        raise Conflict("personnel.ask_hr")
    if found != {"clear"}:
        raise Conflict("personnel.unchecked")


def _refuse_band(change: Change) -> None:
    """A middle or senior post is for who holds a title of that band, one of the grades 1–4 for 正高 (policy.md §1).

    A title gives no post by itself.
    """
    given = change.values.get("title")
    titles = {given} if given else set[str]()
    if change.person_id is not None:
        facts = facts_of(change.call.session, [change.person_id], change.on).get(change.person_id)
        titles = {one for one in (*facts.titles, facts.title) if one} if facts is not None else set()
    faults = rules.title_faults(change.standing, rules.terms_of(change.values, change.standing), titles)
    if faults:
        raise Invalid("personnel.invalid", faults=tuple(faults))
