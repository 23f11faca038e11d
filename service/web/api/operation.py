"""Incidents, notices, and messages from outside."""

from typing import Any

from service.incidents import commands, queries
from service.instances import commands_messages
from service.instances.commands_messages import DeliverMessage
from service.notices import queries as notices
from service.notices import reading
from service.notices.words import text
from service.web import edge
from service.web.api import api
from service.web.api.schemas import operation as shapes

INCIDENTS, NOTICES, MESSAGES = ["Incidents"], ["Notices"], ["Messages"]


@api.get("/incidents")
@api.input(shapes.IncidentQuery, location="query", arg_name="query")
@api.output(shapes.IncidentList)
@api.doc(tags=INCIDENTS)
def list_incidents(query: dict[str, Any]) -> Any:
    """Incidents that I may see, the newest first; none for who has nothing to do with them."""
    return {"items": queries.incidents(edge.actor(), **query)}


@api.post("/incidents/<incident_id>/resolve")
@api.output({}, status_code=204)
@api.doc(tags=INCIDENTS)
def resolve_incident(incident_id: str) -> Any:
    """Close an incident that needs nothing more (admin); a failed case is repeated by its `retry`."""
    edge.repeatable(
        {}, 204, lambda: commands.resolve_incident(edge.actor(), incident_id, now=edge.now()), lambda _ids: None
    )
    return ""


@api.get("/notices")
@api.input(shapes.NoticeQuery, location="query", arg_name="query")
@api.output(shapes.NoticePage)
@api.doc(tags=NOTICES)
def list_notices(query: dict[str, Any]) -> Any:
    """Notices to me and to my roles, newest first."""
    found = notices.notices(edge.actor(), before=query["cursor"], limit=query["limit"] + 1)
    page = found[: query["limit"]]
    return {"items": [notice_of(one) for one in page], "next": page[-1].id if len(found) > len(page) else None}


def notice_of(notice: notices.NoticeView) -> dict[str, Any]:
    """A notice in the caller's language."""
    return {
        "id": notice.id,
        "kind": notice.kind,
        "text": text(notice.kind, notice.params, edge.locale()),
        "process_instance_id": notice.instance_id,
        "task_id": notice.task_id,
        "at": notice.at,
        "read_at": notice.read_at,
    }


@api.post("/notices/read")
@api.input(shapes.ReadIn, arg_name="body")
@api.output(shapes.UnreadOut)
@api.doc(tags=NOTICES)
def mark_read(body: dict[str, Any]) -> Any:
    """Mark notices of mine as read, or all; repeating it changes nothing."""
    reading.mark_read(edge.actor(), body["ids"], now=edge.now())
    return {"unread": notices.unread(edge.actor())}


@api.post("/messages")
@api.input(shapes.MessageIn, arg_name="body")
@api.output(shapes.DeliveredOut, status_code=202)
@api.doc(tags=MESSAGES)
def deliver_message(body: dict[str, Any]) -> Any:
    """Bring a message to the one case that waits for it; none: 404, several: 409. A message_id is delivered once."""
    sent = DeliverMessage(body["name"], body["correlation_key"], body["variables"], body["message_id"])
    instance_id = edge.repeatable(
        body,
        202,
        lambda: commands_messages.deliver_message(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["instance_id"]),
    )
    return {"process_instance_id": instance_id}
