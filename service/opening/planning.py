"""From a workbook and the books to a plan: every wrong cell, or everything that is to be written."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.opening.context import Context
from service.opening.findings import WHO
from service.opening.identity import by_key
from service.opening.mapping import SheetMap
from service.opening.people import known_people
from service.opening.planning_departed import plan_departed
from service.opening.planning_files import plan_files, plan_locks, take_records
from service.opening.planning_loans import plan_loans
from service.opening.planning_numbers import plan_numbers, plan_pools
from service.opening.planning_places import plan_places
from service.opening.planning_relations import plan_relations
from service.opening.planning_roles import plan_roles
from service.opening.planning_staff import plan_staff
from service.opening.reading import Read, Tell, read
from service.opening.register import register
from service.opening.steps import Plan
from service.opening.written import written
from service.sheets import Sheet


def plan(
    session: Session,
    actor: Actor,
    sheets: Mapping[str, Sheet],
    maps: Sequence[SheetMap],
    today: date,
    at: datetime,
    tell: Tell = lambda _done: None,
) -> Plan:
    """Look at every row of a workbook; nothing is written. Raises as `reading.read`."""
    found = read(sheets, maps, tell)
    context = Context(found, register(session), written(session), actor, today)
    plan_places(context)
    humans = plan_staff(context, known_people(session, _numbers(found)), at)
    plan_departed(context, humans, at)
    take_records(context, humans)
    plan_locks(context, humans)
    plan_roles(session, context, humans, actor.account_id, at)
    plan_relations(context, humans, actor.account_id, at)
    plan_files(context, humans.values(), actor.account_id, at)
    plan_numbers(context)
    plan_pools(context, plan_loans(context, humans))
    result = context.plan
    result.rows = sum(len(lines) for lines in found.lines.values())
    result.faults, result.wrong = context.findings.in_order, len(context.findings.wrong)
    return result


def _numbers(found: Read) -> set[str]:
    """Whom any sheet names."""
    tables = ("staff", "departed", "records", "locks", "roles", "loans", "relations")
    named = {line[WHO] for key in tables for line in found.of(key)}
    named |= {by_key(line["person_key"]) for line in found.of("staff") if line["person_key"]}
    return (named | {line["relative_id_number"] for line in found.of("relations")}) - {None}
