"""What commands and rules know of a case, a task and its seats: frozen values, read once under the lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.tasks.models import NEVER
from service.tasks.reentry import Reentry
from service.tasks.signing import SeatState

SYSTEM = "system"
"""The initiator of a case that began by itself."""


@dataclass(frozen=True)
class CaseFacts:
    """What every row of a case repeats: it never changes after the start."""

    instance_id: str
    definition_id: str
    definition_key: str
    business_key: str
    title: str
    initiator_id: str
    organisation_id: str

    @property
    def owners(self) -> tuple[str, ...]:
        """The holder who is told how the case goes: its initiator, nobody when it began by itself."""
        return () if self.initiator_id == SYSTEM else (f"person:{self.initiator_id}",)


@dataclass(frozen=True)
class TaskFacts:
    """One task with its seats; also the target of the permission check."""

    id: str
    case: CaseFacts
    token: str
    element_id: str
    name: str
    state: str
    signing: str
    version: int
    groups: tuple[str, ...]
    properties: Mapping[str, str]
    item: Any
    form_id: str | None
    priority: int
    due_at: datetime
    opened_at: datetime
    closed_at: datetime | None = None
    decision: str | None = None
    reentry: Reentry | None = None
    seats: tuple[SeatState, ...] = ()
    has_draft: bool = field(default=False, compare=False)

    @property
    def instance_id(self) -> str:
        return self.case.instance_id

    @property
    def organisation_id(self) -> str:
        return self.case.organisation_id

    @property
    def initiator_id(self) -> str:
        return self.case.initiator_id

    @property
    def holders(self) -> tuple[str, ...]:
        """With whom the task lies: the persons whose turn it is, else the roles to which it is open."""
        seated = tuple(f"person:{seat.person_id}" for seat in self.seats if seat.state == "open")
        return seated or self.groups

    @property
    def has_deadline(self) -> bool:
        return self.due_at != NEVER

    @property
    def person_ids(self) -> frozenset[str]:
        """Everybody who sits at the task, or sat, and for whom a substitute signed."""
        return frozenset(person for seat in self.seats for person in seat.person_ids)

    @property
    def seated_ids(self) -> frozenset[str]:
        """Who has a seat that counts: open, waiting, signed, or superseded by the decision; not one given back.

        Who comes after the decision is told that the task is closed, not that it was never theirs.
        """
        counting = ("open", "waiting", "signed", "superseded")
        return frozenset(person for seat in self.seats if seat.state in counting for person in seat.person_ids)

    @property
    def claimant_id(self) -> str | None:
        """Who has claimed it or was named for it, when one person signs alone."""
        live = [seat for seat in self.seats if seat.state in ("open", "signed")]
        return live[0].person_id if self.signing == "single" and live else None

    def seat_of(self, person_id: str | None) -> SeatState | None:
        """The person's seat, unless it was removed, or the one a substitute signed for them; the open one first."""
        own = [seat for seat in self.seats if person_id in seat.person_ids and seat.state != "removed"]
        return min(own, key=lambda seat: seat.state != "open", default=None)
