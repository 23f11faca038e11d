"""`python -m benchmarks.corpus PATH`: every .bpmn under PATH through the gate; counts, worst time, memory.

With `--http` through `POST /deployments?dry_run=true` of an installation of its own: each file must be answered by 200
or 422, with findings that name a line.
"""

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.house import House, house
from service.access import sessions
from service.db import transaction
from workflows.checks import Finding, GateContext, check, refused

SECONDS, MEGABYTES = 5.0, 300


Answer = tuple[str, list[Mapping[str, Any]]]


def examined(trial: bool) -> Callable[[Path], Answer]:
    """What the gate finds in one file, as the API would say it."""

    def examine(path: Path) -> Answer:
        found: list[Finding] = check({path.name: path.read_bytes()}, GateContext(trial=trial))
        said = [finding.as_json(locale) for finding in found for locale in ("zh", "en")]
        return "refused" if refused(found) else "accepted", said

    return examine


@contextmanager
def asked() -> Iterator[Callable[[Path], Answer]]:
    """What an installation answers to an admin who tries one file."""
    with house("sqlite") as own:
        bearer = {"Authorization": f"Bearer {_token(own)}"}

        def ask(path: Path) -> Answer:
            sent = {"files": [(BytesIO(path.read_bytes()), path.name)]}
            answer = own.app.test_client().post(
                "/api/v1/deployments?dry_run=true", data=sent, content_type="multipart/form-data", headers=bearer
            )
            word = {200: "accepted", 422: "refused"}.get(answer.status_code)
            if word is None:
                raise RuntimeError(f"{answer.status_code} {answer.text[:200]}")
            return word, answer.json["findings"]

        yield ask


def _token(own: House) -> str:
    with transaction() as session:
        account = own.driver.county.accounts["admin"]
        return sessions.open_token(session, account, "bearer", timedelta(days=1), own.driver.now).token


def placeless(found: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Findings that break the promise: no line, no remedy, or no words."""
    return [f for f in found if (f["line"] or 0) < 1 or not f["message"] or not f["remedy"]]


def main() -> None:
    """Print answers, the rules that were met, and the JSON line. A crash is printed with the file and counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--no-trial", action="store_true", help="static rules only, no parse by the engine")
    parser.add_argument("--verbose", action="store_true", help="print every finding")
    parser.add_argument("--http", action="store_true", help="through the API of an installation of its own")
    options = parser.parse_args()
    if options.http:
        with asked() as ask:
            run(options.path, ask, options.verbose)
    else:
        run(options.path, examined(not options.no_trial), options.verbose)


def run(folder: Path, examine: Callable[[Path], Answer], verbose: bool) -> None:
    """Try every file and report."""
    answers: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    times: list[tuple[float, str]] = []
    for path in sorted(folder.rglob("*.bpmn")):
        began = time.perf_counter()
        try:
            word, found = examine(path)
        except Exception as crash:  # noqa: BLE001 (the promise is that this never happens)
            answers["crashed"] += 1
            print(f"CRASH {path.name}: {crash!r}")
            continue
        times.append((time.perf_counter() - began, path.name))
        answers[word] += 1
        answers["placeless"] += len(placeless(found))
        rules.update({str(finding["rule"]) for finding in found})
        if verbose:
            print(
                path.name, *(f"  {f['line']}: {f['element_id']} [{f['rule']}] {f['message']}" for f in found), sep="\n"
            )
    report(answers, rules, times)


def report(answers: Counter[str], rules: Counter[str], times: list[tuple[float, str]]) -> None:
    """The table and the last line."""
    for name, count in rules.most_common():
        print(f"{name:40}{count:>6} files")
    worst, name = max(times, default=(0.0, ""))
    used = (resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    memory = max(used) // 1024
    print(f"median {sorted(times)[len(times) // 2][0]:.3f} s" if times else "no file")
    print(f"{len(times)} files: {dict(answers)}; worst {worst:.3f} s ({name}); peak memory {memory} MB")
    figures = {**{k: answers[k] for k in ("accepted", "refused", "crashed", "placeless")}, "worst_s": round(worst, 3)}
    target = {"crashed": 0, "placeless": 0, "worst_s": SECONDS, "memory_mb": MEGABYTES}
    ok = not answers["crashed"] and not answers["placeless"] and worst <= SECONDS and memory <= MEGABYTES
    print(json.dumps({"benchmark": "corpus", "figures": {**figures, "memory_mb": memory}, "target": target, "ok": ok}))


if __name__ == "__main__":
    main()
