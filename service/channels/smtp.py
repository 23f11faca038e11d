"""One connection to the mail server, opened when it is needed and kept while mails follow one another."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType

from service.channels.rules import concealed
from service.config import Smtp
from service.notices.delivery import RefusedError, UnreachableError

TIMEOUT_SECONDS = 10


class MailServer:
    """Sends mails; RefusedError: never again, UnreachableError: the server or our account with it, else try later.

    Between the server's acceptance and our commit lies the one window in which a crash sends a mail twice, under the
    same Message-ID; a connection lost after the last byte and before the answer is the same window.
    """

    def __init__(self, server: Smtp, timeout: float = TIMEOUT_SECONDS) -> None:
        self._server = server
        self._timeout = timeout
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._close(politely=True)

    def send(self, mail: EmailMessage) -> None:
        """Send one mail to its one recipient; returns when the server has accepted it."""
        try:
            if self._open is None:
                self._open = self._connected()
            self._open.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            self._reset()
            [(code, said)] = list(refused.recipients.values())[:1]
            raise _refusal(code, said, mail) from None
        except smtplib.SMTPDataError as refused:
            self._reset()
            raise _refusal(refused.smtp_code, refused.smtp_error, mail) from None
        except (OSError, smtplib.SMTPException) as failure:
            self._close(politely=False)
            raise UnreachableError(f"{type(failure).__name__}: {failure}") from failure

    def greet(self) -> None:
        """Connect and log in, and send nothing; OSError or SMTPException says what is wrong."""
        self._open = self._connected()
        self._open.noop()

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        trusted = None if server.security == "smtp" else ssl.create_default_context(cafile=server.ca)
        if server.security == "smtps":
            opened: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=trusted)
        else:
            opened = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            if server.security == "smtp+starttls":
                opened.starttls(context=trusted)
            if server.user:
                opened.login(server.user, server.password)
        except (OSError, smtplib.SMTPException):
            opened.close()
            raise
        return opened

    def _reset(self) -> None:
        """After a refusal the connection is used again if the server lets us."""
        try:
            if self._open is not None:
                self._open.rset()
        except (OSError, smtplib.SMTPException):
            self._close(politely=False)

    def _close(self, *, politely: bool) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            with suppress(OSError, smtplib.SMTPException):
                opened.quit() if politely else opened.close()


def _refusal(code: int, said: bytes | str, mail: EmailMessage) -> Exception:
    """421 means that the server goes away, 5xx never, 4xx later (RFC 5321 §4.2.1); the address is kept in no log."""
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = f"{code} {concealed(told, [str(mail['To'])])}"
    if code == 421:
        return UnreachableError(text)
    return RefusedError(text) if code >= 500 else smtplib.SMTPResponseException(code, text)
