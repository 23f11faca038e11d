"""Lets cases follow the files on discipline: what a flow asks is done by the commands of people, one for each case."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from service.access.actor import Actor
from service.access.days import day_of
from service.db import db
from service.errors import Conflict
from service.flows.declaring import AWAITS_HR, HELD_BY_FILE
from service.flows.registry import asked_by_files
from service.instances.commands import CaseCommand, resume_instance, suspend_instance
from service.instances.commands_findings import await_confirmation

_DO: Mapping[str, tuple[Callable[..., None], str | None]] = MappingProxyType({
    "suspend": (suspend_instance, HELD_BY_FILE),
    "resume": (resume_instance, None),
    "confirm": (await_confirmation, AWAITS_HR),
})  # fmt: skip
_log = logging.getLogger("lectern.instances")


def follow_files(now: datetime) -> int:
    """How many cases were suspended, resumed or left to HR. One that has moved on is looked at the next time."""
    session = db.session()
    asked = asked_by_files(session, day_of(now))
    session.rollback()
    return sum(_done(instance_id, word, now) for instance_id, word in sorted(asked.items()))


def _done(instance_id: str, word: str, now: datetime) -> bool:
    command, reason = _DO[word]
    try:
        command(Actor.system(), CaseCommand(instance_id, reason=reason), now=now)
    except Conflict as refused:
        _log.info("a case has moved on", extra={"instance_id": instance_id, "code": refused.code})
        return False
    return True
