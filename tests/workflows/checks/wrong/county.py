"""Rules about days that pass while nobody does anything: tried with people, a clock and the scheduler's firing."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from service.access.actor import Actor
from service.instances.commands_timers import fire_timer
from tests.driver import Case, Driver

SETTINGS = b'[flow]\nkey = "p"\n[start]\nroles = ["school_hr"]\n'


def left_alone(driver: Driver, files: Mapping[str, bytes]) -> Case:
    """A case of the folder a month after its deadline: every timer that was due has been fired."""
    drawn = files["flow.bpmn"].replace(b'candidateGroups="hr"', b'candidateGroups="bureau_hr_officer"')
    driver.deploy({"flow.bpmn": drawn, "flow.toml": SETTINGS})
    case = driver.start("p", "s01.hr")
    begun = driver.clock.now()
    driver.clock.set(begun + timedelta(days=30))
    for timer in [row for row in case.timers() if row.due_at.replace(tzinfo=begun.tzinfo) <= driver.now]:
        fire_timer(Actor.system(), timer.id, now=driver.now)
    driver.clock.set(begun)
    return case


def stands_for_ever(driver: Driver, files: Mapping[str, bytes]) -> bool:
    """The deadline has passed and the step is open still; nothing else will come but reminders."""
    return left_alone(driver, files).open() == ["a"]


COUNTY: dict[str, Callable[[Driver, Mapping[str, bytes]], bool]] = {
    "deadline.applicant_without_expiry": stands_for_ever,
    "property.silence_decides": stands_for_ever,
}
"""What is drawn for an authority's silence is never done: its deadline decides nothing, whatever stands there."""
