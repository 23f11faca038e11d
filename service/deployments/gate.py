"""Runs the deploy gate with what this installation knows: operations, roles, and the shared library."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.models import RoleAssignment
from service.access.roles import ROLES
from service.errors import Fault, Invalid
from service.flows import registry
from service.parameters.registry import PARAMETERS
from workflows import catalogue, checks
from workflows.models import ProcessDefinition
from workflows.references import kind_of, scan


def of_house() -> checks.GateContext:
    """What the program itself knows: operations, what they read, roles."""
    return checks.GateContext(operations=registry.allowed(), roles=frozenset(ROLES))


def context(session: Session) -> checks.GateContext:
    """Operations of the flows, roles and who holds them, forms, decisions and processes of the library and of flows."""
    files = catalogue.library_files(session)
    library = [scan(name, content) for name, content in files.items()]
    provided = {kind: {name for found in library for k, name in found.provides if k == kind} for kind in PROVIDED}
    keys = session.scalars(select(ProcessDefinition.key).where(ProcessDefinition.state == catalogue.ACTIVE).distinct())
    return replace(
        of_house(),
        held_roles=frozenset(session.scalars(select(RoleAssignment.role).distinct())),
        forms=frozenset(provided["form"]),
        decisions=frozenset(provided["decision"]),
        parameters=frozenset(PARAMETERS),
        models={name: content for name, content in files.items() if kind_of(name) == "dmn"},
        processes=frozenset(provided["process"]) | frozenset(keys),
    )


PROVIDED = ("form", "decision", "process")


def findings(session: Session, files: Mapping[str, bytes]) -> Sequence[checks.Finding]:
    """What the gate finds in a folder, errors first."""
    return checks.check(files, context(session))


def refuse(found: Sequence[checks.Finding]) -> None:
    """Invalid("deployment.refused") with one fault an error; its path is `file:line#element`."""
    if not checks.refused(found):
        return
    faults = tuple(
        Fault(f"{finding.file}:{finding.line}#{finding.element_id}", finding.rule.id, finding.text("zh"),
              {"finding": finding})
        for finding in found
        if finding.severity == "error"
    )  # fmt: skip
    raise Invalid("deployment.refused", faults=faults)
