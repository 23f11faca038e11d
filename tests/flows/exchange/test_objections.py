"""What is objected stops the period of a plan by itself, whoever brings it and however often (policy §3)."""

from sqlalchemy import select

from service.flows.exchange import commands, queries_list
from service.notices.outbox import OUTBOX, THROWN
from tests.flows.exchange import driving
from tests.flows.reserved_posts.acting import told


def objected(world, case, who, text="排序有误"):
    command = commands.Object(world.entry(case, who).id, text)
    return commands.appeal(world.actor(who), command, now=world.now)


def answered(world, objection_id):
    command = commands.AnswerObjection(objection_id, "cleared", "已核实")
    commands.answer_objection(world.actor("bureau.hr"), command, now=world.now)


def test_an_appeal_stops_the_period_by_itself_and_a_second_one_is_for_the_same_inquiry(world):
    case, _ = driving.applied(world, "a1", "a2")
    driving.matched(world, case)
    asked = [objected(world, case, who) for who in ("a1", "a3")]
    thrown = select(OUTBOX.c.state).where(OUTBOX.c.kind == THROWN)
    assert [row.state for row in world.rows(thrown)] == ["waiting"], "told once"
    told(world)
    assert case.open() == ["inquiry"]
    asked.append(objected(world, case, "a2"))
    assert [row.state for row in world.rows(thrown)] == ["sent"]
    for one in asked:
        answered(world, one)
    case.complete("inquiry", "bureau.hr", "done")
    assert case.open() == ["publicity"]
    assert len(queries_list.objections(world.actor("bureau.hr"), case.id, "appeal")) == 3
    objected(world, case, "a3", "还有异议")
    told(world)
    assert case.open() == ["inquiry"]
