"""A few personnel changes at different steps: to be confirmed, waiting for their day, returned, done."""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Change:
    """A change to enter: its number, which the paper carries, in how many days it takes effect, what else its kind
    asks for, and of whom: the place of the person, counted from the end of the school's list."""

    number: int
    school: str
    kind: str
    days: int
    more: Mapping[str, Any]
    place: int = 1


def build(now: datetime, say: Say) -> None:
    """Enter the changes and decide what has been decided."""
    for number, (school, kind, days, more, decision) in enumerate(CHANGES):
        say(f"异动 · change {school} {kind}")
        instance_id = begin(Change(number, school, kind, days, more), now)
        if decision is not None:
            decide(instance_id, "confirm", CHIEF, decision, now)


def begin(change: Change, now: datetime) -> str:
    """Enter the change as the school's clerk; its case."""
    clerk, place, today = actor(f"{change.school}.hr", now), organisation_id(change.school), day_of(now)
    scan = store_attachment(clerk, StoreAttachment(BytesIO(minutes_pdf()), "异动文件（演示）.pdf"), now=now)
    paper = {
        "document": f"青教人（演示）〔{today.year}〕{change.number + 11}号", "document_on": today.isoformat(),
        "effective_on": (today + timedelta(days=change.days)).isoformat(), "scan": [scan],
    }  # fmt: skip
    arrives = change.kind == "special_post"
    whom = _newcomer(change.number) if arrives else _known(persons.people_of(clerk, place, today)[-change.place])
    values = {"kind": change.kind, **whom, **paper, **change.more}
    return start_instance(clerk, StartInstance("personnel", place, values), now=now).instance_id


def _known(member: Member) -> dict[str, Any]:
    return {"person_id": member.id, "name": member.name}


def _newcomer(number: int) -> dict[str, Any]:
    """Somebody invented, of a region that does not exist."""
    first = f"99010119990506{700 + number}"
    return {"name": "宁初阳", "id_number": first + check_character(first)}
