"""What a flow declares to look only: a case that moves to another version may come to it again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from service.flows import registry
from tests.flows.hiring.acting import county, reviewed, start, to_choice


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str]]]:
    """By operation that only looks, what it says to the database."""
    found: dict[str, list[str]] = {}
    running: list[str] = []

    def watched(name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def ran(*given: Any) -> Any:
            found.setdefault(name, [])
            running.append(name)
            try:
                return run(*given)
            finally:
                running.pop()

        return ran

    def hear(*told: Any) -> None:
        if running:
            found[running[-1]].append(told[2])

    watching = {name: watched(name, one.run) for name, one in registry.declared().items() if one.only}
    monkeypatch.setattr(registry, "OPERATIONS", {**registry.OPERATIONS, **watching})
    event.listen(Engine, "before_cursor_execute", hear)
    yield found
    event.remove(Engine, "before_cursor_execute", hear)


def test_operations_that_only_look_or_check_write_nothing(app: Any, clock: Any, said: dict[str, list[str]]) -> None:
    driver = county(clock)
    case = reviewed(start(driver))
    case.complete("filing", "bureau.hr", "accept")
    to_choice(driver, case, "s01.hr", "s01.hr")
    assert {"hiring.school_facts", "hiring.count_applicants"} <= said.keys()
    statements = [statement for told in said.values() for statement in told]
    assert statements
    assert all(statement.lstrip().upper().startswith("SELECT") for statement in statements), statements
    assert not any("FOR UPDATE" in statement.upper() for statement in statements)
