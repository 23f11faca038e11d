"""Commands of matching rounds: ask for one, keep its result, replay one; begin the placements once more."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.policy import Target
from service.db import answer, transaction
from service.errors import Conflict, Invalid, NotFound
from service.flows.exchange import casework, following, gathering, interest
from service.flows.exchange.casework import ROUND, Plan
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching import checking, measuring
from service.flows.exchange.matching.problem import Problem, canonical, dumped, fingerprint, is_intact, loaded
from service.flows.exchange.operations import BEGIN, begin_arguments
from service.runs.asking import ask
from service.runs.declaring import Running
from service.runs.rows import RUN
from workflows import store
from workflows.base import new_id

PAPER = "paper"
"""The solver of a round that people matched on paper."""
SOLVE = "exchange.match"
"""The kind of run that solves a round."""
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class AskRound:
    """A round on the lists as they stand now; the seed is drawn when none is given, as by lot before witnesses."""

    instance_id: str
    seed: int | None = None


@dataclass(frozen=True)
class Replay:
    """Solve the recorded inputs of a round once more."""

    round_id: str


@dataclass(frozen=True)
class KeepResult:
    """What the solver found for a round."""

    running: Running
    round_id: str
    assignment: Mapping[str, str]
    solver: str


def ask_round(actor: Actor, command: AskRound, *, now: datetime) -> str:
    """Write down what is asked, hashed, and ask for its run; the round's id.

    Conflict("exchange.not_now"), Invalid("exchange.nobody_applied" | "exchange.not_ranked" | "exchange.seed").
    """
    with transaction() as session:
        plan = casework.lock(session, command.instance_id)
        policy.require(actor, "exchange_round.ask", Target())
        casework.expect(plan, "match")
        _expect_apart(session, actor, plan.instance_id)
        seed = secrets.randbelow(LARGEST_SEED) if command.seed is None else command.seed
        if not 0 <= seed <= LARGEST_SEED:
            raise Invalid("exchange.seed", most=LARGEST_SEED)
        mine = (ENTRY.c.instance_id == plan.instance_id, ENTRY.c.state.in_(gathering.TAKES_PART))
        following.follow(session, plan, actor, session.execute(select(ENTRY).where(*mine)).all(), now)
        problem = gathering.problem_of(session, plan.instance_id, day_of(now))
        if not (problem.teachers and problem.openings) and not problem.goals.placed:
            raise Invalid("exchange.nobody_applied")
        _expect_ranked(problem)
        inputs = dumped(problem)
        asked = {"inputs": orjson.loads(inputs), "inputs_hash": fingerprint(inputs), "seed": seed, "replay_of": None}
        return _ask(session, actor, plan, asked, now)


def _expect_ranked(problem: Problem) -> None:
    """In a competition everybody was assessed: nobody is passed over because a school has not finished its ranking."""
    left = sum(
        opening.id in teacher.wishes and teacher.id not in opening.ranked + opening.declined
        for opening in problem.openings
        if opening.competition
        for teacher in problem.teachers
    )
    if left:
        raise Invalid("exchange.not_ranked", count=left)


def replay_round(actor: Actor, command: Replay, *, now: datetime) -> str:
    """Ask for the same inputs and seed to be solved again, as an appeal may demand; the new round's id.

    NotFound("exchange_round.absent"), Conflict("exchange.not_done" | "exchange.matched_on_paper" | "exchange.not_now" |
    "exchange.tampered").
    """
    with transaction() as session:
        policy.require(actor, "exchange_round.ask", Target())
        row = session.execute(select(ROUND).where(ROUND.c.id == command.round_id)).first()
        if row is None:
            raise NotFound("exchange_round.absent")
        plan = casework.lock(session, row.instance_id)
        casework.expect(plan, "replay")
        _expect_apart(session, actor, plan.instance_id)
        if row.done_at is None:
            raise Conflict("exchange.not_done", number=row.number)
        if row.solver == PAPER:
            raise Conflict("exchange.matched_on_paper", number=row.number)
        if not is_intact(row.inputs, row.inputs_hash):
            raise Conflict("exchange.tampered", number=row.number)
        asked = {"inputs": row.inputs, "inputs_hash": row.inputs_hash, "seed": row.seed, "replay_of": row.id}
        return _ask(session, actor, plan, asked, now)


def _expect_apart(session: Session, actor: Actor, instance_id: str) -> None:
    """Who takes part, or is related to somebody who does, neither holds a round nor draws its seed."""
    casework.expect_apart(actor, interest.taking_part(session, instance_id))


def _ask(session: Session, actor: Actor, plan: Plan, asked: Mapping[str, Any], now: datetime) -> str:
    instance_id = plan.instance_id
    mine = ROUND.c.instance_id == instance_id
    last = session.scalar(select(func.coalesce(func.max(ROUND.c.number), 0)).where(mine))
    round_id, number = new_id(), int(last or 0) + 1
    place = plan.organisation_id
    run_id = ask(session, actor, SOLVE, {"round_id": round_id}, now=now, total=2, organisation_id=place)
    row = {
        "id": round_id, "instance_id": instance_id, "number": number, **asked, "result": None, "result_hash": None,
        "quality": None, "solver": "", "run_id": run_id, "asked_by": casework.signature(actor), "asked_at": now,
        "done_at": None,
    }  # fmt: skip
    session.execute(insert(ROUND), row)
    answer(session, round_id=round_id)
    body = {name: row[name] for name in ("number", "seed", "inputs_hash", "replay_of")}
    casework.record(session, instance_id, actor, "exchange.round_asked", now, {"round_id": round_id, **body})
    return round_id


def keep_result(actor: Actor, command: KeepResult, *, now: datetime) -> Mapping[str, Any]:
    """Keep what came out, with its hash and figures, after the plain checker has passed it; its figures in short.

    RuntimeError when a rule is broken: such a result is never kept.
    """
    with transaction() as session:
        policy.require(actor, "exchange_round.ask", Target())
        command.running.hold(session)
        row = session.execute(select(ROUND).where(ROUND.c.id == command.round_id)).one()
        problem = loaded(row.inputs)
        broken = checking.violations(problem, command.assignment)
        if broken:
            raise RuntimeError(f"round {row.number} breaks {broken[0]}")
        content = canonical({"assignment": dict(command.assignment)})
        found = measuring.quality(problem, command.assignment)
        values = {
            "result": orjson.loads(content), "result_hash": fingerprint(content), "quality": measuring.told(found),
            "solver": command.solver, "done_at": now,
        }  # fmt: skip
        session.execute(update(ROUND).where(ROUND.c.id == row.id).values(values))
        same = _is_same(session, row, values["result_hash"])
        body = {"round_id": row.id, "result_hash": values["result_hash"], "solver": command.solver, "same": same}
        casework.record(session, row.instance_id, actor, "exchange.round_done", now, body)
        return {"number": row.number, "placed": found.placed, "instance_id": row.instance_id, "round_id": row.id}


def _is_same(session: Session, row: Row[Any], result_hash: str) -> bool | None:
    """Of a replay, whether the same came out; None for a first round."""
    if row.replay_of is None:
        return None
    earlier = session.scalar(select(ROUND.c.result_hash).where(ROUND.c.id == row.replay_of))
    return bool(earlier == result_hash)


def begin_again(actor: Actor, instance_id: str, *, now: datetime) -> str:
    """Ask once more for the placements to be begun, after the run for it was cancelled or failed; its id.

    Conflict("exchange.beginning") while one is at work.
    """
    with transaction() as session:
        plan = casework.lock(session, instance_id)
        policy.require(actor, "exchange_round.ask", Target())
        casework.expect(plan, "begin")
        _refuse_second(session, instance_id)
        placed = gathering.placed(session, instance_id)
        initiator = store.read(session, instance_id).variables["initiator"]
        arguments = begin_arguments(instance_id, initiator, placed)
        place = plan.organisation_id
        run_id = ask(session, actor, BEGIN, arguments, now=now, total=len(placed), organisation_id=place)
        answer(session, run_id=run_id)
        casework.record(session, instance_id, actor, "exchange.begun_again", now, {"run_id": run_id})
        return run_id


def _refuse_second(session: Session, instance_id: str) -> None:
    """Two runs at once would begin the same cases."""
    live = select(RUN.c.arguments).where(RUN.c.kind == BEGIN, RUN.c.state.in_(("waiting", "running")))
    if any(arguments.get("parent_id") == instance_id for arguments in session.scalars(live)):
        raise Conflict("exchange.beginning")
