"""Prepares the demo: keys and password of its own, the county when absent, an application that says it is a demo."""

import base64
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from service import config
from service.access import passwords
from service.app import HOUSE, create_app
from service.db import db, hurry
from service.demo import build, cases, changes, earlier, exchanged, exchanges, reserved, titles
from service.demo.build import Say
from service.schema import is_at_head, upgrade

SECRETS = "secrets.json"


def prepared(folder: Path, reset: bool, say: Say) -> tuple[Flask, str]:
    """The demo's application and password; the county is made at the first start and after `reset`, and goes on with a
    newer version."""
    if reset and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    kept = kept_secrets(folder / SECRETS)
    app = create_app(_settings(folder, kept))
    with app.app_context():
        if not (folder / "built").exists():
            make_county(passwords.hashed(kept["password"]), say)
            (folder / "built").touch()
        elif not is_at_head():
            upgrade()
    return app, kept["password"]


def make_county(password_hash: str, say: Say) -> None:
    """Write the county into the empty database of the current application; every account has that hash."""
    say("正在建立演示县（全部虚构）· making the demo county (all of it invented)")
    upgrade()
    if build.is_built():
        raise RuntimeError("the demo was stopped while it was made: start it once more with --reset")
    now = datetime.now(UTC)
    begun = earlier.since(now, build.OPENED_AT)
    with hurried():
        build.build(HOUSE / "bpmn", password_hash, begun, say)
        earlier.build(begun, now, say)
        for room in (cases, titles, reserved, changes, exchanged, exchanges):
            room.build(now, say)


@contextmanager
def hurried() -> Iterator[None]:
    """SQLite waits for no disk meanwhile: a county that a power cut has spoilt is made anew."""
    _reconnect()
    patiently = hurry(db.engine)
    try:
        yield
    finally:
        patiently()
        _reconnect()


def _reconnect() -> None:
    db.session.remove()
    db.engine.dispose()


def kept_secrets(file: Path) -> dict[str, str]:
    """Keys of this county, made once; the password is LECTERN_DEMO_PASSWORD at the first start, else drawn."""
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text("utf-8"))
        return kept
    made = {
        "secret_key": secrets.token_urlsafe(32),
        "field_key": base64.b64encode(secrets.token_bytes(32)).decode(),
        "signing_key": base64.b64encode(secrets.token_bytes(32)).decode(),
        "password": os.environ.get("LECTERN_DEMO_PASSWORD") or f"demo-{secrets.token_hex(4)}",
    }
    file.touch(mode=0o600)
    file.write_text(json.dumps(made), "utf-8")
    return made


def _settings(folder: Path, kept: dict[str, str]) -> config.Settings:
    return replace(config.read(variables(folder, kept)), demo=True, demo_password=kept["password"])


def environment(folder: Path) -> dict[str, str]:
    """The variables by which other commands work on this demo; they are made when it has none yet."""
    folder.mkdir(parents=True, exist_ok=True)
    return variables(folder, kept_secrets(folder / SECRETS))


def variables(folder: Path, kept: dict[str, str]) -> dict[str, str]:
    """What an installation on that folder reads instead of the environment."""
    return {
        "LECTERN_SECRET_KEY": kept["secret_key"],
        "LECTERN_FIELD_KEYS": kept["field_key"],
        "LECTERN_SIGNING_KEY": kept["signing_key"],
        "LECTERN_DATA_DIR": str(folder.resolve()),
        "LECTERN_SECURE_COOKIES": "0",
    }
