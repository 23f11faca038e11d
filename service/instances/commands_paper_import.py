"""A workbook of cases on paper: kept, tried case by case in the background, handed over, confirmed case by case."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, LecternError, NotFound
from service.instances import paper_cases, paper_notices
from service.instances.models import PaperImport
from service.instances.paper_cases import DRAFT, FAULTY, OPEN, READY
from service.instances.paper_sheets import Read
from service.instances.resting import Rest
from service.parameters import queries as parameters
from service.posts import checked
from service.runs.asking import ask
from service.runs.declaring import Running
from service.tasks.completion import signer
from workflows.base import new_id, table_of

TRY, CONFIRM = "paper_case.try", "paper_case.confirm"
CHUNK = 100
IMPORT = table_of(PaperImport)


@dataclass(frozen=True)
class KeepWorkbook:
    """The cases of a workbook of one flow, read without a fault; `name` is the file's."""

    definition_key: str
    name: str
    cases: Sequence[Read]


@dataclass(frozen=True)
class Tried:
    """What came of one case, as the run that works on it: how it would rest, or why not."""

    running: Running
    paper_case_id: str
    rest: Rest | None = None
    error: LecternError | None = None


def keep_workbook(actor: Actor, command: KeepWorkbook, *, now: datetime) -> str:
    """Keep the cases and ask for their dry run; the id of the workbook. Invalid("attachment.unknown")."""
    with transaction() as session:
        policy.require(actor, "paper_case.propose")
        import_id, total = new_id(), len(command.cases)
        run_id = ask(session, actor, TRY, {"import_id": import_id}, now=now, total=total)
        row = {
            "id": import_id, "person_id": signer(actor), "definition_key": command.definition_key,
            "name": command.name[:200], "run_id": run_id, "at": now,
        }  # fmt: skip
        session.execute(insert(IMPORT), row)
        for case in command.cases:
            more = {"import_id": import_id, "label": case.key[:100], "origin": case.origin, "state": DRAFT}
            paper_cases.write(session, actor, case.told, signer(actor), now, **more)
        answer(session, import_id=import_id)
        return import_id


def note_tried(actor: Actor, command: Tried, *, now: datetime) -> None:
    """Keep what the dry run of a case has found. Lost when another process has taken the run over."""
    with transaction() as session:
        command.running.hold(session)
        policy.require(actor, "paper_case.propose")
        row = paper_cases.lock(session, command.paper_case_id, (DRAFT,))
        rest = command.rest
        found = {"state": READY, "result": _rest(rest, now)} if rest else _refused(command.error, FAULTY, now)
        paper_cases.note(session, row.id, **found)


def note_refusal(actor: Actor, command: Tried, *, now: datetime) -> None:
    """Keep why a case could not be confirmed: it stays open. Lost as `note_tried`."""
    with transaction() as session:
        command.running.hold(session)
        policy.require(actor, "paper_case.confirm")
        row = paper_cases.lock(session, command.paper_case_id)
        paper_cases.note(session, row.id, **_refused(command.error, OPEN, now))


def hand_over(actor: Actor, import_id: str, *, now: datetime) -> int:
    """Hand the cases that are ready to a second person; how many. NotFound("paper_import.absent").

    Their schools have other open cases, whatever was confirmed.

    Those that are faulty stay behind: they come again in another workbook. Conflict("paper_import.nothing").
    """
    with transaction() as session:
        policy.require(actor, "paper_case.propose")
        _own(session, actor, import_id)
        ready = paper_cases.of_import(session, import_id, READY)
        if not ready:
            raise Conflict("paper_import.nothing")
        for organisation_id in sorted({row.organisation_id for row in ready}):
            checked.disprove(session, organisation_id, signer(actor), actor.account_id, now)
        for row in ready:
            paper_cases.note(session, row.id, state=OPEN, proposed_at=now)
        paper_notices.many_wait(session, import_id, len(ready), signer(actor), now)
        return len(ready)


def confirm_workbook(actor: Actor, import_id: str, *, now: datetime) -> str:
    """Ask for the run that confirms every open case of a workbook; its id. NotFound("paper_import.absent").

    Conflict("paper_import.nothing"); cases that the actor told are refused one by one.
    """
    with transaction() as session:
        policy.require(actor, "paper_case.confirm")
        _lock(session, import_id)
        waiting = paper_cases.of_import(session, import_id, OPEN)
        if not waiting:
            raise Conflict("paper_import.nothing")
        run_id = ask(session, actor, CONFIRM, {"import_id": import_id}, now=now, total=len(waiting))
        session.execute(update(IMPORT).where(IMPORT.c.id == import_id).values(run_id=run_id))
        answer(session, run_id=run_id)
        return run_id


def forget_faulty(actor: Actor, *, now: datetime) -> int:
    """Delete at most CHUNK cases that were never handed over and are older than `run_kept_days`; how many.

    What they tell is personal data that nobody uses: they come again, put right. Call again while it is not 0.
    """
    with transaction() as session:
        policy.require(actor, "paper_case.clean_up")
        before = now - timedelta(days=int(parameters.county(session, day_of(now))["run_kept_days"]))
        return paper_cases.forget(session, (DRAFT, FAULTY), before, CHUNK)


def _lock(session: Session, import_id: str) -> Row[Any]:
    row = session.execute(select(IMPORT).where(IMPORT.c.id == import_id).with_for_update()).first()
    if row is None:
        raise NotFound("paper_import.absent")
    return row


def _own(session: Session, actor: Actor, import_id: str) -> Row[Any]:
    row = _lock(session, import_id)
    if row.person_id != actor.person_id:
        raise NotFound("paper_import.absent")
    return row


def _rest(rest: Rest, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "title": rest.title,
        "holds": [asdict(one) for one in rest.holds],
        "waits": [
            {"element_id": one.element_id, "name": one.name, "due_at": _iso(one.due_at), "was_due": _iso(one.was_due)}
            for one in rest.waits
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _refused(error: LecternError | None, state: str, now: datetime) -> dict[str, Any]:
    """Codes and paths, never values of the case."""
    assert error is not None
    faults = [{"path": one.path, "code": one.code, "params": _plain(one.params)} for one in error.faults]
    told = {"at": now.isoformat(), "code": error.code, "params": _plain(error.params), "faults": faults}
    return {"state": state, "result": told}


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    """What JSON keeps; what is nothing is left out, so that no words are looked for "None"."""
    plain = {name: value for name, value in params.items() if value is not None}
    return {name: value if isinstance(value, int | float | bool) else str(value) for name, value in plain.items()}
