"""Figures over the ledger: the reserved pool, the uplift of weak schools, vacancies, and what is over."""

from typing import Any

from sqlalchemy import and_, case

from service.reports.declaring import Day, Figure, Part, Target, everything
from service.reports.post_rows import ACCOUNTS, LOANS, lifted

LACKING = ("lacking", "number", everything)


def _headcount(row: Any, _day: Day) -> Any:
    return case((row.kind == "headcount", 1), else_=0)


def _own_posts(row: Any, _day: Day) -> Any:
    return case((and_(row.kind == "post", ~row.pool), 1), else_=0)


def _of_band(band: str) -> Any:
    return lambda row, _day: case((and_(row.kind == "post", row.band == band), 1), else_=0)


def _column(name: str) -> Any:
    return lambda row, _day: row[name]


def _pool(band: str) -> Figure:
    return Figure(
        f"pool_{band}", "posts", "posts", "organisation", "policy §2.5", "any", ACCOUNTS, _of_band(band),
        lambda row, _day: case((row.pool, row.approved), else_=0), _column("approved"),
        target=Target("pool_floor_percent"),
        parts=tuple(Part(one, _column(one)) for one in ("lent", "reserved", "free")),
        shown=("lent", "number", _column("lent")),
    )  # fmt: skip


def _sum(key: str, scope: Any, column: str) -> Figure:
    return Figure(
        key, "posts", "posts", "organisation", "policy §2", "any", ACCOUNTS, scope, _column(column),
        _column("approved"), shown=("occupied", "number", _column("occupied")),
    )  # fmt: skip


POOLS = (
    _pool("senior"),
    _pool("middle"),
    Figure(
        "pool_exchanged", "posts", "posts", "person", "policy §3.P", "any", LOANS, part=_column("exchanged"),
        shown=("until", "day", _column("until")),
    ),
    Figure("uplift", "posts", "schools", "organisation", "policy §2.6", computed=lifted, shown=LACKING),
)  # fmt: skip
VACANCIES = (
    _sum("vacant_headcount", _headcount, "free"),
    _sum("vacant_posts", _own_posts, "free"),
    _sum("over_headcount", _headcount, "excess"),
    _sum("over_posts", _own_posts, "excess"),
)
