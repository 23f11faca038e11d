"""The last check: the engine's own parser on the files, in a process of its own that can be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from workflows.checks.context import GateContext
from workflows.checks.findings import Finding, error
from workflows.references import kind_of

SECONDS = 5
"""Of the processor: how long it takes on the clock depends on what else the machine does."""
CLOCK_SECONDS = 60.0
COMMAND = ("-m", "workflows.checks.trial_process")

ENGINE = error(
    "engine.refused",
    ("引擎不能执行“{element}”：{reason}", 'The engine cannot run "{element}": {reason}'),
    ("{instead}", "{instead}"),
)
CRASHED = error(
    "engine.failed",
    ("引擎读取这些文件时失败：{reason}", "The engine failed to read these files: {reason}"),
    ("简化流程图，并把文件交给系统管理员。", "Simplify the diagram, and give the files to the administrator."),
)
SLOW = error(
    "engine.slow",
    ("引擎 {seconds} 秒内没有读完这些文件。", "The engine did not read these files within {seconds} seconds."),
    ("拆成被调用的流程。", "Split the diagram into called processes."),
)


def check(files: Mapping[str, bytes], context: GateContext) -> Iterator[Finding]:
    """Findings of the engine's parser for what the static rules let pass.

    It is killed after 5 s of the processor (60 on the clock) or when it needs more than 240 MB beside its stack.
    """
    diagrams = {name: content.decode("latin-1") for name, content in files.items() if kind_of(name) in ("bpmn", "toml")}
    request = orjson.dumps({"files": diagrams, "outside": sorted(context.processes)})
    main = next((name for name in sorted(diagrams) if kind_of(name) == "bpmn"), "")
    try:
        done = subprocess.run(  # noqa: S603 (a fixed command)
            [sys.executable, *COMMAND, str(SECONDS)],
            input=request, capture_output=True, timeout=CLOCK_SECONDS, check=False, env=_environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        yield Finding(SLOW, main, 1, params={"seconds": CLOCK_SECONDS})
        return
    if done.returncode == -signal.SIGXCPU:
        yield Finding(SLOW, main, 1, params={"seconds": SECONDS})
        return
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2] or f"exit {done.returncode}"
        yield Finding(CRASHED, main, 1, params={"reason": reason[:300]})
        return
    for fault in orjson.loads(done.stdout):
        yield _finding(fault, main)


def _finding(fault: Mapping[str, Any], main: str) -> Finding:
    params = fault["params"]
    message = (fault["message"], params.get("message_en") or fault["message"])
    remedy = (params.get("remedy") or CRASHED.remedy[0], params.get("remedy_en") or CRASHED.remedy[1])
    shown = {"reason": message, "instead": remedy}
    return Finding(ENGINE, params.get("file") or main, params.get("line") or 1, params.get("element_id") or "", shown)


def _environment() -> dict[str, str]:
    """The child gets nothing but what it needs to import this room: no keys, no database address."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV") if name in os.environ}
    return kept | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"}
