"""Settings of mail: what is written in one address, and what must be told with it."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import request

from service import config
from service.app import create_app
from service.cli import main
from service.config import Smtp, smtp_of
from service.crypto import ring_of
from service.errors import Invalid
from tests.conftest import KEY, settings_for
from tests.service.channels.mailhouse import free_port, mail_server

NEEDED = {"LECTERN_SECRET_KEY": "s", "LECTERN_FIELD_KEYS": KEY, "LECTERN_SIGNING_KEY": KEY}
SENDING = {"LECTERN_MAIL_FROM": "lectern@bureau.test", "LECTERN_BASE_URL": "https://lectern.bureau.test/"}


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://relay.bureau.test", Smtp("relay.bureau.test", 25, "smtp")),
        ("smtps://mail.test", Smtp("mail.test", 465, "smtps")),
        (
            "smtp+starttls://clerk%40bureau.test:p%3Aw@mail.test:2525?ca=/etc/ca.pem",
            Smtp("mail.test", 2525, "smtp+starttls", "clerk@bureau.test", "p:w", "/etc/ca.pem"),
        ),
    ],
)
def test_one_address_tells_server_security_and_login(text: str, server: Smtp) -> None:
    assert smtp_of(text) == server
    assert "p:w" not in repr(smtp_of(text))


@pytest.mark.parametrize(
    "text", ["mail.test", "http://mail.test", "smtp://", "smtp://h:x", "smtp://h/path", "smtp://h?verify=no"]
)
def test_an_address_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="smtp_url"):
        smtp_of(text)


def test_a_mail_server_needs_a_sender_and_the_address_of_the_pages() -> None:
    with pytest.raises(Invalid) as refused:
        config.read(NEEDED | {"LECTERN_SMTP_URL": "smtp://h"})
    assert refused.value.params["names"] == "LECTERN_MAIL_FROM, LECTERN_BASE_URL"
    with pytest.raises(Invalid, match="base_url"):
        config.read(NEEDED | {"LECTERN_BASE_URL": "lectern.bureau.test"})
    found = config.read(NEEDED | SENDING | {"LECTERN_SMTP_URL": "smtp://h", "LECTERN_ALLOWED_HOSTS": "Relay, 10.0.0.7"})
    assert (found.base_url, found.allowed_hosts) == ("https://lectern.bureau.test", {"relay", "10.0.0.7"})


def test_the_command_line_sends_a_mail_and_says_what_the_server_answered(sqlite_url: str) -> None:
    base = NEEDED | SENDING | {"LECTERN_DATABASE_URL": sqlite_url}
    with mail_server() as (kept, port):
        done = CliRunner().invoke(
            main, ["test-mail", "it@bureau.test"], env=base | {"LECTERN_SMTP_URL": f"smtp://127.0.0.1:{port}"}
        )
        assert done.exit_code == 0, done.output
        assert str(kept.mails[0]["Message-ID"]) in done.output
        kept.refuse = "550 no relaying"
        refused = CliRunner().invoke(
            main, ["test-mail", "it@bureau.test"], env=base | {"LECTERN_SMTP_URL": f"smtp://127.0.0.1:{port}"}
        )
    assert refused.exit_code == 1
    assert "550 no relaying" in refused.output
    dead = CliRunner().invoke(
        main, ["test-mail", "it@bureau.test"], env=base | {"LECTERN_SMTP_URL": f"smtp://127.0.0.1:{free_port()}"}
    )
    assert "ConnectionRefusedError" in dead.output
    without = CliRunner().invoke(main, ["test-mail", "it@bureau.test"], env=base)
    assert "LECTERN_SMTP_URL" in without.output


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "10.9.8.7"), (2, "10.1.1.1")])
def test_as_many_proxies_are_believed_as_are_there(sqlite_url: str, tmp_path: Path, proxies: int, seen: str) -> None:
    app = create_app(replace(settings_for(sqlite_url, tmp_path), proxies=proxies))
    app.add_url_rule("/seen", "seen", lambda: str(request.remote_addr))
    found = app.test_client().get("/seen", headers={"X-Forwarded-For": "10.1.1.1, 10.9.8.7"})
    assert found.text == seen


@pytest.mark.parametrize("text", ["-1", "ten", "10", "1.5"])
def test_a_wrong_number_of_proxies_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="proxies"):
        config.read({**NEEDED, "LECTERN_PROXIES": text})


def test_what_is_secret_may_stand_in_a_file_and_never_in_both(tmp_path: Path) -> None:
    kept = tmp_path / "secret"
    kept.write_text("out of a file\n", "utf-8")
    elsewhere = {name: value for name, value in NEEDED.items() if name != "LECTERN_SECRET_KEY"}
    found = config.read(elsewhere | {"LECTERN_SECRET_KEY_FILE": str(kept)})
    assert found.secret_key == "out of a file"
    with pytest.raises(Invalid, match="secret_twice"):
        config.read(NEEDED | {"LECTERN_SECRET_KEY_FILE": str(kept)})
    with pytest.raises(Invalid, match="secret_file"):
        config.read(elsewhere | {"LECTERN_SECRET_KEY_FILE": str(tmp_path / "absent")})


def test_a_provider_of_sign_on_needs_tls_a_client_and_the_address_of_the_pages(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the client", "utf-8")
    told = {
        "LECTERN_OIDC_ISSUER": "https://sso.bureau.test/realms/county", "LECTERN_OIDC_CLIENT_ID": "lectern",
        "LECTERN_OIDC_CLIENT_SECRET_FILE": str(secret), "LECTERN_BASE_URL": "https://lectern.bureau.test",
    }  # fmt: skip
    found = config.read(NEEDED | told).oidc
    assert found == config.Oidc("https://sso.bureau.test/realms/county", "lectern", "of the client")
    assert "of the client" not in repr(found)
    assert config.read(NEEDED).oidc is None
    for name in ("LECTERN_OIDC_CLIENT_ID", "LECTERN_BASE_URL"):
        with pytest.raises(Invalid) as refused:
            config.read(NEEDED | told | {name: ""})
        assert refused.value.params["names"] == name
    for issuer in ("http://sso.bureau.test", "sso.bureau.test", "file:///etc/passwd"):
        with pytest.raises(Invalid, match="oidc_issuer"):
            config.read(NEEDED | told | {"LECTERN_OIDC_ISSUER": issuer})


def test_new_keys_are_what_an_installation_needs_and_new_each_time():
    first, second = (CliRunner().invoke(main, ["new-keys"], env={}).output for _ in range(2))
    settings = config.read(dict(line.split("=", 1) for line in first.splitlines()))
    assert ring_of(settings.field_keys).ids and first.splitlines() != second.splitlines()
    assert not set(first.split()) & set(second.split())
