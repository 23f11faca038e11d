"""What commands and rules know of a case, a task and its seats: frozen values, read once under the lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.errors import NotFound
from service.parameters.scopes import About
from service.tasks.models import NEVER
from service.tasks.reentry import Reentry
from service.tasks.signing import LIVE, SAID, SeatState

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
    def about(self) -> About:
        """The school and the flow by which policy parameters are read."""
        return About(self.organisation_id, self.definition_key)

    @property
    def owners(self) -> tuple[str, ...]:
        """The holder who is told how the case goes: its initiator, nobody when it began by itself."""
        return () if self.initiator_id == SYSTEM else (f"person:{self.initiator_id}",)


@dataclass(frozen=True)
class TaskFacts:
    """One task with its seats; also the target of the permission check.

    `against` is what a substitute must be asked of whom they represent (`capacity.Against`), where it was read along;
    `chair_id` the chair of its minutes, where that is asked for.
    """

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
    against: Mapping[str, Any] = field(default_factory=dict, compare=False)
    chair_id: str | None = field(default=None, compare=False)

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
    def recused_ids(self) -> frozenset[str]:
        """Who has stepped aside from it (回避)."""
        return frozenset(seat.person_id for seat in self.seats if seat.state == "recused")

    @property
    def seated_ids(self) -> frozenset[str]:
        """Who has a seat that counts: open, waiting, signed, recorded, superseded by the decision; not one given back.

        Who comes after the decision is told that the task is closed, not that it was never theirs.
        """
        counting = (*LIVE, *SAID, "superseded")
        seats = [seat for seat in self.seats if not (seat.is_past_advice and self.is_free)]
        return frozenset(person for seat in seats if seat.state in counting for person in seat.person_ids)

    @property
    def signers(self) -> tuple[SeatState, ...]:
        """The seats that decide or have, in their order: without advice, and without those that were taken away."""
        return tuple(seat for seat in self.seats if not seat.advises and seat.state not in ("removed", "recused"))

    @property
    def claimant_id(self) -> str | None:
        """Who has claimed it or was named for it, when one person signs alone, with or without others drawn in."""
        own = [seat for seat in self.seats if seat.for_seat_id is None and seat.state in (*LIVE, *SAID)]
        return own[0].person_id if self.signing == "single" and own else None

    @property
    def assignee_id(self) -> str | None:
        """The one person with whom it lies now, when one signs alone: its claimant, or somebody drawn in."""
        turn = [seat.person_id for seat in self.seats if seat.state == "open"]
        return turn[0] if self.signing == "single" and turn else self.claimant_id

    @property
    def drawn_in_ids(self) -> frozenset[str]:
        """Who has a seat because another signer asked or added them, whatever their role; nobody of a free task."""
        counting = () if self.is_free else (*LIVE, *SAID, "superseded")
        drawn_in = [seat for seat in self.seats if seat.for_seat_id and seat.state in counting]
        return frozenset(person for seat in drawn_in for person in seat.person_ids)

    @property
    def is_free(self) -> bool:
        """Whether it lies with roles and nobody has claimed it."""
        return bool(self.groups) and self.state == "open" and self.signing == "single" and self.claimant_id is None

    def seat_of(self, person_id: str | None) -> SeatState | None:
        """The person's seat, unless it was removed, or the one a substitute signed for them; the open one first.

        Past advice comes last, and is none of a task that lies with its roles again.
        """
        own = [seat for seat in self.seats if person_id in seat.person_ids and seat.state != "removed"]
        own = [seat for seat in own if not (seat.is_past_advice and self.is_free)]
        return min(own, key=lambda seat: (seat.is_past_advice, seat.state != "open"), default=None)

    def seat(self, seat_id: str) -> SeatState:
        """One of its seats; NotFound("seat.absent")."""
        for seat in self.seats:
            if seat.id == seat_id:
                return seat
        raise NotFound("seat.absent", seat_id=seat_id)

    def asker_of(self, seat: SeatState) -> SeatState | None:
        """The seat whose holder has drawn this one in."""
        return None if seat.for_seat_id is None else self.seat(seat.for_seat_id)


@dataclass(frozen=True)
class SeatFacts:
    """A seat of a task as the target of the permission check; `seat` is None while nobody sits."""

    task: TaskFacts
    seat: SeatState | None

    @classmethod
    def of(cls, task: TaskFacts, person_id: str | None, seat_id: str | None) -> "SeatFacts":
        """The seat that is named, else the person's own, else that of who signs alone; NotFound("seat.absent")."""
        if seat_id is not None:
            return cls(task, task.seat(seat_id))
        own = task.seat_of(person_id)
        if own is not None and not own.is_past_advice:
            return cls(task, own)
        alone = [seat for seat in task.seats if seat.is_live and not seat.advises]
        return cls(task, alone[0] if task.signing == "single" and alone else None)

    @property
    def id(self) -> str:
        return self.task.id

    @property
    def groups(self) -> tuple[str, ...]:
        return self.task.groups

    @property
    def seated_ids(self) -> frozenset[str]:
        return self.task.seated_ids

    @property
    def drawn_in_ids(self) -> frozenset[str]:
        return self.task.drawn_in_ids

    @property
    def holder_id(self) -> str | None:
        """Who sits there."""
        return None if self.seat is None else self.seat.person_id

    @property
    def asker_ids(self) -> frozenset[str]:
        """Who has drawn them in, and who signed for that person."""
        asker = None if self.seat is None else self.task.asker_of(self.seat)
        return frozenset() if asker is None else frozenset(asker.person_ids)
