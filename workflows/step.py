"""What one run of the engine did: frozen values that the service turns into rows, events and notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.decisions import MatchedRule


@dataclass(frozen=True)
class OpenedTask:
    """A user task that became ready; the FEEL of its assignment is already evaluated to plain values.

    `candidate_groups` are `role` or `role@organisation`; `properties` are the zeebe:properties with FEEL evaluated
    (`signing`, `dueIn`, `decisions`, …); `item` is the multi-instance element when the task or its process has one.
    """

    token: str
    element_id: str
    name: str
    form_id: str | None
    assignee: str | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    due_date: str | None = None
    priority: int = 50
    properties: Mapping[str, str] = field(default_factory=dict)
    item: Any = None


@dataclass(frozen=True)
class ScheduledTimer:
    """A timer event that began to wait, as stored in its row."""

    timer_id: str
    token: str
    element_id: str
    due_at: datetime


@dataclass(frozen=True)
class Thrown:
    """A message that the diagram sent; delivered later as a command of its own."""

    name: str
    correlation_key: str
    element_id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class DecisionMade:
    """A decision that answered: its value, and the rows that matched in its table and those it built on, for "why".

    `name` is that of the decision (`MatchedRule.table` of its own rows), `parameters` the policy parameters it read.
    """

    element_id: str
    decision_id: str
    value: Any
    rules: tuple[MatchedRule, ...]
    name: str = ""
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Performed:
    """A registered operation that ran, with the values it returned."""

    element_id: str
    operation: str
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One run: from the state that was loaded to the state that was saved.

    `closed` are tokens of user tasks that are no longer ready (the completed one and those that an interrupting event
    or a terminate end took with it). `passed` are element ids and sequence-flow ids in the order taken. `outcome` is
    the `outcome` property of the end event that ended the root process (default "completed"), None while it runs.
    `weighed` are the policy parameters that conditions on the way read. `timers` and `subscriptions` are the rows of
    waiting events that are gone, `created` the root variables that did not exist before.
    """

    instance_id: str
    version: int
    outcome: str | None
    opened: tuple[OpenedTask, ...] = ()
    closed: tuple[str, ...] = ()
    scheduled: tuple[ScheduledTimer, ...] = ()
    dropped: tuple[str, ...] = ()
    timers: tuple[Mapping[str, Any], ...] = ()
    subscriptions: tuple[Mapping[str, Any], ...] = ()
    created: tuple[str, ...] = ()
    thrown: tuple[Thrown, ...] = ()
    decisions: tuple[DecisionMade, ...] = ()
    performed: tuple[Performed, ...] = ()
    passed: tuple[str, ...] = ()
    weighed: tuple[str, ...] = ()
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
