"""An environment in which no operation is carried out: each is answered by what was declared for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflows.case import Token
from workflows.diagram.values import Value
from workflows.environment import Environment
from workflows.errors import LecternError
from workflows.failures import BusinessError
from workflows.feel import plain
from workflows.nodes.activities import Work
from workflows.rehearsal.budget import Budget
from workflows.rehearsal.moves import Answer, Asking
from workflows.step import Performed
from workflows.surroundings import Definition, Surroundings


class Unanswered(LecternError):
    """An operation needs an answer that no move gives; the case stands before it."""

    def __init__(self, asking: Asking) -> None:
        super().__init__("trial.unanswered", element_id=asking.element_id, operation=asking.operation)
        self.asking = asking


class Answering(Environment):
    """`writes` names the variables that each operation sets: one that sets none needs no answer."""

    def __init__(
        self,
        definition: Definition,
        surroundings: Surroundings,
        writes: Mapping[str, Sequence[str]],
        budget: Budget,
    ) -> None:
        super().__init__(definition, surroundings, "rehearsal")
        self.writes = writes
        self.budget = budget
        self.answers: list[Answer] = []

    def turn_clock(self, now: datetime) -> None:
        """Let it be later."""
        self.surroundings = replace(self.surroundings, now=now)
        self.scope.now = now

    def _feel(self, token: Token, value: Value, extra: Mapping[str, Any] | None) -> Any:
        self.budget.spend(token.node.element.id)
        return super()._feel(token, value, extra)

    def _operate(self, token: Token, work: Work) -> Mapping[str, Any]:
        element_id = token.node.element.id
        answer = next((one for one in self.answers if one.element_id == element_id), None)
        if answer is None and self.writes.get(work.operation):
            asking = Asking(element_id, work.operation, dict(work.headers), dict(self.view(token)))
            raise Unanswered(asking)
        if answer is not None:
            self.answers.remove(answer)
            if answer.error:
                raise BusinessError(answer.error, variables=answer.values)
        found: dict[str, Any] = plain(dict(answer.values)) if answer else {}
        self.journal.performed.append(Performed(element_id, work.operation, found))
        return found
