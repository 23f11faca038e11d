"""The words of which the policy's rules are made: who an actor must be, seen from what is acted upon."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, column, select, table

from service.access import roles
from service.access.actor import Actor
from service.db import db

_organisation = table("organisation", column("id"), column("path"))
_PATH_OF = select(_organisation.c.path).where(_organisation.c.id == bindparam("organisation_id"))


@dataclass(frozen=True)
class Target:
    """What is acted upon, where the caller has no facts of its own; a rule reads only what it needs."""

    id: str | None = None
    organisation_id: str | None = None
    organisation_path: str | None = None
    person_id: str | None = None
    account_id: str | None = None
    initiator_id: str | None = None
    role: str | None = None
    kind: str | None = None
    starters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A test of (actor, target) and the code of its refusal; `|` is either, `&` is both."""

    code: str
    allows: Callable[[Actor, Any], bool]

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(self.code, lambda actor, target: self.allows(actor, target) or other.allows(actor, target))

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(self.code, lambda actor, target: self.allows(actor, target) and other.allows(actor, target))


def has_role(*codes: str) -> Rule:
    """Acts in one of these roles, wherever."""
    return Rule("access.role_missing", lambda actor, _target: actor.has(*codes))


def at(*codes: str) -> Rule:
    """Acts in one of these roles at the target's organisation, or at the district above it."""
    return Rule("access.elsewhere", lambda actor, target: covers(actor, target, codes))


def covers(actor: Actor, target: Any, codes: tuple[str, ...]) -> bool:
    """Whether one of the roles reaches the target's organisation; a district reaches its teaching points."""
    organisation_id = getattr(target, "organisation_id", None)
    held = [role for role in actor.acting_roles if role.role in codes]
    if organisation_id is None or not held:
        return False
    if any(role.organisation_id == organisation_id for role in held):
        return True
    paths = tuple(role.organisation_path for role in held if role.organisation_kind == "district")
    return bool(paths) and _path(target, organisation_id).startswith(paths)


def _path(target: Any, organisation_id: str) -> str:
    known = getattr(target, "organisation_path", None)
    return known or db.session.execute(_PATH_OF, {"organisation_id": organisation_id}).scalar() or ""


def _may_start(actor: Actor, target: Any) -> bool:
    """A flow names its starters (flow.toml); without them a school's office starts, or bureau HR."""
    starters = getattr(target, "starters", ()) or (*roles.SCHOOL_OFFICE, *roles.BUREAU_HR)
    bureau = tuple(role for role in starters if role in (*roles.BUREAU_HR, *roles.LEADER))
    return actor.person_id is not None and (actor.has(*bureau) or covers(actor, target, tuple(starters)))


def _may_assign(actor: Actor, target: Any) -> bool:
    """Admin: every role; bureau HR: all but admin and auditor; a head: the clerk and teachers; nobody for oneself."""
    if target.person_id is not None and target.person_id == actor.person_id:
        return False
    if actor.has(*roles.ADMIN):
        return True
    if actor.has(*roles.BUREAU_HR):
        return target.role not in (*roles.ADMIN, *roles.AUDITOR)
    return target.role in ("school_hr", "teacher") and covers(actor, target, roles.SCHOOL_HEADS)


def _may_extend(actor: Actor, target: Any) -> bool:
    """An authority's task: the chief of bureau HR or a leader; what an applicant owes: bureau HR."""
    if actor.has("bureau_hr_chief", *roles.LEADER):
        return True
    return target.properties.get("owedBy") == "applicant" and actor.has(*roles.BUREAU_HR)


def _may_record(actor: Actor, target: Any) -> bool:
    """Whom `roles.RECORDERS` names for every office of the step; of a step of named persons bureau HR.

    Where the diagram says so it is bureau HR alone: who has a network decides here, by no paper of the own.
    """
    places = [group.partition("@") for group in target.groups]
    if actor.person_id is None or not places or target.properties.get("paper") == "bureau":
        return actor.person_id is not None and actor.has(*roles.BUREAU_HR)
    return all(_records(actor, role, organisation_id) for role, _, organisation_id in places)


def _records(actor: Actor, role: str, organisation_id: str) -> bool:
    able = roles.RECORDERS.get(role, ())
    everywhere = tuple(one for one in able if one in roles.BUREAU_HR)
    return actor.has(*everywhere) or covers(actor, Target(organisation_id=organisation_id), able)


def _may_issue_slip(actor: Actor, target: Any) -> bool:
    """Admin: everybody's; bureau HR: those of schools; a school's office: its own teachers', never a head's."""
    if actor.has(*roles.ADMIN):
        return True
    if actor.has(*roles.BUREAU_HR):
        return bool(target.kind in ("teacher", "school"))
    return target.kind == "teacher" and covers(actor, target, ("school_hr", *roles.SCHOOL_HEADS))


def _owns(actor: Actor, target: Any) -> bool:
    """The owner of a named hold: a person, or who stands for a role."""
    return actor.person_id is not None and target.owner in actor.holders


def _is_group_member(actor: Actor, target: Any) -> bool:
    return any(group in actor.holders for group in target.groups)


def _stands_in(actor: Actor, target: Any) -> bool:
    """Is the substitute of somebody who sits at the task or may claim it, in its flow."""
    if not actor.standing_in:
        return False
    flow, places = target.case.definition_key, {*target.groups, *(f"person:{one}" for one in target.seated_ids)}
    return any(one.covers(flow) and places & set(one.holders) for one in actor.standing_in)


def _claims(actor: Actor, target: Any) -> bool:
    """Has claimed the task, or is the substitute of who has."""
    if _is_person(actor, target, "claimant_id"):
        return True
    return any(one.person_id == target.claimant_id and one.covers(target.case.definition_key)
               for one in actor.standing_in)  # fmt: skip


def _is_party(actor: Actor, target: Any) -> bool:
    return _is_person(actor, target, "represented_id") or _is_person(actor, target, "substitute_id")


def _is_person(actor: Actor, target: Any, attribute: str) -> bool:
    return actor.person_id is not None and getattr(target, attribute, None) == actor.person_id


anyone = Rule("access.login_needed", lambda _actor, _target: True)
signed_in = Rule("access.login_needed", lambda actor, _target: not actor.is_anonymous)
only_jobs = Rule("access.only_jobs", lambda _actor, _target: False)
sits = Rule("access.not_holder", lambda actor, target: actor.person_id in target.seated_ids)
claims = Rule("access.not_holder", _claims)
drawn_in = Rule("access.not_holder", lambda actor, target: actor.person_id in target.drawn_in_ids)
asker = Rule("access.not_asker", lambda actor, target: actor.person_id in target.asker_ids)
holds = Rule("access.not_holder", lambda actor, target: target.holder_id in (None, actor.person_id))
sat = Rule("access.not_holder", lambda actor, target: actor.person_id in target.person_ids)
named = Rule("access.not_holder", lambda _actor, target: not target.groups)
in_group = Rule("access.not_holder", _is_group_member)
stands_in = Rule("access.not_holder", _stands_in)
chairs = Rule("access.not_holder", lambda actor, target: _is_person(actor, target, "chair_id"))
party = Rule("access.not_own", _is_party)
initiator = Rule("access.not_initiator", lambda actor, target: _is_person(actor, target, "initiator_id"))
own_person = Rule("access.not_own", lambda actor, target: _is_person(actor, target, "person_id"))
owner = Rule("access.not_own", _owns)
own_account = Rule("access.not_own", lambda actor, target: getattr(target, "account_id", None) == actor.account_id)
shared = Rule("access.not_own", lambda _actor, target: target.organisation_id is not None)
starter = Rule("access.not_starter", _may_start)
recorder = Rule("access.not_recorder", _may_record)
extender = Rule("access.not_extender", _may_extend)
slip_issuer = Rule("access.elsewhere", _may_issue_slip)
assigner = Rule("access.role_missing", _may_assign)
quota_owner = Rule(
    "access.role_missing",
    lambda actor, target: actor.has("staffing_officer" if target.kind == "headcount" else "hr_bureau_officer"),
)
