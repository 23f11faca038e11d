"""The process in which the engine parses a folder for the gate: bounded memory, a big stack, JSON in and out."""

import resource
import sys
import threading
from collections.abc import Mapping
from typing import Any

import orjson

from workflows import dialect
from workflows.errors import Fault, LecternError
from workflows.references import main_process

MEMORY = 700_000_000
"""Bytes of addresses, of which the stack below and the libraries take 460 MB: the process stays under 300 MB."""
STACK = 256 * 1024 * 1024
DEPTH = 100_000


def parse(files: Mapping[str, bytes], outside: frozenset[str]) -> list[Fault]:
    """What the engine's parser says about the main process of `files`; calls of processes `outside` are left open."""
    try:
        dialect.parse(files, main_process(files))
    except LecternError as refused:
        faults = refused.faults or (Fault("", refused.code, str(refused)),)
        return [fault for fault in faults if fault.params.get("process") not in outside]
    return []


def limit(seconds: int) -> None:
    """Let this process be killed after so many seconds of the processor (SIGXCPU), and bound its memory."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """Read a request, parse in a thread with a big stack (more than 400 nodes in a row recurse), print the faults."""
    limit(int(sys.argv[1]))
    request = orjson.loads(sys.stdin.buffer.read())
    files = {name: content.encode("latin-1") for name, content in request["files"].items()}
    answer: list[Any] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            answer.extend(parse(files, frozenset(request["outside"])))
        except BaseException as wrong:  # noqa: BLE001 (the edge of this process; the parent reports it)
            failure.append(wrong)

    sys.setrecursionlimit(DEPTH)
    threading.stack_size(STACK)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failure:
        sys.exit(f"{type(failure[0]).__name__}: {failure[0]}")
    sys.stdout.buffer.write(orjson.dumps([vars(fault) for fault in answer], default=str))


if __name__ == "__main__":
    main()
