"""Rows of the numbers, of the pool and of its lent posts: the figures that the accounts are to open with."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.opening.context import Context
from service.opening.findings import Line
from service.opening.register import Unit
from service.opening.shapes import BANDS
from service.opening.steps import CHANGED, NEW, SAME, Opened, differing
from service.opening.written import NUMBER
from service.posts.opening import NewAccount

ACCOUNTS: tuple[str | None, ...] = (None, *BANDS)


def name_of(band: str | None) -> str:
    """How the columns of an account begin."""
    return band or "headcount"


def plan_numbers(context: Context) -> None:
    """Check the sheet of the schools' numbers and plan what their accounts open with."""
    seen: dict[tuple[object, ...], Line] = {}
    for line in context.read.of("numbers"):
        school = context.place(line, "organisation", ("school",))
        context.expect_past(line, ("opened_on",))
        for band in ACCOUNTS:
            _check_account(context, line, name_of(band))
        if school is None or not context.expect_once(line, (school.id,), seen, "organisation"):
            continue
        if context.findings.is_good(line):
            _plan_school(context, line, school)


def _check_account(context: Context, line: Line, name: str) -> None:
    """Approved and occupied are both told or neither; excess is what is beyond, nothing else."""
    approved, occupied, excess = (line[f"{name}_{part}"] for part in ("approved", "occupied", "excess"))
    if (approved is None) != (occupied is None) and name != "headcount":
        context.findings.add(line, f"{name}_{'approved' if approved is None else 'occupied'}", "opening.pair")
    if excess is None:
        return
    if approved is None or occupied is None:
        context.findings.add(line, f"{name}_excess", "opening.excess_alone")
    elif excess != max(0, occupied - approved):
        context.findings.add(line, f"{name}_excess", "opening.excess", right=max(0, occupied - approved), value=excess)


def _plan_school(context: Context, line: Line, school: Unit) -> None:
    before = len(context.plan.opened)
    known = False
    for band in ACCOUNTS:
        approved, occupied = line[f"{name_of(band)}_approved"], line[f"{name_of(band)}_occupied"]
        known |= (school.id, band, False) in context.register.accounts
        if approved is not None:
            kind = "headcount" if band is None else "post"
            _open(context, line, f"{name_of(band)}_approved", NewAccount(school.id, kind, band, approved, occupied))
    step = context.plan.step(f"organisation:{school.id}")
    stated = context.written.numbers.get(school.id)
    values = {"persons": line["stated"], "opened_on": line["opened_on"], "document": line["document"]}
    changed = stated is None or bool(differing(stated, values))
    if stated is None:
        step.inserts.append((NUMBER, {"organisation_id": school.id, **values}, "numbers"))
    elif changed and context.expect_unused(line, "organisation", school):
        step.updates.append((NUMBER, {"organisation_id": school.id}, differing(stated, values)))
    moved = changed or len(context.plan.opened) > before
    context.plan.count(line, (CHANGED if known else NEW) if moved else SAME)


def _open(context: Context, line: Line, column: str, wanted: NewAccount) -> None:
    """Plan the figures of one account, unless it has them; refused once anything but an opening has moved it."""
    row = context.register.accounts.get((wanted.organisation_id, wanted.band, wanted.pool))
    if row is not None and _is_same(context, row, wanted):
        return
    if row is not None and row.id in context.register.moved:
        context.findings.add(line, column, "opening.ledger_moved", case=context.register.moved[row.id])
        return
    unit = context.units[wanted.organisation_id]
    if row is not None and not wanted.pool and not context.expect_unused(line, column, unit):
        return
    opened: date = line["opened_on"] or context.today
    context.plan.opened.append(Opened(wanted, row.id if row is not None else None, line["document"] or "", opened))


def _is_same(context: Context, row: Any, wanted: NewAccount) -> bool:
    there = dict(context.register.lent.get(row.id, {}))
    return (row.approved, row.occupied, there) == (wanted.approved, wanted.occupied, dict(wanted.lent_to))


def plan_pools(context: Context, lent: Mapping[tuple[str, str], Mapping[str, int]]) -> None:
    """Check the sheet of the pool and plan its accounts; `lent` are the posts of the sheet of lent ones, if any."""
    seen: dict[tuple[object, ...], Line] = {}
    for line in context.read.of("pools"):
        holder = context.place(line, "organisation", ("bureau",))
        context.expect_past(line, ("opened_on",))
        if holder is None or line["band"] is None or line["approved"] is None:
            continue
        key = (holder.id, line["band"])
        if not context.expect_once(line, key, seen, "band"):
            continue
        row = context.register.accounts.get((*key, True))
        there = context.register.lent.get(row.id, {}) if row is not None else {}
        to = lent.get(key, {}) if context.read.has("loans") else there
        if sum(to.values()) > line["approved"]:
            context.findings.add(line, "approved", "opening.lent_over", lent=sum(to.values()))
        if context.findings.is_good(line):
            before = len(context.plan.opened)
            wanted = NewAccount(holder.id, "post", line["band"], line["approved"], pool=True, lent_to=dict(to))
            _open(context, line, "approved", wanted)
            moved = len(context.plan.opened) > before
            context.plan.count(line, (NEW if row is None else CHANGED) if moved else SAME)
