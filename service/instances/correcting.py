"""What a correction of a case would do, and who may propose or confirm it: inside a command's transaction."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.access.days import day_of
from service.db import rehearsal
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.flows import registry
from service.flows.corrections import queries
from service.flows.corrections.declaring import CORRECTABLE, ELEMENT, Carried, Correcting, Field, Item
from service.flows.corrections.queries import CORRECTION, OPEN
from service.instances.facts import LockedCase
from service.instances.models import ProcessCase
from service.people.members import related_among
from service.posts.posting import ACCOUNT, ENTRY
from service.tasks import advance
from service.tasks.around import reading_scope, surroundings
from service.tasks.models import Task
from workflows import catalogue, engine, store
from workflows.base import table_of
from workflows.surroundings import Outcome

PROCESS_CASE, TASK = table_of(ProcessCase), table_of(Task)
MADE = "correction.made"
"""The event of a case that records a correction; the sheet of the case is then another one."""
LONGEST = {"text": 200, "note": 400}
MOVED = ("approved", "excess", "occupied", "reserved", "lent")
PLACED = ("organisation_id", "kind", "band", "pool")


@dataclass(frozen=True)
class Wanted:
    """A correction as it is asked for: which item of a case, all its values, why, and the paper behind it."""

    id: str
    kind: str
    item: Item
    after: Mapping[str, Any]
    reason: str
    document: str
    decided_on: date


def expect_free(session: Session, actor: Actor, locked: LockedCase, item: Item, after: Mapping[str, Any]) -> None:
    """Whom a correction concerns, or a relative, neither proposes nor confirms it.

    Forbidden("task.recused" | "correction.concerned").
    """
    if actor.person_id is None:
        return
    case, concerned = locked.case, {one for one in (*item.persons, after.get("person_id")) if one}
    reason = registry.interest_of(session, case.definition_key, case.instance_id, actor.person_id)
    if reason is not None:
        raise Forbidden("task.recused", instance_id=case.instance_id, reason=reason)
    if actor.person_id in concerned or (concerned and related_among(actor.person_id, sorted(concerned))):
        raise Forbidden("correction.concerned", instance_id=case.instance_id)


def cleaned(item: Item, given: Mapping[str, Any]) -> dict[str, Any]:
    """All values of an item with those that are given anew.

    Invalid("correction.invalid") with a fault a field, Conflict("correction.same") when none becomes another.
    """
    known = {field.name: field for field in item.fields}
    faults = [Fault(f"values.{name}", "correction.not_asked") for name in sorted(given.keys() - known.keys())]
    after = dict(item.values)
    for name in given.keys() & known.keys():
        try:
            after[name] = _clean(known[name], given[name])
        except ValueError:
            faults.append(Fault(f"values.{name}", WRONG.get(known[name].entered, "correction.long")))
    faults += [
        Fault(f"values.{field.name}", "field.required")
        for field in item.fields if field.required and after[field.name] in (None, "")
    ]  # fmt: skip
    if faults:
        raise Invalid("correction.invalid", faults=tuple(faults))
    if after == dict(item.values):
        raise Conflict("correction.same")
    return after


WRONG = {"day": "correction.day", "number": "correction.number", "choice": "correction.choice"}


def _clean(field: Field, value: Any) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if field.entered == "number":
        return _whole(value)
    text = str(value).strip()
    if field.entered == "day":
        return date.fromisoformat(text).isoformat()
    if field.entered == "choice" and text not in {choice[0] for choice in field.choices}:
        raise ValueError(text)
    if len(text) > LONGEST.get(field.entered, 64):
        raise ValueError(text)
    return text


def _whole(value: Any) -> int:
    if isinstance(value, bool) or int(value) != float(value):
        raise ValueError(value)
    return int(value)


def lock(session: Session, correction_id: str) -> Row[Any]:
    """A correction of a locked case. NotFound("case_correction.absent")."""
    row = session.execute(select(CORRECTION).where(CORRECTION.c.id == correction_id).with_for_update()).first()
    if row is None:
        raise NotFound("case_correction.absent")
    return row


def expect_open(row: Row[Any]) -> None:
    """Conflict("correction.decided") for one that somebody has decided."""
    if row.state != OPEN:
        raise Conflict("correction.decided", correction_state=row.state)


def refuse_second(session: Session, instance_id: str) -> None:
    """Conflict("correction.open") while another correction of the case waits for its second person."""
    open_one = select(CORRECTION.c.id).where(CORRECTION.c.instance_id == instance_id, CORRECTION.c.state == OPEN)
    found = session.scalar(open_one)
    if found is not None:
        raise Conflict("correction.open", correction_id=found)


def paper_faults(reason: str, document: str, decided_on: date, paper: str, now: datetime) -> list[Fault]:
    """What is missing from reason and paper."""
    asked = (
        (not reason.strip(), Fault("reason", "reason.missing")),
        (not document.strip(), Fault("document", "correction.document")),
        (decided_on > day_of(now), Fault("decided_on", "outside.future")),
        (not paper, Fault("attachment_id", "correction.paper")),
    )
    return [fault for is_wrong, fault in asked if is_wrong]


def foresee(session: Session, actor: Actor, locked: LockedCase, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """What it would do now; nothing of it stays. Raises what `carry` raises."""
    with rehearsal(session):
        return effects(session, locked, wanted, carry(session, actor, locked, wanted, now))


def carry(session: Session, actor: Actor, locked: LockedCase, wanted: Wanted, now: datetime) -> Carried:
    """Take back what the case has done and do it with the right values."""
    definition, scope = catalogue.get(session, locked.instance.definition_id), reading_scope(now, locked.case.about)

    def decide(decision_id: str, variables: Mapping[str, Any]) -> Outcome:
        found: Outcome = definition.decisions[decision_id].evaluate(variables, scope)
        return found

    asked = Correcting(
        session=session, id=wanted.id, instance_id=locked.instance.id, item=wanted.item, values=wanted.after,
        reason=wanted.reason, document=wanted.document, decided_on=wanted.decided_on, actor=actor,
        by=by_of(actor), now=now, variables=locked.instance.variables, decide=decide,
    )  # fmt: skip
    done = CORRECTABLE[wanted.kind].carry(asked)
    return replace(done, parameters={key: record for read in asked.looked for key, record in read.used.items()})


def effects(session: Session, locked: LockedCase, wanted: Wanted, done: Carried) -> dict[str, Any]:
    """What was done, as it is shown: entries of the ledger in their order, and the rest in words."""
    own = (ENTRY.c.instance_id.in_([locked.instance.id, *done.cases]), ENTRY.c.element_id == ELEMENT)
    account = [ACCOUNT.c[name] for name in PLACED]
    joined = select(ENTRY, *account).join(ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id)
    found = joined.where(*own, ENTRY.c.token.startswith(wanted.id)).order_by(ENTRY.c.id)
    told = ("account_id", "event", *PLACED, *MOVED)
    entries = [{name: getattr(row, name) for name in told} for row in session.execute(found)]
    return {"ledger": entries, "told": [asdict(one) for one in done.told], "published": done.published}


def alike(seen: Mapping[str, Any], done: Mapping[str, Any]) -> bool:
    """Whether what was done is what the second person was shown: every movement, and every other effect by its code."""
    return _told(seen) == _told(done)


def _told(effects: Mapping[str, Any]) -> tuple[Any, ...]:
    moved = [tuple(str(entry[name]) for name in sorted(entry)) for entry in effects["ledger"]]
    return sorted(moved), [one["code"] for one in effects["told"]], effects["published"]


def go_on(session: Session, actor: Actor, locked: LockedCase, variables: Mapping[str, Any], now: datetime) -> None:
    """Write the variables by which a case that still runs goes on; of one that has ended they stay as decided."""
    if locked.instance.ended_at is not None:
        return
    around = surroundings(session, actor, now, locked.case.about)
    for name, value in variables.items():
        held = store.lock(session, locked.instance.id)
        if held.variables.get(name) != value:
            advance.apply(around, locked.case, engine.assign(held, name, value, around), [], head=None)


def hand_to(session: Session, locked: LockedCase, organisation_id: str | None) -> None:
    """The case, with its open steps, is that organisation's from now on, by whose parameters it goes; what was done
    keeps its place."""
    if organisation_id is None:
        return
    case_id = locked.case.instance_id
    for table, mine in (
        (PROCESS_CASE, (PROCESS_CASE.c.instance_id == case_id,)),
        (TASK, (TASK.c.instance_id == case_id, TASK.c.state == "open")),
    ):
        session.execute(update(table).where(*mine).values(organisation_id=organisation_id))


def by_of(actor: Actor) -> str:
    """The person who acts, else the account."""
    return str(actor.person_id or actor.account_id)


def stream(locked: LockedCase) -> str:
    """The event stream of the case."""
    return advance.stream_of(locked.case.instance_id)


def wanted_of(locked: LockedCase, session: Session, row: Row[Any]) -> Wanted:
    """A correction that was proposed, on the item as it stands now; Conflict("correction.moved_on") for another one."""
    kind, item = queries.find(session, locked.case.definition_key, row.instance_id, row.kind, row.item)
    if dict(item.values) != row.before:
        raise Conflict("correction.moved_on")
    return Wanted(row.id, kind.name, item, row.after, row.reason, row.document, row.decided_on)
