"""The way in: files and a process id become a Spec, or faults with element, line and remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workflows.diagram.elements import Element, Model
from workflows.diagram.faults import fault, place
from workflows.diagram.reading import Document, read
from workflows.diagram.rules import shape
from workflows.dialect.building import ProcessSpec, build, check_texts
from workflows.errors import Fault, Invalid
from workflows.references import kind_of, own_first
from workflows.settings import merged, read_settings
from workflows.xml import parse_xml


@dataclass(frozen=True, eq=False)
class Process:
    """One process as read and as executed; sub processes are part of it."""

    model: Model
    main: ProcessSpec

    @property
    def elements(self) -> Mapping[str, Element]:
        """Every node and flow by id, those of sub processes included."""
        return self.model.elements


@dataclass(frozen=True, eq=False)
class Spec:
    """A flow ready to run: its main process and every process that it calls, by id; shared by all threads."""

    process_id: str
    processes: Mapping[str, Process] = field(repr=False)

    @property
    def process(self) -> Element:
        """The main process itself: its name, `title` and `caseNumber` properties."""
        return self.processes[self.process_id].model.process

    @property
    def elements(self) -> Mapping[str, Element]:
        """The nodes and flows of the main process by id."""
        return self.processes[self.process_id].elements

    @property
    def main(self) -> ProcessSpec:
        """The main process as SpiffWorkflow runs it."""
        return self.processes[self.process_id].main

    @property
    def called(self) -> Mapping[str, Process]:
        """The called processes by id."""
        return {name: process for name, process in self.processes.items() if name != self.process_id}

    def element(self, element_id: str) -> Element | None:
        """A node or flow by id, in the main process first, then in those that it calls."""
        return self.everything.get(element_id)

    @cached_property
    def everything(self) -> Mapping[str, Element]:
        """The nodes and flows of the main process and of those that it calls by id; the main process comes first."""
        called = {name: found for process in self.called.values() for name, found in process.elements.items()}
        return {**called, **self.elements}


def parse(files: Mapping[str, bytes], process_id: str) -> Spec:
    """Read a process and all that it calls from BPMN files (name → bytes); of flow.toml the roles of lanes.

    When two files have a process of the same id, the one whose name has fewer folders wins. Raises Invalid
    `diagram.invalid` with a Fault for everything that cannot be executed, or `xml.…` for a file that cannot be read.
    """
    return _Parsing(files).parse(process_id)


class _Parsing:
    def __init__(self, files: Mapping[str, bytes]) -> None:
        names = sorted((name for name in files if name.lower().endswith(".bpmn")), key=lambda n: (n.count("/"), n))
        roles = _lanes(files)
        self.documents = [Document(name, parse_xml(files[name], name), roles) for name in names]
        self.faults: list[Fault] = []
        self.models: dict[str, Model] = {}
        self.specs: dict[str, ProcessSpec] = {}

    def parse(self, process_id: str) -> Spec:
        if not self._read(process_id):
            file = self.documents[0].file if self.documents else ""
            self.faults.append(place("diagram.no_process", process_id, 1, file, process=process_id))
        self._recursion(process_id, ())
        if self.faults:
            for model in self.models.values():
                check_texts(model, self.faults)
        self._check()
        for name, model in self.models.items():
            self.specs[name] = build(model, self.specs.__getitem__, self.faults)
        self._check()
        return Spec(process_id, {name: Process(model, self.specs[name]) for name, model in self.models.items()})

    def _check(self) -> None:
        if self.faults:
            raise Invalid("diagram.invalid", faults=tuple(self.faults))

    def _read(self, process_id: str) -> bool:
        """Read a process and those that it calls; False when it is nowhere."""
        for document in self.documents:
            found = document.process(process_id)
            if found is not None:
                model, faults = read(document, found)
                self.models[process_id] = model
                self.faults += [*faults, *shape(model)]
                self._read_called(model)
                return True
        return False

    def _read_called(self, model: Model) -> None:
        for element, name in _calls(model):
            if name not in self.models and not self._read(name):
                self.faults.append(fault("diagram.called", element, process=name))

    def _recursion(self, process_id: str, path: tuple[str, ...]) -> None:
        for element, name in _calls(self.models[process_id]) if process_id in self.models else ():
            if name in (*path, process_id):
                self.faults.append(fault("diagram.recursive_call", element, process=name))
            else:
                self._recursion(name, (*path, process_id))


def _lanes(files: Mapping[str, bytes]) -> Mapping[str, str]:
    """The roles of lanes by their id or name; what the flow's own file says comes before shared ones."""
    found = (read_settings(name, files[name]) for name in own_first(files) if kind_of(name) == "toml")
    return {str(name): str(role) for name, role in merged(found).get("lanes", {}).items()}


def _calls(model: Model) -> list[tuple[Element, str]]:
    """The call activities of a process with the fixed ids that they call."""
    found = []
    for element in model.elements.values():
        name = element.zeebe.get("calledElement", {}).get("processId", "")
        if element.kind == "callActivity" and name and not name.startswith("="):
            found.append((element, name))
    return found
