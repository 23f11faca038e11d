"""Writes the mails: a subject, plain text, and the same as simple HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from jinja2 import Environment, PackageLoader

from service.channels.contents import Told

_PAGES = Environment(loader=PackageLoader("service.channels"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TEXTS = Environment(loader=PackageLoader("service.channels"), autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - plain text
WORDS = {
    "zh": {
        "lectern": "讲席", "flow": "事项", "number": "编号", "due": "到期", "open": "打开办理", "code": "验证码",
        "why": "您在讲席的“通知设置”中选择了邮件提醒；可随时在那里更改。",
        "digest": "讲席：{n} 条未读通知", "code_subject": "讲席：邮箱验证码",
        "code_words": "请在讲席的“通知设置”中填写此验证码，30 分钟内有效。如非本人操作，请忽略。",
    },
    "en": {
        "lectern": "Lectern", "flow": "Flow", "number": "Number", "due": "Due", "open": "Open", "code": "Code",
        "why": "You asked for e-mail under “Notice settings” in Lectern, where you can change it at any time.",
        "digest": "Lectern: {n} unread notices", "code_subject": "Lectern: the code for your address",
        "code_words": "Enter this code under “Notice settings” in Lectern within 30 minutes. Not you? Then ignore it.",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A mail to write: `items` are the notices that it tells, `code` what proves an address instead."""

    message_id: str
    at: datetime
    to: str
    sender: str
    locale: str
    items: Sequence[Told] = ()
    code: str = ""
    settings_url: str = ""


def write(letter: Letter) -> EmailMessage:
    """The mail; its Message-ID is that of the outbox message, the same however often it is sent."""
    mail = EmailMessage()
    mail["From"] = letter.sender
    mail["To"] = letter.to
    mail["Subject"] = _subject(letter)
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = f"<{letter.message_id}@{parseaddr(letter.sender)[1].rpartition('@')[2] or 'lectern'}>"
    mail["X-Lectern-Id"] = letter.message_id
    mail["Auto-Submitted"] = "auto-generated"
    given = {"letter": letter, "words": WORDS[letter.locale]}
    mail.set_content(_TEXTS.get_template("mail.txt").render(given))
    mail.add_alternative(_PAGES.get_template("mail.html").render(given), subtype="html")
    return mail


def _subject(letter: Letter) -> str:
    said = WORDS[letter.locale]
    if letter.code:
        return said["code_subject"]
    if len(letter.items) != 1:
        return said["digest"].format(n=len(letter.items))
    only = letter.items[0]
    return " · ".join(part for part in (only.phrase, only.flow, only.number) if part)
