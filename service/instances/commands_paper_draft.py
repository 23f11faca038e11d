"""A single case on paper that one person tells step by step: kept as far as it is, handed over when it is whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import NotFound
from service.instances import beginning, paper_cases, paper_notices, telling
from service.instances.beginning import StartInstance
from service.instances.paper_cases import DRAFT, OPEN, REFUSED
from service.instances.told import ToldCase
from service.posts import checked
from service.tasks.completion import signer


@dataclass(frozen=True)
class KeepDraft:
    """What is told so far, of a draft that is there or of a new one."""

    told: ToldCase
    paper_case_id: str | None = None


def keep_draft(actor: Actor, command: KeepDraft, *, now: datetime) -> str:
    """Keep it as it is, right or wrong: the id. Nobody else changes it, and nobody decides before it is handed over.

    NotFound("definition.absent" | "organisation.absent" | "paper_case.absent"), Invalid("attachment.unknown"),
    Conflict and Invalid of `telling.expect_place`.
    """
    told = command.told
    with transaction() as session:
        policy.require(actor, "paper_case.propose")
        asked = beginning.asked(session, actor, StartInstance(told.definition_key, told.organisation_id))
        telling.expect_place(asked.definition, told.element_id)
        if command.paper_case_id is None:
            draft_id = paper_cases.write(session, actor, told, signer(actor), now, state=DRAFT)
        else:
            draft_id = _own(session, actor, command.paper_case_id).id
            paper_cases.rewrite(session, actor, draft_id, told, now)
        answer(session, paper_case_id=draft_id)
        return draft_id


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
