"""Every operation on seats under every signing policy, inside and outside a parallel branch (policy.md §5)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from service.errors import LecternError
from tests.driver import Driver
from tests.service.tasks import desk as desks
from tests.service.tasks.desk import Desk

POLICIES = ("single", "role", "all", "any", "sequence", "vote")


@dataclass(frozen=True)
class Row:
    """An operation of `a`, who has the turn; who must sign after it, in turn, until the step is decided.

    A text instead of signers is the code with which it is refused.
    """

    name: str
    act: Callable[[Desk], None]
    kind: str
    single: list[str] | str
    every: list[str] | str
    any: list[str] | str
    sequence: list[str] | str

    def expected(self, policy: str) -> list[str] | str:
        found = {"single": self.single, "role": self.single, "all": self.every, "any": self.any}
        return {**found, "sequence": self.sequence, "vote": "seat.not_with_vote"}[policy]


def asked_and_taken_back(desk: Desk) -> None:
    desk.before("a", "x")
    desk.remove("a", "x")


def added_and_taken_back(desk: Desk) -> None:
    desk.after("a", "x")
    desk.remove("a", "x")


ROWS = [
    Row("transfer", lambda desk: desk.transfer("a", "x"), "task.transferred",
        ["x"], ["x", "b", "c"], ["x"], ["x", "b", "c"]),
    Row("transfer by HR", lambda desk: desk.transfer("bureau.chief", "x", "a"), "task.transferred",
        ["x"], ["x", "b", "c"], ["x"], ["x", "b", "c"]),
    Row("delegate", lambda desk: desk.delegate("a", "x"), "task.delegated",
        ["x", "a"], ["x", "a", "b", "c"], ["x", "a"], ["x", "a", "b", "c"]),
    Row("before me", lambda desk: desk.before("a", "x", "y"), "task.advice_asked",
        ["x", "y", "a"], ["x", "y", "a", "b", "c"], ["y", "x", "a"], ["y", "x", "a", "b", "c"]),
    Row("after me", lambda desk: desk.after("a", "x", "y"), "task.signer_added",
        ["a", "x", "y"], ["a", "b", "c", "y", "x"], ["a", "y", "x"], ["a", "x", "y", "b", "c"]),
    Row("asked and taken back", asked_and_taken_back, "task.signer_removed",
        ["a"], ["a", "b", "c"], ["a"], ["a", "b", "c"]),
    Row("added and taken back", added_and_taken_back, "task.signer_removed",
        ["a"], ["a", "b", "c"], ["a"], ["a", "b", "c"]),
    Row("the only one removed", lambda desk: desk.remove("bureau.chief", "a"), "task.signer_removed",
        "seat.last", ["b", "c"], ["b"], ["b", "c"]),
    Row("copy", lambda desk: desk.copy("a", "x"), "task.copied",
        ["a"], ["a", "b", "c"], ["a"], ["a", "b", "c"]),
]  # fmt: skip


@pytest.fixture
def table(quick_driver: Driver) -> Driver:
    return desks.staffed(quick_driver)


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "inside a branch"])
def test_each_operation_under_each_policy(table: Driver, inside: bool) -> None:
    actors = desks.acting(table)
    for policy in POLICIES:
        key = desks.deploy(table, policy, inside=inside)
        for row in ROWS:
            if policy == "vote" and row.name == "the only one removed":
                continue
            desk = Desk(table, key, actors)
            if policy == "role":
                desk.claim("a")
            check(desk, row, row.expected(policy))


def check(desk: Desk, row: Row, expected: list[str] | str) -> None:
    if isinstance(expected, str):
        with pytest.raises(LecternError) as refused:
            row.act(desk)
        assert refused.value.code == expected, row.name
        return
    row.act(desk)
    assert row.kind in desk.kinds(), row.name
    *others, last = expected
    for name in others:
        assert not desk.sign(name), (row.name, name)
        assert desk.box(name) != ["todo"]
    assert desk.sign(last), (row.name, last)
    assert "last" in desk.case.open() or "other" in desk.case.open()
    assert desk.case.variables["check"]["decision"] == "approve"
