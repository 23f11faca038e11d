"""Rows of the sheet of organisations: new ones, changed ones, what hangs where, and what each may decide itself."""

from datetime import date
from typing import Any

from service.opening.context import Context, both
from service.opening.findings import Line
from service.opening.register import Unit
from service.opening.steps import CHANGED, NEW, SAME, Step, differing, given
from service.people import rules
from service.people.queries import AUTHORISATION, ORGANISATION
from workflows.base import new_id

TABLE = "organisations"
PLAIN = ("name", "name_en", "stage", "area", "weak", "valid_from")
POWERS = {"own_hiring": "hiring", "own_titles": "titles"}
WEAK = {"yes": True, "no": False, None: None}


def plan_places(context: Context) -> None:
    """Check the sheet and plan its steps; afterwards `context.units` are the organisations as they will be."""
    context.units = dict(context.register.units)
    by_code = {unit.code: unit for unit in context.units.values()}
    rows: list[tuple[Line, Unit]] = []
    codes: dict[tuple[object, ...], Line] = {}
    for line in context.read.of(TABLE):
        if line["code"] is None or not context.expect_once(line, (line["code"],), codes, "code"):
            continue
        old = by_code.get(line["code"])
        if old is not None and line["kind"] is not None and line["kind"] != old.kind:
            context.findings.add(line, "kind", "organisation.fixed")
        unit = Unit(
            old.id if old else new_id(), line["code"], line["name"] or "",
            line["kind"] or "", old.path if old else "", old.row if old else None,
        )  # fmt: skip
        context.units[unit.id] = unit
        context.listed.add(unit.id)
        rows.append((line, unit))
    context.name_units()
    _expect_one_bureau(context, rows)
    parents = {unit.id: _parent(context, line, unit) for line, unit in rows}
    context.units = _paths(context.units, parents)
    context.name_units()
    for line, unit in rows:
        _plan(context, line, context.units[unit.id], parents[unit.id])
    _move(context, {unit.id for _, unit in rows})


def _expect_one_bureau(context: Context, rows: list[tuple[Line, Unit]]) -> None:
    bureaus = [unit for unit in context.units.values() if unit.kind == "bureau"]
    for line, unit in rows:
        if unit.kind == "bureau" and unit.row is None and len(bureaus) > 1:
            context.findings.add(line, "kind", "opening.second_bureau")


def _parent(context: Context, line: Line, unit: Unit) -> str | None:
    if "parent" not in line and unit.row is not None:
        return str(unit.row.parent_id) if unit.row.parent_id else None
    above = context.place(line, "parent")
    allowed = rules.PARENTS.get(unit.kind)
    if allowed is not None and (above or line["parent"] is None) and (above.kind if above else None) not in allowed:
        code = "opening.parent_missing" if above is None else "opening.parent_kind"
        context.findings.add(line, "parent", code)
    return above.id if above else None


def _paths(units: dict[str, Unit], parents: dict[str, str | None]) -> dict[str, Unit]:
    """The organisations with the paths that follow from their parents; kinds keep them from hanging in a ring."""
    above = {one: unit.row.parent_id if unit.row is not None else None for one, unit in units.items()} | parents

    def path(one: str, depth: int = 0) -> str:
        parent = above.get(one)
        return f"{path(parent, depth + 1) if parent and depth < 8 else '/'}{one}/"

    return {one: Unit(u.id, u.code, u.name, u.kind, path(one), u.row) for one, u in units.items()}


def _plan(context: Context, line: Line, unit: Unit, parent_id: str | None) -> None:
    fields = {"kind": unit.kind, "code": unit.code, "name": unit.name, "stage": line["stage"], "area": line["area"]}
    context.findings.add_all(line, rules.organisation_faults(fields) if unit.kind else [])
    if line["weak"] is not None and unit.kind and unit.kind != "school":
        context.findings.add(line, "weak", "opening.school_only")
    _check_powers(context, line, unit)
    if not context.findings.is_good(line):
        return
    step = context.plan.step(f"organisation:{unit.id}")
    values = given(line, PLAIN) | {"parent_id": parent_id}
    if "weak" in values:
        values["weak"] = WEAK[values["weak"]]
    if "name_en" in values:
        values["name_en"] = values["name_en"] or ""
    if unit.row is None:
        _add(step, unit, values)
    else:
        changes = differing(unit.row, {**values, "path": unit.path, "valid_until": None})
        if changes and context.expect_unused(line, "code", context.register.units[unit.id]):
            step.updates.append((ORGANISATION, {"id": unit.id}, {**changes, "version": unit.row.version + 1}))
    _plan_powers(context, line, unit, step)
    context.plan.count(line, NEW if unit.row is None else CHANGED if step.moves else SAME)


def _add(step: Step, unit: Unit, values: dict[str, Any]) -> None:
    blank: dict[str, Any] = dict.fromkeys(("stage", "area", "weak"))
    row = {**blank, "name_en": "", **values, "id": unit.id, "path": unit.path, "kind": unit.kind, "code": unit.code}
    step.is_new = True
    step.inserts.append((ORGANISATION, {**row, "valid_until": None, "version": 1}, TABLE))


def _move(context: Context, named: set[str]) -> None:
    """Organisations that the file does not name move along with what is above them."""
    for unit in context.units.values():
        if unit.row is not None and unit.id not in named and unit.path != unit.row.path:
            step = context.plan.step(f"organisation:{unit.id}")
            step.updates.append((ORGANISATION, {"id": unit.id}, {"path": unit.path, "version": unit.row.version + 1}))


def _check_powers(context: Context, line: Line, unit: Unit) -> None:
    both(line, {f"{short}_from": f"{short}_document" for short in POWERS.values()}, context)
    for short in POWERS.values():
        first: date | None = line[f"{short}_from"]
        if first is not None and unit.kind and unit.kind != "school":
            context.findings.add(line, f"{short}_from", "opening.school_only")
        if first is not None and line["valid_from"] is not None and first < line["valid_from"]:
            context.findings.add(line, f"{short}_from", "opening.before_school")


def _plan_powers(context: Context, line: Line, unit: Unit, step: Step) -> None:
    for kind, short in POWERS.items():
        if f"{short}_from" not in line:
            continue
        standing = [
            row for row in context.register.authorisations
            if row.organisation_id == unit.id and row.kind == kind and row.valid_until is None
        ]  # fmt: skip
        values = {"valid_from": line[f"{short}_from"], "document": line[f"{short}_document"] or ""}
        if values["valid_from"] is None:
            ours = [row for row in standing if context.written.is_from(AUTHORISATION, row.id, TABLE)]
            step.removes += [(AUTHORISATION, dict(row._mapping)) for row in ours]
        elif not standing:
            row = {"id": new_id(), "organisation_id": unit.id, "kind": kind, "valid_until": None, **values}
            step.inserts.append((AUTHORISATION, row, TABLE))
        elif (changes := differing(standing[0], values)) and context.expect_unused(line, f"{short}_from", unit):
            step.updates.append((AUTHORISATION, {"id": standing[0].id}, changes))
