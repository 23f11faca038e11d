"""Named holds: booked, listed, ended."""

from typing import Any

from service.posts import commands_named, queries_named
from service.posts.commands_named import BookHold, EndHold
from service.posts.queries_named import NamedHoldView
from service.web import edge
from service.web.api import api
from service.web.api.ledger import LEDGER
from service.web.api.schemas import ledger as shapes


@api.post("/named-holds")
@api.input(shapes.NamedHoldIn, arg_name="body")
@api.output(shapes.NamedHoldOut, status_code=201)
@api.doc(tags=LEDGER)
def book_named_hold(body: dict[str, Any]) -> Any:
    """Keep posts or headcount for something that has no case here; 409 ledger.full when fewer are free."""
    sent = BookHold(**{**body, "lines": {line["account_id"]: line["count"] for line in body["lines"]}})
    hold_id = edge.repeatable(
        body,
        201,
        lambda: commands_named.book_hold(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["hold_id"]),
    )
    return shown(queries_named.hold(edge.actor(), hold_id))


@api.get("/named-holds")
@api.input(shapes.NamedHoldQuery, location="query", arg_name="query")
@api.output(shapes.NamedHoldsOut)
@api.doc(tags=LEDGER)
def list_named_holds(query: dict[str, Any]) -> Any:
    """Named holds of the organisations whose ledger I may see, by their last day."""
    found = queries_named.holds(edge.actor(), query["organisation_id"], over=query["over"])
    return {"items": [shown(view) for view in found]}


@api.get("/named-holds/<hold_id>")
@api.output(shapes.NamedHoldOut)
@api.doc(tags=LEDGER)
def get_named_hold(hold_id: str) -> Any:
    """One named hold."""
    return shown(queries_named.hold(edge.actor(), hold_id))


@api.post("/named-holds/<hold_id>/end")
@api.input(shapes.EndHoldIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=LEDGER)
def end_named_hold(hold_id: str, body: dict[str, Any]) -> Any:
    """Give back what it keeps: its owner may, or bureau HR."""
    sent = EndHold(hold_id, body["reason"])
    edge.repeatable(body, 204, lambda: commands_named.end_hold(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return ""


def shown(view: NamedHoldView) -> dict[str, Any]:
    """A hold under the names of the API."""
    lines = [{"account_id": one, "count": count} for one, count in sorted(view.lines.items())]
    return {name: getattr(view, name) for name in shapes.NamedHoldOut().fields if name != "lines"} | {"lines": lines}
