"""What was changed between a return and the return's end: shown to who returned the case and has it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import sealed
from service.tasks import forms
from service.tasks.facts import TaskFacts
from workflows import engine, store
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.models import VariableChange

_CHANGE = table_of(VariableChange)


@dataclass(frozen=True)
class Change:
    """A field of the form, as form-js describes it, with its value before and after the correction, in plain."""

    component: Mapping[str, Any]
    old: Any
    new: Any

    @property
    def field(self) -> str:
        return str(self.component["key"])


def changes(
    session: Session, held: store.Held, definition: Definition, task: TaskFacts, rights: Mapping[str, str]
) -> Sequence[Change] | None:
    """The fields that this step shows and that are not what they were; None for a task that did not come back."""
    if task.reentry is None or task.reentry.kind != "back":
        return None
    form = definition.forms.get(task.form_id or "") or {}
    shown = {one["key"]: one for one in forms.components(form) if rights.get(one["key"]) != "hidden"}
    place = sealed.case(task.instance_id)
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for row in session.execute(_rows(held, definition, task, list(shown))):
        first.setdefault(row.name, row.old)
        last[row.name] = row.new
    found = [
        Change(shown[name], sealed.opened(place, first[name]), sealed.opened(place, last[name]))
        for name in shown
        if name in last
    ]
    return [change for change in found if change.old != change.new]


def _rows(held: store.Held, definition: Definition, task: TaskFacts, names: Sequence[str]) -> Any:
    assert task.reentry is not None
    scopes = engine.scopes_at(held, definition, task.token) if held.ended_at is None else ("",)
    since, until = _CHANGE.c.version > task.reentry.since, _CHANGE.c.at <= task.opened_at
    here = (_CHANGE.c.instance_id == held.id, _CHANGE.c.scope.in_(scopes), _CHANGE.c.name.in_(names))
    return select(_CHANGE.c.name, _CHANGE.c.old, _CHANGE.c.new).where(*here, since, until).order_by(_CHANGE.c.version)
