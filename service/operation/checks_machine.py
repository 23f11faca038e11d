"""Checks of settings, machine and installation: keys, clock, disk, pages, mail, time zone, backup."""

import fcntl
import shutil
import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from flask import current_app
from sqlalchemy import func, select

from service.audit.chain import EVENT
from service.channels.smtp import MailServer
from service.config import Settings
from service.db import db
from service.errors import LecternError
from service.jobs import TURN
from service.operation.backup import LAST
from service.operation.findings import Found
from service.signon.installed import provider

SHORT_SECRET = 32
LOW, EMPTY = 2 << 30, 256 << 20
"""Bytes of free space below which a warning, and an error, is due."""
CLOCK_SLACK = timedelta(seconds=5)
BACKUP_AGE = timedelta(days=2)
USUAL_ZONE = "Asia/Shanghai"


def settings() -> Settings:
    """The settings of the current application."""
    found: Settings = current_app.extensions["lectern.settings"]
    return found


def configuration() -> Iterator[Found]:
    """What is set and does not fit together; what is missing or malformed was told before."""
    wrong = list(_doubtful(settings()))
    yield from wrong or [Found("configuration", "ok", "doctor.configuration")]


def _doubtful(chosen: Settings) -> Iterator[Found]:
    if len(chosen.secret_key) < SHORT_SECRET:
        yield Found("configuration", "warning", "doctor.secret_short", {"least": SHORT_SECRET})
    if not chosen.secure_cookies and not chosen.base_url.startswith("http://"):
        yield Found("configuration", "warning", "doctor.open_cookies")
    if not chosen.base_url:
        yield Found("configuration", "warning", "doctor.no_base_url")
    if chosen.checkpoints.parent.resolve() == chosen.data_dir.resolve():
        yield Found("configuration", "warning", "doctor.checkpoints_beside")


def zone() -> Iterator[Found]:
    """Whether days and deadlines are those of this country."""
    usual = settings().zone.key == USUAL_ZONE
    yield Found("zone", "ok" if usual else "warning", "doctor.zone" if usual else "doctor.other_zone",
                {"zone": settings().zone.key, "usual": USUAL_ZONE})  # fmt: skip


def clock(now: datetime) -> Iterator[Found]:
    """Whether the machine's clock agrees with the database's, and is not behind what was recorded."""
    newest = db.session.scalar(select(func.max(EVENT.c.at)))
    if newest is not None and newest > now + CLOCK_SLACK:
        yield Found("clock", "error", "doctor.clock_back", {"newest": newest.isoformat(), "now": now.isoformat()})
        return
    if db.engine.dialect.name == "postgresql":
        there: datetime = db.session.scalar(select(func.clock_timestamp()))  # type: ignore[assignment]
        if abs(there - now) > CLOCK_SLACK:
            yield Found("clock", "warning", "doctor.clock_apart", {"seconds": round((there - now).total_seconds())})
            return
    yield Found("clock", "ok", "doctor.clock", {"now": now.isoformat(timespec="seconds")})


def disk() -> Iterator[Found]:
    """Free space where files and checkpoints are written."""
    for folder in dict.fromkeys((settings().data_dir.resolve(), settings().checkpoints.parent.resolve())):
        free = shutil.disk_usage(folder).free if folder.is_dir() else 0
        level = "error" if free < EMPTY else "warning" if free < LOW else "ok"
        code = "doctor.disk" if level == "ok" else "doctor.disk_low"
        yield Found("disk", level, code, {"folder": str(folder), "gigabytes": round(free / (1 << 30), 1)})  # type: ignore[arg-type]


def server() -> Iterator[Found]:
    """Whether a server ticks on this data folder."""
    path = settings().data_dir / TURN
    if path.exists():
        with path.open("rb") as turn:
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield Found("server", "ok", "doctor.serving")
                return
    yield Found("server", "warning", "doctor.not_serving")


def pages() -> Iterator[Found]:
    """Whether pages and words were built into this installation."""
    root = Path(current_app.root_path)
    built = (root / "static" / "dist" / "manifest.json").is_file()
    yield Found("pages", "ok" if built else "error", "doctor.pages" if built else "doctor.pages_missing")
    if not list(root.glob("translations/*/LC_MESSAGES/*.mo")):
        yield Found("pages", "error", "doctor.words_missing")


def mail() -> Iterator[Found]:
    """Whether the mail server answers and takes our account; nothing is sent."""
    server = settings().smtp
    if server is None:
        yield Found("mail", "ok", "doctor.no_mail")
        return
    try:
        with MailServer(server) as connection:
            connection.greet()
    except (OSError, smtplib.SMTPException) as failure:
        yield Found("mail", "error", "doctor.mail_silent", {"host": server.host, "said": str(failure)[:300]})
        return
    yield Found("mail", "ok", "doctor.mail", {"host": server.host})


def sign_on() -> Iterator[Found]:
    """Whether the provider of single sign-on answers and says what it should."""
    found = provider()
    if found is None:
        yield Found("sign_on", "ok", "doctor.no_sign_on")
        return
    try:
        found.look()
    except LecternError:
        yield Found("sign_on", "error", "doctor.sign_on_silent", {"issuer": found.issuer})
        return
    yield Found("sign_on", "ok", "doctor.sign_on", {"issuer": found.issuer})


def backup(now: datetime) -> Iterator[Found]:
    """How old the last backup is, and whether its file still lies there."""
    path = settings().data_dir / LAST
    if not path.exists():
        yield Found("backup", "warning", "doctor.no_backup")
        return
    told = orjson.loads(path.read_bytes())
    params = {"at": told["at"], "path": told["path"], "lacking": told["lacking"]}
    if now - datetime.fromisoformat(told["at"]) > BACKUP_AGE:
        yield Found("backup", "warning", "doctor.backup_old", params)
    elif told["lacking"]:
        yield Found("backup", "error", "doctor.backup_lacking", params)
    else:
        yield Found("backup", "ok", "doctor.backup", params)
