"""The process that solves one round: reads {problem, seed}, writes a line for each stage and one with the result.

A process of its own, so that the server never loads the solver, memory goes back when the round is over, and a round
is cancelled by ending it.
"""

import os
import sys
from collections.abc import Mapping
from typing import IO, Any

import orjson

from service.flows.exchange.matching.problem import loaded
from service.flows.exchange.matching.solving import solve


def main() -> None:
    """Solve what stands on the standard input; what the solver itself prints goes to the errors."""
    with os.fdopen(os.dup(1), "wb") as told:
        os.dup2(2, 1)
        asked: Mapping[str, Any] = orjson.loads(sys.stdin.buffer.read())
        found = solve(loaded(asked["problem"]), asked["seed"], lambda stage: _say(told, {"stage": stage}))
        _say(told, {"assignment": found})


def _say(told: IO[bytes], line: Mapping[str, Any]) -> None:
    told.write(orjson.dumps(line) + b"\n")
    told.flush()


if __name__ == "__main__":
    main()
