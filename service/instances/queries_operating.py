"""What HR may do to a running case by hand, looked at before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.flows import foreseeing
from service.flows.foreseeing import Told
from service.instances import moving, operating
from service.instances.facts import read as facts_of
from workflows import catalogue, store


@dataclass(frozen=True)
class Operable:
    """A case as it stands: where it may be moved back to and what that closes or why not, what may be put right."""

    version: int
    state: str
    definition: catalogue.Definition
    moves: Sequence[moving.Way]
    variables: Mapping[str, Any]


def operable(actor: Actor, instance_id: str) -> Operable:
    """What may be done; NotFound("instance.absent")."""
    session = db.session()
    held = store.read(session, instance_id)
    policy.require(actor, "instance.move_back", facts_of(session, held))
    definition = catalogue.get(session, held.definition_id)
    moves = moving.ways(session, held, definition) if held.state == "running" else []
    settled = moving.settled(session, held, definition)
    names = [name for name in held.variables if operating.kept(held, definition, name, settled) is None]
    values = {name: held.variables[name] for name in sorted(names)} if held.ended_at is None else {}
    return Operable(held.version, held.state, definition, moves, values)


def given_back(actor: Actor, instance_id: str, on: date) -> Sequence[Told]:
    """What a cancel would give back and end as things stand; nothing of a case that has ended."""
    session = db.session()
    held = store.read(session, instance_id)
    policy.require(actor, "instance.move_back", facts_of(session, held))
    definition = catalogue.get(session, held.definition_id)
    return foreseeing.at_end(session, definition.key, instance_id, on) if held.ended_at is None else ()
