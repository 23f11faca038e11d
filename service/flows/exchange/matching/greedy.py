"""The round as it is done by hand: one after the other, each to the best place that is left. What to compare with."""

from collections import Counter

from service.flows.exchange.matching.problem import REQUIRED, Opening, Problem, Teacher, free, pairs, ranks, uses
from service.flows.exchange.matching.worth import lot, worth


class _Left:
    """What is still free while places are given away."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.places = {opening.id: opening.count for opening in problem.openings}
        self.used = Counter[tuple[str, ...]]()

    def takes(self, teacher: Teacher, opening: Opening) -> bool:
        """Take a place when everything that it needs is free."""
        keys = uses(teacher, opening)
        if self.places[opening.id] < 1 or any(self.used[key] >= free(self.problem, key) for key in keys):
            return False
        self.places[opening.id] -= 1
        self.used.update(keys)
        return True


def greedy(problem: Problem, seed: int) -> dict[str, str]:
    """Teacher id → opening id: who must be exchanged first, then by lot; unwished places only until the target."""
    left, found = _Left(problem), dict[str, str]()
    options: dict[str, list[tuple[int, Teacher, Opening, int]]] = {}
    by_opening = {opening.id: ranks(opening) for opening in problem.openings}
    for teacher, opening, number in pairs(problem):
        points = worth(problem.weights, teacher, opening, number, by_opening[opening.id].get(teacher.id))
        options.setdefault(teacher.id, []).append((points, teacher, opening, number))
    turn = sorted(problem.teachers, key=lambda one: (one.duty != REQUIRED, lot(seed, one.id, ""), one.id))
    for wished in (True, False):
        for teacher in turn:
            if teacher.id in found or (not wished and len(found) >= problem.goals.target):
                continue
            for _, _, opening, number in sorted(options.get(teacher.id, ()), key=lambda one: (-one[0], one[2].id)):
                if bool(number) == wished and left.takes(teacher, opening):
                    found[teacher.id] = opening.id
                    break
    return found
