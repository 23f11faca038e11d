"""The deploy gate: every file through every family of rules; what it passes runs as the BPMN standard says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree

from workflows.checks import (
    answers,
    constructs,
    duties,
    events,
    expressions,
    files,
    flows,
    foreign,
    forms,
    holds,
    links,
    parameters,
    people,
    processes,
    routes,
    soundness,
    tables,
    tasks,
    trial,
    unknown,
    writers,
)
from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, read_diagram
from workflows.checks.findings import Finding, ordered, refused
from workflows.checks.reads import reads_of
from workflows.errors import Invalid
from workflows.references import kind_of, read_form
from workflows.settings import OWN, read_settings


@dataclass(frozen=True)
class Folder:
    """The files that could be read: diagrams and decision roots by file, form ids, settings, and the
    variables that each form fills in, by its id."""

    diagrams: Mapping[str, Diagram]
    decisions: Mapping[str, etree._Element]
    forms: Mapping[str, list[str]]
    settings: Mapping[str, Any]
    inputs: Mapping[str, frozenset[str]]

    def known(self, context: GateContext) -> dict[str, frozenset[str]]:
        """Ids of forms, decisions and processes, in the folder or around it."""
        called = {process.id for diagram in self.diagrams.values() for process in diagram.processes}
        tables_here = {name for root in self.decisions.values() for name in tables.ids(root)}
        forms_here = {form_id for found in self.forms.values() for form_id in found}
        return {
            "process": frozenset(called) | context.processes,
            "decision": frozenset(tables_here) | context.decisions,
            "form": frozenset(forms_here) | context.forms,
        }


def check(given: Mapping[str, bytes], context: GateContext) -> list[Finding]:
    """Everything the gate finds in a folder (names → bytes): errors first, then by file and line.

    Never raises for what the files contain. The token game is played on a folder without errors; with `context.trial`
    what still has none is also parsed by the engine in a process that can be killed.
    """
    found: list[Finding] = [*files.check_folder(given)]
    if any(finding.rule.id in files.UNREAD for finding in found):
        return found
    folder = _read(given, found)
    try:
        found += _said(given, folder, context)
        if folder.diagrams and not refused(found):
            found += _played(folder, context)
        drawn = bool(folder.diagrams)
    finally:
        for diagram in folder.diagrams.values():
            diagram.let_go()
    del folder
    if context.trial and drawn and not refused(found):
        found += trial.check(given, context)
    return ordered(found)


def _said(given: Mapping[str, bytes], folder: Folder, context: GateContext) -> Iterator[Finding]:
    rules = _rules(given, folder, context)
    yield from islice(rules, files.MAX_FINDINGS)
    if next(rules, None) is not None:
        yield Finding(files.MORE, "", 1, params={"limit": files.MAX_FINDINGS})


def _read(given: Mapping[str, bytes], found: list[Finding]) -> Folder:
    diagrams: dict[str, Diagram] = {}
    decisions: dict[str, etree._Element] = {}
    for file, content in given.items():
        kind = kind_of(file)
        if kind not in ("bpmn", "dmn"):
            continue
        root = files.read(file, content)
        if isinstance(root, Finding):
            found.append(root)
        elif kind == "dmn":
            decisions[file] = root
        else:
            wrong = list(files.check_root(file, root))
            found += wrong
            if not wrong:
                diagrams[file] = read_diagram(file, root)
    forms_read = {file: _form(file, content) for file, content in given.items() if kind_of(file) == "form"}
    ids = {file: [form["id"]] if isinstance(form.get("id"), str) else [] for file, form in forms_read.items()}
    inputs = {form["id"]: forms.input_keys(form) for form in forms_read.values() if isinstance(form.get("id"), str)}
    return Folder(diagrams, decisions, ids, _settings(given), inputs)


def _rules(given: Mapping[str, bytes], folder: Folder, context: GateContext) -> Iterator[Finding]:
    known = folder.known(context)
    lanes = folder.settings.get("lanes")
    yield from processes.check(folder.diagrams, folder.settings)
    yield from processes.check_doubles(folder.diagrams, folder.decisions, folder.forms)
    for diagram in folder.diagrams.values():
        yield from links.check(diagram)
        yield from foreign.check(diagram)
        yield from constructs.check(diagram)
        yield from events.check(diagram)
        yield from flows.check(diagram)
        yield from tasks.check(diagram, context, known)
        yield from people.check(diagram, context, known, lanes if isinstance(lanes, Mapping) else {})
        yield from duties.check(diagram)
        yield from expressions.check(diagram)
    yield from answers.check(folder.diagrams, folder.decisions, context)
    yield from routes.check(folder.diagrams, folder.settings, given.get(OWN, b""))
    yield from parameters.check(folder.diagrams, folder.decisions, given, context.parameters)
    yield from tables.check(folder.decisions, given, context.models)
    ids = frozenset(name for diagram in folder.diagrams.values() for name in diagram.ids)
    ids |= {name for root in folder.decisions.values() for name in tables.names(root)}
    for file, content in given.items():
        if kind_of(file) == "form":
            yield from forms.check_form(file, content)
        if kind_of(file) == "toml":
            yield from forms.check_settings(file, content, ids)


def _played(folder: Folder, context: GateContext) -> Iterator[Finding]:
    """The rules that follow tokens; they need a diagram without errors."""
    yield from soundness.check(folder.diagrams)
    yield from holds.check(folder.diagrams, folder.settings, context)
    for diagram in folder.diagrams.values():
        yield from writers.check(diagram, context)
        yield from unknown.check(diagram, _names(folder, context), _main(folder))


def _names(folder: Folder, context: GateContext) -> unknown.Folder:
    processes = {process.id: process for diagram in folder.diagrams.values() for process in diagram.processes}
    beside = [
        root for name, content in context.models.items() if not isinstance(root := files.read(name, content), Finding)
    ]
    read = reads_of([*beside, *folder.decisions.values()])
    return unknown.Folder(folder.inputs, processes, folder.settings, context, read)


def _main(folder: Folder) -> str:
    """The process that is deployed: the key of flow.toml, or the one that runs."""
    flow = folder.settings.get("flow")
    key = flow.get("key") if isinstance(flow, Mapping) else None
    running = [process.id for diagram in folder.diagrams.values() for process in diagram.running()]
    return str(key) if key else running[0]


def _form(file: str, content: bytes) -> Mapping[str, Any]:
    try:
        return read_form(file, content)
    except Invalid:
        return {}


def _settings(given: Mapping[str, bytes]) -> Mapping[str, Any]:
    try:
        return read_settings(OWN, given.get(OWN, b""))
    except Invalid:
        return {}
