"""Policy parameters: dated values over declared defaults, read at the moment of use and recorded."""

from datetime import date, timedelta

import pytest
from flask import Flask

from service.access.actor import Actor, HeldRole
from service.audit import timeline
from service.clock import SetClock
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.parameters import queries
from service.parameters.commands import (
    DecideProposal,
    ProposeParameter,
    confirm_proposal,
    propose_parameter,
    refuse_proposal,
)
from service.parameters.registry import PARAMETERS
from service.parameters.rules import faults_of, stream
from service.parameters.scopes import COUNTY
from tests.parameters import CHIEF, OFFICER, SetParameter, set_parameter
from tests.statements import counted

PRINCIPAL = Actor("a-head", "p-head", "王校长", roles=(HeldRole("principal", "s", "school", "/b/s/"),))
LEADER = Actor("a-leader", "p-leader", "王局长", roles=(HeldRole("bureau_leader", "b", "bureau", "/b/"),))
TODAY = date(2026, 9, 10)


def enter(clock: SetClock, value: object, since: str, key: str = "publicity_workdays") -> str:
    command = SetParameter(key, value, date.fromisoformat(since), "省厅〔2026〕8号")
    return set_parameter(command, now=clock.now())


def value(on: str, key: str = "publicity_workdays") -> object:
    return queries.current(db.session(), key, date.fromisoformat(on), COUNTY).value


@pytest.mark.parametrize(
    ("key", "default", "unit"),
    [
        ("publicity_workdays", 7, "workdays"),
        ("announcement_workdays", 7, "workdays"),
        ("parallel_review_workdays", 5, "workdays"),
        ("correction_workdays", 5, "workdays"),
        ("objection_inquiry_workdays", 10, "workdays"),
        ("opening_ratio", 3, "applicants"),
        ("max_replacement_rounds", 2, "rounds"),
        ("service_lock_years", 5, "years"),
        ("contract_years", 3, "years"),
        ("probation_months", 12, "months"),
        ("exchange_target_percent", 8, "percent"),
        ("pool_floor_percent", 10, "percent"),
        ("exchange_first_day", "09-01", "day_of_year"),
    ],
)
def test_the_handbook_s_defaults_hold_until_a_value_is_entered(
    app: Flask, key: str, default: object, unit: str
) -> None:
    found = queries.current(db.session(), key, TODAY, COUNTY)
    assert (found.value, found.unit, found.valid_from) == (default, unit, None)


def test_every_declaration_fits_its_own_limits_and_has_both_languages() -> None:
    for key, parameter in PARAMETERS.items():
        assert faults_of(parameter, parameter.default, TODAY, "x") == (), key
        assert parameter.zh and parameter.en, key
        assert key.isidentifier(), f"{key} must be a FEEL name"


def test_a_value_holds_from_its_day_until_the_next_one(any_app: Flask, clock: SetClock) -> None:
    enter(clock, 10, "2026-10-01")
    enter(clock, 15, "2027-01-01")
    found = [value(day) for day in ("2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01")]
    assert found == [7, 10, 10, 15]


def test_of_two_values_for_one_day_the_one_entered_last_holds(any_app: Flask, clock: SetClock) -> None:
    enter(clock, 10, "2026-10-01")
    clock.advance(timedelta(minutes=1))
    enter(clock, 9, "2026-10-01")
    assert value("2026-10-01") == 9
    assert [entry.value for entry in queries.history(PRINCIPAL, "publicity_workdays")] == [9, 10]


def test_a_view_reads_once_when_looked_at_and_records_exactly_what_was_used(any_app: Flask, clock: SetClock) -> None:
    enter(clock, 4, "2026-09-01", key="opening_ratio")
    with counted() as seen:
        view = queries.county(db.session(), TODAY)
        assert seen == []
        assert (view["opening_ratio"], view["service_lock_years"]) == (4, 5)
    assert len(seen) == 1
    assert view.used == {
        "opening_ratio": {
            "value": 4,
            "unit": "applicants",
            "source": "省厅〔2026〕8号",
            "valid_from": "2026-09-01",
        },
        "service_lock_years": {"value": 5, "unit": "years", "source": "plan", "valid_from": None},
    }


def test_a_view_is_a_mapping_over_every_declared_key(app: Flask) -> None:
    view = queries.county(db.session(), TODAY)
    assert set(view) == set(PARAMETERS)
    assert len(view) == len(PARAMETERS)
    assert view.get("no_such_parameter") is None
    assert view.used == {}


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("publicity_workdays", 0),
        ("publicity_workdays", 7.5),
        ("publicity_workdays", "7"),
        ("publicity_workdays", True),
        ("exchange_target_percent", 101),
        ("filing_silence_accepts", 1),
        ("service_lock_end", "some day"),
        ("exchange_first_day", "02-29"),
        ("exchange_first_day", "9-1"),
        ("exchange_first_day", "13-01"),
        ("exchange_first_day", 901),
        ("title_publicity_workdays", 4),
        ("title_internal_publicity_workdays", 4),
        ("title_expert_years", 4),
        ("title_filing_years", 4),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_stores_nothing(
    app: Flask, clock: SetClock, key: str, wrong: object
) -> None:
    with pytest.raises(Invalid) as refused:
        enter(clock, wrong, "2026-10-01", key)
    assert [fault.path for fault in refused.value.faults] == ["value"]
    assert list(queries.history(CHIEF, key)) == []


def test_a_value_without_a_source_is_refused(app: Flask, clock: SetClock) -> None:
    with pytest.raises(Invalid) as refused:
        set_parameter(SetParameter("publicity_workdays", 8, TODAY, " "), now=clock.now())
    assert [fault.path for fault in refused.value.faults] == ["source"]


def test_a_school_reads_parameters_and_may_not_change_them(app: Flask, clock: SetClock) -> None:
    with pytest.raises(Forbidden):
        propose_parameter(PRINCIPAL, ProposeParameter("publicity_workdays", 1, TODAY, "本校"), now=clock.now())
    assert value("2026-09-10") == 7


def test_an_undeclared_key_is_absent(app: Flask, clock: SetClock) -> None:
    for ask in (
        lambda: value("2026-09-10", "publicity_day"),
        lambda: enter(clock, 1, "2026-10-01", "publicity_day"),
        lambda: queries.history(CHIEF, "publicity_day"),
    ):
        with pytest.raises(NotFound, match=r"parameter\.absent"):
            ask()


def test_a_proposal_holds_only_once_somebody_else_has_confirmed_it(any_app: Flask, clock: SetClock) -> None:
    wanted = ProposeParameter("publicity_workdays", 10, date(2026, 10, 1), "省厅〔2026〕8号")
    proposal_id = propose_parameter(CHIEF, wanted, now=clock.now())
    assert value("2026-10-01") == 7
    with pytest.raises(Forbidden, match=r"proposal\.own"):
        confirm_proposal(CHIEF, DecideProposal(proposal_id), now=clock.now())
    with pytest.raises(Forbidden):
        confirm_proposal(OFFICER, DecideProposal(proposal_id), now=clock.now())
    confirm_proposal(LEADER, DecideProposal(proposal_id), now=clock.now())
    assert value("2026-10-01") == 10
    with pytest.raises(Conflict, match=r"proposal\.decided"):
        confirm_proposal(LEADER, DecideProposal(proposal_id), now=clock.now())


def test_a_value_with_a_last_day_gives_way_to_what_held_before(any_app: Flask, clock: SetClock) -> None:
    enter(clock, 9, "2026-09-01")
    trial = SetParameter("publicity_workdays", 5, date(2026, 10, 1), "试点通知", date(2026, 10, 31))
    set_parameter(trial, now=clock.now())
    assert [value(day) for day in ("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01")] == [9, 5, 5, 9]


def test_what_was_entered_before_does_not_cut_a_value_with_a_last_day_and_what_follows_it_stays(
    app: Flask, clock: SetClock
) -> None:
    def entered(new: int, first: str, last: str | None = None) -> None:
        until = date.fromisoformat(last) if last else None
        clock.advance(timedelta(minutes=1))
        set_parameter(SetParameter("publicity_workdays", new, date.fromisoformat(first), "文", until), now=clock.now())

    def held(*days: str) -> list[object]:
        return [value(day) for day in days]

    entered(8, "2026-11-15")
    entered(5, "2026-10-01", "2026-11-30")
    assert held("2026-11-14", "2026-11-20", "2026-11-30", "2026-12-01") == [5, 5, 5, 8], "planned before"
    entered(10, "2026-11-20")
    assert held("2026-11-19", "2026-11-20", "2026-12-01", "2027-05-01") == [5, 10, 10, 10], "decided later, for good"
    entered(6, "2026-09-15")
    assert held("2026-09-20", "2026-10-01", "2026-11-19") == [6, 5, 5], "it begins before"
    turns = [(day.isoformat(), now) for day, now in queries.over_time(db.session(), "publicity_workdays")][1:]
    assert turns == [("2026-09-15", 6), ("2026-10-01", 5), ("2026-11-15", 5), ("2026-11-20", 10), ("2026-12-01", 10)]


def test_a_last_day_before_the_first_is_refused(app: Flask, clock: SetClock) -> None:
    backwards = ProposeParameter("publicity_workdays", 5, date(2026, 10, 1), "通知", date(2026, 9, 1))
    with pytest.raises(Invalid) as refused:
        propose_parameter(OFFICER, backwards, now=clock.now())
    assert [fault.path for fault in refused.value.faults] == ["valid_until"]


def test_a_refused_proposal_says_why_and_changes_nothing(app: Flask, clock: SetClock) -> None:
    wanted = ProposeParameter("publicity_workdays", 10, date(2026, 10, 1), "口头")
    proposal_id = propose_parameter(OFFICER, wanted, now=clock.now())
    with pytest.raises(Invalid, match=r"reason\.missing"):
        refuse_proposal(CHIEF, DecideProposal(proposal_id), now=clock.now())
    refuse_proposal(CHIEF, DecideProposal(proposal_id, "无正式文件"), now=clock.now())
    found = queries.proposal(OFFICER, proposal_id)
    assert (found.state, found.reason, value("2026-10-01")) == ("refused", "无正式文件", 7)


def test_every_entry_is_in_the_chain_of_its_parameter(app: Flask, clock: SetClock) -> None:
    enter(clock, 10, "2026-10-01")
    proposed, entry = timeline.events(db.session(), stream("publicity_workdays"))
    assert (proposed.kind, proposed.actor_id) == ("parameter.proposed", "p-officer")
    assert (entry.kind, entry.actor_id, entry.at) == ("parameter.set", "p-chief", clock.now())
    told = {"value": 10, "unit": "workdays", "valid_from": "2026-10-01", "source": "省厅〔2026〕8号"}
    assert told.items() <= entry.body.items() and entry.body["proposed_by"] == "p-officer"
