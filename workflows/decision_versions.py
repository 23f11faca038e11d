"""Decision definitions: a decision in one version of a flow or library, by the manifest of its deployment."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import catalogue
from workflows.decisions import Decision
from workflows.definition import decisions_of
from workflows.errors import NotFound
from workflows.models import ProcessDefinition, Resource
from workflows.references import scan

KEPT = 16
_ROWS = select(ProcessDefinition).order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
_PARSED: OrderedDict[str, Mapping[str, Decision]] = OrderedDict()
"""Decisions of the libraries that were asked last, by checksum of the deployment."""
_NAMES: dict[str, tuple[tuple[str, str], ...]] = {}
"""Id and name of the decisions in each file that was ever deployed, by its checksum."""


@dataclass(frozen=True)
class DecisionVersion:
    """One decision of one deployment: `flow` is the key of the flow, or the name of the library ("shared", …).

    `version` is that of the deployment, `checksum` the SHA-256 of the file; the manifest of `definition_id` pins the
    file and everything that it imports.
    """

    key: str
    name: str
    flow: str
    version: int
    definition_id: str
    file: str
    checksum: str
    deployed_at: datetime
    library: bool


def versions(session: Session, key: str | None = None, flow: str | None = None) -> list[DecisionVersion]:
    """Decisions of all deployments, by key; those of flows before those of libraries, the newest version first."""
    rows = [row for row in session.scalars(_ROWS) if flow in (None, catalogue.shown_key(row.key))]
    _learn(session, {checksum for row in rows for checksum in row.manifest.get("dmn", {}).values()} - _NAMES.keys())
    found = [one for row in rows for one in _of(row) if key in (None, one.key)]
    return sorted(found, key=lambda one: (one.key, one.library, one.flow, -one.version))


def _learn(session: Session, sums: set[str]) -> None:
    """Read ids and names of the decisions in files that were not read before."""
    if sums:
        stored = select(Resource.checksum, Resource.content).where(Resource.checksum.in_(sorted(sums)))
        for checksum, content in session.execute(stored):
            _NAMES[checksum] = scan("file.dmn", content).names


def _of(row: ProcessDefinition) -> Iterator[DecisionVersion]:
    library, known = row.state == catalogue.SHARED, set()
    files = row.manifest.get("dmn", {})
    for file in sorted(files, key=lambda name: (name.count("/"), name)):
        for decision_id, name in _NAMES.get(files[file], ()):
            if decision_id and decision_id not in known:
                known.add(decision_id)
                flow = catalogue.shown_key(row.key)
                yield DecisionVersion(
                    decision_id, name, flow, row.version, row.id, file, files[file], row.deployed_at, library
                )


def find(session: Session, key: str, flow: str | None = None, version: int | None = None) -> DecisionVersion:
    """One decision: of a flow (else the first that has it, flows before libraries), of a version (else the newest).

    Raises NotFound `decision.absent`.
    """
    for found in versions(session, key, flow):
        if version in (None, found.version):
            return found
    raise NotFound("decision.absent", key=key)


def load(session: Session, found: DecisionVersion) -> Decision:
    """The decision, with all that its manifest pins."""
    if not found.library:
        return catalogue.get(session, found.definition_id).decisions[found.key]
    row = session.get_one(ProcessDefinition, found.definition_id)
    known = _PARSED.get(row.checksum)
    if known is None:
        known = _PARSED[row.checksum] = decisions_of(catalogue.contents(session, row.manifest))
        while len(_PARSED) > KEPT:
            _PARSED.popitem(last=False)
    return known[found.key]


def xml_of(session: Session, found: DecisionVersion) -> bytes:
    """The file that holds the decision."""
    stored = session.scalars(select(Resource.content).where(Resource.checksum == found.checksum))
    return stored.one()
