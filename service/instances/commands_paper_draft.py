"""A single case on paper that one person tells step by step: kept as far as it is, handed over when it is whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Conflict, NotFound
from service.instances import beginning, paper_cases, paper_notices, telling, told
from service.instances.beginning import StartInstance
from service.instances.paper_cases import DRAFT, OPEN, REFUSED
from service.instances.told import ToldCase
from service.posts import checked
from service.tasks.completion import signer


@dataclass(frozen=True)
class ChangeDraft:
    """One part of a draft (`told.part_of`) and what it shall be, a step None where it is taken out.

    `seen` is the print of the part that the page was made of: of two windows neither overwrites the other unseen.
    """

    paper_case_id: str
    part: str
    value: Any
    seen: str


def begin_draft(actor: Actor, case: ToldCase, *, now: datetime) -> str:
    """Keep what is told so far, right or wrong; the id. Nobody else changes it, nor decides before it is handed over.

    NotFound("definition.absent" | "organisation.absent"), Invalid("attachment.unknown"), Conflict and Invalid of
    `telling.expect_place`.
    """
    with transaction() as session:
        policy.require(actor, "paper_case.propose")
        _expect_place(session, actor, case)
        draft_id = paper_cases.write(session, actor, case, signer(actor), now, state=DRAFT)
        answer(session, paper_case_id=draft_id)
        return draft_id


def change_draft(actor: Actor, command: ChangeDraft, *, now: datetime) -> str:
    """Keep one part of it as it is, right or wrong, beside what other windows have kept of the others; its new print.

    NotFound("paper_case.absent"), Conflict("paper_case.changed") where the part is neither as it was seen nor as it is
    sent, and those of `begin_draft`.
    """
    with transaction() as session:
        policy.require(actor, "paper_case.propose")
        row = _own(session, actor, command.paper_case_id)
        before = paper_cases.told_in(row)
        after = _changed(before, command)
        if command.part == told.HEAD:
            _expect_place(session, actor, after)
        paper_cases.rewrite(session, actor, row.id, after, now)
        return told.print_of(paper_cases.told_in(paper_cases.lock(session, row.id, (DRAFT,))), command.part)


def _changed(before: ToldCase, command: ChangeDraft) -> ToldCase:
    """The draft with the part; what stands there in the same words already overwrites nothing, whatever was seen."""
    beyond = command.part.isdecimal() and int(command.part) > len(before.steps)
    after = told.with_part(before, command.part, command.value)
    kept = told.print_of(before, command.part)
    same = command.value is not None and told.print_of(after, command.part) == kept
    if beyond or (kept != command.seen and not same):
        raise Conflict("paper_case.changed")
    return after


def _expect_place(session: Session, actor: Actor, case: ToldCase) -> None:
    asked = beginning.asked(session, actor, StartInstance(case.definition_key, case.organisation_id))
    telling.expect_place(asked.definition, case.element_id)


def hand_over_draft(actor: Actor, paper_case_id: str, *, now: datetime) -> None:
    """A second person decides about it from now on; its school has another open case, whatever was confirmed.

    NotFound("paper_case.absent").
    """
    with transaction() as session:
        policy.require(actor, "paper_case.propose")
        row = _own(session, actor, paper_case_id)
        checked.disprove(session, row.organisation_id, signer(actor), actor.account_id, now)
        paper_cases.note(session, row.id, state=OPEN, proposed_at=now)
        paper_notices.waits(session, row, now)


def drop_draft(actor: Actor, paper_case_id: str, *, now: datetime) -> None:
    """Nothing is told after all: what was filled in is kept no more. NotFound("paper_case.absent")."""
    with transaction() as session:
        policy.require(actor, "paper_case.propose")
        row = _own(session, actor, paper_case_id)
        paper_cases.decide(session, row, signer(actor), now, state=REFUSED)


def _own(session: Session, actor: Actor, paper_case_id: str) -> Row[Any]:
    row = paper_cases.lock(session, paper_case_id, (DRAFT,))
    if row.proposed_by != actor.person_id or row.import_id is not None:
        raise NotFound("paper_case.absent")
    return row
