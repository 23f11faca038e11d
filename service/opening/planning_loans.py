"""Rows of the lent posts: how many each school has of which pool, and who sits in them."""

from collections.abc import Mapping

from service.opening.context import Context
from service.opening.findings import WHO, Line
from service.opening.humans import Human
from service.opening.register import Unit
from service.opening.steps import NEW, SAME, Holder

Lent = dict[tuple[str, str], dict[str, int]]
"""(pool's organisation, band) → school → posts."""


def plan_loans(context: Context, humans: Mapping[str, Human]) -> Lent:
    """Check the sheet and plan the holders; how many posts each school has on loan."""
    lent: Lent = {}
    seen: dict[tuple[object, ...], Line] = {}
    pools = {(line["organisation"], line["band"]) for line in context.read.of("pools")}
    for line in context.read.of("loans"):
        pool, school = context.place(line, "organisation", ("bureau",)), context.place(line, "school", ("school",))
        human = _holder(context, line, humans)
        if pool is None or school is None or line["band"] is None:
            continue
        if not any(band == line["band"] and _names(context, text, pool) for text, band in pools):
            context.findings.add(line, "band", "opening.no_pool")
        key = (pool.id, line["band"], school.id, human.id if human else None)
        if not context.expect_once(line, key, seen, "id_number" if human else "school"):
            continue
        if human is not None:
            _check_holder(context, line, human, school)
        _count(lent, (pool.id, line["band"]), school, line["count"] or 1)
        if context.findings.is_good(line):
            _plan(context, line, pool, school, human)
    return lent


def _names(context: Context, text: str | None, pool: Unit) -> bool:
    return text is not None and pool in context.named.get(text.casefold(), [])


def _count(lent: Lent, key: tuple[str, str], school: Unit, count: int) -> None:
    there = lent.setdefault(key, {})
    there[school.id] = there.get(school.id, 0) + count


def _holder(context: Context, line: Line, humans: Mapping[str, Human]) -> Human | None:
    number = line[WHO]
    if number is None:
        return None
    human = humans.get(context.renamed.get(number, number))
    if human is None or human.unit is None or human.left is not None:
        context.findings.add(line, "id_number", "opening.no_person")
        return None
    return human


def _check_holder(context: Context, line: Line, human: Human, school: Unit) -> None:
    """Who holds a lent post is one person, at that school, in that band, since before the loan, for a term."""
    if line["count"] not in (None, 1):
        context.findings.add(line, "count", "opening.loan_count")
    for name in ("from_on", "until"):
        if line[name] is None:
            context.findings.add(line, name, "opening.loan_term")
    first, last = line["from_on"], line["until"]
    if first is not None and last is not None and last < first:
        context.findings.add(line, "until", "dates.order")
    if first is not None and first > context.today:
        context.findings.add(line, "from_on", "loan.not_begun")
    if human.unit is None or human.unit.id != school.id:
        context.findings.add(line, "school", "opening.loan_elsewhere")
    elif human.job.get("band") != line["band"]:
        context.findings.add(line, "band", "opening.loan_band")


def _plan(context: Context, line: Line, pool: Unit, school: Unit, human: Human | None) -> None:
    if human is None:
        context.plan.count(line, SAME if (pool.id, line["band"], True) in context.register.accounts else NEW)
        return
    loan = human.known.loan if human.known else None
    if loan is None:
        wanted = Holder(pool.id, line["band"], school.id, human.id, line["from_on"], line["until"])
        context.plan.holders.append(wanted)
    elif (loan.borrower_id, loan.from_on, loan.until) != (school.id, line["from_on"], line["until"]):
        context.findings.add(line, "id_number", "loan.held")
    context.plan.count(line, NEW if loan is None else SAME)
