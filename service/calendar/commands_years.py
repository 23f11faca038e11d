"""Loading the notice of a year: its published days become what a file says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.calendar import changes, days, importing, queries
from service.calendar.commands import STREAM
from service.calendar.days import Difference
from service.db import answer, db, transaction
from service.errors import Conflict


@dataclass(frozen=True)
class ImportYear:
    """The file of a year and the document that publishes it; `revision` is what was looked at before, if it was."""

    year: int
    source: str
    content: bytes
    revision: int | None = None


@dataclass(frozen=True)
class Imported:
    """How many days came, changed and went; `revision` is the calendar's, the one of before when nothing changed."""

    added: int
    changed: int
    removed: int
    revision: int


def import_year(actor: Actor, command: ImportYear, *, now: datetime) -> Imported:
    """Make the published days of a year those of a file, and the year published; days of the bureau stay over them.

    The same file a second time changes nothing. Raises Forbidden, Invalid `calendar.import` with every wrong cell,
    Conflict `calendar.changed` when the calendar is not the one that was looked at.
    """
    with transaction() as session:
        policy.require(actor, "calendar.edit")
        found = importing.read(command.content, command.year, command.source)
        revision = changes.lock(session)
        if command.revision not in (None, revision):
            raise Conflict("calendar.changed")
        difference = days.difference(session, command.year, found)
        source = command.source.strip()
        if difference.days or days.source_of(session, command.year) != source:
            revision = changes.raise_revision(session, now)
            before = {day: days.works(session, day) for day in difference.days}
            days.replace(session, difference)
            days.note_years(session, [command.year], source, actor.account_id, now)
            moved = sorted(day for day, worked in before.items() if days.works(session, day) != worked)
            if moved:
                changes.record(session, revision, changes.DAYS, moved[0], moved[-1], source, now)
            body = {"year": command.year, "source": source, "days": _told(difference), "revision": revision}
            chain.append(session, STREAM, [chain.NewEvent("calendar.imported", actor.account_id, body=body)], at=now)
        imported = Imported(len(difference.added), len(difference.changed), len(difference.removed), revision)
        answer(session, **vars(imported))
    queries.forget(db.session())
    return imported


def _told(difference: Difference) -> dict[str, Any]:
    """The difference as JSON, so that the record says what the calendar was."""
    return {name: [[day.isoformat(), works, text] for day, (works, text) in sorted(found.items())]
            for name, found in (("added", difference.added), ("changed", difference.changed),
                                ("removed", difference.removed))}  # fmt: skip
