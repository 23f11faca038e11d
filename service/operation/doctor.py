"""`lectern doctor`: looks at everything that an installation needs, and says of each what to do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy.exc import SQLAlchemyError

from service import config
from service.audit.checkpoint import signing_key
from service.crypto import ring_of
from service.db import db
from service.errors import LecternError
from service.operation import checks_machine, checks_record
from service.operation.findings import Found

CONFIGURATION = "configuration"


def settings_faults(environment: Mapping[str, str]) -> Sequence[Found]:
    """What keeps an application from being made at all: missing or malformed variables."""
    try:
        chosen = config.read(environment)
        ring_of(chosen.field_keys)
        signing_key(chosen)
    except LecternError as error:
        return [Found(CONFIGURATION, "error", error.code, dict(error.params))]
    except (ZoneInfoNotFoundError, ValueError):
        return [Found(CONFIGURATION, "error", "doctor.zone_unknown", {"zone": environment.get("LECTERN_ZONE", "")})]
    return []


def examine(now: datetime) -> Sequence[Found]:
    """Everything about the current application; the checks of the rows only where the schema is this version's."""
    found = list(checks_machine.configuration())
    found += _asked("database", checks_record.database)
    if found[-1].level == "ok":
        for name, check in _of_rows(now):
            found += _asked(name, check)
    for look in (checks_machine.zone, checks_machine.disk, checks_machine.server, checks_machine.pages):
        found += list(look())
    found += list(checks_machine.mail())
    found += list(checks_machine.sign_on())
    found += list(checks_machine.backup(now))
    return found


def _of_rows(now: datetime) -> Sequence[tuple[str, Callable[[], Iterator[Found]]]]:
    return (
        ("keys", checks_record.keys),
        ("clock", partial(checks_machine.clock, now)),
        ("deadlines", partial(checks_record.deadlines, now)),
        ("notices", partial(checks_record.notices, now)),
        ("runs", partial(checks_record.runs, now)),
        ("incidents", checks_record.incidents),
        ("record", partial(checks_record.record, now)),
        ("ledger", checks_record.ledger),
        ("calendar", partial(checks_record.calendar_years, now)),
        ("admins", partial(checks_record.admins, now)),
        ("flows", checks_record.flows),
    )


def _asked(name: str, check: Callable[[], Iterator[Found]]) -> Sequence[Found]:
    """The findings of a check that asks the database; one that cannot be answered is itself a finding."""
    try:
        return list(check())
    except (SQLAlchemyError, LecternError) as failure:
        return [Found(name, "error", "doctor.unanswered", {"check": name, "said": str(failure)[:300]})]
    finally:
        db.session.rollback()
