"""Papers that were recorded of a whole step stay that when papers come to be of seats."""

from typing import Any

from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from service.db import db
from service.schema import attach
from tests.driver import Driver
from tests.service.tasks import scans
from tests.service.tasks.paperwork import begun, row_of


def before(revision: str) -> str:
    attach()
    scripts = ScriptDirectory(current_app.config["MIGRATIONS"])
    return str(scripts.get_revision(revision).down_revision)


def kept() -> Any:
    found = db.session.execute(text("SELECT task_id, document, decided_on FROM paper_decision")).one()
    db.session.rollback()
    return tuple(found)


def test_a_paper_of_a_whole_step_is_kept_there_and_back(driver: Driver) -> None:
    case = begun(driver)
    task = case.task("check")
    scans.recorded(case, "check")
    told = kept()
    downgrade(revision=before("0085"))
    assert kept() == told
    upgrade()
    found = row_of(task.id)
    assert (kept(), found.id, found.seat_id, found.decided_by) == (told, task.id, None, scans.BODY)
