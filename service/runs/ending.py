"""The end of a run, inside a transaction: its row, and what its asker is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from service.errors import LecternError
from service.notices.outbox import Message, post
from service.runs.declaring import KINDS
from service.runs.rows import RUN

DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
UNEXPECTED = "run.failed"
"""A fault without words of its own: the admin is told by an incident."""


@dataclass(frozen=True)
class End:
    """How a run ended; `unexpected` is the class of an error that nobody foresaw."""

    state: str
    result: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    unexpected: str | None = None

    @classmethod
    def refused(cls, error: LecternError) -> "End":
        """It could not be done, for a reason that has words."""
        told = {name: value for name, value in error.params.items() if isinstance(value, str | int | float | bool)}
        return cls(FAILED, fault=error.code, params=told)

    @classmethod
    def failed(cls, error: Exception) -> "End":
        """Something went wrong that nobody foresaw."""
        return cls(FAILED, fault=UNEXPECTED, unexpected=type(error).__name__)


class Asked(Protocol):
    """What the end must know of a run."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def person_id(self) -> str | None: ...


def close(session: Session, run: Asked, how: End, now: datetime, *which: ColumnElement[bool]) -> bool:
    """Write the end of the one run that `which` names, and tell who asked for it; whether it was still so."""
    values = {
        "state": how.state, "result": dict(how.result), "fault": how.fault, "fault_params": dict(how.params),
        "ended_at": now, "holder": None, "held_until": None,
    }  # fmt: skip
    closed = session.execute(update(RUN).where(*which).values(values).returning(RUN.c.id)).first()
    if closed is None:
        return False
    if run.person_id is not None and how.state != CANCELLED:
        post(session, [_notice(run, how)], now)
    return True


def _notice(run: Asked, how: End) -> Message:
    """The name of the work and one sentence of what came out, in both languages."""
    kind, body = KINDS[run.kind], {"run_id": run.id}
    told = {"zh": kind.zh, "en": kind.en, "said_zh": "", "said_en": ""}
    if how.state == DONE:
        said = {"zh": kind.said(how.result, "zh"), "en": kind.said(how.result, "en")}
        told |= {"said_zh": said["zh"] and f"，{said['zh']}", "said_en": said["en"] and f", {said['en']}"}
    return Message(f"run.{how.state}", f"person:{run.person_id}", body | told)
