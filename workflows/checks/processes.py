"""The folder as one deployment: which process it is about, calls that lead back, ids provided twice."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from workflows.checks.cycles import components
from workflows.checks.diagram import Diagram, Scope
from workflows.checks.findings import Finding, error
from workflows.checks.tables import ids
from workflows.xml import bpmn, zeebe

NONE = error(
    "process.none",
    ("文件中没有流程。", "The file has no process."),
    ("画一个流程（process）。", "Draw a process."),
)
NOT_EXECUTABLE = error(
    "process.not_executable",
    ("没有可执行的流程：{processes}。", "No process is executable: {processes}."),
    (
        "在流程属性中勾选“可执行”（isExecutable）。",
        "Tick “executable” (isExecutable) in the properties of the process.",
    ),
)
SEVERAL = error(
    "process.several",
    (
        "有多个可执行的流程：{processes}，不知道部署哪一个。",
        "There are several executable processes: {processes}; it is unclear which to deploy.",
    ),
    (
        "在 flow.toml 的 [flow] 写 key，或只留一个可执行流程。",
        "Set key in [flow] of flow.toml, or leave one of them executable.",
    ),
)
KEY = error(
    "process.key",
    (
        "flow.toml 的 key“{key}”不是可执行的流程；可执行的有：{processes}。",
        'The key "{key}" of flow.toml is no executable process; executable: {processes}.',
    ),
    ("改成其中一个流程的 id。", "Use the id of one of them."),
)
RECURSION = error(
    "process.recursive_call",
    ("流程 {processes} 互相调用，永远不会结束。", "The processes {processes} call each other without end."),
    ("去掉其中一个调用活动，用回路代替。", "Remove one of the call activities; use a loop."),
)
DOUBLE = error(
    "reference.provided_twice",
    ("{kind}“{id}”在多个文件里：{files}。", 'The {kind} "{id}" is in several files: {files}.'),
    ("只保留一个。", "Keep one of them."),
)

_KINDS = {"process": ("流程", "process"), "decision": ("决策", "decision"), "form": ("表单", "form")}


def check(diagrams: Mapping[str, Diagram], settings: Mapping[str, Any]) -> Iterator[Finding]:
    """Which process is deployed, and that calls do not lead back."""
    if not diagrams:
        return
    for diagram in diagrams.values():
        if not diagram.processes:
            yield diagram.find(NONE, diagram.root)
    every = [(diagram, process) for diagram in diagrams.values() for process in diagram.processes]
    marked = [(d, p) for d, p in every if p.element.get("isExecutable") in ("true", "1")]
    flow = settings.get("flow")
    key = flow.get("key") if isinstance(flow, Mapping) else None
    names = [process.id or "–" for _, process in marked]
    if every and not marked:
        yield every[0][0].find(NOT_EXECUTABLE, every[0][1], processes=[process.id or "–" for _, process in every])
    elif key is not None and key not in names:
        yield Finding(KEY, "flow.toml", 1, "", {"key": key, "processes": names or ["–"]})
    elif key is None and len(marked) > 1:
        yield marked[1][0].find(SEVERAL, marked[1][1], processes=names)
    yield from _recursion(every)


def check_doubles(
    diagrams: Mapping[str, Diagram], decisions: Mapping[str, etree._Element], forms: Mapping[str, list[str]]
) -> Iterator[Finding]:
    """Ids that more than one file provides."""
    provided: dict[tuple[str, str], list[str]] = {}
    for file, diagram in diagrams.items():
        for process in diagram.processes:
            provided.setdefault(("process", process.id), []).append(file)
    for file, root in decisions.items():
        for name in ids(root):
            provided.setdefault(("decision", name), []).append(file)
    for file, found in forms.items():
        for name in found:
            provided.setdefault(("form", name), []).append(file)
    for (kind, name), places in provided.items():
        if name and len(places) > 1:
            yield Finding(DOUBLE, places[1], 1, name, {"kind": _KINDS[kind], "id": name, "files": sorted(set(places))})


def _recursion(every: list[tuple[Diagram, Scope]]) -> Iterator[Finding]:
    places = {process.id: (diagram, process) for diagram, process in every}
    calls = {name: [c for c in _called(process) if c in places] for name, (_, process) in places.items()}
    for component in components(calls):
        if len(component) > 1 or component[0] in calls[component[0]]:
            diagram, process = places[sorted(component)[0]]
            yield diagram.find(RECURSION, process, processes=sorted(component))


def _called(process: Scope) -> list[str]:
    return [
        called.get("processId", "")
        for activity in process.element.iter(bpmn("callActivity"))
        for called in activity.iter(zeebe("calledElement"))
    ]
