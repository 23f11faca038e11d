"""Why somebody got what they got, from inputs and result alone: codes and numbers, never another person's name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.flows.exchange.matching.problem import (
    REQUIRED,
    Assignment,
    Opening,
    Problem,
    Teacher,
    free,
    ranks,
    taken,
    unfit,
    uses,
)  # fmt: skip


@dataclass(frozen=True)
class Missed:
    """A wish that was not granted: `reason` is a code; `before` of the `places` went to who is ranked higher."""

    opening_id: str
    number: int
    reason: str
    places: int = 0
    before: int = 0


@dataclass(frozen=True)
class Explained:
    """`wish` is the number of the wish that was granted, 0 for a place that was not wished for, None for no place.

    `reason` says why there is no place, or why an unwished one.
    """

    opening_id: str | None
    wish: int | None
    reason: str
    missed: tuple[Missed, ...]


def explain(problem: Problem, assignment: Assignment) -> dict[str, Explained]:
    """Teacher id → why, for all who took part."""
    round_ = _Round(problem, assignment)
    return {teacher.id: _explained(round_, teacher, assignment.get(teacher.id)) for teacher in problem.teachers}


class _Round:
    """The result by opening, and what each school and the pool have left."""

    def __init__(self, problem: Problem, assignment: Assignment) -> None:
        self.problem = problem
        self.openings = {opening.id: opening for opening in problem.openings}
        self.teachers = {teacher.id: teacher for teacher in problem.teachers}
        self.ranks = {opening.id: ranks(opening) for opening in problem.openings}
        self.taken = taken(assignment)
        self.used = Counter[tuple[str, ...]]()
        for who, what in assignment.items():
            self.used.update(uses(self.teachers[who], self.openings[what]))

    def lacking(self, teacher: Teacher, opening: Opening) -> str | None:
        """What the school has no more of for this teacher."""
        for key in uses(teacher, opening):
            if self.used[key] >= free(self.problem, key):
                return "posts" if key[0] == "post" else key[0]
        return None


def _explained(round_: _Round, teacher: Teacher, got: str | None) -> Explained:
    number = teacher.wishes.index(got) + 1 if got in teacher.wishes else None
    better = teacher.wishes if number is None else teacher.wishes[: number - 1]
    missed = tuple(
        _missed(round_, teacher, round_.openings[wish], place)
        for place, wish in enumerate(better, start=1)
        if wish in round_.openings
    )
    if got is None:
        return Explained(None, None, _unplaced(teacher), missed)
    return Explained(got, number or 0, "wish" if number else "goal", missed)


def _unplaced(teacher: Teacher) -> str:
    if teacher.locked:
        return "locked"
    return "wishes_missed" if teacher.wishes else "not_needed" if teacher.anywhere else "no_wish"


def _missed(round_: _Round, teacher: Teacher, opening: Opening, number: int) -> Missed:
    reason = unfit(teacher, opening)
    if reason is not None:
        return Missed(opening.id, number, reason, opening.count)
    given, own = round_.taken.get(opening.id, ()), _rank(round_, opening, teacher.id)
    before = sum(_rank(round_, opening, who) < own for who in given)
    if len(given) < opening.count:
        return Missed(opening.id, number, round_.lacking(teacher, opening) or "goal", opening.count, before)
    return Missed(opening.id, number, _against(round_, teacher, opening, before), opening.count, before)


def _against(round_: _Round, teacher: Teacher, opening: Opening, before: int) -> str:
    """Why a full opening went to others: all ranked higher, all must go, decided by lot, or for the whole."""
    given, own = round_.taken[opening.id], _rank(round_, opening, teacher.id)
    if before == len(given):
        return "ranked_higher"
    if teacher.duty != REQUIRED and all(
        round_.teachers[who].duty == REQUIRED or _rank(round_, opening, who) < own for who in given
    ):
        return "duty_first"
    return "lot" if all(_rank(round_, opening, who) <= own for who in given) else "goal"


def _rank(round_: _Round, opening: Opening, teacher_id: str) -> int:
    found: Mapping[str, int] = round_.ranks[opening.id]
    return found.get(teacher_id, len(found) + 1)


def sent(
    ranked: Sequence[str], opening_id: str, wishes: Mapping[str, Sequence[str]], got: Mapping[str, str]
) -> list[tuple[str, int, str]]:
    """(entry id, the school's rank, what became of them): here, a wish they preferred, elsewhere, no place."""
    found = []
    for rank, who in enumerate(ranked, start=1):
        place = got.get(who)
        what = "no_place" if place is None else "elsewhere"
        if place == opening_id:
            what = "here"
        elif place is not None and _place(wishes[who], place) < _place(wishes[who], opening_id):
            what = "preferred"
        found.append((who, rank, what))
    return found


def _place(wishes: Sequence[str], opening_id: str) -> int:
    return wishes.index(opening_id) if opening_id in wishes else len(wishes)
