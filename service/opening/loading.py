"""Writes a plan inside the transaction of its load: persons, then the accounts of the ledger, then who sits where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, insert, or_, select, text
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.audit.models import AuditStream
from service.opening import journal
from service.opening.steps import Holder, Opened, Plan, Step
from service.opening.written import EFFECT
from service.people.locking import lock_persons
from service.posts import lending, opening, recording
from service.posts.lending import LOAN, NewLoan
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT, Cause
from workflows.base import new_id, table_of
from workflows.writing import write

STREAM = "opening"
"""The stream of loads: its lock lets one load or taking back go on at a time."""
_STREAM = table_of(AuditStream)
LINE = "opening"
LEDGER = "ledger"


def lock(session: Session) -> None:
    """Nobody else loads, and no case begins, to the end of the transaction: what is looked at stays as it is."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE process_case IN SHARE MODE"))
    chain.lock(session, STREAM)


def standing(session: Session) -> int:
    """A number that rises with every change of what a plan looks at: all that is on record but logins and the like.

    What was planned while it stood at the same number before and after may be written without looking once more.
    """
    found = select(func.sum(_STREAM.c.seq)).where(or_(_STREAM.c.stream < "account:", _STREAM.c.stream >= "account;"))
    return int(session.scalar(found) or 0)


def write_plan(session: Session, actor: Actor, import_id: str, plan: Plan, now: datetime) -> None:
    """Write everything that the plan holds; the caller has looked that nothing is wrong with it."""
    steps = [step for step in plan.steps.values() if step.moves]
    people = [step.subject.removeprefix("person:") for step in steps if not step.is_new and _is_person(step)]
    lock_persons(session, people)
    journal.write_steps(session, import_id, steps)
    _tell(session, actor, import_id, steps, now)
    by_paper: dict[Any, list[Opened]] = {}
    for opened in plan.opened:
        by_paper.setdefault((opened.document, opened.decided_on), []).append(opened)
    figures: dict[str, dict[str, Any]] = {}
    for found in by_paper.values():
        figures |= _open(session, _cause(actor, found[0], now), found)
    made = [_name(session, actor, holder, now) for holder in plan.holders]
    _keep(session, import_id, figures, made)


def _is_person(step: Step) -> bool:
    return step.subject.startswith("person:")


def _tell(session: Session, actor: Actor, import_id: str, steps: Sequence[Step], now: datetime) -> None:
    """One event for each person and organisation; new streams are begun in bulk."""
    new = {step.subject: [_event(actor, import_id, step)] for step in steps if step.is_new}
    chain.begin_all(session, new, at=now)
    known = {step.subject: [_event(actor, import_id, step)] for step in steps if not step.is_new}
    chain.append_all(session, known, at=now)


def _event(actor: Actor, import_id: str, step: Step) -> NewEvent:
    """How many rows of which table; which fields changed. What they hold stands in the rows, and may be personal."""
    written: dict[str, int] = {}
    for table, _, _ in step.inserts:
        written[str(table.name)] = written.get(str(table.name), 0) + 1
    body: dict[str, Any] = {"import_id": import_id}
    body |= {"written": written} if written else {}
    fields = sorted({f"{table.name}.{name}" for table, _, values in step.updates for name in values})
    body |= {"changed": fields} if fields else {}
    body |= {"removed": [str(table.name) for table, _ in step.removes]} if step.removes else {}
    named = None if step.named is None else {"name": step.named}
    return NewEvent("opening.loaded", actor.account_id, body=body, sensitive=named)


def _cause(actor: Actor, opened: Opened, now: datetime) -> Cause:
    by = actor.person_id or actor.account_id
    return Cause(None, "", "", by, now, opened.document, opened.decided_on)


def _open(session: Session, cause: Cause, found: Sequence[Opened]) -> dict[str, dict[str, Any]]:
    """Open or change these accounts; account id → the balance of before, as plain values."""
    new = [opened.account for opened in found if opened.account_id is None]
    ids = opening.open_accounts(session, cause, new)
    recording.record_opening(session, cause, dict(zip(ids, new, strict=True)))
    changed = {opened.account_id: opened.account for opened in found if opened.account_id is not None}
    before = opening.reopen(session, cause, changed) if changed else {}
    recording.record_reopening(session, cause, before, changed)
    zero = {one: replace(account, approved=0, occupied=0, lent_to={}) for one, account in zip(ids, new, strict=True)}
    return {one: asdict(account) for one, account in (zero | before).items()}


def _name(session: Session, actor: Actor, holder: Holder, now: datetime) -> str:
    """Say who sits in a lent post; the loan's id."""
    mine = (ACCOUNT.c.organisation_id == holder.organisation_id, ACCOUNT.c.band == holder.band, ACCOUNT.c.pool)
    account_id = session.execute(select(ACCOUNT.c.id).where(*mine)).scalar_one()
    cause = Cause(None, "", "", actor.person_id or actor.account_id, now)
    new = NewLoan(account_id, LINE, holder.borrower_id, holder.person_id, holder.from_on, holder.until)
    return lending.name_holder(session, cause, new)


def _keep(session: Session, import_id: str, figures: Mapping[str, Any], loans: Iterable[str]) -> None:
    inserted = [[str(LOAN.name), {"id": one}, "loans"] for one in loans]
    if not figures and not inserted:
        return
    effect_id = new_id()
    sealed = journal.KEPT.seal(effect_id, orjson.dumps({"figures": figures}).decode())
    row = {"id": effect_id, "import_id": import_id, "subject": LEDGER, "inserted": inserted, "kept": sealed}
    write(session, insert(EFFECT), row)


def put_back(session: Session, cause: Cause, figures: Mapping[str, Mapping[str, Any]]) -> None:
    """The balances of before, by entries that stand against those of the load."""
    before = {one: NewAccount(**account) for one, account in figures.items()}
    there = opening.reopen(session, cause, before) if before else {}
    recording.record_reopening(session, cause, there, before)
