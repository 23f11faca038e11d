"""Pure rules of the reserved pool: its yearly figures, the uplift of schools, places, ties and votes (policy §3.P)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.posts.rules import Percent, SchoolPosts, Structure, lacking, pool_shortage, share

BANDS = ("senior", "middle")
AT_LEAST = {"senior": ("senior",), "middle": ("senior", "middle")}
"""Band → the bands of which a post makes one of it needless."""
LOWEST = {"senior": 7, "middle": 10}
"""Grade at which somebody begins in a band, where the school names none (policy §1)."""
AT_ONCE = 100
"""How many applicants one evaluation of the ranking looks at; the keys that it gives are put in order here."""
KEY = "key"
"""Where the facts of an application keep the key by which it was ranked."""
GIVEN_UP, LATE, BARRED = "given_up", "late", "standing"
"""Why nobody got a post: the round ended undecided; accepted after the ranking; barred, or not known enough, there."""
LINE = "post"
"""Under which an application holds the post of the pool that it was given."""


def needs_none(own: str | None, band: str) -> bool:
    """Who has a post of the band at the school already needs none of the pool."""
    return own in AT_LEAST[band]


@dataclass(frozen=True)
class PoolFigures:
    """One band of the county: all its posts, and what of them the pool has, lends and has free."""

    band: str
    total: int
    approved: int
    lent: int
    free: int

    def row(self, floor_percent: Percent) -> dict[str, Any]:
        """What the yearly decision is made by; the pool below its floor shows a shortage (examples 5, 11)."""
        return {
            "band": self.band,
            "total": self.total,
            "floor": share(self.total, floor_percent),
            "approved": self.approved,
            "shortage": pool_shortage(self.total, self.approved, floor_percent),
            "lent": self.lent,
            "free": self.free,
            "offered": self.free,
        }


def uplift_row(school: SchoolPosts, least: Structure) -> dict[str, Any]:
    """What a remote or weak school must have at least, and what it lacks of that (example 6)."""
    return {
        "school_name": school.name,
        "posts": school.posts,
        "least_senior": least.senior,
        "least_middle": least.middle,
        "least": least.combined,
        "has": school.senior + school.middle,
        "lacking": lacking(school, least),
    }


@dataclass(frozen=True)
class Place:
    """An application in the ranking of its band; `votes` are the votes in favour, one number a tie vote."""

    id: str
    band: str
    rank: int
    because: str
    votes: tuple[int, ...] = ()
    granted: bool = False


def in_order(keys: Mapping[str, Sequence[Mapping[str, Any]]], band: str) -> list[Place]:
    """Those of a band by their keys (`{criterion, value}` in the order of weight, a smaller value first).

    Equals share a rank; `because` is the first criterion that put somebody behind the one before.
    """
    ordered = sorted(keys, key=lambda one: (_values(keys[one]), one))
    places: list[Place] = []
    for number, one in enumerate(ordered, 1):
        because = _because(keys[ordered[number - 2]], keys[one]) if places else "first"
        rank = places[-1].rank if because == "tie" else number
        places.append(Place(one, band, rank, because))
    return places


def _values(key: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [part["value"] for part in key]


def _because(before: Sequence[Mapping[str, Any]], key: Sequence[Mapping[str, Any]]) -> str:
    differing = (part["criterion"] for one, part in zip(before, key, strict=True) if one["value"] != part["value"])
    return next(differing, "tie")


@dataclass(frozen=True)
class Allocation:
    """The places with what each gets, and those between whom only a vote can decide."""

    places: tuple[Place, ...]
    tied: tuple[str, ...] = ()


def allocate(places: Iterable[Place], offered: Mapping[str, int]) -> Allocation:
    """Who gets a post: the first `offered` of each band; equals across that border are for a vote to order.

    Votes order equals: whoever has more votes in favour is first, in the first vote, then in the second.
    """
    given: list[Place] = []
    tied: list[str] = []
    for band in BANDS:
        ranked = sorted((one for one in places if one.band == band), key=lambda one: one.rank)
        for rank in dict.fromkeys(one.rank for one in ranked):
            group = [one for one in ranked if one.rank == rank]
            left = offered.get(band, 0) - (rank - 1)
            inside, open_ = _inside(group, max(0, left))
            given += [replace(one, granted=one.id in inside) for one in group]
            tied += open_
    return Allocation(tuple(given), tuple(tied))


def _inside(group: Sequence[Place], places: int) -> tuple[frozenset[str], list[str]]:
    """Of equals those who get one of the places, and those between whom it is open."""
    ordered = sorted(group, key=lambda one: one.votes, reverse=True)
    if places >= len(ordered):
        return frozenset(one.id for one in ordered), []
    if not places:
        return frozenset(), []
    border = ordered[places - 1].votes
    if ordered[places].votes != border:
        return frozenset(one.id for one in ordered[:places]), []
    return (
        frozenset(one.id for one in ordered if one.votes > border),
        [one.id for one in ordered if one.votes == border],
    )


def voted(places: Iterable[Place], results: Sequence[Mapping[str, Any]]) -> list[Place]:
    """The places with the votes of one tie vote added; a vote below its quorum orders nobody."""
    if any(result["decision"] == "no_quorum" for result in results):
        return list(places)
    yes = {str(result["id"]): int(result["yes"]) for result in results}
    return [replace(one, votes=(*one.votes, yes[one.id])) if one.id in yes else one for one in places]
