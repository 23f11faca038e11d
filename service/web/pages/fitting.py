"""Whether the posts that a form asks for fit into the ledger, row by row, and the ways out when they do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from service.deployments import queries as definitions
from service.people.rules import BANDS
from service.posts import queries as posts
from service.posts.queries import AccountView
from service.web import edge
from service.web.pages import ledgerview
from service.web.words import words

DEMAND = "posts"
"""The list of a start form that asks for posts: rows of {band, count}."""
POOLED = ("senior", "middle")
"""Bands of which the bureau lends posts of its pool."""
RESERVED = "reserved_post"
"""The flow that asks the bureau for a post of its pool."""


@dataclass(frozen=True)
class Row:
    """One row of the demand; `room` is what each account that it cannot be taken from has left for it."""

    number: int
    band: str
    count: int
    room: Mapping[AccountView, int]


def no_effect() -> tuple[dict[str, Any], dict[str, Any]]:
    """What a form shows that asks for no posts."""
    return {"accounts": [], "short": "", "blocked": None}, {}


def effect_of(values: Mapping[str, Any], organisation_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the demand would hold: the accounts it touches, whether it fits, ways out, and a check for each row."""
    asked = [row for row in values.get(DEMAND) or [] if isinstance(row, Mapping)]
    found = [account for account in posts.accounts(edge.actor(), organisation_id=organisation_id) if not account.pool]
    rows, wanted = _rows(asked, found)
    shown = [ledgerview.account_of(account, wanted[account.band]) for account in found if account.band in wanted]
    if not shown:
        shown = [ledgerview.account_of(account) for account in found if account.band is None]
    short = [account for account in found if wanted.get(account.band, 0) > account.figures.free]
    effect: dict[str, Any] = {
        "accounts": shown,
        "short": _short(short, wanted),
        "blocked": _blocked(short),
        "advice": [_advice(row, found, wanted) for row in rows if row.room],
    }
    return effect, {f"{DEMAND}.{row.number}": _check(row) for row in rows}


def _rows(asked: Sequence[Mapping[str, Any]], found: list[AccountView]) -> tuple[list[Row], dict[str | None, int]]:
    """The rows with a band, each judged after the ones above it, and what all ask of each account."""
    rows: list[Row] = []
    wanted: dict[str | None, int] = {}
    for number, row in enumerate(asked):
        band, count = row.get("band") or "", _whole(row.get("count"))
        room = {one: one.figures.free - wanted.get(one.band, 0) for one in found if one.band in (band, None)}
        for key in (band, None):
            wanted[key] = wanted.get(key, 0) + count
        if band:
            rows.append(Row(number, band, count, {one: max(left, 0) for one, left in room.items() if left < count}))
    return rows, wanted


def _whole(text: Any) -> int:
    """What is typed so far; 0 for what is no number of posts, or longer than any is."""
    typed = str(text or "")
    return int(typed) if typed.isdecimal() and len(typed) <= edge.DIGITS else 0


def _short(short: list[AccountView], wanted: Mapping[str | None, int]) -> str:
    if short:
        return _blocked(short) or ""
    total = wanted.get(None, 0)
    return str(_("%(count)s posts asked for; they fit", count=total) if total else _("Say which posts you need"))


def _blocked(short: Sequence[AccountView]) -> str | None:
    if not short:
        return None
    return str(_("%(account)s: only %(free)s free", account=_name(short[0]), free=short[0].figures.free))


def _name(account: AccountView) -> str:
    return words(f"account.{account.band or account.kind}", {}, edge.locale())


def _check(row: Row) -> dict[str, Any]:
    left = min(row.room.values(), default=0)
    return {"ok": not row.room, "text": str(_("%(n)s short", n=row.count - left)) if row.room else None}


def _advice(row: Row, found: list[AccountView], wanted: Mapping[str | None, int]) -> dict[str, Any]:
    """Why a row does not fit, and what its writer can do about it in one click."""
    account, left = min(row.room.items(), key=lambda one: one[1])
    said = _(
        "Row %(row)s: %(account)s: %(count)s asked, %(left)s left (%(approved)s approved, %(occupied)s in use).",
        row=row.number + 1, account=_name(account), count=row.count, left=left,
        approved=account.figures.approved, occupied=account.figures.occupied,
    )  # fmt: skip
    if account.band is None:
        said += str(_("Fewer persons, or ask the staffing office first to raise the headcount."))
    return {"text": said, "actions": [*_other_band(row, found, wanted), *_fewer(row, left), *_from_pool(row)]}


def _other_band(row: Row, found: list[AccountView], wanted: Mapping[str | None, int]) -> list[dict[str, Any]]:
    """The nearest lower band with room; of no use when there is no headcount for the row."""
    if any(account.band is None for account in row.room):
        return []
    free = {one.band: one.figures.free - wanted.get(one.band, 0) for one in found}
    bands = list(BANDS)
    lower = bands[bands.index(row.band) + 1 :] if row.band in bands else []
    fitting = [band for band in lower if free.get(band, 0) >= row.count]
    return [_change(row, "band", band, _("Change to %(account)s", account=_band(band))) for band in fitting[:1]]


def _band(band: str) -> str:
    name = words(f"account.{band}", {}, edge.locale())
    return name[0].lower() + name[1:]


def _fewer(row: Row, left: int) -> list[dict[str, Any]]:
    return [_change(row, "count", str(left), _("Ask for %(n)s", n=left))] if left else []


def _change(row: Row, field: str, value: str, label: str) -> dict[str, Any]:
    return {"label": str(label), "field": f"{DEMAND}.{row.number}.{field}", "value": value}


def _from_pool(row: Row) -> list[dict[str, Any]]:
    """The bureau lends posts of its pool to teachers of the school; what is typed here stays as a draft."""
    full = any(account.band == row.band for account in row.room)
    if not full or row.band not in POOLED or RESERVED not in {one.key for one in definitions.startable(edge.actor())}:
        return []
    url = url_for("pages.start_flow", key=RESERVED, band=row.band)
    return [{"label": str(_("Ask the bureau for a reserved post")), "url": url}]
