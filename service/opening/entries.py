"""What a row of the staff sheet or of the files says of a person's file, as records."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from service.opening.context import Context
from service.opening.findings import Line
from service.opening.humans import Human
from service.opening.shapes import ASSESSMENT
from service.opening.vocabulary import VALUES
from service.records.rules import KINDS, Entry
from service.records.rules_days import plus_months

NOTED = "来校前农村任教（按月数）"
"""The note of a stretch that was told as a number of months."""


def entries_of(context: Context, human: Human, line: Line) -> Iterator[Entry]:
    """Title, certificate, months in rural schools and yearly assessments of a row of the staff sheet."""
    if line["title"] is not None and line["title_on"] is not None:
        yield Entry("title", line["title_on"], value=line["title"], document=line["title_document"] or "")
    if line["certificate"] is not None and line["certificate_number"] and line["certificate_on"]:
        number, day = line["certificate_number"], line["certificate_on"]
        yield Entry("certificate", day, value=line["certificate"], document=number)
    if line["rural_months"] and line["appointed_on"] is not None:
        yield from _rural(context, human, line)
    for name, value in line.values.items():
        if name.startswith(ASSESSMENT) and value is not None:
            year = int(name.removeprefix(ASSESSMENT))
            if year >= context.today.year:
                context.findings.add(line, name, "opening.year_ahead", year=year)
            else:
                yield Entry("assessment", date(year, 12, 31), value=value, year=year)


def _rural(context: Context, human: Human, line: Line) -> Iterator[Entry]:
    """The months lie just before the present school: so they never count twice with the time there."""
    until = line["appointed_on"]
    first = plus_months(until, -line["rural_months"])
    if human.born_on is not None and first < plus_months(human.born_on, 16 * 12):
        context.findings.add(line, "rural_months", "opening.rural_too_long", value=line["rural_months"])
        return
    yield Entry("rural_service", first, until, note=NOTED)


def entry_of(line: Line, organisation_id: str | None) -> Entry | None:
    """The record of a row of the files; None where kind or first day is missing."""
    if line["kind"] is None or line["valid_from"] is None:
        return None
    values: dict[str, Any] = {name: line[name] for name in ("valid_until", "year", "amount", "basis")}
    values |= {name: line[name] or "" for name in ("document", "note")}
    value = value_of(line["kind"], line["value"])
    return Entry(line["kind"], line["valid_from"], value=value, organisation_id=organisation_id, **values)


def value_of(kind: str, text: str | None) -> str | None:
    """A value in the words of its kind; what is no word of it stays as it is, and is refused by the rules."""
    if text is None or not KINDS[kind].values:
        return text
    found = VALUES.get(text.casefold(), text)
    return found if found in KINDS[kind].values else text
