"""The matching round of a county: 1,240 teachers, 40 schools, 2,513 staff, against one by hand on the same inputs.

    .venv/bin/python -m benchmarks.matching

Target: solved within 10 s, twice the same, no rule broken, no goal missed that the other way reaches, and a larger
share of first wishes. Time is that of the process that solves, its start included.
"""

import json
import subprocess
import sys
import time

import orjson

from service.flows.exchange.matching import checking, greedy, measuring
from service.flows.exchange.matching.measuring import Quality
from service.flows.exchange.matching.problem import Problem, dumped, fingerprint
from tests.flows.exchange import counties

SEED, COUNTIES = 20270901, (1, 2, 3)
TARGET = {"seconds": 10, "violations": 0, "repeats alike": 1}


def solved(problem: Problem) -> tuple[dict[str, str], float]:
    """The result of the solving process, and the seconds it took."""
    began = time.monotonic()
    asked = b'{"seed":%d,"problem":%b}' % (SEED, dumped(problem))
    command = [sys.executable, "-m", "service.flows.exchange.matching.child"]
    done = subprocess.run(command, input=asked, capture_output=True, check=True)
    return orjson.loads(done.stdout.splitlines()[-1])["assignment"], time.monotonic() - began


def row(name: str, quality: Quality, seconds: float) -> str:
    """One line of the table."""
    goals = "  ".join(f"{goal} {reached}/{needed}" for goal, (reached, needed) in quality.goals.items())
    first, granted = quality.wishes[0] if quality.wishes else 0, sum(quality.wishes)
    return (
        f"{name:10}{seconds:7.2f} s  first wish {first:4}/{granted + quality.unwished:<4} any wish {granted:4}  "
        f"unwished {quality.unwished:4}  complaints {quality.envied:4}  {goals}"
    )


def main() -> None:
    """Print the table and the JSON line."""
    slowest, broken, alike, better = 0.0, 0, 1, 1
    firsts = {"solver": 0, "by hand": 0}
    for seed in COUNTIES:
        problem = counties.county(seed)
        found, seconds = solved(problem)
        again, _ = solved(problem)
        began = time.monotonic()
        by_hand = greedy.greedy(problem, SEED)
        taken = time.monotonic() - began
        best, other = measuring.quality(problem, found), measuring.quality(problem, by_hand)
        print(f"county {seed}: {len(problem.teachers)} teachers, {len(problem.openings)} openings, "
              f"inputs {fingerprint(dumped(problem))[:12]}")  # fmt: skip
        print(row("solver", best, seconds), row("by hand", other, taken), sep="\n")
        slowest, alike = max(slowest, seconds), alike and int(found == again)
        broken += len(checking.violations(problem, found)) + len(checking.violations(problem, by_hand))
        better = better and int(best.goals_met >= other.goals_met and best.wishes[0] > other.wishes[0])
        firsts["solver"] += best.wishes[0]
        firsts["by hand"] += other.wishes[0]
    figures = {"seconds": round(slowest, 2), "violations": broken, "repeats alike": alike, "better": better}
    ok = slowest <= TARGET["seconds"] and not broken and bool(alike and better)
    figures |= {f"first wishes, {name}": count for name, count in firsts.items()}
    print(json.dumps({"benchmark": "matching", "figures": figures, "target": TARGET | {"better": 1}, "ok": ok}))


if __name__ == "__main__":
    main()
