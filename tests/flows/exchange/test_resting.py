"""What a meeting decides on is the list that was read: what changes until the chair confirms has to be entered anew."""

import pytest

from service.db import db
from service.errors import Conflict
from service.tasks.commands_minutes import ConfirmMinutes, EnterMinutes, confirm_minutes, enter_minutes
from service.tasks.queries_papers import minutes_of
from tests.flows.exchange import driving
from tests.service.tasks import scans


def entered(world, case, decision="approve"):
    task = case.task("decision")
    present = tuple(world.county.persons[name] for name in ("bureau.hr", "bureau.leader", "bureau.chief"))
    given = {
        "version": task.version, "meeting": "局务会", "held_on": world.now.date(), "due": present, "present": present,
        "chair_id": world.county.persons["bureau.leader"], "decision": decision, "opinion": "会议决定",
        "attachment_id": scans.scan(world, "bureau.hr"), "no_interest": True,
    }  # fmt: skip
    version = enter_minutes(world.actor("bureau.hr"), EnterMinutes(task.id, **given), now=world.now)
    return ConfirmMinutes(task.id, version, no_interest=True)


def test_the_minutes_rest_on_the_round_and_its_places(world):
    case, _ = driving.applied(world, "a1", "a2")
    row = driving.matched(world, case)
    driving.published(world, case)
    sent = entered(world, case)
    rests = minutes_of(sent.task_id).rests_on
    db.session.rollback()
    assert (rests["round_id"], rests["placed"], len(rests["places_sha256"])) == (row.id, 2, 64)
    driving.gone(world, "a1")
    with pytest.raises(Conflict, match=r"minutes\.outdated"):
        confirm_minutes(world.actor("bureau.leader"), sent, now=world.now)
    confirm_minutes(world.actor("bureau.leader"), entered(world, case), now=world.now)
    assert case.open() == []
