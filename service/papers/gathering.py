"""What a paper of a case may say: read inside the transaction that issues it, or for a look beforehand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.calendar.queries import calendar
from service.errors import Conflict, Fault, Invalid
from service.flows.papered import BANDS, NOTICED, SUBJECTS, Subject
from service.flows.publicity.declaring import PUBLISHED
from service.flows.publicity.periods import PUBLICITY
from service.papers.kinds import SEALED, Kind
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, FIELDS
from service.people.queries import bureau_name

DEGREES = {"phd": "博士研究生", "master": "硕士研究生", "bachelor": "本科", "associate": "专科", "secondary": "中专"}
SEXES = {"female": "女", "male": "男"}
FIELDS_OF_A_PERSON = (
    "name",
    "place",
    "from_place",
    "to_place",
    "what",
    "subject",
    "band",
    "title",
    "manner",
    "from_on",
    "until",
)
DAYS = ("from_on", "until")
"""What the flow speaks of at all is its own: a day that it does not know yet is none of the present appointment."""
CLOSE = ("sex", "born_on", "degree", "graduated_from", "certificate", *SEALED)
"""What only a paper that is not for the public may say of somebody."""


def subjects(session: Session, flow: str, instance_id: str) -> Sequence[Subject]:
    """The persons of a case for whom a paper may be issued; none for a flow that has no papers."""
    find = SUBJECTS.get(flow)
    return find(session, instance_id) if find else ()


def able(kind: Kind, found: Sequence[Subject]) -> list[Subject]:
    """Those for whom a paper of the kind may go out now."""
    return [one for one in found if one.decided or not kind.decided]


def chosen(kind: Kind, found: Sequence[Subject], key: str) -> list[Subject]:
    """Those whom it is about: all, or the one that is meant. Conflict("paper.nobody"), Invalid("paper.issue")."""
    if kind.about == "notice":
        return []
    found = able(kind, found)
    if kind.about == "case":
        return found
    if not found:
        raise Conflict("paper.nobody")
    if kind.about == "persons":
        return list(found)
    meant = [one for one in found if one.key == key] if key or len(found) > 1 else list(found)
    if not meant:
        raise Invalid("paper.issue", faults=(Fault("subject", "paper.subject"),))
    return meant


def about(
    kind: Kind, session: Session, flow: str, instance_id: str, found: Sequence[Subject], opens: frozenset[str]
) -> dict[str, Any]:
    """The fields of a kind that say whom or what it is about; `opens` are the personal data that its template names."""
    if kind.about == "notice":
        return {"notice": _notice(session, flow, instance_id)}
    persons = _persons(session, found, frozenset() if kind.public else opens, close=not kind.public)
    return {"person": persons[0]} if kind.about == "person" else {"persons": persons}


def common(case: Any, flow_name: str, organisation: str) -> dict[str, Any]:
    """The bureau and the case."""
    told = {
        "number": case.business_key, "flow": flow_name, "title": case.title, "organisation": organisation,
        "started_on": day_of(case.started_at),
    }  # fmt: skip
    return {"bureau": {"name": bureau_name("zh")}, "case": told}


def given(kind: Kind, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, each in its own kind; Invalid("paper.issue") with a fault for each field."""
    faults: list[Fault] = []
    found: dict[str, Any] = {}
    for asked in kind.asked:
        text = typed.get(asked.name, "").strip()
        if asked.required and not text:
            faults.append(Fault(f"given.{asked.name}", "paper.given.missing"))
        elif len(text) > (1000 if asked.long else 200):
            faults.append(Fault(f"given.{asked.name}", "paper.given.long"))
        found[asked.name] = text
        if asked.day and text:
            try:
                found[asked.name] = date.fromisoformat(text)
            except ValueError:
                faults.append(Fault(f"given.{asked.name}", "paper.given.day"))
    if faults:
        raise Invalid("paper.issue", faults=tuple(faults))
    return found


def _notice(session: Session, flow: str, instance_id: str) -> dict[str, Any]:
    """The newest publicity: of several periods those that began on the same day. Conflict("paper.no_period")."""
    cases = NOTICED[flow](session, instance_id) if flow in NOTICED else [instance_id]
    mine = select(PUBLICITY).where(PUBLICITY.c.instance_id.in_(cases)).order_by(PUBLICITY.c.id)
    rows = session.execute(mine).all()
    if not rows:
        raise Conflict("paper.no_period")
    first = max(row.from_on for row in rows)
    newest = [row for row in rows if row.from_on == first]
    if len({row.subject for row in newest}) > 1 and PUBLISHED[newest[-1].flow].receive is not None:
        newest = newest[-1:]  # a list that was drawn up again takes the place of the one before
    return _told(session, newest)


def _told(session: Session, rows: Sequence[Row[Any]]) -> dict[str, Any]:
    published, until = PUBLISHED[rows[-1].flow], max(row.until for row in rows)
    lines = [line for row in rows for line in published.lines_of(session, row.instance_id, row.subject, "zh")]
    first = rows[0].from_on
    days = calendar(session).workdays_between(first, until)
    return {
        "heading": published.zh, "from_on": first, "until": until, "days": days,
        "lines": [{"name": line.name, "place": line.place, "what": line.what} for line in lines],
    }  # fmt: skip


def _persons(session: Session, found: Sequence[Subject], opens: frozenset[str], *, close: bool) -> list[dict[str, Any]]:
    known = _records(session, [one.person_id for one in found if one.person_id])
    told = []
    for one in found:
        row = known.get(one.person_id or "")
        own = {name: value for name, value in one.facts.items() if value is not None or name in DAYS}
        facts = {**_on_record(row), **own}
        person = {name: facts.get(name) for name in FIELDS_OF_A_PERSON} | {"name": one.name}
        if close:
            person |= {name: facts.get(name) for name in CLOSE} | dict.fromkeys(SEALED)
            person["degree"] = DEGREES.get(str(facts.get("degree")), facts.get("degree"))
            person |= {name: _plain(one, row, name) for name in sorted(opens)}
        told.append(person)
    return told


def _records(session: Session, ids: Sequence[str]) -> dict[str, Any]:
    """Person id → the person with the open appointment, if there is one."""
    terms = (APPOINTMENT.c.band, APPOINTMENT.c.subject, APPOINTMENT.c.title, APPOINTMENT.c.valid_from)
    open_one = (APPOINTMENT.c.person_id == PERSON.c.id) & APPOINTMENT.c.valid_until.is_(None)
    found = select(*PERSON.c, *terms).outerjoin(APPOINTMENT, open_one).where(PERSON.c.id.in_(ids))
    return {row.id: row for row in session.execute(found)} if ids else {}


def _on_record(row: Row[Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "sex": SEXES.get(row.sex or ""), "born_on": row.born_on, "degree": row.degree, "title": row.title,
        "subject": row.subject, "band": BANDS.get(row.band or ""), "from_on": row.valid_from,
    }  # fmt: skip


def _plain(one: Subject, row: Row[Any] | None, name: str) -> str | None:
    if row is None:
        return one.opened(name) if one.opened else None
    sealed = getattr(row, name)
    return None if sealed is None else FIELDS[name].unseal(row.id, sealed)
