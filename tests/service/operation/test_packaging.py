"""Units, proxy example and settings of the bundle fit the program; the long form runs them (make prove)."""

import getpass
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from service import config
from service.access import passwords
from service.cli import main
from service.installing import first_admin
from tests.conftest import KEY, START
from tests.processes import environment
from tests.service.channels.mailhouse import certificate, free_port
from tests.service.web.pages.browser import FORM_TOKEN

HOUSE = Path(__file__).resolve().parents[3]
PACKAGING = HOUSE / "packaging"
UNITS = sorted((PACKAGING / "systemd").glob("*.service"))
PROVE = pytest.mark.skipif("LECTERN_PROVE" not in os.environ, reason="a server behind nginx: with make prove")
PASSWORD = "a long enough one"


def command_of(unit: Path) -> list[str]:
    """The words of a unit's command."""
    [line] = re.findall(r"^ExecStart=(.+)$", unit.read_text("utf-8"), re.MULTILINE)
    return shlex.split(line)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_calls_a_command_that_there_is_as_a_user_of_its_own(unit: Path) -> None:
    program, name, *options = command_of(unit)
    assert program == "/opt/lectern/current/bin/lectern"
    command = main.commands[name]
    assert command.make_context(name, options, resilient_parsing=False) is not None
    text = unit.read_text("utf-8")
    assert "User=lectern" in text and "NoNewPrivileges=true" in text and "ProtectSystem=strict" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for path in (PACKAGING / "systemd").iterdir():
        here = path.read_text("utf-8").replace("/opt/lectern/current/bin/lectern", shutil.which("true") or "")
        (tmp_path / path.name).write_text(here, "utf-8")
    units = [str(path) for path in tmp_path.iterdir()]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_the_example_of_settings_is_read_once_the_keys_are_filled_in() -> None:
    text = (PACKAGING / "lectern.env.example").read_text("utf-8")
    given = dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
    assert set(config.REQUIRED) == {name.removeprefix("LECTERN_") for name, value in given.items() if not value}
    found = config.read(given | {name: KEY for name, value in given.items() if not value})
    assert (found.proxies, found.base_url) == (1, "https://lectern.example")
    handbook = (HOUSE / "docs" / "operations.md").read_text("utf-8")
    assert [name for name in given if f"`{name}`" not in handbook] == []


def site(folder: Path, server: int, tls: int, plain: int) -> Path:
    """nginx's settings round the example, with the ports and the certificate of a test."""
    pem = certificate(folder)
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl", "listen 80;": f"listen 127.0.0.1:{plain};",
        "/etc/lectern/tls.crt": str(pem), "/etc/lectern/tls.key": str(pem), "127.0.0.1:8000": f"127.0.0.1:{server}",
        "/var/log/nginx": str(folder), "server_name lectern.example": "server_name 127.0.0.1",
    }  # fmt: skip
    example = (PACKAGING / "nginx.conf").read_text("utf-8")
    for old, new in changes.items():
        assert old in example
        example = example.replace(old, new)
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
    path = folder / "nginx.conf"
    path.write_text(
        f"user {getpass.getuser()}; pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;\n"
        "events {}\n"
        f"http {{ client_body_temp_path {folder}/body; {temporary}\n{example}}}\n",
        "utf-8",
    )
    return path


@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    path = site(tmp_path, 8000, free_port(), free_port())
    done = subprocess.run(
        ["nginx", "-t", "-c", str(path), "-e", str(tmp_path / "error.log")], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def running(command: list[str], ready: Callable[[], object], **options: Any) -> Iterator[None]:
    """A process that has begun to answer, ended afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        for _ in range(600):
            try:
                ready()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(60)


@PROVE
@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx")
def test_login_upload_and_a_long_reply_pass_through_the_proxy(app: Flask, tmp_path: Path) -> None:
    app.config["PASSWORD_COST"] = tuple(passwords.DEFAULT)
    first_admin("chief", PASSWORD, START)
    server, tls, plain = free_port(), free_port(), free_port()
    told = environment(app.extensions["lectern.settings"]) | {"LECTERN_PROXIES": "1"}
    serve = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", str(server)]
    nginx = ["nginx", "-c", str(site(tmp_path, server, tls, plain)), "-e", str(tmp_path / "error.log")]
    with (
        running(serve, lambda: socket.create_connection(("127.0.0.1", server), 1).close(), env=told, cwd=HOUSE),
        running(nginx, lambda: socket.create_connection(("127.0.0.1", tls), 1).close()),
        requests.Session() as browser,
    ):
        browser.verify, browser.trust_env = str(tmp_path / "mail.pem"), False
        base = f"https://127.0.0.1:{tls}"
        form = FORM_TOKEN.search(browser.get(f"{base}/login", timeout=20).text)
        assert form
        sent = {"username": "chief", "password": PASSWORD, "csrf_token": form.group(1)}
        entered = browser.post(f"{base}/login", data=sent, headers={"Referer": f"{base}/login"}, timeout=20)
        assert (entered.status_code, entered.url) == (200, f"{base}/")
        assert "max-age" in entered.headers["Strict-Transport-Security"]
        answer = browser.post(f"{base}/api/v1/login", json={"username": "chief", "password": PASSWORD}, timeout=20)
        by = {"Authorization": f"Bearer {answer.json()['token']}"}
        large = b"%PDF-1.4\n" + os.urandom(18 << 20)
        kept = browser.post(f"{base}/api/v1/attachments", files={"file": ("a.pdf", large)}, headers=by, timeout=60)
        assert kept.status_code == 201, kept.text
        address = f"{base}/api/v1/attachments/{kept.json()['id']}/content"
        back = browser.get(address, headers=by, timeout=60)
        assert back.content == large
        assert browser.get(f"{base}/metrics", timeout=20).status_code == 404
        moved = requests.get(f"http://127.0.0.1:{plain}/x", allow_redirects=False, timeout=20)
        assert moved.headers["Location"] == "https://127.0.0.1/x"
        logged = (tmp_path / "lectern.log").read_text("utf-8")
        assert "POST /login" in logged and PASSWORD not in logged


def test_every_command_says_what_it_does() -> None:
    assert [name for name, command in main.commands.items() if not command.help] == []
