"""Who sits: the draw of a committee, and who follows for somebody who cannot come (policy §3.T 5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.flows.title import committees, drawing
from service.flows.title.committees import MEMBER
from service.flows.title.roster import BATCH
from workflows.base import new_id


@dataclass(frozen=True)
class Draw:
    """Draw the members of a sitting, once. `reason`: why again, where one like it has been drawn and has not voted.

    `no_interest` declares that who convenes is related to nobody on the list (policy §3.H, §5).
    """

    session_id: str
    version: int
    reason: str = ""
    no_interest: bool = False


@dataclass(frozen=True)
class Excuse:
    """A member cannot come; the next in the order of the draw sits instead. `no_interest` as for the draw."""

    session_id: str
    version: int
    person_id: str
    reason: str
    no_interest: bool = False


def draw(actor: Actor, command: Draw, *, now: datetime, seed: str | None = None) -> list[str]:
    """The persons drawn, in order. `seed` is for repeating a draw; a new one comes from the system's randomness.

    Nobody draws until the result pleases: another draw for the same title while one that has not voted is there, or was
    cancelled, needs a reason, and the record says which one it is; draws of a year are counted one after the other.
    It is drawn for the candidates on the list, which changes no more. Conflict("title.drawn" | "title.cancelled" |
    "title.list_empty" | "title.pool_small" | "title.stale"), Invalid("title.redraw_reason" | "recusal.unanswered"),
    Forbidden("title.convener_interest").
    """
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        if row.state != "planned":
            raise Conflict("title.drawn")
        committees.expect_no_interest(session, actor, row, said=command.no_interest)
        committees.expect_list(session, row)
        session.execute(select(BATCH.c.id).where(BATCH.c.id == row.batch_id).with_for_update())
        earlier = committees.drawn_before(session, row)
        if earlier and not command.reason.strip():
            unsaid = Fault("reason", "title.redraw_reason", params={"count": earlier})
            raise Invalid("title.redraw_reason", faults=(unsaid,), count=earlier)
        pool = {one.id: one.person_id for one in committees.drawable(session, row)}
        if len(pool) < row.seats:
            raise Conflict("title.pool_small", seats=row.seats, pool=len(pool))
        sown = seed or secrets.token_hex(drawing.SEED_BYTES)
        order = drawing.order(sown, pool)
        session.execute(insert(MEMBER), [_member(row, one, pool[one], place) for place, one in enumerate(order, 1)])
        known = {"seed": sown, "pool_hash": drawing.pool_hash(order), "drawn_at": now, "state": "drawn"}
        why = command.reason.strip()[:200] or None
        committees.touch(session, row, **known, drawn_because=why)
        body = {
            "seed": sown, "pool_hash": known["pool_hash"], "pool": len(order), "seats": row.seats,
            "draw": earlier + 1, "reason": why,
        }  # fmt: skip
        committees.record(session, actor, row.id, "title.drawn", now, body)
        return [pool[one] for one in order[: row.seats]]


def _member(row: Any, expert_id: str, person_id: str, place: int) -> dict[str, Any]:
    state = "seated" if place <= row.seats else "next"
    return {
        "id": new_id(), "session_id": row.id, "person_id": person_id, "expert_id": expert_id, "position": place,
        "state": state, "reason": "",
    }  # fmt: skip


def excuse(actor: Actor, command: Excuse, *, now: datetime) -> str:
    """The person who sits instead.

    Nobody excuses members until the committee pleases: beyond a share of the seats another sitting is drawn, with its
    reason. Conflict("title.excused_enough" | "title.nobody_left" | "title.voting" | "title.cancelled" |
    "title.stale"), Invalid("title.reason" | "recusal.unanswered"), Forbidden("title.convener_interest"),
    NotFound("title_member.absent").
    """
    reason = committees.reason_of(command.reason)
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        committees.expect_no_interest(session, actor, row, said=command.no_interest)
        here = select(MEMBER).where(MEMBER.c.session_id == row.id).order_by(MEMBER.c.position)
        members = session.execute(here).all()
        gone = next((one for one in members if (one.person_id, one.state) == (command.person_id, "seated")), None)
        if gone is None:
            raise NotFound("title_member.absent")
        most = committees.excusable(session, row, day_of(now))
        if sum(one.state == "excused" for one in members) >= most:
            raise Conflict("title.excused_enough", most=most)
        following = next((one for one in members if one.state == "next"), None)
        if following is None:
            raise Conflict("title.nobody_left")
        excused = {"state": "excused", "reason": reason}
        session.execute(update(MEMBER).where(MEMBER.c.id == gone.id).values(excused))
        session.execute(update(MEMBER).where(MEMBER.c.id == following.id).values(state="seated"))
        committees.touch(session, row)
        body = {"person_id": gone.person_id, "by": following.person_id, "reason": reason}
        committees.record(session, actor, row.id, "title.member_excused", now, body)
        return str(following.person_id)
