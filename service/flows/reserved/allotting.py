"""Which posts go to the remote and weak schools that lack them: proposed by the round, moved as the chief decides.

When posts are reallocated these schools get so many points more (policy §3.P 1). What one lacks comes from what the
pool has free beyond its floor, then from vacant posts of schools that can spare them and for which nobody waits; the
school that lacks most is served first. A move is a dated decision, and only a free post moves (policy §2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Fault, Invalid
from service.flows import acting
from service.flows.reserved.rules import BANDS
from service.parameters.queries import county
from service.posts import checked, ledger, posting, queueing, recording, uplift
from service.posts.ledger import Full
from service.posts.posting import ACCOUNT, Cause
from service.posts.rules import SchoolPosts, Structure, lacking
from workflows.surroundings import Call

FROM_POOL = "预留岗位"
ORDER = tuple(reversed(BANDS))
"""Where only both bands together are ruled, a middle post is given before a senior one of the same store."""


@dataclass(frozen=True)
class Spare:
    """Free posts of a band that may go: of a pool, or vacant ones of a school."""

    account_id: str
    name: str
    band: str
    count: int


@dataclass(frozen=True)
class Lack:
    """What a remote or weak school has fewer than it must: of both bands together, or of each (`bands`)."""

    organisation_id: str
    name: str
    count: int
    bands: Mapping[str, int]


def lack_of(school: SchoolPosts, least: Structure) -> Lack:
    """Both bands together may be made up by either; where each is ruled, each by its own."""
    count = lacking(school, least)
    if least.senior is None or least.middle is None:
        return Lack(school.id, school.name, count, dict.fromkeys(BANDS, count))
    each = {"senior": max(0, least.senior - school.senior), "middle": max(0, least.middle - school.middle)}
    return Lack(school.id, school.name, count, each)


Move = tuple[Spare, Lack, int]
"""From, to, how many."""


def proposed(lacks: Sequence[Lack], pool: Sequence[Spare], vacant: Sequence[Spare]) -> list[Move]:
    """The school that lacks most first, of equals by name; from the pool, then from who has most to spare."""
    ordered = [*sorted(pool, key=_rank), *sorted(vacant, key=_rank)]
    left, moves = [spare.count for spare in ordered], []
    for lack in sorted(lacks, key=lambda one: (-one.count, one.name)):
        short, bands = lack.count, dict(lack.bands)
        for place, spare in enumerate(ordered):
            count = min(left[place], short, bands[spare.band])
            if count:
                moves.append((spare, lack, count))
                left[place] -= count
                short -= count
                bands[spare.band] -= count
    return moves


def of_pool(moves: Sequence[Move], band: str) -> int:
    """How many posts of the pool of a band these moves take: they are not there to be offered."""
    return sum(count for spare, _, count in moves if (spare.name, spare.band) == (FROM_POOL, band))


def _rank(spare: Spare) -> tuple[int, int, str]:
    return ORDER.index(spare.band), -spare.count, spare.name


def rows(session: Session, moves: Sequence[Move]) -> list[dict[str, Any]]:
    """What may move, by its accounts; a school without an account of the band gets nothing proposed."""
    schools = {lack.organisation_id for _, lack, _ in moves}
    own = (ACCOUNT.c.organisation_id.in_(schools), ACCOUNT.c.kind == "post", ~ACCOUNT.c.pool)
    found = session.execute(select(ACCOUNT.c.id, ACCOUNT.c.organisation_id, ACCOUNT.c.band).where(*own))
    accounts = {(row.organisation_id, row.band): row.id for row in found}
    return [
        {
            "from_id": spare.account_id, "from_name": spare.name, "to_id": accounts[lack.organisation_id, spare.band],
            "to_name": lack.name, "band": spare.band, "count": count,
        }
        for spare, lack, count in moves
        if (lack.organisation_id, spare.band) in accounts
    ]  # fmt: skip


def offered(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The variables: `allotable` what may move, `allotment` the same as the chief decides on it, row by row."""
    shown = ("from_name", "to_name", "band", "count")
    return {
        "allotable": [dict(row) for row in found],
        "allotment": [{**{name: row[name] for name in shown}, "moved": row["count"]} for row in found],
    }


def carry_out(call: Call) -> Mapping[str, Any]:
    """Move what was decided, by its document. Invalid("form.invalid") for more than proposed, or without the document.

    Conflict("ledger.full" | "ledger.uplift" | "ledger.others_wait") and those of `checked.expect` for a post that is
    not free any more. What was moved is proposed no more, so that a repeat moves nothing.
    """
    known = call.variables.get("allotable") or []
    moved = [int(row.get("moved") or 0) for row in call.variables.get("allotment") or []]
    wanted = [{**row, "moved": count} for row, count in zip(known, moved, strict=False) if count]
    if wanted:
        _move(call, wanted, _cause(call, known, moved))
    left = [{**row, "count": row["count"] - count} for row, count in zip(known, moved, strict=False)]
    done = [*(call.variables.get("allotted") or []), *wanted]
    return {**offered([row for row in left if row["count"]]), "allotted": done}


def _cause(call: Call, known: Sequence[Mapping[str, Any]], moved: Sequence[int]) -> Cause:
    """By which decision; faults by field."""
    document, on = str(call.variables.get("allotment_document") or "").strip(), call.variables.get("allotment_on")
    faults = [
        Fault(f"values.allotment.{number}.moved", "reserved.allotted", params={"most": row["count"]})
        for number, (row, count) in enumerate(zip(known, moved, strict=False))
        if not 0 <= count <= row["count"]
    ]
    faults += [] if document else [Fault("values.allotment_document", "field.required")]
    if not on:
        faults.append(Fault("values.allotment_on", "field.required"))
    elif date.fromisoformat(on) > day_of(call.now):
        faults.append(Fault("values.allotment_on", "dates.order"))
    if faults:
        raise Invalid("form.invalid", faults=tuple(faults))
    return replace(acting.cause_of(call), document=document, decided_on=date.fromisoformat(str(on)))


def _move(call: Call, wanted: Sequence[Mapping[str, Any]], cause: Cause) -> None:
    session, today = call.session, day_of(call.now)
    accounts = posting.lock(session, cause, {row[name] for row in wanted for name in ("from_id", "to_id")})
    taken: dict[str, int] = {}
    for row in wanted:
        taken[row["from_id"]] = taken.get(row["from_id"], 0) + int(row["moved"])
    checked.expect_taken(session, taken, accounts, today)
    queueing.expect_free(session, taken, accounts, today)
    for number, row in enumerate(wanted):
        each = replace(cause, token=f"{cause.token}.{number}")
        posted = ledger.move_post(session, each, row["from_id"], row["to_id"], int(row["moved"]))
        if isinstance(posted, Full):
            ledger.refuse(posted)
        recording.record(session, each, posted)
    for account_id in taken:
        uplift.expect_left(session, account_id, county(session, today))
