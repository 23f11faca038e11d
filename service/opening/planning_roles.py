"""Rows of the roles: holders and standing alternates, and the role of teacher that comes with a post of a school."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access import policy, rules
from service.access.accounts import ROLE
from service.access.roles import AUDITOR, ONE_HOLDER
from service.opening.context import Context
from service.opening.findings import Line
from service.opening.humans import Human
from service.opening.planning_files import who
from service.opening.register import Unit
from service.opening.steps import CHANGED, NEW, SAME, differing
from workflows.base import new_id

TABLE = "roles"
Key = tuple[str, str, str]
"""(role, organisation, holder or alternate)."""


class Roles:
    """The roles that will be held after the load: by the books, and by the rows that were looked at so far."""

    def __init__(self, session: Session, context: Context) -> None:
        lasting = or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > context.today)
        rows = session.execute(
            select(ROLE).where(ROLE.c.role.in_(sorted(ONE_HOLDER)), lasting, ROLE.c.kind == "holder")
        )
        self.single: dict[tuple[str, str], str] = {(row.role, row.organisation_id): row.person_id for row in rows}
        self.wanted: dict[str, dict[Key, dict[str, Any]]] = {}


def plan_roles(session: Session, context: Context, humans: Mapping[str, Human], by: str, at: Any) -> None:
    """Check the sheet, add the role of teacher, and plan what is new, changed, or no longer there."""
    roles = Roles(session, context)
    seen: dict[tuple[object, ...], Line] = {}
    for line in context.read.of(TABLE):
        human, unit = who(context, line, humans), context.place(line, "organisation")
        if human is None or unit is None or line["role"] is None or line["kind"] is None:
            continue
        _check(context, line, human, unit, roles)
        key = (line["role"], unit.id, line["kind"])
        if context.expect_once(line, (human.id, *key), seen, "role") and context.findings.is_good(line):
            names = ("valid_from", "valid_until", "document")
            values = {name: line[name] for name in names} | {"document": line["document"] or ""}
            roles.wanted.setdefault(human.id, {})[key] = values
            _plan(context, human, key, values, by, at, line)
    for human in humans.values():
        if human.line is not None and human.left is None and human.is_good:
            _teach(context, human, roles, by, at)
            _take_away(context, human, roles)


def _check(context: Context, line: Line, human: Human, unit: Unit, roles: Roles) -> None:
    first, until = line["valid_from"], line["valid_until"]
    if first is not None:
        faults = rules.assignment_faults(line["role"], unit.kind, line["kind"], first, until)
        context.findings.add_all(line, faults, {"organisation_id": "organisation"})
    target = policy.Target(person_id=human.id, role=line["role"], organisation_id=unit.id, kind=line["kind"])
    if not policy.allows(context.actor, "role.assign", target) and not _stands(line, human, unit):
        context.findings.add(line, "role", "opening.role_not_yours")
    held = roles.wanted.get(human.id, {})
    other = "alternate" if line["kind"] == "holder" else "holder"
    if (line["role"], unit.id, other) in held:
        context.findings.add(line, "kind", "opening.own_alternate")
    auditing = [role for role, _, _ in held if (role in AUDITOR) != (line["role"] in AUDITOR)]
    if auditing:
        context.findings.add(line, "role", "role.incompatible", role=auditing[0])
    if line["kind"] == "holder" and line["role"] in ONE_HOLDER and until is None:
        holder = roles.single.setdefault((line["role"], unit.id), human.id)
        if holder != human.id:
            context.findings.add(line, "role", "role.taken")


def _stands(line: Line, human: Human, unit: Unit) -> bool:
    """Whether the books have exactly this already, so that nothing is assigned by the load."""
    rows = human.known.roles if human.known else []
    told = (line["role"], unit.id, line["kind"], line["valid_from"], line["valid_until"])
    return told in [(r.role, r.organisation_id, r.kind, r.valid_from, r.valid_until) for r in rows]


def _teach(context: Context, human: Human, roles: Roles, by: str, at: Any) -> None:
    """Who has a professional post of a school is a teacher there."""
    unit = human.unit
    if unit is None or unit.kind != "school" or human.job.get("post_category") not in ("professional", "dual"):
        return
    key = ("teacher", unit.id, "holder")
    if key not in roles.wanted.setdefault(human.id, {}):
        values = {"valid_from": human.since, "valid_until": None, "document": human.job.get("document") or ""}
        roles.wanted[human.id][key] = values
        _plan(context, human, key, values, by, at, None)


def _plan(
    context: Context, human: Human, key: Key, values: dict[str, Any], by: str, at: Any, line: Line | None
) -> None:
    step = context.plan.step(human.subject)
    rows = human.known.roles if human.known else []
    there = [row for row in rows if (row.role, row.organisation_id, row.kind) == key and _lasts(context, row)]
    changes = differing(there[0], values) if there else {}
    if not there:
        row = {
            "id": new_id(), "person_id": human.id, "role": key[0], "organisation_id": key[1], "kind": key[2], **values,
            "absent_from": None, "absent_until": None, "assigned_at": at, "assigned_by": by,
        }  # fmt: skip
        step.inserts.append((ROLE, row, "staff" if line is None else TABLE))
    elif changes and (line is None or context.expect_unused(line, "role", context.register.units.get(key[1]))):
        step.updates.append((ROLE, {"id": there[0].id}, changes))
    if line is not None:
        context.plan.count(line, NEW if not there else CHANGED if changes else SAME)


def _lasts(context: Context, row: Any) -> bool:
    return row.valid_until is None or row.valid_until > context.today


def _take_away(context: Context, human: Human, roles: Roles) -> None:
    """What an earlier load gave and the file has no longer; and the role of teacher at a school that is left."""
    wanted = roles.wanted.get(human.id, {})
    for row in human.known.roles if human.known else []:
        if (row.role, row.organisation_id, row.kind) in wanted:
            continue
        sheet = context.written.sheets.get((ROLE.name, row.id))
        left = row.role == "teacher" and human.unit is not None and row.organisation_id != human.unit.id
        if (sheet == TABLE and context.read.has(TABLE)) or sheet == "staff" or (left and _lasts(context, row)):
            context.plan.step(human.subject).removes.append((ROLE, dict(row._mapping)))
