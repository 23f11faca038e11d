"""Imports every module that declares tables, so that Alembic and the tests see the whole schema."""

import importlib
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent


@cache
def load() -> None:
    """Import each `models` or `models_…` module below `service` and `workflows`, once a process.

    By their files: a walk through the packages would import each of them, the command line and the demo, too.
    """
    for room in ("workflows", "service"):
        for path in sorted((HOUSE / room).rglob("models*.py")):
            importlib.import_module(".".join(path.relative_to(HOUSE).with_suffix("").parts))
