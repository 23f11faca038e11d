"""A parameter set apart for a part of the county: which value holds where, who reads it, and what is refused."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from service.audit import timeline
from service.clock import SetClock
from service.db import db, transaction
from service.deployments import queries_parameters
from service.errors import Invalid, NotFound
from service.instances import correcting, facts
from service.parameters import queries
from service.parameters.commands import ProposeParameter, propose_parameter
from service.parameters.declaring import FLOW, ORGANISATION
from service.parameters.effects import EFFECTS
from service.parameters.registry import PARAMETERS
from service.parameters.scopes import COUNTY, About
from service.people.queries import ORGANISATION as UNIT
from service.tasks.models import Task
from service.tasks.reasons import reasons
from tests.driver import Driver
from tests.parameters import OFFICER, SetParameter, set_parameter
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.service.tasks.test_used_parameters import FILES
from tests.statements import counted

KEY, FIRST = "approval_workdays", date(2026, 9, 1)
DUE = '=string(parameters.approval_workdays) + " workdays"'


@pytest.fixture
def kinds(any_app: Flask, clock: SetClock) -> Driver:
    """s01 is a weak primary school in the city, s02 a remote kindergarten; of the teaching point nothing is known."""
    driver = Driver(counties.build(), clock)
    for code, values in (
        ("s01", {"stage": "primary", "area": "city", "weak": True}),
        ("s02", {"stage": "kindergarten", "area": "remote", "weak": False}),
        ("point", {"stage": None, "area": None, "weak": None}),
    ):
        with transaction() as session:
            session.execute(update(UNIT).where(UNIT.c.id == driver.county.organisations[code]).values(values))
    return driver


def enter(driver: Driver, scope: str, value: object, since: str = "2026-09-01", until: str | None = None) -> None:
    last = date.fromisoformat(until) if until else None
    command = SetParameter(KEY, value, date.fromisoformat(since), "教〔2026〕7号", last, at(driver, scope))
    set_parameter(command, now=driver.now)


def at(driver: Driver, scope: str) -> str:
    """A scope with the code of an organisation in the place of its id."""
    kind, _, name = scope.partition(":")
    return f"{kind}:{driver.county.organisations[name]}" if kind == ORGANISATION else scope


def held(driver: Driver, *schools: str, flow: str | None = None, on: str = "2026-09-10") -> list[object]:
    """What holds for these schools."""
    day, known = date.fromisoformat(on), driver.county.organisations
    found = [queries.current(db.session(), KEY, day, About(known[one], flow)).value for one in schools]
    db.session.rollback()
    return found


def test_what_is_narrower_comes_first_whatever_was_entered_last(kinds: Driver) -> None:
    expected = {
        "": 10, f"{FLOW}:small": 11, "stage:primary": 12, "area:city": 13, "weak": 14, "organisation:s01": 15,
    }  # fmt: skip
    kinds.deploy(FILES)
    for scope, value in reversed(expected.items()):
        enter(kinds, scope, value)
    assert held(kinds, "s01", flow="small") == [15]
    for scope in reversed(expected):
        enter(kinds, scope, None if scope else 10)
        rest = [value for one, value in expected.items() if one not in list(expected)[list(expected).index(scope) :]]
        assert held(kinds, "s01", flow="small") == [rest[-1] if rest else 10], scope


def test_each_school_has_the_value_of_its_own_kind_and_unknown_counts_as_none(kinds: Driver) -> None:
    enter(kinds, "weak", 8)
    enter(kinds, "area:remote", 9)
    assert held(kinds, "s01", "s02", "point") == [8, 9, 5]
    assert queries.current(db.session(), KEY, date(2026, 9, 10), COUNTY).value == 5


def test_a_district_s_value_holds_for_what_lies_below_and_the_school_s_own_before_it(kinds: Driver) -> None:
    enter(kinds, "organisation:district", 7)
    assert held(kinds, "point", "s01") == [7, 5]
    enter(kinds, "organisation:point", 6)
    assert held(kinds, "point", "district") == [6, 7]


def test_when_a_narrower_value_ends_what_is_broader_holds_again_and_follows_the_county(kinds: Driver) -> None:
    enter(kinds, "organisation:s01", 9, until="2026-09-20")
    enter(kinds, "weak", 8)
    assert held(kinds, "s01") + held(kinds, "s01", on="2026-09-21") == [9, 8]
    enter(kinds, "weak", None, since="2026-10-01")
    enter(kinds, "", 4, since="2026-10-15")
    days = ("2026-09-30", "2026-10-01", "2026-10-15")
    assert [held(kinds, "s01", on=day) for day in days] == [[8], [5], [4]]


def test_a_case_goes_by_the_value_of_its_school_and_the_record_names_the_scope(kinds: Driver) -> None:
    enter(kinds, "area:remote", 9)
    kinds.deploy(flows.line(flows.task("check", assignee="=initiator", dueIn=DUE), ids=("check",)))
    city, remote = kinds.start("small", "s01.hr", count=1), kinds.start("small", "s02.hr", "s02", count=1)
    days = [case.task("check").due_at.date() for case in (city, remote)]
    assert days == [date(2026, 9, 17), date(2026, 9, 23)]
    enter(kinds, "area:remote", 3)
    assert remote.task("check").due_at.date() == date(2026, 9, 23), "what runs keeps its deadline"
    (used,) = [
        one.body for one in timeline.events(db.session(), f"instance:{remote.id}") if one.kind == "parameters.used"
    ]
    assert used["parameters"][KEY]["scope"] == "area:remote"
    (plain,) = [
        one.body for one in timeline.events(db.session(), f"instance:{city.id}") if one.kind == "parameters.used"
    ]
    assert "scope" not in plain["parameters"][KEY]


def test_a_condition_reads_the_school_s_value_and_the_reason_says_for_whom_it_is(kinds: Driver) -> None:
    wanted = SetParameter("max_replacement_rounds", 1, FIRST, "教〔2026〕7号", None, "stage:kindergarten")
    set_parameter(wanted, now=kinds.now)
    kinds.deploy(FILES)
    case = kinds.start("small", "s02.hr", "s02", count=2)
    events = timeline.events(db.session(), f"instance:{case.id}")
    found = reasons(case.task("check"), kinds.county.persons["s02.hr"], events)
    (weighed,) = [one for one in found if one.code == "reason.parameter"]
    assert (weighed.params["value"], weighed.params["scope"]) == (1, "stage:kindergarten")
    assert kinds.start("small", "s01.hr", count=2).open() == []


def test_schools_cost_a_second_statement_only_where_something_is_set_apart(kinds: Driver) -> None:
    about, day = About(kinds.county.organisations["s01"], "small"), date(2026, 9, 10)
    for scope, statements in (("", 1), (f"{FLOW}:small", 1), ("weak", 2)):
        if scope.startswith(FLOW):
            kinds.deploy(FILES)
        enter(kinds, scope, 9)
        with counted() as seen:
            assert queries.view(db.session(), day, about)[KEY] == 9
        assert len(seen) == statements, scope


REFUSED = (
    ("working_hours", "weak", "parameter.unscoped"),
    ("exchange_target_percent", "organisation:s01", "parameter.unscoped"),
    ("opening_ratio", "flow:small", "parameter.scope"),
    (KEY, "moon:1", "parameter.scope"),
    (KEY, "weak:", "parameter.scope"),
    (KEY, "area:moon", "parameter.scope_absent"),
    (KEY, "flow:moon", "parameter.scope_absent"),
    (KEY, "organisation:", "parameter.scope_absent"),
    (KEY, "organisation:hr", "parameter.scope_absent"),
)


def test_a_scope_that_a_parameter_has_not_is_refused_with_the_reason(kinds: Driver) -> None:
    for key, scope, code in REFUSED:
        wanted = at(kinds, scope) if scope in ("organisation:s01", "organisation:hr") else scope
        command = ProposeParameter(key, PARAMETERS[key].default, FIRST, "教〔2026〕7号", scope=wanted)
        with pytest.raises(Invalid) as refused:
            propose_parameter(OFFICER, command, now=kinds.now)
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [("scope", code)], scope


def test_no_value_is_one_only_where_something_may_be_set_apart(kinds: Driver) -> None:
    with pytest.raises(Invalid) as refused:
        propose_parameter(OFFICER, ProposeParameter(KEY, None, FIRST, "文"), now=kinds.now)
    assert [fault.path for fault in refused.value.faults] == ["value"]


def test_the_preview_counts_the_cases_that_the_new_value_would_reach(kinds: Driver) -> None:
    kinds.deploy(flows.line(flows.task("check", assignee="=initiator", dueIn=DUE), ids=("check",)))
    kinds.start("small", "s01.hr", count=1)
    kinds.start("small", "s02.hr", "s02", count=1)
    chief = kinds.actor("bureau.chief")

    def met(scope: str) -> tuple[int, int]:
        found = queries_parameters.affected(chief, KEY, at(kinds, scope), date(2026, 9, 10))
        return found.running, found.steps_count

    assert [met(one) for one in ("", "weak", "area:remote", "organisation:district", "flow:small")] == [
        (2, 2), (1, 1), (1, 1), (0, 0), (2, 2),
    ]  # fmt: skip
    enter(kinds, "weak", 9)
    assert met("") == met("flow:small") == (1, 1), "the weak school has its own"
    with pytest.raises(Invalid, match=r"parameter\.value"):
        met("area:moon")


def test_the_preview_counts_what_a_case_reads_for_the_schools_of_many_whatever_the_scope(kinds: Driver) -> None:
    due = '=string(parameters.exchange_required_years) + " workdays"'
    kinds.deploy(flows.line(flows.task("check", assignee="=initiator", dueIn=due), ids=("check",)))
    kinds.start("small", "s02.hr", "s02", count=1)
    chief = kinds.actor("bureau.chief")
    found = queries_parameters.affected(chief, "exchange_required_years", "weak", date(2026, 9, 10))
    assert found.running == 1


def test_a_case_that_a_correction_hands_over_goes_and_is_foreseen_by_the_other_school_s_value(kinds: Driver) -> None:
    kinds.deploy(flows.line(flows.task("check", assignee="=initiator", dueIn=DUE), ids=("check",)))
    case, other = kinds.start("small", "s01.hr", count=1), kinds.county.organisations["s02"]
    with transaction() as session:
        correcting.hand_to(session, facts.lock(session, case.id), other)
    assert case.task("check").organisation_id == other
    with transaction() as session:  # as a step stands that was opened for the school from which a case was handed over
        session.execute(update(Task).values(organisation_id=kinds.county.organisations["s01"]))
    chief, day = kinds.actor("bureau.chief"), date(2026, 9, 10)
    found = [queries_parameters.affected(chief, KEY, scope, day) for scope in ("weak", "area:remote")]
    assert [(one.running, one.steps_count) for one in found] == [(0, 0), (1, 1)]


def test_standing_values_are_told_for_a_school_and_listed_where_set_apart(kinds: Driver) -> None:
    enter(kinds, "weak", 9)
    day = date(2026, 9, 10)
    found = {one.key: one for one in queries.standing(day, About(kinds.county.organisations["s01"]))}
    assert (found[KEY].value, found[KEY].scope) == (9, "weak")
    assert [(one.scope, one.value) for one in queries.narrower(day)] == [("weak", 9)]
    with pytest.raises(NotFound, match=r"organisation\.absent"):
        queries.standing(day, About("nowhere"))


def test_what_others_must_follow_at_once_is_never_set_apart() -> None:
    assert [key for key in EFFECTS if PARAMETERS[key].scopes] == []
