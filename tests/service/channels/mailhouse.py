"""A real mail server on this machine that keeps what it accepts, and people of a small house who want mail."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import insert

from service.channels import recipients
from service.config import Smtp
from service.db import transaction
from service.notices import outbox
from service.notices.outbox import Message
from tests.conftest import START

HOST = "127.0.0.1"


@dataclass
class Kept:
    """What the server accepted, in order; `refuse` answers recipients instead, `drop` hangs up on data."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse: str | None = None
    drop: bool = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        if self.drop:
            server.transport.close()
        return "250 accepted"

    @property
    def ids(self) -> list[str]:
        return [str(mail["X-Lectern-Id"]) for mail in self.mails]


@contextmanager
def mail_server(port: int = 0, **options: Any) -> Iterator[tuple[Kept, int]]:
    """A server that runs; what it keeps, and its port."""
    kept, port = Kept(), port or free_port()
    controller = Controller(kept, hostname=HOST, port=port, **options)
    controller.start()
    try:
        yield kept, port
    finally:
        controller.stop(no_assert=True)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server((HOST, 0)) as free:
        return int(free.getsockname()[1])


def with_mail(app: Flask, port: int, **changes: Any) -> None:
    """Let the application send through a port of this machine."""
    settings = app.extensions["lectern.settings"]
    app.extensions["lectern.settings"] = replace(
        settings,
        smtp=Smtp(HOST, port, **changes),
        mail_from="讲席 <lectern@bureau.test>",
        base_url="https://lectern.bureau.test",
    )


def wants(person_id: str, address: str | None = None, **changes: Any) -> None:
    """Write what a person chose: everything by mail, at once, at any hour."""
    row = {
        "person_id": person_id,
        "choices": {group: ["email"] for group in ("opened", "due", "cases", "other")},
        "digest": "none",
        "locale": None,
        "quiet_from": 0,
        "quiet_until": 0,
        "mail": recipients.ADDRESS.seal(person_id, address) if address else None,
        "mail_proven_at": START if address else None,
        "mail_asked": None,
        "mail_asked_at": None,
        "mail_tries": 0,
        "handles": {},
        "version": 1,
        "changed_at": START,
    }
    with transaction() as session:
        session.execute(insert(recipients.SETTING), [row | changes])


def post(*holders: str, kind: str = "task.opened", now: datetime = START, **body: Any) -> list[str]:
    """Notices as a step would post them."""
    told = {"title": "程见山 交流", "business_key": "JL-2026-0001", **body}
    with transaction() as session:
        return outbox.post(session, [Message(kind, holder, told) for holder in holders], now)


def certificate(folder: Path) -> Path:
    """A certificate for this machine that nobody else trusts, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    began = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "mail.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


def knows(user: str, password: str) -> Any:
    """An authenticator of aiosmtpd that knows one account."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        # "handled" would leave a wrong password without an answer, and the client to its timeout.
        return AuthResult(success=(given.login, given.password) == (user.encode(), password.encode()), handled=False)

    return check
