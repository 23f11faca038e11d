"""What a deployed file provides and needs by id, and the closure of a flow over shared files (design §3.9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from workflows.errors import Invalid
from workflows.settings import OWN, read_settings
from workflows.xml import bpmn, local, parse_xml, zeebe

KINDS = {".bpmn": "bpmn", ".dmn": "dmn", ".form": "form", ".toml": "toml"}

Ref = tuple[str, str]  # ("process" | "decision" | "form", id) or ("model", namespace of a DMN file)

_NEEDS = {
    zeebe("calledElement"): ("process", "processId"),
    zeebe("calledDecision"): ("decision", "decisionId"),
    zeebe("formDefinition"): ("form", "formId"),
}


@dataclass(frozen=True)
class Provided:
    """The ids that one file offers to others and those that it needs; `executable` are its runnable processes."""

    provides: frozenset[Ref]
    needs: frozenset[Ref]
    executable: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()


def kind_of(file: str) -> str | None:
    """bpmn | dmn | form | toml by the ending of the name; None for anything else."""
    dot = file.rfind(".")
    return KINDS.get(file[dot:].lower()) if dot >= 0 else None


def scan(file: str, content: bytes) -> Provided:
    """What `file` provides and needs. Raises Invalid when it cannot be read."""
    match kind_of(file):
        case "bpmn":
            return _scan_bpmn(file, content)
        case "dmn":
            return _scan_dmn(file, content)
        case "form":
            return Provided(frozenset({("form", form_id)}) if (form_id := _form_id(file, content)) else frozenset(),
                            frozenset())  # fmt: skip
    return Provided(frozenset(), frozenset())


def read_form(file: str, content: bytes) -> dict[str, Any]:
    """A form as a JSON object; raises Invalid `form.malformed` (params `file`, `line`, `reason`)."""
    try:
        form = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid("form.malformed", file=file, line=error.lineno, reason=error.msg) from None
    if not isinstance(form, dict):
        raise Invalid("form.malformed", file=file, line=1, reason="not an object")
    return form


def closure(own: Mapping[str, bytes], pool: Mapping[str, bytes]) -> tuple[dict[str, bytes], frozenset[Ref]]:
    """`own` and the files of `pool` that it needs, transitively; and the references that nobody provides.

    When several files provide the same id, own files win, then the order of `pool`. A flow.toml of the pool comes
    along with any diagram of its folder, because it labels that diagram's elements.
    """
    files = dict(own)
    scans = {file: scan(file, content) for file, content in {**own, **pool}.items()}
    providers: dict[Ref, str] = {}
    for file, found in scans.items():
        for ref in found.provides:
            providers.setdefault(ref, file)
    missing: set[Ref] = set()
    todo = list(own)
    while todo:
        for ref in scans[todo.pop()].needs:
            provider = providers.get(ref)
            if provider is None:
                missing.add(ref)
            elif provider not in files:
                files[provider] = pool[provider]
                todo.append(provider)
                files |= _settings_beside(provider, pool)
    return files, frozenset(missing)


def own_first(files: Mapping[str, bytes]) -> list[str]:
    """File names, those of the flow's own folder before shared ones."""
    return sorted(files, key=lambda name: (name.count("/"), name))


def main_process(files: Mapping[str, bytes]) -> str:
    """The id of the process that a folder is about: `flow.key` of its flow.toml, else its only executable process."""
    executable = [
        name for file, content in files.items() if kind_of(file) == "bpmn" for name in scan(file, content).executable
    ]
    wanted = read_settings(OWN, files[OWN]).get("flow", {}).get("key") if OWN in files else None
    if wanted in executable:
        return str(wanted)
    if wanted is not None or len(executable) != 1:
        raise Invalid("deployment.process", key=wanted, executable=sorted(executable))
    return executable[0]


def _settings_beside(file: str, pool: Mapping[str, bytes]) -> dict[str, bytes]:
    settings = file[: file.rfind("/") + 1] + "flow.toml"
    return {settings: pool[settings]} if kind_of(file) == "bpmn" and settings in pool else {}


def _scan_bpmn(file: str, content: bytes) -> Provided:
    root = parse_xml(content, file)
    processes = list(root.iterchildren(bpmn("process")))
    ids = [process.get("id", "") for process in processes]
    needs = set()
    for element in root.iter(*_NEEDS):
        kind, attribute = _NEEDS[element.tag]
        name = element.get(attribute, "")
        if name and not name.startswith("="):
            needs.add((kind, name))
    executable = tuple(p.get("id", "") for p in processes if p.get("isExecutable") in ("true", "1"))
    names = tuple((p.get("id", ""), p.get("name", "")) for p in processes)
    return Provided(frozenset(("process", name) for name in ids if name), frozenset(needs), executable, names)


def _scan_dmn(file: str, content: bytes) -> Provided:
    root = parse_xml(content, file)
    found = [(local(element), element) for element in root.iterchildren()]
    ids = [element.get("id", "") for name, element in found if name == "decision"]
    names = tuple(
        (str(e.get("id", "")), str(e.get("name") or e.get("id", ""))) for name, e in found if name == "decision"
    )
    imported = [e for name, e in found if name == "import" and "dmn" in e.get("importType", "dmn").lower()]
    provides = {("decision", name) for name in ids if name} | {("model", root.get("namespace", ""))}
    needs = {("model", element.get("namespace", "")) for element in imported}
    return Provided(frozenset(provides), frozenset(needs), names=names)


def _form_id(file: str, content: bytes) -> str:
    form_id = read_form(file, content).get("id", "")
    return form_id if isinstance(form_id, str) else ""
