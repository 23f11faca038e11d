"""A person's desk: saved filters of the inbox, phrases for opinions."""

from typing import Any

from service.desk import commands, commands_phrases, queries
from service.desk.commands import Filter
from service.web import edge
from service.web.api import api
from service.web.api.schemas import desk as shapes

DESK = ["Desk"]


@api.get("/task-filters")
@api.output(shapes.FilterList)
@api.doc(tags=DESK)
def list_filters() -> Any:
    """My filters of the inbox, and those that are shared with me."""
    return {"items": [_filter(row) for row in queries.filters(edge.actor())]}


@api.post("/task-filters")
@api.input(shapes.FilterIn, arg_name="body")
@api.output(shapes.FilterOut, status_code=201)
@api.doc(tags=DESK)
def save_filter(body: dict[str, Any]) -> Any:
    """Keep a list of the inbox under a name."""
    filter_id = edge.repeatable(
        body,
        201,
        lambda: commands.save_filter(edge.actor(), Filter(**body), now=edge.now()),
        lambda ids: str(ids["filter_id"]),
    )
    return _filter(queries.filter_of(edge.actor(), filter_id))


@api.put("/task-filters/<filter_id>")
@api.input(shapes.FilterIn, arg_name="body")
@api.output(shapes.FilterOut)
@api.doc(tags=DESK)
def change_filter(filter_id: str, body: dict[str, Any]) -> Any:
    """Change a filter of mine."""
    commands.change_filter(edge.actor(), filter_id, Filter(**body), now=edge.now())
    return _filter(queries.filter_of(edge.actor(), filter_id))


@api.delete("/task-filters/<filter_id>")
@api.output({}, status_code=204)
@api.doc(tags=DESK)
def drop_filter(filter_id: str) -> Any:
    """Throw a filter of mine away."""
    commands.change_filter(edge.actor(), filter_id, None, now=edge.now())
    return ""


@api.get("/phrases")
@api.output(shapes.PhrasesOut)
@api.doc(tags=DESK)
def list_phrases() -> Any:
    """The phrases that I am offered for opinions."""
    return _phrases()


@api.put("/phrases/own")
@api.input(shapes.PhrasesIn, arg_name="body")
@api.output(shapes.PhrasesOut)
@api.doc(tags=DESK)
def write_phrases(body: dict[str, Any]) -> Any:
    """Write my own phrases as a whole."""
    commands_phrases.write_phrases(edge.actor(), body["phrases"], now=edge.now())
    return _phrases()


@api.put("/phrases/bureau")
@api.input(shapes.PhrasesIn, arg_name="body")
@api.output(shapes.PhrasesOut)
@api.doc(tags=DESK)
def write_bureau_phrases(body: dict[str, Any]) -> Any:
    """Write the bureau's phrases as a whole: the chief of bureau HR, or the admin."""
    commands_phrases.write_bureau_phrases(edge.actor(), body["phrases"], now=edge.now())
    return _phrases()


def _filter(row: Any) -> dict[str, Any]:
    names = ("id", "name", "box", "flow", "q", "organisation_id", "due", "sort", "shared_with")
    return {**{name: getattr(row, name) for name in names}, "mine": row.person_id == edge.actor().person_id}


def _phrases() -> dict[str, Any]:
    own, bureau = queries.phrases(edge.actor())
    return {"own": own, "bureau": bureau}
