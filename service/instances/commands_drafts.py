"""Keep a request that is not sent yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from service.access import policy, sealed
from service.access.actor import Actor
from service.db import transaction
from service.instances import starting
from service.instances.models import RequestDraft
from service.tasks.completion import signer


@dataclass(frozen=True)
class SaveRequest:
    """What is filled into the start form of a flow so far."""

    definition_key: str
    values: Mapping[str, Any]


def save_request(actor: Actor, command: SaveRequest, *, now: datetime) -> None:
    """Keep the draft in place of an earlier one; nothing is checked and nothing is held."""
    with transaction() as session:
        policy.require(actor, "instance.save_draft")
        person_id = signer(actor)
        starting.forget_draft(session, person_id, command.definition_key)
        row = {
            "person_id": person_id,
            "definition_key": command.definition_key,
            "values": sealed.hidden(sealed.draft(person_id, command.definition_key), command.values),
            "saved_at": now,
        }
        session.execute(insert(RequestDraft), row)
