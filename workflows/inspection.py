"""Looking at a case without running it: where it stands, where it may be returned to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.case import WAITING, Case, Token, owners
from workflows.environment import Sealed, visible
from workflows.errors import Conflict
from workflows.nodes.activities import PersonTask
from workflows.nodes.gateways import Join
from workflows.opening import item_of
from workflows.store import Held
from workflows.surroundings import Definition
from workflows.tokens import jump
from workflows.tokens.marking import Marking, load, marking


@dataclass(frozen=True)
class Current:
    """A live token: `state` is open (a user task), waiting (an event or join) or running (something inside it runs).

    `parent` is the token of the activity around it, None in the main process; `item` that of its iteration.
    """

    token: str
    element_id: str
    name: str
    kind: str
    state: str
    parent: str | None
    item: Any = None


def inspect(held: Held, definition: Definition) -> tuple[Current, ...]:
    """Where a case stands, outer tokens before inner ones; empty when it has ended."""
    if held.ended_at is not None:
        return ()
    return tuple(_current(token) for token in _loaded(held, definition).tokens())


def variables_at(held: Held, definition: Definition, token: str) -> Mapping[str, Any]:
    """The variables that a live token sees, inner names hiding outer ones; those of the instance when it is gone."""
    case = _loaded(held, definition)
    found = case.find(token)
    return held.variables if found is None else visible(case, found)


def return_targets(held: Held, definition: Definition, token: str) -> Mapping[str, bool]:
    """The user tasks before a token, in its process or those around it, that `engine.move` would accept.

    Each with whether `engine.complete` may go from there straight back (`onward`).
    """
    found = _loaded(held, definition).find(token)
    names = () if found is None else tuple(jump.earlier(found))
    return {name: _comes_back(held, definition, token, name) for name in names}


def lies_between(definition: Definition, first: str, middle: str, last: str) -> bool:
    """Whether a token on `first` can come to `middle`, and on to `last` without `first` again; in the main process."""
    spec = definition.spec
    return jump.lies_between(spec.processes[spec.process_id].main, first, middle, last)


def expect_target(held: Held, definition: Definition, token: str, element_id: str) -> None:
    """Raises Conflict `jump.…` when `engine.move` would refuse, `token.gone` when the token is not live."""
    _comes_back(held, definition, token, element_id)


def _comes_back(held: Held, definition: Definition, token: str, element_id: str) -> bool:
    found = _loaded(held, definition).find(token)
    if found is None:
        raise Conflict("token.gone", token=token)
    return jump.comes_back(found, element_id)


def closed_by(held: Held, definition: Definition, token: str, element_id: str) -> tuple[str, ...]:
    """The elements whose tokens `engine.move` would close; raises what it raises, and nothing is run."""
    case = _loaded(held, definition)
    found = case.find(token)
    if found is None:
        raise Conflict("token.gone", token=token)
    before = {live.id: live.node.element.id for live in case.tokens()}
    jump.expect(found, element_id)
    after = {live.id for live in case.tokens()}
    return tuple(element for live, element in before.items() if live not in after)


def moved(held: Held, definition: Definition, token: str, element_id: str) -> Marking:
    """The marking after `engine.move` and before anything runs on from there; raises what it raises, on bare tokens."""
    case = _loaded(held, definition)
    found = case.find(token)
    if found is None:
        raise Conflict("token.gone", token=token)
    jump.land(found, element_id)
    return marking(case)


def scopes_at(held: Held, definition: Definition, token: str) -> tuple[str, ...]:
    """The scopes whose variables a live token sees, as the variable history names them: "" is the root."""
    found = _loaded(held, definition).find(token)
    return ("",) if found is None else ("", *(owner.id for owner in owners(found)))


def _loaded(held: Held, definition: Definition) -> Case:
    return load(Case(definition.spec.main, Sealed(), held.variables), held.tokens)


def _current(token: Token) -> Current:
    node = token.node
    if isinstance(node, PersonTask):
        state = "open"
    else:
        state = "waiting" if token._state == WAITING or isinstance(node, Join) else "running"
    scope = token.workflow
    parent = token.parent if token.parent is not scope.task_tree else scope.host
    element = node.element
    return Current(
        token=token.id,
        element_id=element.id,
        name=element.name,
        kind=element.kind,
        state=state,
        parent=None if parent is None else parent.id,
        item=item_of(token),
    )
