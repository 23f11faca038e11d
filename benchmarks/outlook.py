"""What comes next in a hiring case: CPU milliseconds of the walk from its start, where nearly everything is open.

`python -m benchmarks.outlook`
"""

import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import report
from service.parameters.registry import PARAMETERS
from service.tasks.outlook import STEPS, guide_of
from workflows.definition import build
from workflows.feel import Scope
from workflows.models import ProcessDefinition
from workflows.outlook import Step, outlook_from_start

BPMN = Path(__file__).resolve().parent.parent / "bpmn"
RUNS = 50


def files() -> dict[str, bytes]:
    """The hiring flow with what it shares."""
    folders = (("", BPMN / "hiring"), ("shared/", BPMN / "shared"))
    return {
        prefix + str(file.relative_to(folder)): file.read_bytes()
        for prefix, folder in folders
        for file in folder.rglob("*")
        if file.is_file()
    }


def count(path: tuple[Step, ...]) -> int:
    """Steps of a path, those of its branches included."""
    return sum(1 + sum(count(branch.path) for branch in step.branches) for step in path)


def main() -> None:
    """Print the first and the median walk, and how many steps it told."""
    row = ProcessDefinition(id="hiring", key="hiring", version=1, name="", state="active", checksum="", manifest={})
    definition = build(row, files())
    guide = guide_of(definition)
    scope = Scope(now=datetime.now(UTC), parameters={k: one.default for k, one in PARAMETERS.items()}, steps=STEPS)
    spent: list[float] = []
    for _ in range(RUNS):
        started = time.process_time()
        path = outlook_from_start(definition, {"posts": []}, guide, scope)
        spent.append((time.process_time() - started) * 1000)
    figures = {"first_ms": spent[0], "median_ms": statistics.median(spent), "steps": count(path)}
    report("outlook", figures, {"first_ms": 40, "median_ms": 20})


if __name__ == "__main__":
    main()
