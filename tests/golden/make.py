"""`python -m tests.golden.make`: keeps instances and a database of this version for the versions to come.

Run it once before a release; what earlier versions have left is never made anew.
"""

import gzip
import shutil
import sqlite3
import tempfile
from base64 import b64encode
from contextlib import closing
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from service.app import create_app
from service.audit import timeline
from service.audit.checkpoint import seal
from service.clock import SetClock
from service.db import db, transaction
from service.instances.commands import CaseCommand, suspend_instance
from service.posts import ledger
from service.posts.ledger import Cause
from service.posts.posting import ACCOUNT
from service.schema import upgrade
from tests.conftest import START, settings_for
from tests.driver import Case, Driver
from tests.flows.hiring import acting
from tests.golden.finishing import finish, until
from workflows import catalogue, store

HERE = Path(__file__).resolve().parent
VERSION = version("lectern")
STEPS = (
    "bureau_review", "filing", "announce_school", "announcement_period", "qualify_school", "exam_school", "interview",
    "inspection", "choice", "medical", "publicity_over", "hire_materials", "hire_filing", "contract", "onboarding",
)  # fmt: skip
"""Where the straight way of hiring rests, in order; an instance is kept at each."""
KEPT = (
    ("s01", "bureau_review"), ("s01", "correction"), ("s01", "filing"), ("s01", "announcement_period"),
    ("s01", "choice"), ("s01", "medical"), ("s01", "publicity_over"), ("s01", "onboarding"), ("s01", "end"),
    ("s02", "hire_materials"), ("s02", "approval"), ("s02", "announce_bureau"), ("s02", "exam_bureau"),
    ("s02", "hire_approval"), ("s02", "suspended"), ("s02", "withdrawn"),
)  # fmt: skip
"""School and place of every case of the kept database."""


def main() -> None:
    """Write instances, database and checkpoints of this version."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = create_app(settings_for(f"sqlite:///{folder / 'lectern.db'}", folder), SetClock(START))
        with app.app_context():
            upgrade()
            driver = acting.county(SetClock(START))
            _more_posts(driver)
            _write(HERE / "instances" / f"hiring-{VERSION}.json.gz", instances(driver))
            populate(driver)
            seal(driver.now)
            db.session.remove()
            db.engine.dispose()
        _dump(folder / "lectern.db", HERE / f"db-{VERSION}.sql.gz")
        shutil.copy(folder / "checkpoints.jsonl", HERE / f"checkpoints-{VERSION}.jsonl")


def _more_posts(driver: Driver) -> None:
    """So that all cases find free posts: 60 more of each account, by a dated approval."""
    cause = Cause(None, "", "", "system", START, document="编〔2026〕1号", decided_on=date(2026, 9, 1))
    with transaction() as session:
        for row in session.execute(select(ACCOUNT.c.id, ACCOUNT.c.approved)).all():
            ledger.change_approved(session, cause, row.id, row.approved + 60)


def instances(driver: Driver) -> dict[str, Any]:
    """The flow's files, one straight case at every step, and what its operations answered on the way."""
    case = acting.start(driver, "s01", 1)
    definition = catalogue.get(db.session(), store.read(db.session(), case.id).definition_id)
    files = {name: content.decode() for name, content in definition.files.items()}
    saved = {}
    for step in STEPS:
        until(case, step)
        saved[step] = _saved(case)
    assert finish(case) == "completed"
    return {"version": VERSION, "key": definition.key, "files": files, "steps": saved, "results": _results(case)}


def _saved(case: Case) -> dict[str, Any]:
    held = store.read(db.session(), case.id)
    rows = {
        "timers": [dict(row._mapping) for row in store.timers(db.session(), case.id) if row.kind == "event"],
        "subscriptions": [dict(row._mapping) for row in store.subscriptions(db.session(), case.id)],
    }
    db.session.rollback()
    return {"id": case.id, "version": held.version, "tokens": b64encode(held.tokens).decode(),
            "variables": held.variables, "open": case.open(), **rows}  # fmt: skip


def _results(case: Case) -> dict[str, Any]:
    """Operation → its last answer, from the record of the case."""
    events = timeline.events(db.session(), f"instance:{case.id}")
    db.session.rollback()
    told = [event.body for event in events if event.kind == "operation.performed"]
    return {body["operation"]: body["result"] for body in told}


def populate(driver: Driver) -> None:
    """The cases of `KEPT`."""
    for school, place in KEPT:
        case = acting.start(driver, school, 1)
        match place:
            case "end":
                finish(case)
            case "correction":
                _returned(case)
            case "withdrawn":
                case.withdraw(f"{school}.hr")
            case "suspended":
                until(case, "approval")
                command = CaseCommand(case.id, reason="等待编制核定")
                suspend_instance(driver.actor("bureau.chief"), command, now=driver.now)
            case _:
                until(case, place)


def _returned(case: Case) -> None:
    case.complete("bureau_review", "bureau.hr", "return")
    case.complete("staffing_check", "staffing.office", "approve")
    case.complete("post_check", "hr.bureau", "approve")


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS), mtime=0))


def _dump(database: Path, path: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        path.write_bytes(gzip.compress("\n".join(connection.iterdump()).encode(), mtime=0))


if __name__ == "__main__":
    main()
