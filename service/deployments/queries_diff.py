"""What differs between two versions of a flow, or between a version and a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.deployments import contents, drafts, releasing
from service.deployments.approving import is_library
from service.errors import Invalid, NotFound
from workflows import catalogue
from workflows.base import table_of
from workflows.comparing import Change, compare
from workflows.models import ProcessDefinition

_DEFINITION = table_of(ProcessDefinition)


@dataclass(frozen=True)
class Difference:
    """The versions compared (rows with `id` and `version`; None for nothing, or a draft) and what differs: in their
    own files, and in the `shared` ones that they are pinned to, of which `pinned` are the new one's names."""

    old: Any
    new: Any
    changes: Sequence[Change]
    shared: Sequence[Change] = ()
    pinned: Sequence[str] = ()


def of_version(actor: Actor, definition_id: str, against: str | None = None) -> Difference:
    """A version against another, without one against the version before it; NotFound("definition.absent")."""
    policy.require(actor, "definition.read")
    session = db.session()
    new = catalogue.row_of(session, definition_id)
    if against is None:
        before = select(_DEFINITION.c.id).where(_DEFINITION.c.key == new.key, _DEFINITION.c.version < new.version)
        against = session.scalars(before.order_by(_DEFINITION.c.version.desc()).limit(1)).first()
    return _between(_version(against, new.key), _version(definition_id, new.key), new)


def of_draft(actor: Actor, draft_id: str, against: str | None = None) -> Difference:
    """A draft against a version of its flow, without one against its base; NotFound("draft.absent" | …)."""
    policy.require(actor, "draft.read")
    session = db.session()
    row = drafts.read(session, draft_id)
    files = contents.bytes_of(drafts.files_of(session, draft_id))
    return _between(_version(against or row.base_id, row.key), _Files(None, files, _pinned(row.key, files)), None)


@dataclass(frozen=True)
class _Files:
    """A version with its own files and those that it is pinned to."""

    row: Any
    own: Mapping[str, bytes]
    shared: Mapping[str, bytes]


def _between(old: _Files, new: _Files, row: Any) -> Difference:
    return Difference(old.row, row, compare(old.own, new.own), compare(old.shared, new.shared), sorted(new.shared))


def _pinned(key: str, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """What a draft would be pinned to now; nothing where that cannot be told yet, as the gate then says."""
    try:
        return {} if is_library(key) else catalogue.pinned(db.session(), files)
    except Invalid:
        return {}


def _version(definition_id: str | None, key: str) -> _Files:
    """A version of a key; nothing at all without an id."""
    if definition_id is None:
        return _Files(None, {}, {})
    session = db.session()
    row = catalogue.row_of(session, definition_id)
    if row.key != key:
        raise NotFound("definition.absent", definition_id=definition_id)
    own = releasing.own_files(session, definition_id)
    every = catalogue.contents(session, row.manifest)
    return _Files(row, own, {name: content for name, content in every.items() if name not in own})
