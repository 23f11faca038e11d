"""What a matching round is asked: teachers with wishes, openings with opinions, what is free, the goals."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

MOVE, BRING, LEND, LOAN = "move", "bring", "lend", "loan"
MANNERS = (MOVE, BRING, LEND, LOAN)
"""An opening takes headcount and a post of its school; headcount and a post lent of the pool; or nothing (支教)."""
UPPER, LOWEST, MANY = "upper", "junior", 10**6
"""All bands but the lowest together; the lowest; as good as no limit."""
REQUIRED, NOMINATED, VOLUNTARY = "required", "nominated", "voluntary"


@dataclass(frozen=True, slots=True)
class Teacher:
    """Somebody who may be placed; `wishes` are openings, best first, `anywhere` lets the round choose any that fits.

    `eligible` is counted for the national floor, `backbone` for the share in it. `band` "" uses no post, and who is
    not `staffed` (在编) no headcount.
    """

    id: str
    school: str
    subject: str
    stage: str
    band: str
    duty: str = VOLUNTARY
    backbone: bool = False
    eligible: bool = True
    locked: bool = False
    wishes: tuple[str, ...] = ()
    anywhere: bool = False
    staffed: bool = True


@dataclass(frozen=True, slots=True)
class Opening:
    """`count` places of a school; `band` "" takes every band. `ranked` are teachers, best first, `declined` never come.

    `rural` says that filling it is a goal: a rural, remote or weak school. By `competition` (跨校竞聘) only who was
    assessed comes, and nobody before somebody who takes the same of the school (on loan nobody takes anything), was
    ranked higher and wishes for it more.
    """

    id: str
    school: str
    subject: str
    stage: str
    count: int
    band: str = ""
    manner: str = MOVE
    rural: bool = False
    ranked: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    competition: bool = False


@dataclass(frozen=True, slots=True)
class Goals:
    """How many must be exchanged: of all in the reform, of the eligible, and of backbone among these.

    `backbone` is what the plan undertakes, `backbone_percent` the share of the eligible who are exchanged. `placed` are
    those who keep the place of an earlier round, `placed_eligible` and `placed_backbone` of them.
    """

    target: int = 0
    floor: int = 0
    backbone_percent: int = 0
    backbone: int = 0
    placed: int = 0
    placed_eligible: int = 0
    placed_backbone: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of a placement: a wish (the fifth; the first five times that), less where nobody wished to go, more for a
    duty to be exchanged, a rural school, and the first rank of the school."""

    wish: int = 100
    unwished: int = 300
    duty: int = 150
    rural: int = 60
    rank: int = 90


@dataclass(frozen=True)
class Problem:
    """One round. `headcount` school → free; `posts` school → band → free; `pool` band → free to be lent.

    `given` school → band, or `UPPER` for all but the lowest → how many posts may go along with who leaves; what is not
    named there is not limited.
    """

    teachers: tuple[Teacher, ...]
    openings: tuple[Opening, ...]
    headcount: Mapping[str, int] = field(default_factory=dict)
    posts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    pool: Mapping[str, int] = field(default_factory=dict)
    goals: Goals = Goals()
    weights: Weights = Weights()
    given: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


Assignment = Mapping[str, str]
"""Teacher id → opening id."""


def unfit(teacher: Teacher, opening: Opening) -> str | None:
    """Why this teacher can never have a place of this opening, as a code; None when they may."""
    if teacher.locked:
        return "locked"
    if teacher.school == opening.school:
        return "own_school"
    if opening.subject != teacher.subject:
        return "subject"
    if opening.stage != teacher.stage:
        return "stage"
    if opening.band not in ("", teacher.band):
        return "band"
    if opening.manner in (BRING, LEND) and not teacher.band:
        return "no_band"
    if opening.competition and teacher.id not in opening.ranked + opening.declined:
        return "not_assessed"
    return "declined" if teacher.id in opening.declined else None


def pairs(problem: Problem) -> Iterator[tuple[Teacher, Opening, int]]:
    """Every allowed (teacher, opening, number of the wish); 0 where the teacher did not wish for it."""
    by_kind: dict[tuple[str, str], list[Opening]] = {}
    for opening in problem.openings:
        by_kind.setdefault((opening.subject, opening.stage), []).append(opening)
    for teacher in problem.teachers:
        wished = {opening_id: number for number, opening_id in enumerate(teacher.wishes, start=1)}
        for opening in by_kind.get((teacher.subject, teacher.stage), ()):
            number = wished.get(opening.id, 0)
            if (number or teacher.anywhere) and unfit(teacher, opening) is None:
                yield teacher, opening, number


def dumped(problem: Problem) -> bytes:
    """The problem as it is kept and hashed: the same problem gives the same bytes."""
    return canonical(asdict(problem))


def canonical(kept: Mapping[str, Any]) -> bytes:
    """Inputs or result of a round as they are hashed, whatever has become of the classes here since."""
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


def is_intact(kept: Mapping[str, Any], said: str | None) -> bool:
    """Whether what is kept is what was hashed when it was written down."""
    return fingerprint(canonical(kept)) == said


def loaded(kept: Mapping[str, Any]) -> Problem:
    """The problem that `dumped` wrote."""
    return Problem(
        tuple(Teacher(**_tuples(row)) for row in kept["teachers"]),
        tuple(Opening(**_tuples(row)) for row in kept["openings"]),
        kept["headcount"],
        kept["posts"],
        kept["pool"],
        Goals(**kept["goals"]),
        Weights(**kept.get("weights", {})),
        kept.get("given", {}),
    )


def fingerprint(content: bytes) -> str:
    """SHA-256 of what is kept."""
    return hashlib.sha256(content).hexdigest()


def uses(teacher: Teacher, opening: Opening) -> tuple[tuple[str, ...], ...]:
    """What of the school or of the pool a placement takes one of: its headcount, a post of the band; a loan nothing.

    Who brings the own post along takes none, but one of those that the own school may give.
    """
    if opening.manner == LOAN:
        return ()
    headcount = (("headcount", opening.school),) if teacher.staffed else ()
    if opening.manner == BRING:
        upper = (("given", teacher.school, UPPER),) if teacher.band != LOWEST else ()
        return (*headcount, ("given", teacher.school, teacher.band), *upper)
    if not teacher.band:
        return headcount
    return (*headcount, ("pool", teacher.band) if opening.manner == LEND else ("post", opening.school, teacher.band))


def free(problem: Problem, key: tuple[str, ...]) -> int:
    """How many of it there are."""
    if key[0] == "headcount":
        return problem.headcount.get(key[1], 0)
    if key[0] == "given":
        return problem.given.get(key[1], {}).get(key[2], MANY)
    return problem.pool.get(key[1], 0) if key[0] == "pool" else problem.posts.get(key[1], {}).get(key[2], 0)


def ranks(opening: Opening) -> Mapping[str, int]:
    """Teacher id → the school's rank, from 1."""
    return {teacher_id: rank for rank, teacher_id in enumerate(opening.ranked, start=1)}


def taken(assignment: Assignment) -> dict[str, list[str]]:
    """Opening id → who got its places, by id."""
    found: dict[str, list[str]] = {}
    for teacher_id, opening_id in sorted(assignment.items()):
        found.setdefault(opening_id, []).append(teacher_id)
    return found


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
            for name, value in row.items()}  # fmt: skip
