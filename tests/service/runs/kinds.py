"""Kinds of run that tests declare, and what is seen of a run."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.clock import Clock
from service.db import db, transaction
from service.runs.asking import ask
from service.runs.declaring import KINDS, Kind, Progress, Runner, Running
from service.runs.rows import RUN


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Declare a kind for the length of a test."""

    def declared(run: Runner, name: str = "test.count", **options: Any) -> None:
        words = {"zh": "清点", "en": "Count", "said_zh": "共 {n} 项", "said_en": "{n} in all"}
        monkeypatch.setitem(KINDS, name, Kind(name, run, **{**words, **options}))

    return declared


def asked(actor: Actor, now: datetime, kind: str = "test.count", **options: Any) -> str:
    """Ask for a run as a command does."""
    with transaction() as session:
        return ask(session, actor, kind, {"most": 3}, now=now, **options)


def row(run_id: str) -> Any:
    found = db.session.execute(select(RUN).where(RUN.c.id == run_id)).one()
    db.session.rollback()
    return found


def counting(run: Running, progress: Progress, _clock: Clock) -> Mapping[str, Any]:
    """Counts to what it was asked to."""
    for number in range(run.arguments["most"]):
        progress(number + 1, run.arguments["most"])
    return {"n": run.arguments["most"]}
