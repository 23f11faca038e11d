"""Pure rules of a hiring request: rows of posts, numbers granted, the opening ratio."""

from collections.abc import Mapping, Sequence
from typing import Any

Post = dict[str, Any]
"""A row of the demand: `line` (1, 2, …), `subject`, `stage`, `band`, `count`."""

COLUMNS = ("subject", "stage", "band", "count")
REVIEWS = ("bureau_posts", "staffing_posts", "hr_posts")
"""The lists in which the three reviewing authorities grant numbers, row by row."""


def numbered(posts: Sequence[Mapping[str, Any]]) -> list[Post]:
    """The rows with their numbers from 1 on; what else a sender put into a row is left behind."""
    return [
        {"line": number, **{name: post.get(name) for name in COLUMNS}} for number, post in enumerate(posts, start=1)
    ]


def total(posts: Sequence[Post]) -> int:
    """How many people all rows ask for."""
    return sum(post["count"] for post in posts)


def review_rows(posts: Sequence[Post]) -> list[Post]:
    """The rows as a reviewer gets them: everything granted until somebody cuts."""
    return [{**post, "granted": post["count"]} for post in posts]


def granted(posts: Sequence[Post], reviews: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Post]:
    """The rows with what every authority grants: the least number of each row; a review can cut, never raise.

    `reviews` is authority → rows {line, granted}; a row that it does not name is granted in full.
    """
    return [{**post, "count": _least(post, reviews)} for post in posts]


def _least(post: Post, reviews: Mapping[str, Sequence[Mapping[str, Any]]]) -> int:
    named = [row.get("granted") for rows in reviews.values() for row in rows if row.get("line") == post["line"]]
    least: int = min([post["count"], *(number for number in named if isinstance(number, int))])
    return max(0, least)


def cuts(before: Sequence[Post], after: Sequence[Post]) -> list[dict[str, int]]:
    """Which rows lost how much: {line, requested, granted}."""
    return [
        {"line": old["line"], "requested": old["count"], "granted": new["count"]}
        for old, new in zip(before, after, strict=True)
        if new["count"] < old["count"]
    ]


def opening(posts: Sequence[Post], qualified: Mapping[int, int], ratio: int) -> dict[str, Any]:
    """What the opening ratio says: per row the qualified, how many are needed and how many posts they would open.

    `ratio` applicants a post (policy §3.H 5). `posts_below` and `posts_openable` are the inputs of the decision table:
    posts in rows below the ratio, and how many of those the qualified would still open.
    """
    rows = [_opening_row(post, qualified.get(post["line"], 0), ratio) for post in posts if post["count"]]
    below = [row for row in rows if row["openable"] < row["count"]]
    return {
        "rows": rows,
        "ratio": ratio,
        "posts_below": sum(row["count"] for row in below),
        "posts_openable": sum(row["openable"] for row in below),
    }


def _opening_row(post: Post, qualified: int, ratio: int) -> dict[str, Any]:
    return {
        "line": post["line"],
        "subject": post["subject"],
        "count": post["count"],
        "qualified": qualified,
        "needed": post["count"] * ratio,
        "openable": min(post["count"], qualified // ratio),
    }


def after_ratio(posts: Sequence[Post], rows: Sequence[Mapping[str, Any]], decision: str) -> list[Post]:
    """The rows after a person's decision on those below the ratio: cut to what opens, cancelled, or kept."""
    openable = {row["line"]: row["openable"] for row in rows}
    return [{**post, "count": _left(post["count"], openable.get(post["line"], 0), decision)} for post in posts]


def _left(count: int, openable: int, decision: str) -> int:
    if decision == "keep" or openable >= count:
        return count
    return openable if decision == "cut" else 0
