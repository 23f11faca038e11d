"""What differs between two versions of a flow, or between a version and a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.deployments import contents, drafts, releasing
from service.errors import NotFound
from workflows import catalogue
from workflows.base import table_of
from workflows.comparing import Change, compare
from workflows.models import ProcessDefinition

_DEFINITION = table_of(ProcessDefinition)


@dataclass(frozen=True)
class Difference:
    """The versions compared (rows with `id` and `version`; None for nothing, or a draft) and what differs."""

    old: Any
    new: Any
    changes: Sequence[Change]


def of_version(actor: Actor, definition_id: str, against: str | None = None) -> Difference:
    """A version against another, without one against the version before it; NotFound("definition.absent")."""
    policy.require(actor, "definition.read")
    session = db.session()
    new = catalogue.row_of(session, definition_id)
    if against is None:
        before = select(_DEFINITION.c.id).where(_DEFINITION.c.key == new.key, _DEFINITION.c.version < new.version)
        against = session.scalars(before.order_by(_DEFINITION.c.version.desc()).limit(1)).first()
    old, files = _version(against, new.key)
    return Difference(old, new, compare(files, releasing.own_files(session, definition_id)))


def of_draft(actor: Actor, draft_id: str, against: str | None = None) -> Difference:
    """A draft against a version of its flow, without one against its base; NotFound("draft.absent" | …)."""
    policy.require(actor, "draft.read")
    session = db.session()
    row = drafts.read(session, draft_id)
    old, files = _version(against or row.base_id, row.key)
    return Difference(old, None, compare(files, contents.bytes_of(drafts.files_of(session, draft_id))))


def _version(definition_id: str | None, key: str) -> tuple[Any, Mapping[str, bytes]]:
    """A version of a key with its own files; nothing at all without an id."""
    if definition_id is None:
        return None, {}
    session = db.session()
    row = catalogue.row_of(session, definition_id)
    if row.key != key:
        raise NotFound("definition.absent", definition_id=definition_id)
    return row, releasing.own_files(session, definition_id)
