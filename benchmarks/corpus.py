"""`python -m benchmarks.corpus PATH`: every .bpmn under PATH through the gate; counts, worst time, memory."""

import argparse
import json
import resource
import time
from collections import Counter
from pathlib import Path

from workflows.checks import Finding, GateContext, check, refused

SECONDS, MEGABYTES = 5.0, 300


def examine(path: Path, trial: bool) -> tuple[list[Finding], float]:
    """What the gate finds in one file, and the seconds that it took."""
    began = time.perf_counter()
    found = check({path.name: path.read_bytes()}, GateContext(trial=trial))
    return found, time.perf_counter() - began


def placeless(found: list[Finding]) -> list[Finding]:
    """Findings that break the promise: no line, no remedy, or no words."""
    return [f for f in found if f.line < 1 or not all(f.message(x) and f.remedy(x) for x in ("zh", "en"))]


def main() -> None:
    """Print answers, the rules that were met, and the JSON line. A crash is printed with the file and counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--no-trial", action="store_true", help="static rules only, no parse by the engine")
    parser.add_argument("--verbose", action="store_true", help="print every finding")
    options = parser.parse_args()
    answers: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    times: list[tuple[float, str]] = []
    for path in sorted(options.path.rglob("*.bpmn")):
        try:
            found, seconds = examine(path, not options.no_trial)
        except Exception as crash:  # noqa: BLE001 (the promise is that this never happens)
            answers["crashed"] += 1
            print(f"CRASH {path.name}: {crash!r}")
            continue
        times.append((seconds, path.name))
        answers["refused" if refused(found) else "accepted"] += 1
        answers["placeless"] += len(placeless(found))
        rules.update({finding.rule.id for finding in found})
        if options.verbose:
            print(path.name, *(f"  {f.line}: {f.element_id} [{f.rule.id}] {f.text('en')}" for f in found), sep="\n")
    report(answers, rules, times)


def report(answers: Counter[str], rules: Counter[str], times: list[tuple[float, str]]) -> None:
    """The table and the last line."""
    for name, count in rules.most_common():
        print(f"{name:40}{count:>6} files")
    worst, name = max(times, default=(0.0, ""))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(times)} files: {dict(answers)}; worst {worst:.3f} s ({name}); peak memory {memory} MB")
    figures = {**{k: answers[k] for k in ("accepted", "refused", "crashed", "placeless")}, "worst_s": round(worst, 3)}
    target = {"crashed": 0, "placeless": 0, "worst_s": SECONDS, "memory_mb": MEGABYTES}
    ok = not answers["crashed"] and not answers["placeless"] and worst <= SECONDS and memory <= MEGABYTES
    print(json.dumps({"benchmark": "corpus", "figures": {**figures, "memory_mb": memory}, "target": target, "ok": ok}))


if __name__ == "__main__":
    main()
