"""Imports every module that declares tables, so that Alembic and the tests see the whole schema."""

import importlib
import pkgutil
from functools import cache

import service
import workflows


@cache
def load() -> None:
    """Import each `models` or `models_…` module below `service` and `workflows`, once a process."""
    for package in (workflows, service):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if module.name.rsplit(".", 1)[-1].split("_")[0] == "models":
                importlib.import_module(module.name)
