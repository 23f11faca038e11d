"""Which contents of events a receiver of evidence may hold: the same that the timeline shows, whole or not at all."""

from dataclasses import dataclass

import orjson

from service.access.actor import Actor
from service.access.roles import BUREAU_HR
from service.tasks import discretion
from service.tasks.discretion import Sight

HR_ONLY = frozenset({"task.recused"})
"""Kinds of events whose sealed part is a reason that only bureau HR may read."""


@dataclass(frozen=True)
class Reader:
    """Who takes the evidence out, and what of the case that person may read."""

    actor: Actor
    sight: Sight

    def is_shown(self, kind: str, element_id: str, body: bytes) -> bool:
        """Whether the contents of an event may be handed over; part of them would prove nothing."""
        if kind in HR_ONLY:
            return self.actor.has(*BUREAU_HR)
        if kind == discretion.VOTED and orjson.loads(body).get("task_id") in self.sight.voting:
            return False
        if element_id in discretion.confidential(self.sight.definition):
            return orjson.loads(body).get("task_id") in self.sight.tasks
        return self.sight.contents
