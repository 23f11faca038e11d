"""How a flow says whom an official paper of one of its cases is about; `registry` collects what was declared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

BANDS = {"senior": "高级岗位", "middle": "中级岗位", "junior": "初级岗位"}
Opened = Callable[[str], str | None]
"""(`id_number` or `phone`) → its plain text, None when it is unknown: for a paper that is on record for it alone."""


@dataclass(frozen=True)
class Subject:
    """One person of a case, as a paper names it: `key` within the case, `person_id` once there is a person.

    `facts` are the fields of `papers.kinds` that the flow knows (place, what, subject, from_on, …). `opened` gives the
    personal data of who is no person yet. `decided`: what the case is about has been decided for this one, so that an
    order may go out.
    """

    key: str
    name: str
    person_id: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    opened: Opened | None = None
    decided: bool = True


Subjects = Callable[[Session, str], Sequence[Subject]]
"""(session, instance id) → the persons of the case who have come so far that a paper may be issued for them."""

SUBJECTS: dict[str, Subjects] = {}


def papered(flow: str) -> Callable[[Subjects], Subjects]:
    """Declare the decorated function for the cases of `flow`, the key of its definition."""

    def declare(found: Subjects) -> Subjects:
        SUBJECTS[flow] = found
        return found

    return declare


Noticed = Callable[[Session, str], Sequence[str]]
"""(session, instance id) → the cases whose periods one publicity notice of this case tells together."""

NOTICED: dict[str, Noticed] = {}


def noticed(flow: str) -> Callable[[Noticed], Noticed]:
    """Declare the decorated function for the cases of `flow`, which are published by the cases that they lead to."""

    def declare(found: Noticed) -> Noticed:
        NOTICED[flow] = found
        return found

    return declare
