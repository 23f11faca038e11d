"""Pure rules of substitutes (代理): who may stand in for whom, and which substitutions exclude each other."""

from collections.abc import Collection, Iterable
from typing import Protocol

from service.access import roles


class Held(Protocol):
    """A role somewhere."""

    @property
    def role(self) -> str: ...
    @property
    def organisation_id(self) -> str: ...


class Named(Protocol):
    """A substitution that shares a day with a new one."""

    @property
    def represented_id(self) -> str: ...
    @property
    def substitute_id(self) -> str: ...
    @property
    def flows(self) -> Collection[str]: ...


def may_hold(own: Iterable[Held], wanted: Held) -> bool:
    """Whether somebody with the roles `own` may act in the role `wanted` of another person.

    Who has the same role, as holder or as standing alternate, wherever; and at the same organisation the deputies of
    the role (`roles.DEPUTIES`), who take it over too when it is vacant. Nobody else: the staffing office and the HR
    bureau are represented by their own officers alone, an auditor by auditors, who may hold no other role.
    """
    held = list(own)
    if wanted.role not in roles.AUDITOR and any(one.role in roles.AUDITOR for one in held):
        return False
    deputies = roles.DEPUTIES.get(wanted.role, ())
    return any(
        one.role == wanted.role or (one.role in deputies and one.organisation_id == wanted.organisation_id)
        for one in held
    )


def share_a_flow(these: Collection[str], those: Collection[str]) -> bool:
    """Whether two scopes meet; an empty one stands for all flows."""
    return not these or not those or bool(set(these) & set(those))


def clash(new: Named, other: Named) -> str | None:
    """Why the two may not stand beside each other on a day (code of the refusal), None when they may.

    One substitute for a person and flow at a time; nobody stands in for somebody while having a substitute: neither
    a chain nor a circle.
    """
    if not share_a_flow(new.flows, other.flows):
        return None
    if other.represented_id == new.represented_id:
        return "substitute.overlap"
    if other.represented_id == new.substitute_id:
        return "substitute.circle" if other.substitute_id == new.represented_id else "substitute.is_represented"
    return "substitute.stands_in" if other.substitute_id == new.represented_id else None
