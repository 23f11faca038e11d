"""The doctor finds what was broken on purpose, names what to do, and finds nothing in an installation that is well."""

import json
import re
import shutil
import tracemalloc
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text, update

from service.access.actor import Actor
from service.audit.checkpoint import last_number, seal
from service.audit.models import AuditEvent
from service.calendar.commands import load_calendar
from service.cli import main
from service.clock import SetClock
from service.config import smtp_of
from service.db import db, transaction
from service.operation import checks_machine, doctor
from service.operation.backup import back_up
from service.operation.findings import Found
from service.operation.restore import Choices, restore
from service.posts.models import LedgerAccount
from service.web.words import LOCALES, texts
from tests.conftest import KEY, START
from tests.flows.hiring import acting
from tests.processes import environment
from tests.service.channels.mailhouse import free_port, mail_server, post
from tests.service.operation.moving import machine

OTHER_KEY = KEY[:10] + "A" * 33 + "="
HOUSE = Path(__file__).resolve().parents[3]


@pytest.fixture
def county(any_app: Flask, clock: SetClock) -> Flask:
    acting.start(acting.county(clock))
    load_calendar(Actor.system(), now=START)
    seal(START)
    return any_app


def found(app: Flask, after: timedelta = timedelta(0)) -> Mapping[str, Found]:
    """The worst finding of each check."""
    order = ("ok", "warning", "error")
    return {one.check: one for one in sorted(doctor.examine(START + after), key=lambda one: order.index(one.level))}


def bad(app: Flask, after: timedelta = timedelta(0)) -> set[str]:
    return {one.code for one in found(app, after).values() if one.level != "ok"}


OF_TESTS = {
    "doctor.secret_short", "doctor.open_cookies", "doctor.checkpoints_beside", "doctor.no_base_url",
    "doctor.not_serving", "doctor.clock_apart", "doctor.disk_low",
}  # fmt: skip
"""What the installation of the tests lacks by design: its clock is set, and its disk is the machine's."""


def test_nothing_is_found_where_all_is_well(county: Flask, tmp_path: Path) -> None:
    back_up(tmp_path / "backups", START)
    assert bad(county) <= OF_TESTS
    assert len(found(county)) >= 18


def test_each_thing_that_is_broken_is_found(county: Flask) -> None:
    post("role:bureau_hr_officer")
    assert bad(county) - OF_TESTS == {"doctor.no_backup"}
    assert "doctor.clock_back" in bad(county, timedelta(hours=-2))
    late = bad(county, timedelta(days=40))
    assert {"doctor.deadlines_late", "doctor.notices_stuck"} <= late
    with transaction() as session:
        session.execute(update(LedgerAccount).where(LedgerAccount.kind == "headcount").values(approved=200))
    county.extensions["lectern.settings"].checkpoints.write_bytes(b"")
    assert {"doctor.ledger_broken", "doctor.checkpoints_differ"} <= bad(county)


def test_a_changed_record_is_found(county: Flask) -> None:
    sqlite = db.engine.dialect.name == "sqlite"
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with transaction() as session:
        for name in session.scalars(text(triggers)).all() if sqlite else ():
            session.execute(text(f"DROP TRIGGER {name}"))
        if not sqlite:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(update(AuditEvent).where(AuditEvent.seq == 1).values(actor_id="somebody"))
    assert "doctor.record_broken" in bad(county)


def test_a_missing_key_and_an_old_one_are_named(county: Flask, tmp_path: Path) -> None:
    made = back_up(tmp_path / "backups", START)
    with machine(county, tmp_path / "rotating", field_keys=(OTHER_KEY, KEY)) as rotating:
        restore(made.path, Choices(without_keys=True), START)
        assert found(rotating)["keys"].code == "doctor.key_old"
        url = rotating.extensions["lectern.settings"].database_url
        if url.startswith("sqlite"):
            with machine(county, tmp_path / "lost", field_keys=(OTHER_KEY,)) as lost:
                shutil.copy(tmp_path / "rotating" / "lectern.db", tmp_path / "lost" / "lectern.db")
                assert found(lost)["keys"].code == "doctor.key_missing"


def test_an_empty_database_and_a_newer_one_are_told_apart(county: Flask, tmp_path: Path) -> None:
    with machine(county, tmp_path / "empty") as empty:
        assert found(empty)["database"].code == "doctor.database_behind"
        assert "ledger" not in found(empty)
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert found(county)["database"].code == "doctor.database_ahead"


def test_a_mail_server_is_asked_and_sent_nothing(app: Flask) -> None:
    with mail_server() as (kept, port):
        server = smtp_of(f"smtp://127.0.0.1:{port}")
        app.extensions["lectern.settings"] = replace(app.extensions["lectern.settings"], smtp=server)
        assert [one.code for one in checks_machine.mail()] == ["doctor.mail"]
        assert kept.ids == []
    silent = smtp_of(f"smtp://127.0.0.1:{free_port()}")
    app.extensions["lectern.settings"] = replace(app.extensions["lectern.settings"], smtp=silent)
    assert [one.code for one in checks_machine.mail()] == ["doctor.mail_silent"]


def test_the_command_tells_in_lines_and_in_json_and_by_its_exit_code(app: Flask) -> None:
    variables = environment(app.extensions["lectern.settings"])
    lines = CliRunner().invoke(main, ["doctor"], env=variables)
    assert lines.exit_code == 2 and "ERROR   admins" in lines.output and "ERROR   flows" in lines.output
    told = CliRunner().invoke(main, ["doctor", "--json"], env=variables)
    parsed = json.loads(told.output)
    assert parsed["worst"] == "error"
    assert all(one[locale] for one in parsed["findings"] for locale in LOCALES)
    wrong = CliRunner().invoke(main, ["doctor"], env={**variables, "LECTERN_FIELD_KEYS": "short"})
    assert wrong.exit_code == 2 and "LECTERN_FIELD_KEYS" in wrong.output
    nowhere = CliRunner().invoke(main, ["doctor"], env={**variables, "LECTERN_ZONE": "Asia/Nowhere"})
    assert nowhere.exit_code == 2 and "LECTERN_ZONE" in nowhere.output


def test_every_finding_has_words_and_no_words_are_left_over() -> None:
    raised = set()
    for path in (HOUSE / "service" / "operation").glob("*.py"):
        raised |= set(re.findall(r'"(doctor\.\w+)"', path.read_text("utf-8")))
    assert raised == {code for code in texts() if code.startswith("doctor.")}


def test_of_a_long_file_of_checkpoints_only_the_end_is_read(tmp_path: Path, county: Flask) -> None:
    source, book = county.extensions["lectern.settings"].checkpoints, tmp_path / "long.jsonl"
    with book.open("wb") as file:
        file.truncate(1 << 30)  # a gigabyte of nothing
        file.seek(1 << 30)
        file.write(b"\n" + source.read_bytes())
    number = last_number(source)
    assert number > 0
    tracemalloc.start()
    try:
        assert last_number(book) == number
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    with book.open("ab") as file:
        file.write(b"torn")
    assert last_number(book) == number
    with book.open("ab") as file:
        file.write(b"\n")
    assert last_number(book) == -1
    assert last_number(tmp_path / "absent") == 0
