"""One version of a flow as the engine runs it, built from its files once and shared by all threads."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workflows import dialect
from workflows.decisions import Decision, read_models
from workflows.errors import Invalid
from workflows.models import ProcessDefinition
from workflows.references import kind_of, own_first, read_form, scan
from workflows.settings import merged, read_settings

CACHED = 512


@dataclass(frozen=True, eq=False)
class Definition:
    """One version of one flow; never changed after it was built.

    `manifest` is {"bpmn" | "dmn" | "form" | "toml": {file: SHA-256}}, `files` the same files as bytes, `spec` what
    `dialect.parse` made of them, `forms` form id → form-js JSON, `decisions` decision id → decision,
    `settings` the flow.toml (docs/flow-format.md), `diagram` the file that holds the main process.
    """

    id: str
    key: str
    version: int
    name: str
    checksum: str
    manifest: Mapping[str, Mapping[str, str]]
    spec: dialect.Spec
    forms: Mapping[str, dict[str, Any]]
    decisions: Mapping[str, Decision]
    settings: Mapping[str, Any]
    files: Mapping[str, bytes] = field(repr=False)
    diagram: str

    @property
    def xml(self) -> bytes:
        """The diagram of the main process."""
        return self.files[self.diagram]


def diagram_of(files: Mapping[str, bytes], key: str) -> str:
    """The name of the file that defines process `key`; own files come before shared ones."""
    for file in own_first(files):
        if kind_of(file) == "bpmn" and ("process", key) in scan(file, files[file]).provides:
            return file
    raise Invalid("deployment.process", key=key, executable=[])


def build(row: ProcessDefinition, files: Mapping[str, bytes]) -> Definition:
    """Parse the files of one version. Raises Invalid when they do not parse (they passed the gate once)."""
    forms: dict[str, dict[str, Any]] = {}
    settings: list[Mapping[str, Any]] = []
    for file in own_first(files):
        match kind_of(file):
            case "form":
                form = read_form(file, files[file])
                forms.setdefault(str(form.get("id")), form)
            case "toml":
                settings.append(read_settings(file, files[file]))
    return Definition(
        id=row.id, key=row.key, version=row.version, name=row.name, checksum=row.checksum, manifest=row.manifest,
        spec=dialect.parse(files, row.key), forms=forms, decisions=decisions_of(files), settings=merged(settings),
        files=files, diagram=diagram_of(files, row.key),
    )  # fmt: skip


def decisions_of(files: Mapping[str, bytes]) -> dict[str, Decision]:
    """The decisions of the DMN files by id, those of own files before shared ones; files may import each other.

    Raises Invalid `decision.file` for the first file that cannot be evaluated.
    """
    found: dict[str, Decision] = {}
    for file, model in read_models({file: files[file] for file in own_first(files) if kind_of(file) == "dmn"}).items():
        if model.faults:
            raise Invalid("decision.file", faults=model.faults, file=file)
        found = {**model.decisions, **found}
    return found


class Cache:
    """Definitions in memory by id; those with the same checksum share everything that was parsed."""

    def __init__(self, size: int = CACHED) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Definition] = OrderedDict()

    def get(self, definition_id: str) -> Definition | None:
        """The definition when it is in memory."""
        return self._known.get(definition_id)

    def same_as(self, row: ProcessDefinition) -> Definition | None:
        """The definition of `row` with what a version of the same checksum has parsed already."""
        with self._lock:
            twin = next((d for d in self._known.values() if d.checksum == row.checksum), None)
        return twin and replace(twin, id=row.id, key=row.key, version=row.version, name=row.name)

    def add(self, definition: Definition) -> Definition:
        """Keep it; when another thread was first, the other's is kept and returned, so that specs stay shared."""
        with self._lock:
            known = self._known.get(definition.id)
            if known is not None:
                return known
            self._known[definition.id] = definition
            while len(self._known) > self._size:
                self._known.popitem(last=False)
            return definition


CACHE = Cache()
