"""What comes next in words: each step with who would have it and until when, each fork with what it depends on."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from service.people import queries as people
from service.tasks.assignment import place_of
from service.tasks.outlook import Coming, Outlook
from service.web import edge
from service.web.conditions import condition_words, open_words
from service.web.naming import decision_words, label, named, outcome_words, role_name, table_name
from service.web.words import words
from workflows.outlook import Reads
from workflows.outlook import steps as kinds


def outlooks(
    definition: Any, element_id: str, found: Sequence[Outlook], hidden: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The outlook after each decision on a step; without one as long as everybody lets the case go on.

    `hidden` are names that the reader may not even hear of.
    """
    view = _View(definition, [coming for outlook in found for coming in outlook.path], hidden)
    return [
        {
            "decision": outlook.decision,
            "label": outlook.decision and decision_words(definition, element_id, outlook.decision),
            "path": view.path(outlook.path),
        }
        for outlook in found
    ]


def path_of(definition: Any, found: Sequence[Coming]) -> list[dict[str, Any]]:
    """One path."""
    return _View(definition, found).path(found)


class _View:
    """The words of one outlook; names of persons and places are read once."""

    def __init__(self, definition: Any, found: Iterable[Coming], hidden: Collection[str] = ()) -> None:
        self.definition = definition
        self.hidden = hidden
        every = list(_every(found))
        self.names = people.names(sorted({person for coming in every for person in coming.persons}))
        places = {place_of(holder)[1] for coming in every for holder in coming.holders if "@" in holder}
        self.places = people.organisation_names(sorted(places), edge.locale())

    def path(self, found: Sequence[Coming]) -> list[dict[str, Any]]:
        return [self._step(coming) for coming in found]

    def _step(self, coming: Coming) -> dict[str, Any]:
        step = coming.step
        return {
            "kind": step.kind,
            "element_id": step.element_id or None,
            "name": self._name(coming),
            "holders": [self._holder(holder) for holder in coming.holders if "@" in holder],
            "persons": [self.names.get(person, "") for person in coming.persons],
            "due_at": coming.due_at,
            "repeated": step.each,
            "beside": [self._beside(event) for event in coming.beside],
            "side_by_side": step.how == kinds.PARALLEL,
            "depends_on": self._open([read for way in coming.ways for read in way.reads]),
            "branches": [
                {
                    "conditions": [self._why(read) for read in way.reads],
                    "goes_on": way.goes_on,
                    "path": self.path(way.path),
                }
                for way in coming.ways
            ],
        }

    def _beside(self, event: Coming) -> dict[str, Any]:
        """An event that may come while the step is open, and what comes then."""
        return {
            "element_id": event.step.element_id,
            "name": named(self.definition, event.step.element_id, event.step.name),
            "due_at": event.due_at,
            "interrupts": event.step.how != kinds.PARALLEL,
            "leads_to": [self._element(element_id) for element_id in event.step.among],
        }

    def _name(self, coming: Coming) -> str:
        step = coming.step
        if step.kind == kinds.END:
            told = named(self.definition, step.element_id, step.name)
            return told or outcome_words(self.definition, step.outcome or "completed")
        if step.kind in (kinds.JOIN, kinds.BACK):
            return str(_(", ")).join(self._element(element_id) for element_id in step.among)
        return named(self.definition, step.element_id, step.name) if step.element_id else ""

    def _element(self, element_id: str) -> str:
        element = self.definition.spec.element(element_id)
        told = named(self.definition, element_id, element.name) if element else element_id
        if element is not None and element.kind == "endEvent":
            return told or outcome_words(self.definition, element.properties.get("outcome", "completed"))
        return told

    def _holder(self, holder: str) -> dict[str, str]:
        role, organisation_id = place_of(holder)
        return {
            "holder": holder,
            "role": role_name(role),
            "organisation": self.places.get(organisation_id, ""),
        }

    def _why(self, read: Reads) -> str:
        if read.decision:
            table = table_name(self.definition, read.decision)
            own = self.definition.settings.get("conditions", {}).get(read.rule)
            told = label(own) if own else read.annotation
            return told or words("ahead.row", {"decision": table, "row": read.row}, edge.locale())
        return condition_words(self.definition, read.flow)

    def _open(self, reads: Sequence[Reads]) -> list[str]:
        unseen = str(_("what is not shown to you"))
        told = (
            unseen if name in self.hidden else open_words(self.definition, read.flow, name)
            for read in reads
            for name in read.open
        )  # fmt: skip
        return list(dict.fromkeys(told))


def _every(found: Iterable[Coming]) -> Iterator[Coming]:
    for coming in found:
        yield coming
        for way in coming.ways:
            yield from _every(way.path)
