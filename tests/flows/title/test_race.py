"""The last ballots of two candidates at the same moment, on PostgreSQL with real threads: the votes are counted."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from service.tasks.commands import CompleteTask, complete_task
from tests.flows.title import acting, county
from tests.flows.title.acting import at_committee


def test_of_two_last_ballots_cast_at_once_one_sees_that_the_sitting_is_over(postgres_app, clock):
    driver = county.build(clock)
    county.experts(driver, 9)
    cases = [at_committee(driver, name) for name in ("li", "zhao")]
    acting.drawn(driver, acting.plan(driver))
    members = acting.opened(driver, acting.row(cases[0]).session_id)
    for case in cases:
        acting.voted(case, members, yes=6)
    last, gate = driver.actor(members[6]), Barrier(2)
    tasks = [case.task("committee_vote") for case in cases]

    def cast(task):
        with postgres_app.app_context():
            gate.wait()
            ballot = CompleteTask(task.id, task.version, "no", "", {}, no_interest=True)
            return complete_task(last, ballot, now=driver.now).decided

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(cast, tasks)) == [False, True]
    acting.counted(cases)
    assert [case.variables["committee_vote"]["yes"] for case in cases] == [6, 6]
