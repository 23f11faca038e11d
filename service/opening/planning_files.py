"""Rows of the files and of the service locks, and what each person's file is to hold after the load."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from service.opening.context import Context
from service.opening.entries import entry_of
from service.opening.findings import WHO, Line
from service.opening.humans import Human
from service.opening.steps import CHANGED, NEW, SAME, differing
from service.opening.vocabulary import written
from service.people.persons import LOCK
from service.records.reading import CHECK, RECORD, Record
from service.records.rules import KINDS, TOPICS, Entry, entry_faults
from service.records.rules_retirement import choice_range, statutory, track_of
from service.records.writing import row_of
from workflows.base import new_id

AHEAD = frozenset({"retirement_choice", "absence", "health"})
"""Records that may begin on a day to come."""
TOLD = ("kind", "valid_from", "valid_until", "value", "year", "amount", "organisation_id", "basis", "document", "note")


def who(context: Context, line: Line, humans: Mapping[str, Human], *, departed: bool = False) -> Human | None:
    """The person whom a row names, and by name where it is given; who has left only if that is said."""
    number = line[WHO]
    if number is None:
        return None
    human = humans.get(context.renamed.get(number, number))
    if human is None or (human.line is None and human.unit is None):
        context.findings.add(line, "id_number", "opening.no_person")
        return None
    if human.left is not None and not departed:
        context.findings.add(line, "id_number", "opening.has_left")
    if line["name"] is not None and line["name"] != human.name:
        context.findings.add(line, "name", "opening.other_name", name=human.name)
    return human


def take_records(context: Context, humans: Mapping[str, Human]) -> None:
    """Check the sheet of the files and lay each record beside its person."""
    seen: dict[tuple[object, ...], Line] = {}
    for line in context.read.of("records"):
        human, place = who(context, line, humans, departed=True), context.place(line, "organisation")
        entry = entry_of(line, place.id if place else None)
        if human is None or entry is None:
            continue
        _expect_value(context, line, entry)
        faults = {"organisation_id": "organisation", "basis": "basis"}
        context.findings.add_all(line, entry_faults(entry), faults)
        _check(context, line, human, entry)
        key = (human.id, *_key(entry))
        if context.expect_once(line, key, seen, "kind") and context.findings.is_good(line):
            human.entries.append((entry, "records", line))


def _expect_value(context: Context, line: Line, entry: Entry) -> None:
    """A value that is none of its kind, or none where there must be one, is answered by those that may stand there."""
    kind = KINDS[entry.kind]
    if not kind.values or entry.value in kind.values or (entry.value is None and "value" not in kind.needs):
        return
    allowed = "、".join(written("value", value, "zh") for value in kind.values)
    if entry.value is None:
        context.findings.add(line, "value", "opening.value_missing", allowed=allowed)
    else:
        context.findings.add(line, "value", "opening.word", value=entry.value[:40], allowed=allowed)


def _check(context: Context, line: Line, human: Human, entry: Entry) -> None:
    if entry.kind not in AHEAD:
        context.expect_past(line, ("valid_from",))
    if human.born_on is not None and entry.valid_from < human.born_on:
        context.findings.add(line, "valid_from", "opening.before_birth")
    if entry.kind == "departure" and human.line is not None:
        context.findings.add(line, "kind", "opening.departed")
    if entry.year is not None and entry.kind == "assessment" and entry.year >= context.today.year:
        context.findings.add(line, "year", "opening.year_ahead", year=entry.year)
    if entry.kind == "assessment" and any(e.kind == entry.kind and e.year == entry.year for e, _, _ in human.entries):
        context.findings.add(line, "year", "opening.assessment_twice", year=entry.year)
    if entry.kind == "retirement_choice":
        _check_choice(context, line, human, entry)


def _check_choice(context: Context, line: Line, human: Human, entry: Entry) -> None:
    track = track_of(human.sex, human.job.get("post_category"))
    if human.born_on is None or track is None:
        return
    first, last = choice_range(human.born_on, track)
    day, middle = entry.valid_from, statutory(human.born_on, track)
    if not first <= day <= last:
        params = {"first": first.isoformat(), "last": last.isoformat()}
        context.findings.add(line, "valid_from", "record.retirement_outside", **params)
    elif not (day < middle if entry.value == "early" else day > middle):
        context.findings.add(line, "value", "record.retirement_side", day=middle.isoformat())


def plan_files(context: Context, humans: Iterable[Human], by: str, at: Any) -> None:
    """Records that are not there yet are added; those that an earlier load made of these sheets and that the file no
    longer has are taken back."""
    for human in humans:
        standing = {_key(record): record for record in human.known.records} if human.known else {}
        wanted = {_key(entry) for entry, _, _ in human.entries}
        step = context.plan.step(human.subject)
        before = step.moves
        gone = [] if human.line is None else [r for r in standing.values() if _is_gone(context, r, wanted)]
        for record in gone:
            told = {"voided_at": at, "voided_by": by, "void_reason": "开账文件中已无此记录"}
            step.updates.append((RECORD, {"id": record.id}, told))
        for entry, sheet, line in human.entries:
            new = _key(entry) not in standing
            _expect_own_year(context, line, entry, standing.values(), gone)
            if new and _may(context, human, line):
                step.inserts.append((RECORD, row_of(human.id, entry, by, at), sheet))
            if sheet == "records":
                context.plan.count(line, NEW if new else SAME)
        _check_topics(context, human, by, at)
        if human.line is not None and human.is_good:
            changed = before or step.moves
            context.plan.count(human.line, NEW if human.known is None else CHANGED if changed else SAME)
            if changed:
                _may(context, human, human.line)


def _expect_own_year(
    context: Context, line: Line, entry: Entry, standing: Iterable[Record], gone: list[Record]
) -> None:
    """Of a year there is one assessment: what somebody has entered by hand is corrected by hand."""
    kept = [r for r in standing if r.kind == entry.kind == "assessment" and r.year == entry.year and r not in gone]
    if kept and _key(kept[0]) != _key(entry):
        name = f"assessment_{entry.year}" if line.table == "staff" else "year"
        context.findings.add(line, name, "opening.assessment_there", year=entry.year)


def _key(told: Entry | Record) -> tuple[object, ...]:
    return tuple(getattr(told, name) or None for name in TOLD)


def _is_gone(context: Context, record: Record, wanted: set[tuple[object, ...]]) -> bool:
    sheet = context.written.sheets.get((RECORD.name, record.id))
    return sheet is not None and context.read.has(sheet) and _key(record) not in wanted


def _may(context: Context, human: Human, line: Line) -> bool:
    """Files of persons whose school a case uses already are changed there, not by a load."""
    if human.known is None:
        return True
    job = human.known.appointment
    there = context.register.units.get(job.organisation_id) if job is not None else None
    return context.expect_unused(line, "id_number", there)


def _check_topics(context: Context, human: Human, by: str, at: Any) -> None:
    """The day on which HR looked a topic through; from then on what is not on file is not."""
    line = human.line
    if line is None:
        return
    step = context.plan.step(human.subject)
    for topic in TOPICS:
        column = f"{topic}_checked"
        if column not in line:
            continue
        day: date | None = line[column]
        row = human.known.checks.get(topic) if human.known else None
        key = {"person_id": human.id, "topic": topic}
        if row is None and day is not None:
            step.inserts.append((CHECK, {**key, "checked_on": day, "checked_by": by, "at": at}, "staff"))
        elif row is not None and day is None:
            if context.written.is_from(CHECK, f"{human.id}/{topic}", "staff"):
                step.removes.append((CHECK, dict(row._mapping)))
        elif row is not None and row.checked_on != day and _may(context, human, line):
            step.updates.append((CHECK, key, {"checked_on": day, "checked_by": by, "at": at}))


def plan_locks(context: Context, humans: Mapping[str, Human]) -> None:
    """Check the sheet of the service locks and plan those that are new or end on another day."""
    seen: dict[tuple[object, ...], Line] = {}
    kept: set[str] = set()
    for line in context.read.of("locks"):
        human, school = who(context, line, humans), context.place(line, "organisation", ("school",))
        first, last = line["starts_on"], line["ends_on"]
        if first is not None and last is not None and last <= first:
            context.findings.add(line, "ends_on", "dates.order")
        context.expect_past(line, ("starts_on",))
        if human is None or school is None or first is None:
            continue
        if context.expect_once(line, (human.id, school.id, first), seen, "id_number") and context.findings.is_good(
            line
        ):
            kept |= _plan_lock(context, line, human, {
                "organisation_id": school.id, "starts_on": first, "ends_on": last, "reason": line["reason"],
            })  # fmt: skip
    for human in humans.values():
        told = human.line is not None and human.left is None and context.read.has("locks")
        rows = human.known.locks if human.known and told else []
        gone = [row for row in rows if row.id not in kept and context.written.is_from(LOCK, row.id, "locks")]
        context.plan.step(human.subject).removes += [(LOCK, dict(row._mapping)) for row in gone]


def _plan_lock(context: Context, line: Line, human: Human, values: dict[str, Any]) -> set[str]:
    step = context.plan.step(human.subject)
    rows = human.known.locks if human.known else []
    key = (values["organisation_id"], values["starts_on"])
    there = [row for row in rows if (row.organisation_id, row.starts_on) == key]
    if not there:
        row = {"id": new_id(), "person_id": human.id, "instance_id": None, **values}
        step.inserts.append((LOCK, row, "locks"))
        context.plan.count(line, NEW)
        return set()
    changes = differing(there[0], values)
    if changes and _may(context, human, line):
        step.updates.append((LOCK, {"id": there[0].id}, changes))
    context.plan.count(line, CHANGED if changes else SAME)
    return {there[0].id}
