"""For whom a value holds: the whole county, or what is narrower; and which of several holds for a school and a flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from service.errors import Fault
from service.parameters import rules
from service.parameters.declaring import AREA, FLOW, ORGANISATION, STAGE, WEAK, Parameter
from service.schools import AREAS, STAGES
from workflows.models import ProcessDefinition

EVERYWHERE = ""
"""The scope of a value that holds for the whole county."""
UNITS = ("school", "district", "group")
"""The kinds of organisation for which a value may be set, with all that lie below."""
ORGANISATIONS = table(
    "organisation", column("id"), column("kind"), column("name"), column("path"), column("stage"), column("area"),
    column("weak"),
)  # fmt: skip


@dataclass(frozen=True)
class About:
    """For whom a value is asked: the organisation and the flow of the case, as far as they are known."""

    organisation_id: str | None = None
    flow: str | None = None


COUNTY = About()
"""The whole county: nothing narrower counts."""


def faults_of(session: Session, parameter: Parameter, scope: str) -> tuple[Fault, ...]:
    """What is wrong with a scope: this parameter knows none of its kind, or nothing is there that it names."""
    kind, _, name = scope.partition(":")
    if scope == EVERYWHERE or (scope == WEAK and WEAK in parameter.scopes):
        return ()
    if not parameter.scopes:
        return (Fault("scope", "parameter.unscoped"),)
    if kind not in parameter.scopes or kind == WEAK:
        return (Fault("scope", "parameter.scope", params={"scopes": parameter.scopes}),)
    return () if _is_there(session, kind, name) else (Fault("scope", "parameter.scope_absent"),)


def _is_there(session: Session, kind: str, name: str) -> bool:
    if kind == ORGANISATION:
        row = places(session, [name]).get(name)
        return row is not None and row.kind in UNITS
    if kind == FLOW:
        known = select(ProcessDefinition.key).where(ProcessDefinition.key == name).limit(1)
        return session.execute(known).first() is not None
    return name in {AREA: AREAS, STAGE: STAGES}[kind]


def places(session: Session, organisation_ids: Sequence[str]) -> Mapping[str, Any]:
    """The rows of organisations by their ids; one statement."""
    found = select(ORGANISATIONS).where(ORGANISATIONS.c.id.in_(list(organisation_ids)))
    return {row.id: row for row in session.execute(found)}


def of(place: Any | None, flow: str | None) -> tuple[str, ...]:
    """The scopes that hold for a school and a flow, the narrowest first; the whole county last.

    The school itself, the district or group above it, then being weak, its area, its stage, then the flow. Of a school
    of which it is not known whether it is weak, nothing for weak ones holds.
    """
    found = []
    if place is not None:
        found += [f"{ORGANISATION}:{one}" for one in reversed(place.path.strip("/").split("/"))]
        found += [WEAK] if place.weak else []
        found += [f"{AREA}:{place.area}"] if place.area else []
        found += [f"{STAGE}:{place.stage}"] if place.stage else []
    return (*found, *([f"{FLOW}:{flow}"] if flow else []), EVERYWHERE)


def holding(rows: Sequence[Any], day: date, wanted: Sequence[str]) -> Any:
    """Which of the values of one parameter holds on a day for these scopes, the narrowest first; None: the default.

    A narrow row without a value says that nothing is set apart there any more: what is broader holds.
    """
    for scope in wanted:
        row = rules.holding([one for one in rows if one.scope == scope], day)
        if row is not None and row.value is not None:
            return row
    return None
