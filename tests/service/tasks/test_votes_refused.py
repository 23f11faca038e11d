"""What a vote refuses: late, double, foreign and written ballots, and a box that was tampered with."""

import pytest
from sqlalchemy import select, update

from service.access.actor import Actor
from service.db import transaction
from service.errors import Conflict, Forbidden, Invalid
from service.instances.commands_timers import fire_timer
from service.tasks.commands import SaveDraft, save_draft
from service.tasks.commands_deadlines import ExtendTask, extend_task
from service.tasks.models import BoxedBallot
from tests.driver import Driver
from tests.service.tasks import polls


@pytest.fixture
def driver(quick_driver: Driver) -> Driver:
    """Where SQL does not matter."""
    return quick_driver


def test_who_comes_after_the_deadline_is_refused_before_it_was_counted(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members)
    driver.clock.set(case.task("vote").due_at)
    more = ExtendTask(case.task("vote").id, 1, reason="人数不足")
    for late in (
        lambda: polls.cast(case, members[0], "yes"),
        lambda: polls.aside(case, members[1]),
        lambda: extend_task(driver.actor("bureau.leader"), more, now=driver.now),
    ):
        with pytest.raises(Conflict, match=r"vote\.over"):
            late()


def test_nobody_closes_a_vote_before_its_time(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members)
    [timer] = case.timers()
    with pytest.raises(Conflict, match=r"vote\.running"):
        fire_timer(Actor.system(), timer.id, now=driver.now)
    assert case.open() == ["vote"]


def test_a_second_ballot_of_one_person_and_one_of_a_stranger_are_refused(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members)
    polls.cast(case, members[0], "yes")
    with pytest.raises(Conflict, match=r"seat\.closed"):
        polls.cast(case, members[0], "no")
    with pytest.raises(Forbidden):
        polls.cast(case, "bureau.leader", "yes")
    assert len(polls.ballots()) == 1


def test_a_secret_ballot_carries_a_choice_and_nothing_else(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members)
    with pytest.raises(Invalid, match=r"vote\.opinion"):
        polls.cast(case, members[0], "no", "理由")
    with pytest.raises(Invalid, match=r"form\.invalid"):
        polls.cast(case, members[0], "no", note="x")
    with pytest.raises(Invalid, match=r"decision\.unknown"):
        polls.cast(case, members[0], "approve")
    with pytest.raises(Conflict, match=r"vote\.no_draft"):
        draft = SaveDraft(case.task("vote").id, {}, "no", None)
        save_draft(driver.actor(members[0]), draft, now=driver.now)
    assert polls.ballots() == []


def test_a_ballot_that_was_slipped_in_or_taken_out_stops_the_count(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members)
    polls.cast(case, members[0], "yes")
    polls.cast(case, members[1], "no")
    with transaction() as session:
        first, second = session.scalars(select(BoxedBallot.id).order_by(BoxedBallot.id)).all()
        doubled = select(BoxedBallot.choice).where(BoxedBallot.id == first).scalar_subquery()
        session.execute(update(BoxedBallot).where(BoxedBallot.id == second).values(choice=doubled))
    with pytest.raises(Conflict, match=r"vote\.box_broken"):
        polls.cast(case, members[2], "yes")
    assert case.open() == ["vote"]
