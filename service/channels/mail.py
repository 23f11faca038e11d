"""The channel e-mail: from a message of the outbox to a mail that the server has accepted."""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from service import crypto
from service.channels import contents, letters, recipients, rules
from service.channels.contents import Told
from service.channels.letters import Letter
from service.channels.smtp import MailServer
from service.config import Settings, Smtp
from service.db import db
from service.errors import Conflict, Invalid
from service.notices.delivery import RefusedError, Sender, UnreachableError
from service.notices.outbox import Message
from workflows.base import new_id

_log = logging.getLogger("lectern.notices")


@contextmanager
def opened(server: Smtp) -> Iterator[Sender]:
    """A sender with a connection of its own, for mails one after the other."""
    with MailServer(server) as mail_server:

        def send(message_id: str, message: Message, now: datetime) -> None:
            letter = letter_of(message_id, message, now)
            if letter is None:
                _log.info("message %s is sent to nobody: read already, or the address was withdrawn", message_id)
                return
            mail_server.send(letters.write(letter))

        yield send


def send_test(address: str, now: datetime) -> str:
    """Send one mail at once, to see whether the server takes it; its Message-ID.

    Invalid("config.no_mail" | "mail.address"); Conflict("mail.unsent") with what went wrong.
    """
    settings: Settings = current_app.extensions["lectern.settings"]
    if settings.smtp is None:
        raise Invalid("config.no_mail")
    if not rules.is_address(address):
        raise Invalid("mail.address")
    told = Told("test", "讲席试发 / Lectern test", "", "", "", f"{settings.base_url}/")
    url = f"{settings.base_url}/settings/notices"
    mail = letters.write(Letter(new_id(), now, address, settings.mail_from, "zh", [told], settings_url=url))
    try:
        with MailServer(settings.smtp) as server:
            server.send(mail)
    except (RefusedError, UnreachableError, smtplib.SMTPResponseException) as failure:
        raise Conflict("mail.unsent", reason=str(failure)) from failure
    return str(mail["Message-ID"])


def letter_of(message_id: str, message: Message, now: datetime) -> Letter | None:
    """The mail of a message; None when there is nobody to tell or nothing left to tell. Reads, and ends the read."""
    session: Session = db.session()
    try:
        return _letter(session, message_id, message, now)
    finally:
        session.rollback()


def code_of(person_id: str, address: str, asked_at: datetime) -> str:
    """Six digits that only this house can tell for this address and moment; stored nowhere."""
    told = crypto.ring().blind_index(f"mail code:{person_id}:{address}:{asked_at.isoformat()}")
    return f"{int(told, 16) % 1_000_000:06}"


def _letter(session: Session, message_id: str, message: Message, now: datetime) -> Letter | None:
    settings: Settings = current_app.extensions["lectern.settings"]
    person_id = message.holder.removeprefix("person:")
    wanted = recipients.wishes(session, [person_id]).get(person_id)
    proving = message.kind == rules.CODE
    address = recipients.mail_address(session, person_id, asked=proving)
    if wanted is None or address is None:
        return None
    url = f"{settings.base_url}/settings/notices"
    if proving:
        asked_at = datetime.fromisoformat(message.body["asked_at"])
        code = code_of(person_id, address, asked_at)
        return Letter(message_id, now, address, settings.mail_from, wanted.locale, code=code, settings_url=url)
    if message.kind == rules.DIGEST:
        items = contents.digest(session, message_id, person_id, wanted.locale)
    else:
        items = [contents.told(session, message.kind, message.body, wanted.locale)]
    if not items:
        return None
    return Letter(message_id, now, address, settings.mail_from, wanted.locale, items, settings_url=url)
