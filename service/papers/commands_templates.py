"""Templates: brought by one person, published by another, retired; no version is ever changed or lost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.papers import checking, templates
from service.papers.templates import DRAFT, PUBLISHED, RETIRED, TEMPLATE

NOTE_LIMIT = 500


@dataclass(frozen=True)
class AddTemplate:
    """A .docx for a kind; `note` says what is new in it."""

    kind: str
    content: bytes
    note: str


def add_template(actor: Actor, command: AddTemplate, *, now: datetime) -> str:
    """Look the file through and keep it as a draft until a second person publishes it; its id.

    Invalid("paper.template") with a fault for each place that is wrong, Invalid("paper.note"), NotFound("paper.kind").
    """
    kind = templates.kind_of(command.kind)
    _expect_words(command.note, "note")
    checking.check(kind, command.content)
    with transaction() as session:
        policy.require(actor, "paper_template.add")
        made = templates.write(session, kind.code, command.content, _who(actor), command.note.strip(), now)
        answer(session, template_id=made)
        return made


@dataclass(frozen=True)
class TemplateCommand:
    """A version of a template, and why where that is asked."""

    template_id: str
    reason: str = ""


def publish_template(actor: Actor, command: TemplateCommand, *, now: datetime) -> None:
    """Put a draft to use, if somebody else has brought it. Papers that were issued keep the version they have.

    Forbidden("paper_template.own_work"), Conflict("paper_template.not_draft"), Invalid("paper.template") when it does
    not pass any more, NotFound("paper_template.absent").
    """
    with transaction() as session:
        policy.require(actor, "paper_template.publish")
        row = templates.lock(session, command.template_id)
        if row.state != DRAFT:
            raise Conflict("paper_template.not_draft", state=row.state)
        if row.made_by == _who(actor):
            raise Forbidden("paper_template.own_work")
        checking.check(templates.kind_of(row.kind), row.content)
        said = {"state": PUBLISHED, "published_by": _who(actor), "published_at": now}
        _change(session, actor, row, "paper_template.published", said, now)


def retire_template(actor: Actor, command: TemplateCommand, *, now: datetime) -> None:
    """Issue nothing by this version any more; the published one before it is in use again, if there is one.

    A draft is put away in the same way. Conflict("paper_template.retired"), Invalid("paper.note").
    """
    _expect_words(command.reason, "reason")
    with transaction() as session:
        policy.require(actor, "paper_template.retire")
        row = templates.lock(session, command.template_id)
        if row.state == RETIRED:
            raise Conflict("paper_template.retired")
        why = command.reason.strip()
        said = {"state": RETIRED, "retired_by": _who(actor), "retired_at": now, "retired_because": why}
        _change(session, actor, row, "paper_template.retired", said, now, reason=why)


def _change(
    session: Any, actor: Actor, row: Any, kind: str, values: dict[str, Any], now: datetime, **told: str
) -> None:
    session.execute(update(TEMPLATE).where(TEMPLATE.c.id == row.id).values(values))
    body = {"template_id": row.id, "version": row.version, "checksum": row.checksum, **told}
    chain.append(session, templates.stream(row.kind), [NewEvent(kind, _who(actor), body=body)], at=now)


def _expect_words(text: str, field: str) -> None:
    if not text.strip() or len(text) > NOTE_LIMIT:
        raise Invalid(
            "paper.note", faults=(Fault(field, "paper.note", params={"limit": NOTE_LIMIT}),), limit=NOTE_LIMIT
        )


def _who(actor: Actor) -> str:
    return actor.person_id or actor.account_id
