"""What a substitute is told: for whom they act, and whose it is to take away who was asked."""

import pytest

from service.errors import Forbidden
from service.tasks.commands import TaskCommand, claim_task
from service.tasks.commands_seats import AddSigners, RemoveSigner, add_signers, remove_signer
from service.tasks.view import view
from tests.driver import Driver
from tests.service.tasks import flows
from tests.service.tasks.deputing import check, following, give, stand_in, started

P, S = "bureau.hr", "bureau.chief"


def test_a_substitute_takes_nobody_away_whom_the_represented_person_has_asked(quick_driver: Driver) -> None:
    driver, other = quick_driver, quick_driver.county.persons["s01.teacher"]
    give(driver, "s01.teacher", "vice_principal", "s01")
    case = started(driver, check('="principal@" + school'), following())
    claim_task(driver.actor("s01.principal"), TaskCommand(case.task("check").id, 1), now=driver.now)
    task = case.task("check")
    asking = AddSigners(task.id, task.version, (other,), "before", "请把关")
    add_signers(driver.actor("s01.principal"), asking, now=driver.now)
    stand_in(driver, "s01.principal", "s01.vice")
    asked = case.task("check")
    [seat] = [seat for seat in asked.seats if seat.person_id == other]
    away = RemoveSigner(asked.id, asked.version, seat.id, "不必")
    with pytest.raises(Forbidden, match=r"seat.not_by_substitute"):
        remove_signer(driver.actor("s01.vice"), away, now=driver.now)
    remove_signer(driver.actor("s01.principal"), away, now=driver.now)


def test_a_substitute_reads_for_whom_they_act_and_not_that_they_are_a_signer(quick_driver: Driver) -> None:
    driver, persons = quick_driver, quick_driver.county.persons
    named = flows.task("check", assignee=f'="{persons[P]}"', decisions="approve, reject", signing="single")
    case = started(driver, named, following())
    stand_in(driver, P, S)
    told = {who: [reason.code for reason in view(driver.actor(who), case.task("check").id).reasons] for who in (P, S)}
    assert told == {P: ["reason.seat"], S: ["reason.substitute", "reason.signers"]}
