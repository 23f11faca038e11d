"""Rows of declared kinship and interest."""

from collections.abc import Mapping
from typing import Any

from service.opening.context import Context
from service.opening.findings import Line
from service.opening.humans import Human
from service.opening.planning_files import who
from service.opening.steps import CHANGED, NEW, SAME
from service.people.members import RELATION
from workflows.base import new_id

TABLE = "relations"
Key = tuple[str, str | None, str | None]
"""(kind, the relative's id, or a name alone)."""


def plan_relations(context: Context, humans: Mapping[str, Human], by: str, at: Any) -> None:
    """Check the sheet, plan what is new or has another note, and take back what an earlier load made and is gone."""
    seen: dict[tuple[object, ...], Line] = {}
    kept: set[str] = set()
    for line in context.read.of(TABLE):
        human, relative = who(context, line, humans, departed=True), _relative(context, line, humans)
        if human is None or line["kind"] is None:
            continue
        if relative is not None and relative.id == human.id:
            context.findings.add(line, "relative_id_number", "relation.relative")
        named = None if relative is not None else line["relative_name"]
        key: Key = (line["kind"], relative.id if relative else None, named)
        if context.expect_once(line, (human.id, *key), seen, "kind") and context.findings.is_good(line):
            kept |= _plan(context, line, human, key, by, at)
    for human in humans.values():
        rows = human.known.relations if human.known and human.line and context.read.has(TABLE) else []
        gone = [row for row in rows if row.id not in kept and context.written.is_from(RELATION, row.id, TABLE)]
        context.plan.step(human.subject).removes += [(RELATION, dict(row._mapping)) for row in gone]


def _relative(context: Context, line: Line, humans: Mapping[str, Human]) -> Human | None:
    number, name = line["relative_id_number"], line["relative_name"]
    if number is None:
        if name is None:
            context.findings.add(line, "relative_name", "relation.relative")
        return None
    found = humans.get(number)
    if found is None:
        context.findings.add(line, "relative_id_number", "opening.no_relative")
    elif name is not None and name != found.name:
        context.findings.add(line, "relative_name", "opening.other_name", name=found.name)
    return found


def _plan(context: Context, line: Line, human: Human, key: Key, by: str, at: Any) -> set[str]:
    step, note = context.plan.step(human.subject), line["note"] or ""
    rows = human.known.relations if human.known else []
    there = [row for row in rows if (row.kind, row.relative_id, row.relative_name) == key]
    if not there:
        row = {
            "id": new_id(), "person_id": human.id, "kind": key[0], "relative_id": key[1], "relative_name": key[2],
            "note": note, "declared_at": at, "declared_by": by,
        }  # fmt: skip
        step.inserts.append((RELATION, row, TABLE))
        context.plan.count(line, NEW)
        return set()
    changed = "note" in line and there[0].note != note
    if changed:
        step.updates.append((RELATION, {"id": there[0].id}, {"note": note}))
    context.plan.count(line, CHANGED if changed else SAME)
    return {there[0].id}
