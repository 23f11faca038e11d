"""Who is behind a queue holder, and what these people want told by which channel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from service.access.fields import Field
from service.access.models import Account
from service.access.standing import ROLE, acting, in_force, present
from service.channels.models import NoticeChannel, NoticeSetting
from service.channels.rules import MAIL
from service.people.members import PERSON
from service.people.persons import PHONE
from workflows.base import table_of

SETTING = cast("Table", NoticeSetting.__table__)
CHANNEL = cast("Table", NoticeChannel.__table__)
ADDRESS = Field("notice_setting", "mail")
ASKED = Field("notice_setting", "mail_asked")
HOUSE = "house"
"""The holder of a message to another system, which is for nobody in person."""
_ACCOUNT = table_of(Account)


@dataclass(frozen=True)
class Wanted:
    """What one person chose; `locale` is theirs, else their account's."""

    person_id: str
    choices: Mapping[str, Sequence[str]]
    digest: str
    locale: str
    quiet: tuple[int | None, int | None]
    has_mail: bool
    handles: Mapping[str, str]

    def channels(self, group: str) -> list[str]:
        """The channels chosen for a group that can reach the person."""
        return [channel for channel in self.choices.get(group, ()) if channel != MAIL or self.has_mail]


def persons_of(session: Session, holders: Iterable[str], on: date) -> dict[str, set[str]]:
    """Holder → the persons behind it on a day: oneself, or who stands for the role; one statement at most."""
    found: dict[str, set[str]] = {holder: set() for holder in holders}
    roles = {}
    for holder in found:
        noun, _, name = holder.partition(":")
        if noun == "person":
            found[holder].add(name)
        else:
            roles[holder] = _place(holder)
    if roles:
        for row in _standing(session, {role for role, _ in roles.values()}, on):
            for holder, (role, organisation_id) in roles.items():
                if row.role == role and organisation_id in (None, row.organisation_id):
                    found[holder].add(row.person_id)
    return found


def _place(holder: str) -> tuple[str, str | None]:
    """`role@organisation` or `role:<role>`, which is wherever it is held."""
    role, _, organisation_id = holder.removeprefix("role:").partition("@")
    return role, organisation_id or None


def _standing(session: Session, roles: set[str], on: date) -> Sequence[Row[str, str, str]]:
    found = select(ROLE.c.person_id, ROLE.c.role, ROLE.c.organisation_id).where(
        ROLE.c.role.in_(sorted(roles)), in_force(ROLE.c, on), present(ROLE.c, on), acting(ROLE, on)
    )
    return session.execute(found).all()


def wishes(session: Session, person_ids: Iterable[str]) -> dict[str, Wanted]:
    """What these people chose; who never chose anything is not told outside the pages."""
    columns = (*SETTING.c, _ACCOUNT.c.locale.label("account_locale"))
    found = (
        select(*columns)
        .outerjoin(_ACCOUNT, _ACCOUNT.c.person_id == SETTING.c.person_id)
        .where(SETTING.c.person_id.in_(sorted(set(person_ids))))
    )
    return {row.person_id: _wanted(row) for row in session.execute(found)}


def _wanted(row: Row[Any]) -> Wanted:
    return Wanted(
        person_id=row.person_id,
        choices=row.choices,
        digest=row.digest,
        locale=row.locale or row.account_locale or "zh",
        quiet=(row.quiet_from, row.quiet_until),
        has_mail=row.mail is not None,
        handles=row.handles,
    )


def mail_address(session: Session, person_id: str, *, asked: bool = False) -> str | None:
    """The proven address of a person, or the one that waits for its code."""
    column, field = (SETTING.c.mail_asked, ASKED) if asked else (SETTING.c.mail, ADDRESS)
    sealed = session.scalar(select(column).where(SETTING.c.person_id == person_id))
    return field.unseal(person_id, sealed) if sealed else None


def phone(session: Session, person_id: str) -> str | None:
    """The phone of a person, to whom a gateway sends a text; None when it is not known."""
    sealed = session.scalar(select(PERSON.c.phone).where(PERSON.c.id == person_id))
    return PHONE.unseal(person_id, sealed) if sealed else None


def declared(session: Session) -> Mapping[str, Row[Any]]:
    """The channels in use that an admin declared, by key."""
    return {row.key: row for row in session.execute(select(CHANNEL).where(CHANNEL.c.active))}
