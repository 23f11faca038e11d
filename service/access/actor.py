"""Who is acting: an account, its person and the roles that it holds at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

SYSTEM = "system"
ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class HeldRole:
    """A role at one organisation, in force today.

    `organisation_path` is the materialised path ("/b/d/s/"): what the role sees below itself starts with it.
    `acting` is false for a standing alternate while the role has a holder who is present (policy.md §1).
    """

    role: str
    organisation_id: str
    organisation_kind: str
    organisation_path: str
    kind: Literal["holder", "alternate"] = "holder"
    acting: bool = True

    @property
    def queue(self) -> str:
        """The text under which the role's tasks lie in the queue: `role@<organisation id>`."""
        return f"{self.role}@{self.organisation_id}"


@dataclass(frozen=True)
class Represented:
    """Somebody for whom the actor may act today (代理): in `flows` (empty: all), from `since` to before `until`.

    `roles` are those with which this person acts and which the substitute is permitted to hold.
    """

    substitution_id: str
    person_id: str
    name: str
    since: date
    until: date
    flows: tuple[str, ...] = ()
    roles: tuple[HeldRole, ...] = ()

    @cached_property
    def holders(self) -> tuple[str, ...]:
        """The queue holders of this person as far as the substitute stands for them."""
        return (f"person:{self.person_id}", *dict.fromkeys(held.queue for held in self.roles if held.acting))

    def covers(self, flow: str) -> bool:
        """Whether tasks of this flow belong to it."""
        return not self.flows or flow in self.flows


@dataclass(frozen=True)
class Actor:
    """The one who calls a command or a query; built by `sessions.authenticate`, or `Actor.system()` for jobs.

    `day` is the day, in the bureau's zone, for which the roles were read; `standing_in` are those for whom the actor
    is the substitute on that day.
    """

    account_id: str
    person_id: str | None
    name: str
    organisation_id: str | None = None
    roles: tuple[HeldRole, ...] = ()
    standing_in: tuple[Represented, ...] = ()
    locale: str = "zh"
    token_id: str | None = None
    seen_at: datetime | None = None
    day: date | None = None

    @classmethod
    def system(cls) -> "Actor":
        """The actor of jobs and of the command line: may do everything, is recorded as `system`."""
        return cls(account_id=SYSTEM, person_id=None, name="系统")

    @classmethod
    def anonymous(cls) -> "Actor":
        """The actor before login: may only open a session."""
        return cls(account_id=ANONYMOUS, person_id=None, name="")

    @property
    def is_system(self) -> bool:
        return self.account_id == SYSTEM

    @property
    def is_anonymous(self) -> bool:
        return self.account_id == ANONYMOUS

    @cached_property
    def acting_roles(self) -> tuple[HeldRole, ...]:
        """The roles with which this actor may act now: held ones, and alternates whose holder is missing or away."""
        return tuple(held for held in self.roles if held.acting)

    @cached_property
    def holders(self) -> tuple[str, ...]:
        """The queue holders that this actor stands for: `person:<id>` first, then `role@<organisation id>`."""
        own = (f"person:{self.person_id}",) if self.person_id else ()
        return own + tuple(dict.fromkeys(held.queue for held in self.acting_roles))

    @cached_property
    def represented(self) -> Mapping[str, tuple[Represented, ...]]:
        """Queue holder → those for whom the actor may act there; what the actor holds anyway is left out."""
        found: dict[str, tuple[Represented, ...]] = {}
        for one in self.standing_in:
            for holder in one.holders:
                if holder not in self.holders:
                    found[holder] = (*found.get(holder, ()), one)
        return found

    def has(self, *roles: str) -> bool:
        """Whether the actor acts in one of the roles, at any organisation."""
        return any(held.role in roles for held in self.acting_roles)

    def has_at(self, organisation_id: str, *roles: str) -> bool:
        """Whether the actor acts in one of the roles at exactly this organisation."""
        return any(held.role in roles and held.organisation_id == organisation_id for held in self.acting_roles)
