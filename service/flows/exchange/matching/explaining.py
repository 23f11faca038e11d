"""Why somebody got what they got, from inputs and result alone: codes and numbers, never another person's name."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.flows.exchange.matching.problem import (
    LEND,
    LOAN,
    REQUIRED,
    Assignment,
    Opening,
    Problem,
    Teacher,
    ranks,
    taken,
    unfit,
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
        self.headcount = dict(problem.headcount)
        self.posts = {(school, band): n for school, bands in problem.posts.items() for band, n in bands.items()}
        self.pool = dict(problem.pool)
        for who, what in assignment.items():
            self._use(self.teachers[who], self.openings[what])

    def _use(self, teacher: Teacher, opening: Opening) -> None:
        if opening.manner == LOAN:
            return
        self.headcount[opening.school] -= 1
        if opening.manner == LEND:
            self.pool[teacher.band] -= 1
        else:
            self.posts[opening.school, teacher.band] -= 1

    def lacking(self, teacher: Teacher, opening: Opening) -> str | None:
        """What the school has no more of for this teacher."""
        if opening.manner == LOAN:
            return None
        if self.headcount.get(opening.school, 0) < 1:
            return "headcount"
        left = self.pool.get(teacher.band, 0) if opening.manner == LEND else self.posts.get(
            (opening.school, teacher.band), 0)  # fmt: skip
        if left < 1:
            return "pool" if opening.manner == LEND else "posts"
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


def sent(problem: Problem, assignment: Assignment, opening: Opening) -> list[tuple[str, int, str]]:
    """(teacher id, the school's rank, what became of them): here, a wish they preferred, elsewhere, no place.

    Who was ranked and is not in the round, having left meanwhile, got no place.
    """
    teachers = {teacher.id: teacher for teacher in problem.teachers}
    found = []
    for rank, teacher_id in enumerate(opening.ranked, start=1):
        got = assignment.get(teacher_id)
        wishes = teachers[teacher_id].wishes if teacher_id in teachers else ()
        here, preferred = _place(wishes, opening.id), _place(wishes, got)
        what = "no_place" if got is None else "elsewhere"
        if got == opening.id:
            what = "here"
        elif got is not None and preferred < here:
            what = "preferred"
        found.append((teacher_id, rank, what))
    return found


def _place(wishes: tuple[str, ...], opening_id: str | None) -> int:
    return wishes.index(opening_id) if opening_id in wishes else len(wishes)
