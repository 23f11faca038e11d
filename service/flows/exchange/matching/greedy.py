"""The round as it is done by hand: one after the other, each to the best place that is left. What to compare with."""

from service.flows.exchange.matching.problem import LEND, LOAN, REQUIRED, Opening, Problem, Teacher, pairs, ranks
from service.flows.exchange.matching.worth import lot, worth


class _Left:
    """What is still free while places are given away."""

    def __init__(self, problem: Problem) -> None:
        self.places = {opening.id: opening.count for opening in problem.openings}
        self.headcount = dict(problem.headcount)
        self.posts = {school: dict(bands) for school, bands in problem.posts.items()}
        self.pool = dict(problem.pool)

    def takes(self, teacher: Teacher, opening: Opening) -> bool:
        """Take a place when everything that it needs is free."""
        if self.places[opening.id] < 1:
            return False
        if opening.manner != LOAN and not self._employs(teacher, opening):
            return False
        self.places[opening.id] -= 1
        return True

    def _employs(self, teacher: Teacher, opening: Opening) -> bool:
        bands = self.pool if opening.manner == LEND else self.posts.setdefault(opening.school, {})
        if self.headcount.get(opening.school, 0) < 1 or bands.get(teacher.band, 0) < 1:
            return False
        self.headcount[opening.school] -= 1
        bands[teacher.band] -= 1
        return True


def greedy(problem: Problem, seed: int) -> dict[str, str]:
    """Teacher id → opening id: who must be exchanged first, then by lot; unwished places only until the target."""
    left, found = _Left(problem), dict[str, str]()
    options: dict[str, list[tuple[int, Teacher, Opening, int]]] = {}
    by_opening = {opening.id: ranks(opening) for opening in problem.openings}
    for teacher, opening, number in pairs(problem):
        points = worth(teacher, opening, number, by_opening[opening.id].get(teacher.id))
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
