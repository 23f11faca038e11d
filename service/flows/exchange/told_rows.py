"""Rows of a plan on paper, entered into the tables of the plan: places, list, exceptions, applications, objections."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from service.columns import unread, whole
from service.errors import Fault
from service.flows.declaring import BesideForm
from service.flows.exchange import casework, columns, offering, rules
from service.flows.exchange.casework import ANSWER, OBJECTION, OPENING, PLAN, TEXT, WISH
from service.flows.exchange.commands_openings import Offer
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.models import RESULTS
from service.parameters.queries import county
from service.people.members import PERSON
from service.people.persons import ID_NUMBER
from service.people.queries import ORGANISATION
from service.people.rules import id_number_of
from service.records.queries import facts_of
from workflows.base import new_id

Entries = Sequence[Row[Any] | None]
ONCE = ("anywhere", "nominated", "opinion", "opinion_text")
"""Of an application: said of the person, however many wishes there are."""


def listed(found: BesideForm) -> tuple[list[Row[Any]], list[Fault]]:
    """The entry of the list that each row names by its ID number, and where there is none, or another name."""
    numbers = [id_number_of(str(row.get("id_number") or "")) for row in found.rows]
    wanted = [index for number in numbers if number for index in ID_NUMBER.indexes(number)]
    joined = select(ENTRY, PERSON.c.name, PERSON.c.id_number_index).join(PERSON, PERSON.c.id == ENTRY.c.person_id)
    mine = (ENTRY.c.instance_id == found.instance_id, PERSON.c.id_number_index.in_(wanted))
    by_index = {row.id_number_index: row for row in found.session.execute(joined.where(*mine))}
    entries, faults = [], []
    for place, (row, number) in enumerate(zip(found.rows, numbers, strict=True)):
        entry = next((by_index[one] for one in ID_NUMBER.indexes(number) if one in by_index), None) if number else None
        if entry is None:
            faults.append(Fault(f"rows.{place}.id_number", "exchange.paper_listed"))
        elif row.get("name") and str(row["name"]).strip() != entry.name:
            faults.append(Fault(f"rows.{place}.name", "exchange.paper_name"))
        else:
            entries.append(entry)
    return entries, faults


def unread_cells(found: BesideForm) -> list[Fault]:
    """Cells that take a word or a number and say something else: unread they would be a silent "no" (policy §8)."""
    mine = columns.AT[found.element_id]
    return [Fault(f"rows.{place}.{column.name}", code) for place, row in enumerate(found.rows) for column in mine
            if (code := unread(column, row.get(column.name)))]  # fmt: skip


def openings_of(found: BesideForm) -> dict[int, Row[Any]]:
    """The places of the plan by their numbers."""
    rows = found.session.execute(select(OPENING).where(OPENING.c.instance_id == found.instance_id))
    return {row.number: row for row in rows}


def offer(found: BesideForm, _entries: Entries) -> list[Fault]:
    """Places that schools offered, each with the number by which wishes and the matching name it."""
    known, faults = openings_of(found), []
    schools = _schools(found)
    rows = []
    for place, row in enumerate(found.rows):
        number = whole(row.get("number"))
        wrong = [] if number and number not in known else [Fault("number", "exchange.paper_number")]
        school = schools.get(str(row.get("place") or "").strip())
        wrong += [] if school else [Fault("place", "told.organisation")]
        command = Offer(
            found.instance_id, school or "", str(row.get("subject") or ""), str(row.get("stage") or ""),
            whole(row.get("count")) or 0, str(row.get("manner") or "move"), str(row.get("band") or ""),
            is_yes(row.get("competition")),
        )  # fmt: skip
        wrong += offering.offer_faults(command)
        faults += below(place, wrong)
        if number and not wrong:
            known[number] = None  # type: ignore[assignment]
            rows.append(_opening(found, command, number))
    if rows and not faults:
        found.session.execute(insert(OPENING), rows)
    return faults


def _opening(found: BesideForm, command: Offer, number: int) -> dict[str, Any]:
    entered = {"id": new_id(), "number": number, "entered_by": casework.signature(found.actor), "entered_at": found.now}
    return {**vars(command), "subject": command.subject.strip(), "panel": None, "score_sheet_id": None, **entered}


def _schools(found: BesideForm) -> dict[str, str]:
    """Name, code or id of a school → its id."""
    wanted = {str(row.get("place") or "").strip() for row in found.rows}
    columns = (ORGANISATION.c.id, ORGANISATION.c.code, ORGANISATION.c.name)
    rows = found.session.execute(select(*columns).where(ORGANISATION.c.kind == "school")).all()
    return {word: row.id for row in rows for word in (row.id, row.code, row.name) if word in wanted}


def settle(found: BesideForm, entries: Entries) -> list[Fault]:
    """What stands of somebody after the check, with the reason, and for whom an exception was asked for."""
    faults = []
    for place, (row, entry) in enumerate(zip(found.rows, entries, strict=True)):
        assert entry is not None
        result, because = row.get("result"), str(row.get("because") or "").strip()[:500]
        asked = row.get("exception") == "asked"
        wrong = [] if because else [Fault("because", "exchange.text")]
        if (row.get("exception") and not asked) or (asked and (result or entry.result) != "INELIGIBLE"):
            wrong.append(Fault("exception", "exchange.no_lock"))
        if not asked and result not in RESULTS:
            wrong.append(Fault("result", "exchange.result"))
        values = {"result": result, "reason": rules.SETTLED, "changed_because": because} if result else {}
        if asked:
            values |= {"exception": "asked", "exception_reason": because}
        faults += below(place, wrong)
        if not wrong:
            change(found, entry.id, **values)
    return faults


def decide(found: BesideForm, entries: Entries) -> list[Fault]:
    """What the meeting decided of each for whom an exception was asked for."""
    faults = []
    for place, (row, entry) in enumerate(zip(found.rows, entries, strict=True)):
        assert entry is not None
        what, because = row.get("exception"), str(row.get("because") or "").strip()[:500]
        wrong = [] if what in ("granted", "refused") else [Fault("exception", "exchange.outcome")]
        wrong += [] if entry.exception else [Fault("id_number", "exchange.no_exception")]
        wrong += [] if because else [Fault("because", "exchange.text")]
        faults += below(place, wrong)
        if not wrong:
            change(found, entry.id, exception=what, changed_because=because)
    return faults


def apply(found: BesideForm, entries: Entries) -> list[Fault]:
    """Who applied for which places, or was nominated, with the school's opinion and the rank by the receiving one.

    A row a wish; a row without a place is of who leaves it to the round. Who may not take part is refused by name.
    """
    plan = found.session.execute(select(PLAN).where(PLAN.c.instance_id == found.instance_id)).one()
    people = {entry.id: entry for entry in entries if entry is not None}
    facts = facts_of(found.session, [one.person_id for one in people.values()], max(found.on, plan.effective_on))
    most = int(county(found.session, found.on)["exchange_wishes"])
    openings, faults = openings_of(found), []
    by_id = {row.id: row for row in openings.values()}
    for entry_id, entry in people.items():
        mine = [place for place, one in enumerate(entries) if one is not None and one.id == entry_id]
        rows = [found.rows[place] for place in mine]
        wrong = _application_faults(rows, openings)
        barred = rules.bar(entry, facts.get(entry.person_id))
        wrong += [(0, Fault("id_number", barred))] if barred else []
        if not wrong:
            wishes = _wishes(rows, openings)
            told = rules.wish_faults(entry, [one["opening_id"] for one in wishes], by_id, most)
            wrong = [(0, Fault("number", fault.code, params=fault.params)) for fault in told]
        faults += [fault for place, one in wrong for fault in below(mine[place], [one])]
        if not wrong:
            _write_application(found, entry, rows, wishes)
    return faults


def _application_faults(rows: Sequence[Mapping[str, Any]], openings: Mapping[int, Any]) -> list[tuple[int, Fault]]:
    wrong = [(place, Fault("number", "exchange.opening_absent")) for place, row in enumerate(rows)
             if row.get("number") and whole(row["number"]) not in openings]  # fmt: skip
    orders = Counter(whole(row.get("wish")) or place + 1 for place, row in enumerate(rows) if row.get("number"))
    if any(count > 1 for count in orders.values()):
        wrong.append((0, Fault("wish", "exchange.wish_twice")))
    said = _said_once(rows)
    wrong += [(0, Fault(name, "exchange.rows_differ")) for name, texts in said.items() if len(texts) > 1]
    if not any(row.get("number") for row in rows) and not (is_yes(_one(said, "anywhere")) or _one(said, "nominated")):
        wrong.append((0, Fault("number", "exchange.no_wish")))
    if _one(said, "opinion") == "oppose" and not _one(said, "opinion_text"):
        wrong.append((0, Fault("opinion_text", "exchange.text")))
    return wrong


def _said_once(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What is said of the person and not of a wish, in whichever of the rows it stands: more than one value differ."""
    return {name: list(dict.fromkeys(text for row in rows if (text := _text(row.get(name))))) for name in ONCE}


def _text(cell: Any) -> str:
    text = str(cell if cell is not None else "").strip()
    return text.casefold() if isinstance(cell, bool) else text


def _one(said: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(said[name]), "")


def _wishes(rows: Sequence[Mapping[str, Any]], openings: Mapping[int, Any]) -> list[dict[str, Any]]:
    """The wishes, best first, with what the receiving schools say of each."""
    given = [(whole(row.get("wish")) or place + 1, row) for place, row in enumerate(rows) if row.get("number")]
    found = []
    for number, (_, row) in enumerate(sorted(given, key=lambda one: one[0]), start=1):
        declined = str(row.get("declined") or "").strip()[:300]
        rank = None if declined else whole(row.get("rank"))
        opening = openings[whole(row["number"]) or 0]
        found.append({"number": number, "opening_id": opening.id, "rank": rank, "declined": bool(declined),
                      "reason": declined})  # fmt: skip
    return found


def _write_application(
    found: BesideForm, entry: Row[Any], rows: Sequence[Mapping[str, Any]], wishes: Sequence[dict[str, Any]]
) -> None:
    once = _said_once(rows)
    nominated = _one(once, "nominated")[:500] or None
    said = _one(once, "opinion_text")[:500]
    found.session.execute(delete(WISH).where(WISH.c.entry_id == entry.id))
    if wishes:
        found.session.execute(insert(WISH), [{"entry_id": entry.id, "marks": None, **one} for one in wishes])
    opinion = _one(once, "opinion") or ("support" if nominated else None)
    change(
        found, entry.id, state="applied" if wishes or not nominated else "nominated",
        anywhere=is_yes(_one(once, "anywhere")) or nominated is not None, nominated_because=nominated,
        applied_at=found.now if wishes or not nominated else None, opinion=opinion,
        opinion_text=said or nominated or "",
    )  # fmt: skip


def objected(found: BesideForm, entries: Entries) -> list[Fault]:
    """Objections to what was published: the inquiry answers each."""
    faults, rows = [], []
    for place, (row, entry) in enumerate(zip(found.rows, entries, strict=True)):
        assert entry is not None
        text = str(row.get("objection") or "").strip()[:2000]
        if not text:
            faults += below(place, [Fault("objection", "exchange.text")])
            continue
        objection_id = new_id()
        blank = dict.fromkeys(("wanted", "by_person_id", "outcome", "answer", "answered_by", "answered_at"))
        rows.append({"id": objection_id, "instance_id": found.instance_id, "entry_id": entry.id, "kind": "appeal",
                     "text": TEXT.seal(objection_id, text), "at": found.now, "settled": False, **blank})  # fmt: skip
    if rows and not faults:
        found.session.execute(insert(OBJECTION), rows)
    return faults


def answered(found: BesideForm, entries: Entries) -> list[Fault]:
    """What the inquiry found of each objection to somebody's place."""
    faults = []
    for place, (row, entry) in enumerate(zip(found.rows, entries, strict=True)):
        assert entry is not None
        mine = (OBJECTION.c.entry_id == entry.id, OBJECTION.c.kind == "appeal", OBJECTION.c.outcome.is_(None))
        waiting = found.session.scalars(select(OBJECTION.c.id).where(*mine)).all()
        text = str(row.get("answer") or "").strip()[:2000]
        wrong = [] if waiting else [Fault("id_number", "exchange.no_appeal")]
        wrong += [] if row.get("outcome") else [Fault("outcome", "exchange.outcome")]
        wrong += [] if text else [Fault("answer", "exchange.text")]
        faults += below(place, wrong)
        for one in () if wrong else waiting:
            values = {"outcome": row["outcome"], "answer": ANSWER.seal(one, text), "answered_at": found.now,
                      "answered_by": casework.signature(found.actor)}  # fmt: skip
            found.session.execute(update(OBJECTION).where(OBJECTION.c.id == one).values(values))
    return faults


def change(found: BesideForm, entry_id: str, **values: Any) -> None:
    """Change an entry of the list."""
    anew = {**values, "version": ENTRY.c.version + 1}
    found.session.execute(update(ENTRY).where(ENTRY.c.id == entry_id).values(anew))


def below(place: int, faults: Sequence[Fault]) -> list[Fault]:
    """Faults of a row, by its place."""
    return [Fault(f"rows.{place}.{one.path}", one.code, one.message, one.params) for one in faults]


def is_yes(cell: Any) -> bool:
    """Whether a cell says yes."""
    return str(cell).casefold() == "true"
