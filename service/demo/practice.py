"""Prepares a county for practice: a database of its own that says so, individual passwords, nothing that leaves."""

import csv
import secrets
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, select, update

from service import config, purpose, schema
from service.access import passwords, slips
from service.access.accounts import ACCOUNT
from service.app import create_app
from service.audit import chain
from service.audit.chain import EVENT, NewEvent
from service.db import db, transaction
from service.demo import running
from service.demo.build import OFFICE_ROLES, SCHOOL_ROLES, Say
from service.demo.county import schools
from service.errors import Invalid

SECRETS, PASSWORDS, DATABASE = "practice.json", "passwords.csv", "practice.db"
BEGUN, READY = "practice.begun", "practice.ready"


@dataclass(frozen=True)
class Wanted:
    """Where a county for practice lies and how it is reached; `database` is its own one, SQLite in `folder` if None."""

    folder: Path
    base_url: str
    database: str | None = None
    reset: bool = False


def prepared(wanted: Wanted, say: Say) -> Flask:
    """The application; the county is made at the first start.

    Invalid("practice.production") for a database that holds anything and was not made for practice, before a byte of
    it is changed; Invalid("practice.folder" | "practice.broken_off" | "practice.reset_database").
    """
    _expect_own(wanted)
    if wanted.reset:
        _thrown_away(wanted)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    app = create_app(_settings(wanted))
    with app.app_context():
        if not _is_ready():
            _make(wanted.folder, say)
    return app


def environment(folder: Path, database: str | None) -> dict[str, str]:
    """The variables by which other commands work on this county."""
    made = running.variables(folder, running.kept_secrets(folder / SECRETS))
    return made | {"LECTERN_DATABASE_URL": database or f"sqlite:///{(folder / DATABASE).resolve()}"}


def _expect_own(wanted: Wanted) -> None:
    """A folder with anything else in it is somebody's data: nothing is written or thrown away there."""
    there = wanted.folder.exists() and any(wanted.folder.iterdir())
    if there and not (wanted.folder / SECRETS).exists():
        raise Invalid("practice.folder", folder=str(wanted.folder))


def _thrown_away(wanted: Wanted) -> None:
    if wanted.database is not None:
        raise Invalid("practice.reset_database")
    if wanted.folder.exists():
        shutil.rmtree(wanted.folder)


def _settings(wanted: Wanted) -> config.Settings:
    chosen = config.read(environment(wanted.folder, wanted.database) | {"LECTERN_BASE_URL": wanted.base_url})
    return replace(chosen, practice=True, mail_from="practice@lectern.invalid")


def _is_ready() -> bool:
    """Whether the county is there; False for an empty database."""
    if not inspect(db.engine).get_table_names():
        return False
    kinds = (
        set(db.session.scalars(select(EVENT.c.kind).where(EVENT.c.stream == purpose.PRACTICE)))
        if _has_record()
        else set()
    )
    db.session.rollback()
    if not kinds:
        raise Invalid("practice.production")
    if READY not in kinds:
        raise Invalid("practice.broken_off")
    if not schema.is_at_head():
        schema.upgrade()
    return True


def _has_record() -> bool:
    return EVENT.name in inspect(db.engine).get_table_names()


def _make(folder: Path, say: Say) -> None:
    schema.upgrade()
    with transaction() as session:
        chain.append(session, purpose.PRACTICE, [NewEvent(BEGUN, "system")], at=datetime.now(UTC))
    running.make_county(passwords.unusable(), say)
    say("各人密码 · individual passwords")
    chosen = {username: _password() for username in _users()}
    hashed = {username: passwords.hashed(password) for username, password in chosen.items()}
    with transaction() as session:
        for username, one in hashed.items():
            session.execute(update(ACCOUNT).where(ACCOUNT.c.username == username).values(password_hash=one))
        chain.append(session, purpose.PRACTICE, [NewEvent(READY, "system")], at=datetime.now(UTC))
    _write_down(folder / PASSWORDS, chosen)


def _users() -> list[str]:
    """Offices and the offices of schools; teachers get theirs by a slip, as in a real county."""
    return [*OFFICE_ROLES, *(f"{school.code}.{account}" for school in schools() for account, _ in SCHOOL_ROLES)]


def _password() -> str:
    return "-".join("".join(secrets.choice(slips.LETTERS.lower()) for _ in range(4)) for _ in range(3))


def _write_down(path: Path, chosen: dict[str, str]) -> None:
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("用户名 · user name", "密码 · password"))
        lines.writerows(chosen.items())
