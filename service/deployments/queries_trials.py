"""Trying a draft: its files as a definition that is not stored, and a case of it that nobody else sees."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.deployments import contents, drafts
from service.errors import Invalid, NotFound
from service.flows.registry import declared
from service.parameters.scopes import COUNTY, About
from service.tasks import deadlines
from service.tasks.around import reading_scope, surroundings
from service.tasks.models import NEVER
from workflows import catalogue
from workflows.catalogue import Definition
from workflows.decisions import Outcome
from workflows.definition import decisions_of
from workflows.errors import LecternError
from workflows.feel import FeelError, FeelWarning
from workflows.rehearsal import Move, Open, Rehearsal, rehearse


def definition(actor: Actor, draft_id: str) -> Definition:
    """The draft as a definition. NotFound("draft.absent"), Invalid for what the engine could not read."""
    policy.require(actor, "draft.read")
    session = db.session()
    row = drafts.read(session, draft_id)
    return catalogue.assembled(session, contents.bytes_of(drafts.files_of(session, row.id)))


def trial(actor: Actor, tried: Definition, moves: Sequence[Move], now: datetime) -> Rehearsal:
    """Where a case of it stands after these moves, by today's parameters and calendar; nothing is written."""
    policy.require(actor, "draft.read")
    around = surroundings(db.session(), actor, now, About(flow=tried.key))
    apart = replace(around, session=cast("Any", None), operations={}, definitions=lambda _id: tried)
    return rehearse(tried, moves, apart, {name: found.writes for name, found in declared().items()})


def due_of(actor: Actor, step: Open) -> datetime | None:
    """When an open step of a trial falls due; None without a deadline, or with one that nobody can read."""
    policy.require(actor, "draft.read")
    around = replace(surroundings(db.session(), actor, step.since, COUNTY), now=step.since)
    try:
        due = deadlines.due_of(step.opened, around)
    except LecternError:
        return None
    return None if due == NEVER else due


def evaluate(
    actor: Actor, draft_id: str, decision_id: str, variables: Mapping[str, Any], now: datetime
) -> tuple[Outcome, Sequence[FeelWarning]]:
    """What a decision of a draft answers to these values, with what gave null on the way.

    NotFound("draft.absent" | "decision.absent"), Invalid("decision.file" | "expression.invalid").
    """
    policy.require(actor, "draft.read")
    session = db.session()
    own = contents.bytes_of(drafts.files_of(session, drafts.read(session, draft_id).id))
    decision = decisions_of({**catalogue.library_files(session), **own}).get(decision_id)
    if decision is None:
        raise NotFound("decision.absent", key=decision_id)
    scope = reading_scope(now, COUNTY)
    try:
        return decision.evaluate(variables, scope), scope.warnings
    except FeelError as error:
        raise Invalid("expression.invalid", reason=error.text("zh")) from error


def shared_files(actor: Actor) -> Mapping[str, bytes]:
    """The files of the shared libraries, whose forms and decisions every draft may use."""
    policy.require(actor, "draft.read")
    return catalogue.library_files(db.session())
