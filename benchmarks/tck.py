"""The DMN compatibility cases: `python -m benchmarks.tck PATH [-v]` prints passed, failed and unsupported.

PATH holds folders with a model (.dmn) and cases (-test-*.xml) of the DMN TCK; nothing of it is kept here.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from workflows.decisions import Decision, parse_decisions
from workflows.errors import Invalid
from workflows.feel import FeelError, YearsMonths
from workflows.feel.temporal import parse_date, parse_datetime, parse_duration, parse_time
from workflows.xml import local

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_READERS: dict[str, Any] = {
    "date": parse_date,
    "dateTime": parse_datetime,
    "time": parse_time,
    "duration": parse_duration,
    "boolean": lambda text: text in ("true", "1"),
}
_NUMBERS = ("decimal", "double", "integer", "int", "long", "float")


@dataclass(frozen=True)
class Result:
    """One case of one file and how it went: passed, failed or unsupported."""

    case: str
    state: str
    reason: str = ""


def _children(element: Any, *names: str) -> list[Any]:
    return [child for child in element.iterchildren() if local(child) in names]


def _read(element: Any) -> Any:
    """The value that an input, expected, component or item element describes."""
    parts = _children(element, "value", "list", "component")
    if not parts:
        return None
    if local(parts[0]) == "component":
        return {part.get("name"): _read(part) for part in parts if part.get(_NIL) != "true"} | {
            part.get("name"): None for part in parts if part.get(_NIL) == "true"
        }
    if local(parts[0]) == "list":
        return None if parts[0].get(_NIL) == "true" else [_read(item) for item in _children(parts[0], "item")]
    return _scalar(parts[0])


def _scalar(element: Any) -> Any:
    if element.get(_NIL) == "true":
        return None
    text = element.text or ""
    kind = (element.get(_TYPE) or "string").rpartition(":")[2]
    if kind in _NUMBERS:
        return Decimal(text.strip())
    read = _READERS.get(kind)
    return read(text.strip()) if read else text


def same(found: Any, expected: Any) -> bool:
    """Whether two FEEL values are equal; numbers as far as the cases write them."""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= abs(expected) * Decimal("1e-8") + Decimal("1e-30")
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in found)
    if isinstance(found, date | time | timedelta | YearsMonths):
        return type(found) is type(expected) and found == expected and _offset(found) == _offset(expected)
    return type(found) is type(expected) and bool(found == expected)


def _offset(value: Any) -> Any:
    return value.utcoffset() if isinstance(value, datetime | time) else None


def _run_case(decisions: dict[str, Decision], case: Any, label: str) -> Iterator[Result]:
    inputs = {node.get("name"): _read(node) for node in _children(case, "inputNode")}
    by_name = {decision.name: decision for decision in decisions.values()}
    for node in _children(case, "resultNode"):
        name = f"{label} {case.get('id')} {node.get('name')}"
        decision = by_name.get(node.get("name"))
        if decision is None or case.get("type", "decision") != "decision":
            yield Result(name, "unsupported", "no such decision, or an invocable")
            continue
        expected = [_read(child) for child in _children(node, "expected")]
        try:
            found = decision.evaluate(inputs).feel
        except (Invalid, FeelError) as error:
            found = None if node.get("errorResult") == "true" else error
        wanted = expected[0] if expected else None
        good = same(found, wanted)
        yield Result(name, "passed" if good else "failed", "" if good else f"found {found!r}, expected {wanted!r}")


def run(folder: Path) -> Iterator[Result]:
    """All cases below a folder."""
    for path in sorted(folder.rglob("*-test-*.xml")):
        root = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        model = path.parent / str(root.findtext("{*}modelName")).strip()
        cases = _children(root, "testCase")
        try:
            decisions = parse_decisions(model.read_bytes(), model.name)
        except (Invalid, OSError) as error:
            for case in cases:
                for node in _children(case, "resultNode"):
                    yield Result(f"{path.stem} {case.get('id')} {node.get('name')}", "unsupported", str(error))
            continue
        for case in cases:
            yield from _run_case(decisions, case, path.stem)


def main() -> int:
    """Run the cases and print what did not pass and the counts; 1 when a case failed."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.tck", description=__doc__)
    arguments.add_argument("path", type=Path)
    arguments.add_argument("-v", "--verbose", action="store_true", help="print passed cases as well")
    options = arguments.parse_args()
    counts: Counter[str] = Counter()
    for result in run(options.path):
        counts[result.state] += 1
        if options.verbose or result.state != "passed":
            print(f"{result.state}: {result.case} {result.reason}")
    print(", ".join(f"{state} {counts[state]}" for state in ("passed", "failed", "unsupported")))
    return int(counts["failed"] > 0 or not counts)


if __name__ == "__main__":
    sys.exit(main())
