"""Takes any running hiring case on, step by step, as the people whose turn it is would do, to its end."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.db import db
from service.flows.hiring import commands
from service.flows.hiring.models import Candidate
from service.instances.commands import CaseCommand, resume_instance
from service.tasks import queries
from service.tasks.facts import TaskFacts
from service.tasks.view import view
from tests.driver import Case
from tests.flows.hiring import acting
from tests.flows.hiring.county import id_number
from tests.service.people.county import PEOPLE
from tests.service.tasks import held

APPLICANTS, MOST = 3, 100
PATIENT = "publicity"
"""Open while its timer runs; whoever completes it objects."""
DECISIONS = {"ratio_decision": "keep"}
"""Where the straight way is not the first decision."""
VALUES: Mapping[str, Mapping[str, Any]] = {
    "announce": {"announced_at": "教育局网站"},
    "exam": {"exam_on": "2026-10-20", "written_pass_line": 60},
    "interview": {"interview_on": "2026-10-27"},
    "inspection": {"inspection_note": "无异常"},
    "choice": {"choice_meeting_on": "2026-11-02"},
    "medical": {"medical_on": "2026-11-05"},
    "contract": {"contract_years": 3, "contract_from": "2027-01-01", "probation_months": 12},
    "onboarding": {"onboarded_on": "2027-01-18"},
}
"""Form values by the first word of the element's id."""
SCORES = {"exam": "written", "interview": "interview"}


def finish(case: Case) -> str:
    """Take the case to its end; its last state."""
    until(case, "")
    return case.state


def until(case: Case, element_id: str) -> Case:
    """Take the case on until a task or timer of `element_id` waits; "" is its end."""
    if case.state == "suspended":
        resume_instance(case.driver.actor("bureau.chief"), CaseCommand(case.id), now=case.driver.now)
    for _ in range(MOST):
        waiting = {*case.open(), *(timer.element_id for timer in case.timers() if timer.kind == "event")}
        if case.state != "running" or element_id in waiting:
            assert not element_id or element_id in waiting, f"the case ended before {element_id}"
            return case
        step(case)
    raise AssertionError(f"{case.open()} after {MOST} steps")


def step(case: Case) -> None:
    """Decide the first open task, or let the first timer fire when nobody has anything to do."""
    tasks = [task for task in queries.open_of(case.id) if task.element_id != PATIENT]
    db.session.rollback()
    if not tasks:
        fired = next(timer for timer in case.timers() if timer.kind == "event")
        assert case.fire(fired.element_id)
        return
    task = min(tasks, key=lambda found: found.id)
    who, stage = turn_of(case, task), task.element_id.partition("_")[0]
    if stage == "qualify" and not candidates(case):
        register(case, who)
    if stage in SCORES:
        for number, candidate_id in enumerate(candidates(case)):
            acting.edit(case.driver, who, candidate_id, **{SCORES[stage]: 90 - number})
    decision = DECISIONS.get(task.element_id, task.properties["decisions"].partition(",")[0])
    if task.properties.get("collective"):
        meet(case, task, who, decision)
        return
    place = [found.id for found in queries.open_of(case.id) if found.element_id == task.element_id].index(task.id)
    case.complete(task.element_id, who, decision, "无异议", place, **values(case, task, who))


def meet(case: Case, task: TaskFacts, clerk: str, decision: str) -> None:
    """Where the flow wants a meeting, the principal of the school chairs it."""
    school = clerk.partition(".")[0]
    held.met(case, task.element_id, decision, clerk, f"{school}.principal")


def turn_of(case: Case, task: TaskFacts) -> str:
    """The name of somebody who may sign now: who has an open seat, else a holder of a role of the task."""
    county = case.driver.county
    seated = [seat.person_id for seat in task.seats if seat.state == "open"]
    holders = {f"{role}@{county.organisations[place]}": who for who, (role, place) in PEOPLE.items()}
    if seated:
        return next(who for who, person_id in county.persons.items() if person_id == seated[0])
    return next(holders[group] for group in task.groups if group in holders)


def values(case: Case, task: TaskFacts, who: str) -> dict[str, Any]:
    """What the form holds already where it may be written, and what the step asks for."""
    shown = view(case.driver.actor(who), task.id)
    db.session.rollback()
    kept = {name: shown.data[name] for name, right in shown.rights.items() if right != "read" and name in shown.data}
    return {**kept, **VALUES.get(task.element_id.partition("_")[0], {})}


def candidates(case: Case) -> list[str]:
    """Ids of the case's candidates, in the order entered."""
    found = select(Candidate.id).where(Candidate.instance_id == case.id).order_by(Candidate.id)
    ids = list(db.session.scalars(found).all())
    db.session.rollback()
    return ids


def register(case: Case, who: str) -> None:
    """Qualified applicants for the first row, people who apply nowhere else."""
    driver, known = case.driver, len(db.session.scalars(select(Candidate.id)).all())
    for number in range(known + 1, known + 1 + APPLICANTS):
        fields = {"line": 1, "name": f"考生{number}", "id_number": id_number(number), "degree": "bachelor"}
        command = commands.RegisterCandidate(case.id, fields)
        candidate_id = commands.register_candidate(driver.actor(who), command, now=driver.now)
        acting.edit(driver, who, candidate_id, state="qualified")
