"""What the gate must know beside the files: operations, roles, and what lies outside the folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Operation:
    """A registered operation; `parameters` name → FEEL type ("string", "number", …, "Any"), `required` those needed.

    An operation with `open_parameters` takes any further input. `reads` are the variables of the case that it expects,
    `writes` those that it sets; `ledger` is "reserves" for one that begins to hold something, "settles" for one that
    releases or hands over what is held, "occupies" for one that cannot run unless something is held, else empty.
    `only` is "looks" for one that reads and sets variables and does nothing else, "checks" for one that may also refuse
    to go on, else empty: it has an effect.
    """

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    open_parameters: bool = False
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    ledger: str = ""
    only: str = ""


@dataclass(frozen=True)
class GateContext:
    """The world around a deployment. `roles` are those that a person can be given; `held_roles` those that somebody
    holds today (None: not asked). `forms`, `decisions`, `processes` are ids that the shared library or other flows
    provide, `models` the library's DMN files by name, which others may import; `parameters` are the declared policy
    parameters (None: not asked); `trial` says whether the engine shall parse the result in a process that can be
    killed."""

    operations: Mapping[str, Operation] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    held_roles: frozenset[str] | None = None
    forms: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    parameters: frozenset[str] | None = None
    models: Mapping[str, bytes] = field(default_factory=dict)
    trial: bool = True
