"""SpiffWorkflow's script engine for one run: FEEL and registered operations only; variables live in the instance."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from sqlalchemy import Row

from workflows import store
from workflows.case import Case, Token, owners
from workflows.diagram.values import Literal, Value
from workflows.errors import Invalid
from workflows.failures import EngineFault
from workflows.feel import FeelError, Scope, plain
from workflows.journal import Journal, Write
from workflows.nodes.activities import Work
from workflows.nodes.containers import Called
from workflows.nodes.events import Boundary
from workflows.step import DecisionMade, Performed, Thrown
from workflows.surroundings import Call, Definition, Looked, Outcome, Surroundings
from workflows.variables import View, put

MAX_NAME = 200


def visible(case: Case, token: Token, extra: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """The variables that a token of a case sees, `extra` over them; a called process does not see beyond its call."""
    scopes = case.scopes
    chain: list[Mapping[str, Any]] = [] if extra is None else [extra]
    if scopes:
        for owner in owners(token):
            if owner.id in scopes:
                chain.append(scopes[owner.id])
                if owner is not token and isinstance(owner.node, Called):
                    return View(chain)
    chain.append(case.variables)
    return View(chain)


class Sealed:
    """Stands where SpiffWorkflow expects its script engine and that engine's environment, and runs nothing."""

    case: Case

    def __init__(self) -> None:
        self.environment = self

    def evaluate(self, *args: Any, **settings: Any) -> Any:
        """No expression is evaluated here."""
        raise EngineFault("engine.sealed", "")

    def execute(self, *args: Any, **settings: Any) -> NoReturn:
        """SpiffWorkflow's way to run a script: there are none."""
        raise EngineFault("engine.no_scripts", "")

    def call_service(self, *args: Any, **settings: Any) -> NoReturn:
        """SpiffWorkflow's way to call a service: operations are performed by `Environment.perform` only."""
        raise EngineFault("engine.no_services", "")


class Environment(Sealed):
    """Evaluates and performs for one case during one run.

    No text of a diagram is ever executed here: expressions were compiled when the diagram was parsed, operations are
    looked up by name.
    """

    def __init__(self, definition: Definition, surroundings: Surroundings, instance_id: str) -> None:
        super().__init__()
        self.definition = definition
        self.surroundings = surroundings
        self.instance_id = instance_id
        self.journal = Journal()
        self.looked = Looked(surroundings.parameters)
        self.waiting: Sequence[Token] = ()
        self.scope = Scope(
            now=surroundings.now,
            working_days=surroundings.working_days,
            zone=surroundings.zone,
            parameters=self.looked,
            warnings=[],
        )

    def evaluate(self, token: Token, value: Value, extra: Mapping[str, Any] | None = None) -> Any:
        """A value of the diagram where a token stands, as JSON. Raises EngineFault `engine.expression`."""
        if isinstance(value, Literal):
            return value.value
        if isinstance(value, str):
            raise EngineFault("engine.no_scripts", token.node.element.id)
        return plain(self._feel(token, value, extra))

    def holds(self, token: Token, condition: Value, extra: Mapping[str, Any] | None = None) -> bool:
        """Whether a condition is true; null and anything else is not."""
        if isinstance(condition, Literal):
            return False
        self.looked.keys_read.clear()
        found = self._feel(token, condition, extra) is True
        self.journal.weighed |= self.looked.keys_read
        return found

    def _feel(self, token: Token, value: Value, extra: Mapping[str, Any] | None) -> Any:
        try:
            return value.evaluate(self.view(token, extra), self.scope)
        except FeelError as error:
            raise EngineFault("engine.expression", token.node.element.id, error) from error

    # variables ------------------------------------------------------------------------------------------------

    def view(self, token: Token, extra: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The variables that a token sees, inner names hiding outer ones."""
        return visible(self.case, token, extra)

    def assign(self, token: Token, name: str, value: Any, *, beyond: bool = False) -> None:
        """Write a variable where it exists; else in the iteration or called process around the token, or the root.

        `beyond` skips the token's own scope: what an output mapping writes is meant for the outside.
        """
        head = name.partition(".")[0]
        for owner in owners(token):
            scope = self.case.scopes.get(owner.id)
            if scope is None:
                continue
            home = owner.node.loop is not None or (owner is not token and isinstance(owner.node, Called))
            if home or (head in scope and not (beyond and owner is token)):
                self._write(owner, scope, name, value)
                return
        self._write(None, self.case.variables, name, value)

    def put_root(self, name: str, value: Any) -> None:
        """Write a variable of the instance, wherever no token stands."""
        self._write(None, self.case.variables, name, value)

    def _write(self, owner: Token | None, scope: dict[str, Any], name: str, value: Any) -> None:
        head = name.partition(".")[0]
        if not name or len(name) > MAX_NAME:
            raise Invalid("variable.name", name=name[:40], limit=MAX_NAME)
        key = (owner.id if owner else "", head)
        write = self.journal.writes.get(key)
        if write is None:
            write = self.journal.writes[key] = Write(head in scope, scope.get(head))
        put(scope, name, value)
        write.new = scope[head]
        write.element_id = self.case.current.node.element.id if self.case.current else ""
        if owner is not None and isinstance(owner.node, Called):
            written = owner.internal_data.setdefault("written", [])
            if head not in written:
                written.append(head)

    def take(self, token: Token) -> None:
        """Open the local scope of a token with its input mappings; later ones see earlier ones."""
        scope = self.case.scopes.setdefault(token.id, {})
        for name, value in token.node.takes:
            put(scope, name, self.evaluate(token, value))

    def receive(self, token: Token, values: Mapping[str, Any]) -> None:
        """Results of a task or payload of a message: local when output mappings will pick from them."""
        if token.node.gives is not None:
            self.case.scopes.setdefault(token.id, {}).update(values)
            return
        for name, value in values.items():
            self.assign(token, name, value)

    def give(self, token: Token) -> None:
        """Write the output mappings; without any, a called process gives back what it wrote."""
        node = token.node
        for name, value in node.gives or ():
            self.assign(token, name, self.evaluate(token, value), beyond=True)
        if isinstance(node, Called) and node.gives is None and node.returns_all:
            scope = self.case.scopes[token.id]
            for name in token.internal_data.get("written", ()):
                self.assign(token, name, scope[name], beyond=True)

    def seclude(self, token: Token, everything: bool) -> None:
        """Open the scope of a called process: all that its caller sees, or only its input mappings."""
        own = self.case.scopes.setdefault(token.id, {})
        if everything:
            self.case.scopes[token.id] = {**self.view(token), **own}

    def payload(self, token: Token) -> dict[str, Any]:
        """The input mappings of a throwing event: what travels with its message or error."""
        return dict(self.case.scopes.get(token.id, {}))

    # effects --------------------------------------------------------------------------------------------------

    def perform(self, token: Token, work: Work) -> None:
        """Run the operation, script or decision of an automatic task and write its result."""
        if work.operation:
            self.receive(token, self._operate(token, work))
        elif work.script is not None:
            self.receive(token, {work.result: self.evaluate(token, work.script)})
        else:
            self.receive(token, {work.result: self._decide(token, work.decision)})

    def _operate(self, token: Token, work: Work) -> Mapping[str, Any]:
        element = token.node.element
        operation = self.surroundings.operations.get(work.operation)
        if operation is None:
            raise EngineFault("engine.operation_unknown", element.id, operation=work.operation)
        around = self.surroundings
        result = operation(
            Call(
                session=around.session,
                now=around.now,
                actor=around.actor,
                instance_id=self.instance_id,
                element_id=element.id,
                token=token.id,
                variables=self.view(token),
                headers=work.headers,
                stopped=partial(self._stopped, token),
                decide=partial(self._evaluated, element.id),
                written=around.written,
            )
        )
        found: dict[str, Any] = plain(dict(result or {}))
        self.journal.performed.append(Performed(element.id, work.operation, found))
        return found

    def _stopped(self, token: Token, element_id: str) -> Row[Any] | None:
        """The row of a timer that waited beside `token` when the run began, and waits no more."""
        beside = {
            found.id for found in self.waiting
            if found.node.element.id == element_id and found.workflow is token.workflow
            and self.case.find(found.id) is None
        }  # fmt: skip
        rows = store.timers(self.surroundings.session, self.instance_id) if beside else ()
        return next((row for row in rows if row.token in beside), None)

    def _evaluated(self, element_id: str, decision_id: str, variables: Mapping[str, Any]) -> Outcome:
        decision = self.definition.decisions.get(decision_id)
        if decision is None:
            raise EngineFault("engine.decision_unknown", element_id, decision=decision_id)
        try:
            outcome: Outcome = decision.evaluate(variables, self.scope)
            return outcome
        except FeelError as error:
            raise EngineFault("engine.expression", element_id, error) from error

    def _decide(self, token: Token, decision_id: str) -> Any:
        element = token.node.element
        self.looked.keys_read.clear()
        outcome = self._evaluated(element.id, decision_id, self.view(token))
        decision, value = self.definition.decisions[decision_id], plain(outcome.value)
        read = tuple(sorted(self.looked.keys_read))
        made = DecisionMade(element.id, decision_id, value, outcome.reasons(), decision.name, read)
        self.journal.decisions.append(made)
        return value

    def send(self, token: Token, message: str, key: Value) -> None:
        """Note a message that the case sends; it is delivered after the step, as a command of its own."""
        found = self.evaluate(token, key)
        thrown = Thrown(message, "" if found is None else str(found), token.node.element.id, self.payload(token))
        self.journal.thrown.append(thrown)

    def throw_error(self, token: Token, code: str, payload: Mapping[str, Any], cause: Exception | None = None) -> None:
        """Go on at the innermost error event that catches `code`. Raises EngineFault `engine.error_uncaught`."""
        found = self._catcher(token, "error", code)
        if found is None:
            raise EngineFault("engine.error_uncaught", token.node.element.id, cause, error_code=code)
        node = found.node
        assert isinstance(node, Boundary)
        node.fire(found, dict(payload))

    def escalate(self, token: Token, code: str) -> None:
        """Tell the innermost escalation event that catches `code`; nobody listening is no error."""
        found = self._catcher(token, "escalation", code)
        if found is not None:
            node = found.node
            assert isinstance(node, Boundary)
            node.fire(found, self.payload(token))

    def _catcher(self, token: Token, trigger: str, code: str) -> Token | None:
        """The innermost armed event of a kind; one that names the code comes before one that catches all."""
        for owner in owners(token):
            for holder in (owner, owner.parent):
                for wanted in (code, ""):
                    for child in holder.children:
                        node = child.node
                        if isinstance(node, Boundary) and node.trigger == trigger and node.code == wanted:
                            found: Token = child
                            return found
        return None
