"""The DMN compatibility cases: `make tck TCK=PATH`, or `python -m benchmarks.tck PATH [-v]`.

PATH is a folder with TestCases, or any folder below it: models (.dmn) and cases (.xml) of the DMN TCK; nothing of it is
kept here. Prints passed, failed and unsupported, and what failed in each folder; with -v every case that did not pass
and why. Exit code 1 when a case failed or there was none.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from benchmarks.tck_values import NIL, children, read_value, same
from workflows.decisions import Decision, Model, ServiceModel, read_models
from workflows.errors import Invalid
from workflows.feel import FeelError, Scope
from workflows.xml import local, parse_xml

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    """One expected result of one case, and how it went: passed, failed or unsupported."""

    folder: str
    case: str
    state: str
    reason: str = ""


class Shelf:
    """The models around a folder of cases: its own first, then those of other folders beside it, by namespace."""

    def __init__(self, folder: Path) -> None:
        self.own = {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
        self._folder = folder
        self._others: dict[str, Path] | None = None

    def models(self, name: str) -> dict[str, Model]:
        """The model of a name with the models that it imports, and theirs. Raises Invalid for what is no XML."""
        files = {name: self.own[name]}
        todo = [name]
        while todo:
            for namespace in _imports(files[todo.pop()]):
                found = next((n for n, xml in self.own.items() if _namespace(xml) == namespace and n != name), None)
                content = self.own[found] if found else self._elsewhere(namespace)
                key = found or f"../{namespace}"
                if content is not None and key not in files:
                    files[key] = content
                    todo.append(key)
        return read_models(files)

    def _elsewhere(self, namespace: str) -> bytes | None:
        if self._others is None:
            paths = sorted(self._folder.parent.rglob("*.dmn"), reverse=True)
            self._others = {_namespace(path.read_bytes()): path for path in paths}
        path = self._others.get(namespace)
        return path.read_bytes() if path is not None else None


def _root(xml: bytes) -> Any:
    try:
        return parse_xml(xml)
    except Invalid:
        return etree.Element("none")


def _namespace(xml: bytes) -> str:
    return str(_root(xml).get("namespace", ""))


def _imports(xml: bytes) -> list[str]:
    return [element.get("namespace", "") for element in children(_root(xml), "import")]


def _expected(node: Any) -> Any:
    found = children(node, "expected")
    return read_value(found[0]) if found and found[0].get(NIL) != "true" else None


def _answer(model: Model, case: Any, node: Any, inputs: dict[str, Any]) -> Any:
    """What the model answers for one expected result. Raises LookupError when it has nothing of that name."""
    scope = Scope(now=NOW, zone=UTC)
    if case.get("type", "decision") == "decision":
        decision = model.named(node.get("name"))
        if not isinstance(decision, Decision):
            raise LookupError(f"no decision {node.get('name')}")
        return decision.evaluate(inputs, scope, typed=True).feel
    called = model.named(case.get("invocableName", ""))
    if called is None or isinstance(called, Decision):
        raise LookupError(f"nothing to invoke: {case.get('invocableName')}")
    value = called.evaluate(inputs, scope).feel
    several = isinstance(called, ServiceModel) and len(called.outputs) > 1 and isinstance(value, dict)
    return value.get(node.get("name"), value) if several else value


def _nested(model: Model, inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs, those of imported models (`import.name`) as a context under the name of the import."""
    found = dict(inputs)
    for prefix, _ in model.source.imports:
        for name, value in inputs.items():
            if prefix and name.startswith(f"{prefix}."):
                found.setdefault(prefix, {})[name.removeprefix(f"{prefix}.")] = value
    return found


def _run_case(model: Model, case: Any, place: tuple[str, str]) -> Iterator[Result]:
    inputs = _nested(model, {node.get("name"): read_value(node) for node in children(case, "inputNode")})
    folder, label = place
    for node in children(case, "resultNode"):
        name = f"{label} {case.get('id')} {node.get('name')}"
        wanted = None if node.get("errorResult") == "true" else _expected(node)
        try:
            found = _answer(model, case, node, inputs)
        except LookupError as error:
            yield Result(folder, name, "unsupported", str(error))
            continue
        except (Invalid, FeelError) as error:
            found = None if wanted is None else error
        good = same(found, wanted)
        told = "; ".join(str(fault) for fault in model.faults[:3])
        reason = "" if good else f"found {found!r}, expected {wanted!r}" + (f" ({told})" if told else "")
        yield Result(folder, name, "passed" if good else "failed", reason)


def run(path: Path) -> Iterator[Result]:
    """All cases below a folder."""
    shelves: dict[Path, Shelf] = {}
    for file in sorted(path.rglob("*.xml")):
        root = _root(file.read_bytes())
        if local(root) != "testCases":
            continue
        shelf = shelves.setdefault(file.parent, Shelf(file.parent))
        name = str(root.findtext("{*}modelName")).strip()
        yield from _run_file(shelf, name, root, (file.parent.name, file.stem))


def _run_file(shelf: Shelf, name: str, root: Any, place: tuple[str, str]) -> Iterator[Result]:
    try:
        model = shelf.models(name)[name]
    except (Invalid, KeyError) as error:
        for case in children(root, "testCase"):
            for node in children(case, "resultNode"):
                label = f"{place[1]} {case.get('id')} {node.get('name')}"
                yield Result(place[0], label, "unsupported", f"no model {name}: {error}")
        return
    for case in children(root, "testCase"):
        yield from _run_case(model, case, place)


def main() -> int:
    """Run the cases, print what did not pass and the counts; 1 when a case failed."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.tck", description=__doc__)
    arguments.add_argument("path", type=Path)
    arguments.add_argument("-v", "--verbose", action="store_true", help="print every case that did not pass, and why")
    options = arguments.parse_args()
    counts: Counter[str] = Counter()
    folders: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for result in run(options.path):
        counts[result.state] += 1
        folders[result.folder][result.state] += 1
        if options.verbose and result.state != "passed":
            print(f"{result.state}: {result.folder}: {result.case} {result.reason}")
    for folder, found in sorted(folders.items()):
        if found["passed"] < found.total():
            print(f"{folder}: " + ", ".join(f"{state} {found[state]}" for state in sorted(found)))
    print(", ".join(f"{state} {counts[state]}" for state in ("passed", "failed", "unsupported")))
    return int(counts["failed"] > 0 or not counts)


if __name__ == "__main__":
    sys.exit(main())
