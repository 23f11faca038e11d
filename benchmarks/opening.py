"""The opening of a county from one workbook: 2,500 persons with their files checked and loaded, then written out again.

    .venv/bin/python -m benchmarks.opening [sqlite|postgresql]

Target: check and load together within 60 s on each database, and what is exported afterwards is what was loaded. How
long others wait to write while it is loaded is printed: on SQLite that is the transaction which writes.
"""

import os
import sys
import threading
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from benchmarks.house import DATABASES, installation
from benchmarks.report import report
from service.access import sessions
from service.access.accounts import ACCOUNT
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import db, transaction
from service.demo import build
from service.installing import first_admin
from service.opening import commands, exporting, queries, workbook
from service.opening.commands import BeginImport
from service.opening.exporting_numbers import Sheets
from service.runs import working
from service.runs.declaring import LONG, SHORT
from tests.conftest import START

SECONDS = 60


def exported() -> tuple[list[int], Sheets]:
    """The books as rows, every value as it stands in a cell."""
    years, rows = exporting.sheets(db.session(), "zh", START.date())
    db.session.rollback()
    return years, rows


def county() -> tuple[list[int], Sheets]:
    """The demo county as a workbook."""
    with installation("sqlite"):
        with transaction() as session:
            build.write_county(session, build.seats_of_county(), "-")
        return exported()


def admin() -> Actor:
    """The first admin of an installation."""
    first_admin("first", "a long password", START)
    account_id = db.session.scalar(select(ACCOUNT.c.id).where(ACCOUNT.c.username == "first"))
    with transaction() as session:
        opened = sessions.open_token(session, account_id or "", "bearer", timedelta(hours=8), START)
    actor = sessions.authenticate(opened.token, START)
    assert actor is not None
    return actor


class Bystander:
    """Somebody else who writes a little all the time; `longest` is how long that took at worst, in seconds."""

    def __init__(self, app: Flask) -> None:
        self.longest, self._app, self._over = 0.0, app, threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> "Bystander":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        with self._app.app_context():
            while not self._over.wait(0.05):
                began = time.monotonic()
                with transaction() as session:
                    chain.append(session, "account:bystander", [NewEvent("notice.read", "bystander")], at=START)
                self.longest = max(self.longest, time.monotonic() - began)


def measured(kind: str, content: bytes, told: Sheets) -> dict[str, float]:
    """Seconds of reading, check and load; `equal` is 1 when the same sheets come out again."""
    with installation(kind) as (app, _settings, _clock):
        app.config["PASSWORD_COST"] = (1, 8, 1)
        actor, began = admin(), time.monotonic()
        import_id = commands.begin_import(actor, BeginImport(content, "county.xlsx"), now=START)
        handed = time.monotonic()
        working.work(SHORT)
        checked = time.monotonic()
        found = queries.staged_of(actor, import_id)
        assert found.is_loadable, found.faults[:5]
        commands.load_import(actor, import_id, now=START)
        with Bystander(app) as other:
            working.work(LONG)
            loaded = time.monotonic()
        assert queries.staged_of(actor, import_id).state == "loaded"
        _, again = exported()
        return {
            f"{kind}: s to hand in": round(handed - began, 2),
            f"{kind}: s to check": round(checked - handed, 2),
            f"{kind}: s to load": round(loaded - checked, 2),
            f"{kind}: s together": round(loaded - began, 2),
            f"{kind}: s another writer waited at most": round(other.longest, 2),
            f"{kind}: sheets that came out differently": sum(_cells(again[key]) != _cells(told[key]) for key in told),
        }


def _cells(rows: list[dict[str, object]]) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in row.items() if value not in (None, "")} for row in rows]


def main() -> bool:
    """Print the figures of the databases that were asked for."""
    years, told = county()
    content = workbook.filled("zh", years, told)
    print(f"{len(told['staff'])} persons, {sum(map(len, told.values()))} rows, {len(content) / 1e6:.1f} MB, "
          f"load of the machine {os.getloadavg()[0]:.1f}")  # fmt: skip
    figures: dict[str, float] = {}
    for kind in sys.argv[1:] or DATABASES:
        figures |= measured(kind, content, told)
    target = {name: SECONDS for name in figures if name.endswith("s together")}
    target |= {name: 0 for name in figures if "differently" in name}
    return report("opening", figures, target)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
