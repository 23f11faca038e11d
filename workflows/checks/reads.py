"""Which variables of a case the decisions of DMN files read, required decisions included."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from workflows.decisions.source import children, name_of, text_of
from workflows.feel import FeelError, compile_expression
from workflows.xml import local


def reads_of(roots: Iterable[etree._Element]) -> dict[str, frozenset[str]]:
    """Decision id → names: what its tables and expressions read that no required decision or function provides."""
    known = {
        str(one.get("id")): one for root in roots for one in root.iter() if isinstance(one.tag, str) and one.get("id")
    }
    reading = _Reading(known)
    return {name: reading.of(name) for name, one in known.items() if local(one) == "decision"}


@dataclass
class _Reading:
    known: Mapping[str, etree._Element]
    found: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, name: str) -> frozenset[str]:
        """The variables that a decision reads; a circle ends where it began."""
        if name not in self.found:
            self.found[name] = frozenset()
            self.found[name] = frozenset(self._read(self.known[name]))
        return self.found[name]

    def _read(self, decision: etree._Element) -> Iterator[str]:
        provided: set[str] = set()
        for link in self._links(decision):
            target = self.known.get(link.get("href", "").rpartition("#")[2])
            if target is None:
                continue
            if local(target) == "decision":
                yield from self.of(str(target.get("id")))
            if local(target) != "inputData":
                provided.add(name_of(target))
        yield from frozenset(_names(decision)) - provided

    def _links(self, decision: etree._Element) -> Iterator[etree._Element]:
        for holder in children(decision, "informationRequirement", "knowledgeRequirement"):
            yield from children(holder, "requiredInput", "requiredDecision", "requiredKnowledge")


def _names(decision: etree._Element) -> Iterator[str]:
    """The free names of the columns of a table, or of a literal expression."""
    texts = [text_of(one) for one in children(decision, "literalExpression")]
    for table in children(decision, "decisionTable"):
        texts += [text_of(one) for column in children(table, "input") for one in children(column, "inputExpression")]
    for text in texts:
        try:
            yield from compile_expression(text).names if text else ()
        except FeelError:
            continue
