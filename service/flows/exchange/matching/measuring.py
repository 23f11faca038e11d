"""How good a result is: figures with numerator and denominator, the same for the solver and for the greedy way."""

from dataclasses import dataclass
from typing import Any

from service.flows.exchange.matching.problem import Assignment, Problem, ranks, taken, unfit
from service.flows.exchange.rules import backbone_needed


@dataclass(frozen=True)
class Quality:
    """`goals` name → (reached, needed); `wishes` how many got their 1st, 2nd, … wish; `envied` justified complaints.

    A complaint is justified where somebody wished for a place more than what they got, and the school gave it to one
    whom it ranks lower: goals of the county can bring it about, and then the explanation says so.
    """

    placed: int
    applied: int
    wishes: tuple[int, ...]
    unwished: int
    goals: dict[str, tuple[int, int]]
    envied: int

    @property
    def goals_met(self) -> int:
        return sum(reached >= needed for reached, needed in self.goals.values())


def quality(problem: Problem, assignment: Assignment) -> Quality:
    """The figures of a result."""
    teachers = {teacher.id: teacher for teacher in problem.teachers}
    openings = {opening.id: opening for opening in problem.openings}
    numbers = [_number(teachers[who].wishes, what) for who, what in assignment.items()]
    eligible = [teachers[who] for who in assignment if teachers[who].eligible]
    rural = [opening for opening in problem.openings if opening.rural]
    asked = problem.goals
    exchanged = asked.placed_eligible + len(eligible)
    backbone = asked.placed_backbone + sum(one.backbone for one in eligible)
    goals = {
        "target": (asked.placed + len(assignment), asked.target),
        "floor": (exchanged, asked.floor),
        "backbone": (backbone, backbone_needed(asked.backbone, exchanged, asked.backbone_percent)),
        "rural": (sum(openings[what].rural for what in assignment.values()), sum(one.count for one in rural)),
    }
    longest = max(numbers, default=0)
    return Quality(
        len(assignment),
        sum(bool(teacher.wishes) for teacher in problem.teachers),
        tuple(numbers.count(number) for number in range(1, longest + 1)),
        numbers.count(0),
        goals,
        _envied(problem, assignment),
    )


def _number(wishes: tuple[str, ...], opening_id: str) -> int:
    return wishes.index(opening_id) + 1 if opening_id in wishes else 0


def _envied(problem: Problem, assignment: Assignment) -> int:
    openings = {opening.id: opening for opening in problem.openings}
    given = taken(assignment)
    last = {
        opening.id: max((rank.get(who, len(rank) + 1) for who in given.get(opening.id, ())), default=0)
        for opening in problem.openings
        for rank in (ranks(opening),)
    }
    count = 0
    for teacher in problem.teachers:
        got = _number(teacher.wishes, assignment.get(teacher.id, "")) or len(teacher.wishes) + 1
        better = (openings[wish] for wish in teacher.wishes[: got - 1] if wish in openings)
        count += any(
            unfit(teacher, opening) is None
            and ranks(opening).get(teacher.id, len(opening.ranked) + 1) < last[opening.id]
            for opening in better
        )
    return count


def told(quality: Quality) -> dict[str, Any]:
    """The figures as they are kept: goals as [reached, needed], wishes in order."""
    return {
        "placed": quality.placed,
        "applied": quality.applied,
        "wishes": list(quality.wishes),
        "unwished": quality.unwished,
        "goals": {name: list(numbers) for name, numbers in quality.goals.items()},
        "complaints": quality.envied,
    }
