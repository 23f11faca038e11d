"""The solver: an integer programme for HiGHS. Imported only by the process that solves (`child`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from service.flows.exchange.matching.problem import Opening, Problem, Teacher, free, pairs, ranks, uses
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
            LOTS * worth(problem.weights, teacher, opening, number, by_opening[opening.id].get(teacher.id))
            + lot(seed, teacher.id, opening.id)
        )
        for teacher, opening, number in model.pairs
    ]


def _model(problem: Problem) -> Model:
    found = tuple(pairs(problem))
    groups: dict[tuple[str, ...], list[int]] = {}
    for column, (teacher, opening, _) in enumerate(found):
        for key in (("teacher", teacher.id), ("opening", opening.id), *uses(teacher, opening)):
            groups.setdefault(key, []).append(column)
    places = {("opening", opening.id): opening.count for opening in problem.openings}
    rows = [
        (0.0, float(1 if key[0] == "teacher" else places[key] if key in places else free(problem, key)), columns,
         [1.0] * len(columns))
        for key, columns in groups.items()
    ]  # fmt: skip
    return Model(found, (*rows, *_competitions(problem, found), *_goals(problem, found)))


def _competitions(problem: Problem, found: tuple[tuple[Teacher, Opening, int], ...]) -> list[Row]:
    """Nobody comes before who needs the same, is ranked higher and gets nothing that they wish for more."""
    columns = {(teacher.id, opening.id): column for column, (teacher, opening, _) in enumerate(found)}
    teachers = {teacher.id: teacher for teacher in problem.teachers}
    rows: list[Row] = []
    for opening in (one for one in problem.openings if one.competition):
        ranked = [teachers[who] for who in opening.ranked if (who, opening.id) in columns]
        for place, better in enumerate(ranked):
            wished = better.wishes[: better.wishes.index(opening.id) + 1]
            satisfied = [columns[better.id, wish] for wish in wished if (better.id, wish) in columns]
            for worse in ranked[place + 1 :]:
                if _needs(problem, worse, opening) == _needs(problem, better, opening):
                    coefficients = [1.0, *[-1.0] * len(satisfied)]
                    rows.append((-highspy.kHighsInf, 0.0, [columns[worse.id, opening.id], *satisfied], coefficients))
    return rows


def _needs(problem: Problem, teacher: Teacher, opening: Opening) -> tuple[tuple[str, ...], ...]:
    """What somebody takes of what is limited: where the own school may give any post along, that is nothing of it."""
    return tuple(key for key in uses(teacher, opening) if key[0] != "given" or key[2] in problem.given.get(key[1], {}))


def _goals(problem: Problem, found: tuple[tuple[Teacher, Opening, int], ...]) -> list[Row]:
    """What is placed, before and now, and what lacks reach each goal together."""
    goals, width, most = problem.goals, len(found), highspy.kHighsInf
    eligible = [column for column, (teacher, _, _) in enumerate(found) if teacher.eligible]
    best = [column for column in eligible if found[column][0].backbone]
    share = [100.0 * found[column][0].backbone - goals.backbone_percent for column in eligible]
    before = 100.0 * goals.placed_backbone - goals.backbone_percent * goals.placed_eligible
    return [
        (float(goals.target - goals.placed), most, [*range(width), width], [1.0] * (width + 1)),
        (float(goals.floor - goals.placed_eligible), most, [*eligible, width + 1], [1.0] * (len(eligible) + 1)),
        (-before, most, [*eligible, width + 2], [*share, 100.0]),
        (float(goals.backbone - goals.placed_backbone), most, [*best, width + 2], [1.0] * (len(best) + 1)),
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
