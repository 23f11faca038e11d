"""To which steps a task may be returned, to which not, and why."""

import pytest

from service.errors import Conflict
from tests.driver import Driver
from tests.service.tasks import flows
from tests.service.tasks.returns import FILL, at_check, block, check, give_back, seen
from tests.workflows import diagrams as d


def test_targets_are_told_with_initiator_previous_and_who_signed(quick_driver: Driver) -> None:
    case = at_check(quick_driver, block())
    found = {target.element_id: target for target in seen(case, "bureau.hr", "check").return_targets}
    assert list(found) == ["enter", "fill"]
    assert (found["enter"].previous, found["enter"].initiator, found["enter"].straight) == (True, False, True)
    assert (found["fill"].previous, found["fill"].initiator, found["fill"].straight) == (False, True, False)
    assert found["fill"].persons == (quick_driver.county.persons["s01.hr"],)
    assert seen(case, "s01.hr", "check").return_targets == ()


REFUSALS: list[tuple[dict[str, str], str, str | None]] = [
    ({"returnTo": "none"}, "fill", "return.forbidden"),
    ({"decisions": "approve,return"}, "fill", "return.drawn"),
    ({"decisions": "approve,return", "returnTo": "fill"}, "fill", None),
    ({"decisions": "approve,return", "returnTo": "any"}, "previous", None),
    ({"returnTo": "initiator"}, "fill", None),
    ({"returnTo": "initiator"}, "enter", "return.not_allowed"),
    ({"returnTo": "previous"}, "fill", "return.not_allowed"),
    ({"returnTo": "previous"}, "enter", None),
    ({}, "other", "jump.other_branch"),
    ({}, "last", "jump.inside_block"),
    ({}, "join", "jump.not_a_target"),
    ({}, "check", "jump.not_a_target"),
    ({}, "nowhere", "jump.unknown_element"),
]


def test_what_may_not_be_returned_and_why(quick_driver: Driver) -> None:
    for properties, target, code in REFUSALS:
        expect(quick_driver, properties, target, code)


def expect(quick_driver: Driver, properties: dict[str, str], target: str, code: str | None) -> None:
    case = at_check(quick_driver, block(**properties))
    if code is None:
        assert give_back(case, "bureau.hr", target).target in ("fill", "enter")
        return
    with pytest.raises(Conflict) as refused:
        give_back(case, "bureau.hr", target)
    assert refused.value.code == code
    assert case.open() == ["check", "other"]


def test_a_step_that_this_case_did_not_take_is_no_target_unless_the_diagram_names_it(quick_driver: Driver) -> None:
    gate = d.gateway("exclusive", "which", default="plain")
    aside = flows.task("aside", "bureau_hr_officer", decisions="approve")
    nodes = (FILL, gate, aside, flows.task("taken", "bureau_hr_officer", decisions="approve"),
             d.gateway("exclusive", "merge"), check())  # fmt: skip
    links = (d.path("start", "fill", "which"), d.flow("which", "taken", None, "plain"), d.path("taken", "merge"),
             d.flow("which", "aside", "=count > 10"), d.path("aside", "merge", "check", "end"))  # fmt: skip
    quick_driver.deploy(flows.flow(nodes, links))
    case = quick_driver.start("small", "s01.hr", "s01", count=3)
    case.complete("fill", "s01.hr", "complete", count=3)
    case.complete("taken", "bureau.hr", "approve")
    with pytest.raises(Conflict) as refused:
        give_back(case, "bureau.hr", "aside")
    assert refused.value.code == "return.not_passed"


def test_without_a_step_of_the_initiator_the_first_of_the_school_is_taken_else_it_is_refused(
    quick_driver: Driver,
) -> None:
    local = flows.task("local", '="principal@" + school', decisions="approve")
    quick_driver.deploy(flows.line(local, check(), ids=("local", "check")))
    case = quick_driver.start("small", "s01.hr", "s01", count=3)
    with pytest.raises(Conflict) as nowhere:
        give_back(case, "s01.principal", "previous", step="local")
    assert nowhere.value.code == "return.no_previous"
    case.complete("local", "s01.principal", "approve")
    assert give_back(case, "bureau.hr").target == "local"
    quick_driver.deploy(
        flows.line(flows.task("far", "staffing_officer", decisions="approve"), check(), ids=("far", "check"))
    )
    other = quick_driver.start("small", "s01.hr", "s01", count=3)
    other.complete("far", "staffing.office", "approve")
    with pytest.raises(Conflict) as refused:
        give_back(other, "bureau.hr")
    assert refused.value.code == "return.no_initiator"
