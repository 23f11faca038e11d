"""The titles of cases in the reader's language: as they are kept for Chinese readers, else made of their parts."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import g

from service.instances import queries
from service.people import queries as people
from service.tasks import titling
from service.web import edge
from service.web.naming import definition_of, flow_name


def case_title(instance_id: str, kept: str) -> str:
    """The title of a case; `kept` is the Chinese one that its row has."""
    if edge.locale() == "zh":
        return kept
    return _worded([instance_id])[instance_id] or kept


def look_up(rows: Iterable[Any]) -> None:
    """Read the titles of a list at once, before each of its rows (`instance_id`) is worded."""
    if edge.locale() != "zh":
        _worded([row.instance_id for row in rows if row.instance_id])


def subtitles(cases: Sequence[tuple[str, str, str]]) -> list[str | None]:
    """What a case is, below a title that is only in the words of who asked for it: (id, definition, organisation)."""
    if edge.locale() == "zh":
        return [None] * len(cases)
    worded = _worded([instance_id for instance_id, _, _ in cases])
    bare = [case for case in cases if not worded.get(case[0])]
    places = people.organisation_names([place for _, _, place in bare], "en")
    told = {
        instance_id: f"{flow_name(definition_of(definition_id))} · {places.get(place, '')}".removesuffix(" · ")
        for instance_id, definition_id, place in bare
    }
    return [told.get(instance_id) for instance_id, _, _ in cases]


def _worded(instance_ids: Iterable[str]) -> dict[str, str | None]:
    """Case → its title in the reader's language, None where its flow has none; looked up once a request."""
    known: dict[str, str | None] = g.setdefault("case_titles", {})
    missing = [one for one in dict.fromkeys(instance_ids) if one not in known]
    known |= dict.fromkeys(missing)
    for row in queries.title_parts(missing):
        known[row.instance_id] = _title_of(row)
    return known


def _title_of(row: Any) -> str | None:
    return titling.worded(definition_of(row.definition_id), row.title_parts, edge.locale())
