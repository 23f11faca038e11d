"""In practice nothing leaves the house: each message is kept, and shown as it would have gone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.channels import contents, letters, mail, recipients
from service.channels.rules import MAIL
from service.notices.delivery import Sender
from service.notices.outbox import INSIDE, OUTBOX, Message
from service.people import queries as people


@dataclass(frozen=True)
class KeptBack:
    """A message that would have gone: by which channel, to whom, at which address where that is known, and its text."""

    id: str
    at: datetime
    channel: str
    name: str
    address: str
    text: str


@contextmanager
def opened() -> Iterator[Sender]:
    """A sender that sends nothing."""
    yield lambda _id, _message, _now: None


def kept(session: Session, limit: int) -> Sequence[KeptBack]:
    """The newest messages that a courier took and kept."""
    found = (
        select(OUTBOX)
        .where(OUTBOX.c.channel.not_in(INSIDE), OUTBOX.c.state == "sent")
        .order_by(OUTBOX.c.id.desc())
        .limit(limit)
    )
    rows = session.execute(found).all()
    names = people.names([row.holder.removeprefix("person:") for row in rows])
    return [_told(session, row, names.get(row.holder.removeprefix("person:"), "")) for row in rows]


def _told(session: Session, row: Row[*tuple[object, ...]], name: str) -> KeptBack:
    address, text = _letter(row) if row.channel == MAIL else ("", _phrase(session, row))
    return KeptBack(row.id, row.sent_at, row.channel, name, address, text)


def _letter(row: Row[*tuple[object, ...]]) -> tuple[str, str]:
    letter = mail.letter_of(row.id, Message(row.kind, row.holder, row.body), row.sent_at)
    if letter is None:
        return "", ""
    written = letters.write(letter)
    plain = written.get_body(("plain",))
    return letter.to, f"{written['Subject']}\n{plain.get_content() if plain else ''}".strip()


def _phrase(session: Session, row: Row[*tuple[object, ...]]) -> str:
    person_id = row.holder.removeprefix("person:")
    wanted = recipients.wishes(session, [person_id]).get(person_id)
    told = contents.told(session, row.kind, row.body, wanted.locale if wanted else "zh")
    return " · ".join(filter(None, (told.flow, told.phrase, told.due, told.link)))
