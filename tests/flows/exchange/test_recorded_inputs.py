"""A round is reproducible from what was recorded of it, and of no use when that was changed (policy §3.X 5)."""

import hashlib
import json
import subprocess
import sys

import pytest
from sqlalchemy import update

from service.db import transaction
from service.errors import Conflict, Forbidden
from service.flows.exchange import commands_rounds, queries_rounds
from service.flows.exchange.casework import ROUND
from service.flows.exchange.runs import CHILD
from tests.flows.exchange import driving


def test_from_the_recorded_inputs_anybody_gets_the_same_result_and_changed_ones_are_of_no_use(world):
    case, _ = driving.applied(world, "a1", "a2", "a3", count=1)
    leader, hr = world.actor("bureau.leader"), world.actor("bureau.hr")
    round_id = commands_rounds.ask_round(hr, commands_rounds.AskRound(case.id, 11), now=world.now)
    world.work()
    done, (number, content) = queries_rounds.round_of(leader, round_id), queries_rounds.recorded(leader, round_id)
    assert (number, hashlib.sha256(content).hexdigest()) == (1, done.inputs_hash)
    assert not any(world.county.persons[name] in content.decode() for name in ("a1", "a2", "a3"))
    asked = b'{"seed":%d,"problem":%b}' % (done.seed, content)
    told = subprocess.run([sys.executable, "-m", CHILD], input=asked, capture_output=True, check=True).stdout
    found = json.loads(told.splitlines()[-1])
    again = json.dumps(found, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(again).hexdigest() == done.result_hash
    with pytest.raises(Forbidden):
        queries_rounds.recorded(world.actor("a1"), round_id)
    with transaction() as session:
        row = session.execute(ROUND.select().where(ROUND.c.id == round_id)).one()
        teachers = [{**one, "locked": not one["locked"]} for one in row.inputs["teachers"]]
        session.execute(update(ROUND).where(ROUND.c.id == round_id).values(inputs={**row.inputs, "teachers": teachers}))
    for use in (
        lambda: queries_rounds.recorded(leader, round_id),
        lambda: commands_rounds.replay_round(hr, commands_rounds.Replay(round_id), now=world.now),
        lambda: case.complete("match", "bureau.hr", "adopt", round_number=1),
    ):
        with pytest.raises(Conflict, match=r"exchange\.tampered"):
            use()
