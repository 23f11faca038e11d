"""Start of the application and memory of a worker: fresh processes, bytecode cached, the median of five.

`python -m benchmarks.startup`. As an installation has it: `rich`, which structlog loads where it finds it, is a tool of
development (requirements/run.txt does not name it) and is hidden.
"""

import os
import statistics
import subprocess
import sys
import tempfile

from benchmarks.report import report

PROGRAM = """
import base64, os, resource, sys, time
sys.modules["rich"] = None
started = time.process_time(), time.perf_counter()
key = base64.b64encode(bytes(32)).decode()
os.environ.update(LECTERN_SECRET_KEY="x", LECTERN_FIELD_KEYS=key, LECTERN_SIGNING_KEY=key)
from service.app import create_app
from service.config import read
create_app(read())
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(time.process_time() - started[0], time.perf_counter() - started[1], memory)
"""


def start(folder: str) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and megabytes of one fresh process that makes the application."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"LECTERN_DATA_DIR": folder}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    cpu, wall, memory = map(float, done.stdout.split()[-3:])
    return cpu, wall, memory


def main() -> None:
    """Print the medians beside the targets of design §8."""
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        runs = [start(folder) for _ in range(5)]
    cpu, wall, memory = (statistics.median(column) for column in zip(*runs, strict=True))
    figures = {"start_cpu_s": cpu, "start_wall_s": wall, "memory_mb": memory}
    report("startup", figures, {"start_cpu_s": 1.5, "memory_mb": 150})


if __name__ == "__main__":
    main()
