"""The solver: an integer programme for HiGHS. Imported only by the process that solves (`child`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from service.flows.exchange.matching.problem import LEND, LOAN, Opening, Problem, Teacher, pairs, ranks
from service.flows.exchange.matching.worth import LOTS, lot, worth

Row = tuple[float, float, list[int], list[float]]
"""Lower and upper bound, columns, coefficients."""
TELLS = Callable[[str], None]


@dataclass(frozen=True)
class Model:
    """Columns of placements, three columns of what the goals lack, and the rows."""

    pairs: tuple[tuple[Teacher, Opening, int], ...]
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        return len(self.pairs) + 3


def solve(problem: Problem, seed: int, tell: TELLS = lambda _stage: None) -> dict[str, str]:
    """Teacher id → opening id: first as little as possible lacks of the goals, then the most points.

    Deterministic: one thread, no limit of time, ties by the lot of `seed`. RuntimeError when HiGHS finds no optimum.
    """
    model = _model(problem)
    if not model.pairs:
        return {}
    tell("goals")
    first = np.zeros(model.width)
    first[len(model.pairs) :] = 1.0
    reached = _optimum(model, first, (), seed)
    tell("wishes")
    second = np.zeros(model.width)
    second[: len(model.pairs)] = _points(problem, model, seed)
    columns = list(range(len(model.pairs), model.width))
    lacking: Row = (0.0, float(round(float(first @ reached))), columns, [1.0] * len(columns))
    found = _optimum(model, second, (lacking,), seed)
    return {
        teacher.id: opening.id
        for (teacher, opening, _), value in zip(model.pairs, found[: len(model.pairs)], strict=True)
        if value > 0.5
    }


def _points(problem: Problem, model: Model, seed: int) -> list[float]:
    """Negative, because HiGHS minimises; the lot is smaller than any point."""
    by_opening = {opening.id: ranks(opening) for opening in problem.openings}
    return [
        -float(
            LOTS * worth(teacher, opening, number, by_opening[opening.id].get(teacher.id))
            + lot(seed, teacher.id, opening.id)
        )
        for teacher, opening, number in model.pairs
    ]


def _model(problem: Problem) -> Model:
    found = tuple(pairs(problem))
    groups: dict[tuple[str, ...], list[int]] = {}
    for column, (teacher, opening, _) in enumerate(found):
        groups.setdefault(("teacher", teacher.id), []).append(column)
        groups.setdefault(("opening", opening.id), []).append(column)
        if opening.manner != LOAN:
            groups.setdefault(("headcount", opening.school), []).append(column)
            place = ("pool", teacher.band) if opening.manner == LEND else ("post", opening.school, teacher.band)
            groups.setdefault(place, []).append(column)
    limits = {("opening", opening.id): opening.count for opening in problem.openings}
    rows = [
        (0.0, float(_limit(problem, limits, key)), columns, [1.0] * len(columns)) for key, columns in groups.items()
    ]
    return Model(found, (*rows, *_goals(problem, found)))


def _limit(problem: Problem, limits: dict[tuple[str, str], int], key: tuple[str, ...]) -> int:
    if key[0] == "teacher":
        return 1
    if key[0] == "opening":
        return limits[key[0], key[1]]
    if key[0] == "headcount":
        return problem.headcount.get(key[1], 0)
    return problem.pool.get(key[1], 0) if key[0] == "pool" else problem.posts.get(key[1], {}).get(key[2], 0)


def _goals(problem: Problem, found: tuple[tuple[Teacher, Opening, int], ...]) -> list[Row]:
    """What is placed and what lacks reach each goal together."""
    goals, width = problem.goals, len(found)
    eligible = [column for column, (teacher, _, _) in enumerate(found) if teacher.eligible]
    share = [100.0 * found[column][0].backbone - goals.backbone_percent for column in eligible]
    return [
        (float(goals.target), highspy.kHighsInf, [*range(width), width], [1.0] * (width + 1)),
        (float(goals.floor), highspy.kHighsInf, [*eligible, width + 1], [1.0] * (len(eligible) + 1)),
        (0.0, highspy.kHighsInf, [*eligible, width + 2], [*share, 100.0]),
    ]


def _optimum(model: Model, cost: Any, more: tuple[Row, ...], seed: int) -> Any:
    """The values of the columns of an optimum."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for option, value in (
        ("threads", 1), ("parallel", "off"), ("random_seed", seed % 2**31),
        ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.99),
    ):  # fmt: skip
        solver.setOptionValue(option, value)
    solver.passModel(_programme(model, cost, (*model.rows, *more)))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"no optimum: {solver.modelStatusToString(solver.getModelStatus())}")
    return np.array(solver.getSolution().col_value)


def _programme(model: Model, cost: Any, rows: tuple[Row, ...]) -> Any:
    programme, lp = highspy.HighsModel(), highspy.HighsLp()
    placements = len(model.pairs)
    lp.num_col_, lp.num_row_ = model.width, len(rows)
    lp.col_cost_ = cost
    lp.col_lower_ = np.zeros(model.width)
    lp.col_upper_ = np.array([1.0] * placements + [highspy.kHighsInf] * 3)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * model.width
    lp.row_lower_ = np.array([row[0] for row in rows])
    lp.row_upper_ = np.array([row[1] for row in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(row[2]) for row in rows])
    lp.a_matrix_.index_ = np.concatenate([np.array(row[2], dtype=np.int32) for row in rows])
    lp.a_matrix_.value_ = np.concatenate([np.array(row[3]) for row in rows])
    programme.lp_ = lp
    return programme
