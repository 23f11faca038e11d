"""A few personnel changes at different steps: to be confirmed, waiting for their day, returned, done."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from service.access.days import day_of
from service.attachments.commands import StoreAttachment, store_attachment
from service.demo.build import Say, organisation_id
from service.demo.cases import actor, decide, minutes_pdf
from service.instances.commands import StartInstance, start_instance
from service.people import persons
from service.people.persons import Member
from service.people.rules import check_character

CHIEF = "bureau.hr.chief"
GROUNDS = {"note": "依据劳动能力鉴定结论（演示）"}
"""Nobody of the demo has reached the age: an earlier retirement names what it rests on."""
CHANGES: tuple[tuple[str, str, int, dict[str, Any], str | None], ...] = (
    ("s03", "retirement", 20, GROUNDS, None),
    ("s04", "retirement", 30, GROUNDS, "approve"),
    ("s06", "absence", 0, {"reason": "study"}, "approve"),
    ("s08", "transfer_out", 15, {}, "return"),
    ("s10", "special_post", 0, {"subject": "科学", "stage": "primary"}, None),
)
"""School, kind, days until it takes effect, what else is filled in, what the section chief has decided."""


def build(now: datetime, say: Say) -> None:
    """Enter the changes and decide what has been decided."""
    for number, (school, kind, days, more, decision) in enumerate(CHANGES):
        say(f"异动 · change {school} {kind}")
        instance_id = _start(number, school, kind, days, more, now)
        if decision is not None:
            decide(instance_id, "confirm", CHIEF, decision, now)


def _start(number: int, school: str, kind: str, days: int, more: dict[str, Any], now: datetime) -> str:
    clerk, place, today = actor(f"{school}.hr", now), organisation_id(school), day_of(now)
    scan = store_attachment(clerk, StoreAttachment(BytesIO(minutes_pdf()), "异动文件（演示）.pdf"), now=now)
    paper = {
        "document": f"青教人（演示）〔{today.year}〕{number + 11}号", "document_on": today.isoformat(),
        "effective_on": (today + timedelta(days=days)).isoformat(), "scan": [scan],
    }  # fmt: skip
    whom = _newcomer(number) if kind == "special_post" else _known(persons.people_of(clerk, place, today)[-1])
    values = {"kind": kind, **whom, **paper, **more}
    return start_instance(clerk, StartInstance("personnel", place, values), now=now).instance_id


def _known(member: Member) -> dict[str, Any]:
    return {"person_id": member.id, "name": member.name}


def _newcomer(number: int) -> dict[str, Any]:
    """Somebody invented, of a region that does not exist."""
    first = f"99010119990506{700 + number}"
    return {"name": "宁初阳", "id_number": first + check_character(first)}
