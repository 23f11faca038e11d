"""Instances that earlier versions saved load here: the same bytes when saved again, and the case runs to its end."""

import gzip
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import insert

from service.access.actor import Actor
from service.db import db, transaction
from service.parameters.scopes import COUNTY
from service.tasks.around import surroundings
from tests.conftest import START
from workflows import catalogue, engine, store
from workflows.case import Case
from workflows.environment import Environment
from workflows.models import MessageSubscription, Timer
from workflows.store import Held
from workflows.surroundings import Call, Operation
from workflows.tokens.marking import dump, load

HERE = Path(__file__).resolve().parent
KEPT = {path.name.removesuffix(".json.gz"): path for path in sorted((HERE / "instances").glob("*.json.gz"))}
MOST = 60
PATIENT = "publicity"


def kept(name: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(gzip.decompress(KEPT[name].read_bytes()))
    return found


STEPS = [(name, step) for name in KEPT for step in kept(name)["steps"]]


@pytest.fixture(params=STEPS, ids=lambda found: f"{found[0]}-{found[1]}")
def saved(request: pytest.FixtureRequest, app: Flask) -> Mapping[str, Any]:
    """One saved instance in a fresh database, with its flow deployed from the files kept beside it."""
    name, step = request.param
    found = kept(name)
    with transaction() as session:
        definition = catalogue.deploy(
            session, {file: text.encode() for file, text in found["files"].items()}, now=START
        )
        one = found["steps"][step]
        held = Held(
            one["id"], definition.id, "running", one["version"], b64decode(one["tokens"]), one["variables"], START, None
        )
        store.create(session, held)
        for table, rows in ((Timer, one["timers"]), (MessageSubscription, one["subscriptions"])):
            for row in rows:
                session.execute(insert(table), _typed(row))
    return MappingProxyType({"results": found["results"], "open": one["open"], "id": one["id"], "tokens": held.tokens})


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, Any] = {"due_at": datetime, "start_day": date}
    return {name: kinds[name].fromisoformat(value) if name in kinds else value for name, value in row.items()}


def around(saved: Mapping[str, Any]) -> Any:
    """Surroundings in which every operation answers what it answered when the instance was saved."""
    answers = {name: _answering(result) for name, result in saved["results"].items()}
    return replace(surroundings(db.session(), Actor.system(), START, COUNTY), operations=answers)


def _answering(result: Mapping[str, Any]) -> Operation:
    def answer(_call: Call) -> Mapping[str, Any]:
        return result

    return answer


def test_it_is_saved_again_as_the_same_bytes(saved: Mapping[str, Any]) -> None:
    held = store.read(db.session(), saved["id"])
    definition = catalogue.get(db.session(), held.definition_id)
    case = Case(definition.spec.main, Environment(definition, around(saved), held.id), dict(held.variables))
    assert dump(load(case, held.tokens)) == saved["tokens"]
    current = engine.inspect(held, definition)
    assert sorted(token.element_id for token in current if token.state == "open") == saved["open"]


def test_it_runs_to_its_end(saved: Mapping[str, Any]) -> None:
    for _ in range(MOST):
        with transaction() as session:
            held = store.lock(session, saved["id"])
            if held.ended_at is not None:
                break
            _step(held, saved)
    assert held.state == "completed"
    assert held.variables["bureau_review"]["decision"] == "approve"


def _step(held: Held, saved: Mapping[str, Any]) -> None:
    definition = catalogue.get(db.session(), held.definition_id)
    tokens = [token for token in engine.inspect(held, definition) if token.state == "open"]
    tasks = [token for token in tokens if token.element_id != PATIENT]
    if not tasks:
        timers = [row for row in store.timers(db.session(), held.id) if row.kind == "event"]
        engine.fire_timer(held, timers[0], around(saved))
        return
    processes = definition.spec.processes.values()
    element = next(found.elements[name] for found in processes if (name := tasks[0].element_id) in found.elements)
    decision = element.properties["decisions"].partition(",")[0]
    said = {"decision": decision, "opinion": None, "by": "somebody", "at": START.isoformat()}
    engine.complete(held, tasks[0].token, {element.properties.get("result") or element.id: said}, around(saved))
