"""Fills a template: rows and paragraphs are repeated or left out, every field gives way to its value."""

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service.errors import Fault, Invalid
from service.papers import fields, places
from service.papers.fields import NUMBER, Token, Wrong
from service.papers.places import BR, TBL, TC, TR, P, Place, T
from workflows.feel import FeelBudgetError, Scope
from workflows.feel.printing import number_text

BLANK = "　"
STEPS = 20_000
"""The budget of one field."""
MOST = 2_000
"""Rows that a list may become."""
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass
class Filling:
    """One filling: what is known, and when it is.

    `values` (place, text) are what was put in, `blanks` the places whose field had no value; `filled` and `unfilled`
    the fields themselves, as they are written. With `trial` every condition holds, and what is wrong is gathered in
    `faults` instead of raised.
    """

    known: Mapping[str, Any]
    now: datetime
    trial: bool = False
    blanks: list[str] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)
    unfilled: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def evaluate(self, source: str, more: Mapping[str, Any], path: str) -> Any:
        """The value of an expression; Wrong for a name that is not known, and for what takes too long."""
        known = {**self.known, **more}
        scope = Scope(now=self.now, steps=STEPS)
        try:
            found = fields.compiled(source, known).evaluate(known, scope)
        except FeelBudgetError as long:
            raise Wrong("paper.field.budget", text=source) from long
        for warning in scope.warnings if self.trial else ():
            if warning.code == "feel.warning.member":
                params = {"name": warning.params["name"], "text": source}
                self.faults.append(Fault(path, "paper.field.member", params=params))
        return found

    @contextmanager
    def at(self, path: str) -> Iterator[None]:
        """What is wrong inside is wrong at this place."""
        try:
            yield
        except Wrong as wrong:
            fault = wrong.at(path)
            if not self.trial:
                raise Invalid("paper.filling", faults=(fault,)) from wrong
            self.faults.append(fault)


def fill(document: Any, filling: Filling) -> None:
    """Fill the whole document in place. Invalid("paper.filling") with the place where it went wrong."""
    for prefix, part in places.parts(document):
        for place in list(places.within(part, prefix)):
            if place.element.getparent() is part:
                _block(place.element, place.path, filling)
        for number, table in enumerate(part.findall(TBL), start=1):
            for row_number, row in enumerate(list(table.findall(TR)), start=1):
                _row(row, f"{prefix}t{number}.r{row_number}.", filling)


def _block(paragraph: Any, path: str, filling: Filling) -> None:
    for copied, more in _repeated(paragraph, paragraph, path, filling):
        _fill_paragraph(Place(path, copied), more, filling, leads=True)


def _row(row: Any, path: str, filling: Filling) -> None:
    first = row.find(f"{TC}/{P}")
    if first is None:
        return
    for copied, more in _repeated(row, first, f"{path}c1.p1", filling):
        for number, place in enumerate(list(places.in_row(copied, path))):
            _fill_paragraph(place, more, filling, leads=number == 0)


def _repeated(whole: Any, first: Any, path: str, filling: Filling) -> list[tuple[Any, dict[str, Any]]]:
    """The element once for every item for which it stands, in its place, with what each knows; none where it is off."""
    made: list[tuple[Any, dict[str, Any]]] = []
    with filling.at(path):
        text = places.joined(first)
        head = fields.leading(fields.tokens(text), text)
        each = [token for token in head if token.kind == "each"]
        if len(each) > 1 or (each and head[0].kind != "each"):
            raise Wrong("paper.field.each_once", text=text[:24])
        for more in _items(each[0], path, filling) if each else [{}]:
            holds = [filling.evaluate(one.source, more, path) is True for one in head if one.kind == "if"]
            if all(holds) or filling.trial:
                made.append((copy.deepcopy(whole), more))
    for copied, _ in made:
        whole.addprevious(copied)
    _removed(whole)
    return made


def _removed(whole: Any) -> None:
    """Take the pattern out; a cell, a body or a table must not become empty."""
    parent = whole.getparent()
    alike = [one for one in parent.findall(whole.tag) if one is not whole]
    if alike:
        parent.remove(whole)
        return
    if whole.tag == TR:
        parent.getparent().remove(parent)
        return
    for run in places.runs(whole):
        whole.remove(run)


def _items(each: Token, path: str, filling: Filling) -> list[dict[str, Any]]:
    found = filling.evaluate(each.source, {}, path)
    if found is not None and not isinstance(found, list):
        raise Wrong("paper.field.not_list", text=each.source)
    listed = found or []
    if len(listed) > MOST:
        raise Wrong("paper.field.many", limit=MOST)
    return [{each.name: item, NUMBER: number} for number, item in enumerate(listed, start=1)]


def _fill_paragraph(place: Place, more: Mapping[str, Any], filling: Filling, *, leads: bool) -> None:
    """Fill what stands in one paragraph; only one that `leads` may be repeated or left out."""
    with filling.at(place.path):
        text = places.joined(place.element)
        found = fields.tokens(text)
        if not leads and any(token.kind != "value" for token in found):
            raise Wrong("paper.field.not_first", text=text[:24])
        for token in reversed(found):
            said = ""
            with filling.at(place.path):
                said = "" if token.kind != "value" else _said(token, place.path, more, filling)
            _put(place.element, token, said)


def _said(token: Token, path: str, more: Mapping[str, Any], filling: Filling) -> str:
    value = filling.evaluate(token.source, more, path)
    if value is None:
        filling.blanks.append(path)
        filling.unfilled.add(token.source)
        return BLANK
    said = printed(value)
    if said is None:
        raise Wrong("paper.field.kind", text=token.source)
    filling.values.append((path, said))
    (filling.filled if said.strip() else filling.unfilled).add(token.source)
    return said


def printed(value: Any) -> str | None:
    """A value as an official paper writes it; None for a list or a context, which are no text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return str(number_text(value))
    if isinstance(value, datetime):
        return f"{day(value)}{value.hour}时{value.minute:02}分"
    return day(value) if isinstance(value, date) else None


def day(value: date) -> str:
    """2026年9月1日, without noughts in front, as GB/T 9704-2012 has it."""
    return f"{value.year}年{value.month}月{value.day}日"


def _put(paragraph: Any, token: Token, said: str) -> None:
    """Write `said` where the field's first character stands, and take the others away, through all its runs."""
    at = 0
    for run in places.runs(paragraph):
        for child in list(run):
            if child.tag in (BR, places.TAB, places.CR):
                at += 1
            if child.tag != T:
                continue
            text = child.text or ""
            start, end = max(token.start - at, 0), min(token.end - at, len(text))
            if start < len(text) and end > 0 and start < end:
                here = said if at + start == token.start else ""
                _write(child, text[:start] + here + text[end:])
            at += len(text)


def _write(element: Any, text: str) -> None:
    """The text of an element; a line break in it becomes one of the document."""
    first, *others = text.split("\n")
    element.text = first
    element.set(SPACE, "preserve")
    run, after = element.getparent(), element
    for line in others:
        mark, further = run.makeelement(BR, {}), run.makeelement(T, {SPACE: "preserve"})
        further.text = line
        after.addnext(mark)
        mark.addnext(further)
        after = further
