"""One owner of engine and sessions, one place that commits, and Alembic as the only way a schema comes to be."""

import ast
import re

from tests.architecture.trees import calls, modules

CODE = modules("service", "workflows", "bpmn", "benchmarks")


COMMAND_LINE = {
    "service/cli/__init__.py",
    "service/cli/accounts.py",
    "service/cli/operation.py",
    "service/cli/publishing.py",
    "service/cli/speaking.py",
    "service/demo/practice.py",
    "service/demo/running.py",
}
PACE = "service/pacing.py"  # when a job runs next: no rule of the house sees these moments
"""Where the present moment enters from outside, besides a request and a tick."""


def test_only_db_commits() -> None:
    found = {module.name for module in CODE if [c for c in calls(module.tree) if c.endswith(".commit")]}
    assert found == {"service/db.py"}


def test_nobody_makes_an_engine_or_a_session_or_a_schema() -> None:
    forbidden = {"create_engine", "create_all", "drop_all", "sessionmaker", "scoped_session", "Session"}
    for module in CODE:
        found = {name.rpartition(".")[2] for name in calls(module.tree)} & forbidden
        assert not found, f"{module.name}: {found}"


def test_only_one_database_object_exists() -> None:
    found = [module.name for module in CODE if "SQLAlchemy" in calls(module.tree)]
    assert found == ["service/db.py"]


def test_every_table_is_declared_in_a_models_module() -> None:
    """`service.tables` and Alembic look only there."""
    for module in CODE:
        declares = any(
            isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "__tablename__" for t in node.targets)
            for node in ast.walk(module.tree)
        )
        assert not declares or re.search(r"/models(_\w+)?\.py$", module.name), module.name


def test_the_clock_is_passed_in() -> None:
    wall = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "datetime.datetime.now", "time.time"}
    found = {module.name for module in modules("service", "workflows") if wall & set(calls(module.tree))}
    assert found <= {"service/clock.py", PACE} | COMMAND_LINE, found
