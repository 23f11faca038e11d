"""The operation by which a diagram tells somebody something; the case goes on at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import column, select, table

from service.access.actor import SYSTEM
from service.access.roles import ROLES
from service.errors import Invalid
from service.flows.declaring import operation
from service.notices import outbox
from service.notices.outbox import Message
from workflows.surroundings import Call

NOTICE = "case.notice"
INITIATOR = "initiator"
LONGEST = 300
CASE = table("process_case", column("instance_id"), column("title"), column("business_key"))


@operation(
    "case.notify",
    "发送通知",
    "Send a notice",
    inputs={"to": "string", "text": "string"},
    required=("to", "text"),
    reads=("initiator",),
)
def notify(call: Call) -> Mapping[str, Any] | None:
    """Tell `to` the `text`: the `initiator`, a role (`bureau_hr_chief`), or one of a place (`="principal@" + school`).

    Outside of the house only that there is a notice is said; nobody is told of what is long over, where a case that
    began on paper is told afterwards. Invalid("notify.to" | "notify.text").
    """
    to, text = str(call.variables["to"] or ""), str(call.variables["text"] or "").strip()
    if not 0 < len(text) <= LONGEST:
        raise Invalid("notify.text", most=LONGEST)
    holder = _holder(to, call.variables)
    if holder is not None and call.written is None:
        found = select(CASE.c.title, CASE.c.business_key).where(CASE.c.instance_id == call.instance_id)
        case = call.session.execute(found).first()  # a case that begins has no title yet
        about = case and (case.title or case.business_key)
        body = {"instance_id": call.instance_id, "title": about, "said": f"{about}：{text}" if about else text}
        outbox.post(call.session, [Message(NOTICE, holder, body)], call.now)
    return None


def _holder(to: str, variables: Mapping[str, Any]) -> str | None:
    """Whom a notice goes to, as messages name them; None for the initiator of a case that began by itself."""
    if to == INITIATOR:
        person = variables.get(INITIATOR)
        return f"person:{person}" if person not in (None, SYSTEM) else None
    role, _at, organisation = to.partition("@")
    if role not in ROLES:
        raise Invalid("notify.to", to=to[:80])
    return to if organisation else f"role:{role}"
