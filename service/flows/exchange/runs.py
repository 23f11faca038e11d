"""What the exchange does in the background: a matching round, solved in a process of its own."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from queue import Empty, Queue
from tempfile import TemporaryFile
from typing import IO, Any

import orjson

from service.clock import Clock
from service.flows.exchange import queries_rounds
from service.flows.exchange.commands_rounds import SOLVE, KeepResult, keep_result
from service.runs.declaring import Progress, Running, runner

CHILD = "service.flows.exchange.matching.child"
PATIENCE = 0.25
"""Seconds between two looks at whether somebody has cancelled."""
LAST_WORDS = 1_000
STAGES = {"goals": 1, "wishes": 2}


@runner(
    SOLVE, "交流匹配", "Matching round",
    said=("第 {number} 轮，安排 {placed} 人", "round {number}, {placed} placed"), lane="long",
)  # fmt: skip
def solve(running: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Solve a round from its recorded inputs and seed; cancelled, the process ends and nothing is kept."""
    round_id = running.arguments["round_id"]
    done = queries_rounds.kept(running.actor, round_id)
    if done is not None:
        return done
    asked = queries_rounds.inputs(running.actor, round_id)
    progress(0, len(STAGES))
    assignment: Mapping[str, str] = {}
    for line in _lines(asked, progress):
        if "stage" in line:
            progress(STAGES[line["stage"]] - 1, len(STAGES))
        else:
            assignment = line["assignment"]
    command = KeepResult(running, round_id, assignment, f"HiGHS {version('highspy')}")
    return keep_result(running.actor, command, now=clock.now())


def _lines(asked: bytes, progress: Progress) -> Iterator[Mapping[str, Any]]:
    """What the process says, line by line; RuntimeError with its last words when it fails."""
    with TemporaryFile() as words:
        process = _started(words)
        said: Queue[bytes | None] = Queue()
        reader = threading.Thread(target=_read, args=(process, asked, said), daemon=True)
        reader.start()
        try:
            while (line := _next(said, progress)) is not None:
                yield orjson.loads(line)
            if process.wait():
                words.seek(0)
                last = words.read().decode(errors="replace")[-LAST_WORDS:]
                raise RuntimeError(f"the solving process ended with {process.returncode}: {last}")
        finally:
            process.kill()
            process.wait()
            reader.join()


def _started(words: IO[bytes]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", CHILD]
    return subprocess.Popen(  # noqa: S603 - our own module, nothing of it comes from outside
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words
    )


def _next(said: "Queue[bytes | None]", progress: Progress) -> bytes | None:
    """The next line; meanwhile a sign of life, at which a cancelled run stops."""
    while True:
        try:
            return said.get(timeout=PATIENCE)
        except Empty:
            progress(0)


def _read(process: "subprocess.Popen[bytes]", asked: bytes, said: "Queue[bytes | None]") -> None:
    """Give the process its input and pass on what it says; one that dies over its input has said all it will."""
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError), process.stdin as stdin:
        stdin.write(asked)
    with process.stdout as stdout:
        for line in stdout:
            said.put(line)
    said.put(None)
