"""A round as those see it who decide on it: pool, progress, ranking in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import db
from service.flows.reserved import explaining, pools, queries
from service.flows.reserved.queries import ApplicationView, Progress, RoundView
from service.parameters import queries as parameters


@dataclass(frozen=True)
class RoundPage:
    """A round with the figures of each band now, its applications, and the progress of each school."""

    round: RoundView
    pool: Sequence[dict[str, Any]]
    applications: Sequence[ApplicationView]
    progress: Sequence[Progress]


def of_round(actor: Actor, round_id: str, *, now: datetime) -> RoundPage:
    """NotFound("reserved_round.absent"), Forbidden("access.role_missing") for who does not decide on rounds."""
    policy.require(actor, "reserved_round.read")
    found = queries.round_of(actor, round_id)
    rows = queries.applications(actor, round_id, now=now)
    return RoundPage(found, pool_now(now), rows, queries.progress(rows))


def pool_now(now: datetime) -> list[dict[str, Any]]:
    """Each band of the county against the floor of its pool, as it stands now."""
    floor = int(parameters.county(db.session(), day_of(now))["pool_floor_percent"])
    return [band.row(floor) for band in pools.figures(db.session())]


def why(found: ApplicationView, locale: str) -> str:
    """Criteria, reason of the rank, votes."""
    return explaining.told(found.because, found.facts, found.votes, locale)
