"""Where objections of the public page come from, as far as anybody can tell, and which of them wait to be heard.

A name that somebody types on the page is a claim: nobody has seen who it is. So an address and a name stop a period of
a case once each; what comes from there again, and everything from the page once bureau HR has found a name of that case
to be made up, stops nothing by itself. It is kept and bureau HR is told; a person there lets the period stop, or says
why not, and no period ends over an objection that waits for that (policy §3: an objection suspends, nothing is decided
before a named person has looked).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, or_, select, update
from sqlalchemy.orm import Session

from service.access.fields import Field
from service.flows.publicity.models import Publicity, PublicityObjection

OBJECTION, PUBLICITY = cast("Table", PublicityObjection.__table__), cast("Table", Publicity.__table__)
SENDER, ALIAS = Field("publicity_objection", "sender"), Field("publicity_objection", "alias")
WAITS = "waits"
HEARINGS = INQUIRED, NOTHING_NEW, MADE_UP = "inquired", "nothing_new", "made_up"
"""What bureau HR makes of an objection that has stopped nothing."""


@dataclass(frozen=True)
class Source:
    """Digests of an address and of a name in one case, under every key of the ring: the newest first."""

    sender: Sequence[str] = ()
    alias: Sequence[str] = ()

    @property
    def columns(self) -> dict[str, str | None]:
        """What is kept of it."""
        return {"sender": next(iter(self.sender), None), "alias": next(iter(self.alias), None)}


def source(instance_id: str, address: str, name: str) -> Source:
    """The digests of what came over the page; they tell nothing of another case."""
    plain = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return Source(
        SENDER.indexes(f"{instance_id} {address}") if address else (),
        ALIAS.indexes(f"{instance_id} {plain}") if plain else (),
    )


def is_known(session: Session, instance_id: str, found: Source) -> bool:
    """Whether it has stopped a period of the case before, or a name of the case was found to be made up."""
    same = or_(OBJECTION.c.sender.in_(found.sender), OBJECTION.c.alias.in_(found.alias))
    ours = select(OBJECTION.c.id).join(PUBLICITY, PUBLICITY.c.id == OBJECTION.c.publicity_id)
    here = ours.where(PUBLICITY.c.instance_id == instance_id)
    counts = or_(OBJECTION.c.hearing == MADE_UP, OBJECTION.c.reached & same)
    return session.execute(here.where(counts).limit(1)).first() is not None


def waiting(session: Session, instance_id: str, subject: str | None) -> Any:
    """The period of the case (of this subject, where its step names one) to which an objection waits to be heard."""
    found = select(PUBLICITY).join(OBJECTION, OBJECTION.c.publicity_id == PUBLICITY.c.id)
    mine = [PUBLICITY.c.instance_id == instance_id, OBJECTION.c.hearing == WAITS]
    if subject is not None:
        mine.append(PUBLICITY.c.subject == subject)
    return session.execute(found.where(*mine).limit(1)).first()


def inquired(session: Session, publicity_id: str) -> None:
    """An inquiry into the period has looked at whatever waited."""
    mine = (OBJECTION.c.publicity_id == publicity_id, OBJECTION.c.hearing == WAITS)
    session.execute(update(OBJECTION).where(*mine).values(hearing=INQUIRED))
