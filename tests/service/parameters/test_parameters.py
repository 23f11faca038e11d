"""Policy parameters: dated values over declared defaults, read at the moment of use and recorded."""

from datetime import date, timedelta

import pytest
from flask import Flask

from service.access.actor import Actor, HeldRole
from service.audit import timeline
from service.clock import SetClock
from service.db import db
from service.errors import Forbidden, Invalid, NotFound
from service.parameters import queries
from service.parameters.commands import SetParameter, set_parameter
from service.parameters.registry import PARAMETERS
from service.parameters.rules import faults_of, stream
from tests.statements import counted

CHIEF = Actor("a-chief", "p-chief", "李科长", roles=(HeldRole("bureau_hr_chief", "h", "section", "/b/h/"),))
PRINCIPAL = Actor("a-head", "p-head", "王校长", roles=(HeldRole("principal", "s", "school", "/b/s/"),))
TODAY = date(2026, 9, 10)


def enter(clock: SetClock, value: object, since: str, key: str = "publicity_workdays") -> str:
    command = SetParameter(key, value, date.fromisoformat(since), "省厅〔2026〕8号")
    return set_parameter(CHIEF, command, now=clock.now())


def value(on: str, key: str = "publicity_workdays") -> object:
    return queries.current(db.session(), key, date.fromisoformat(on)).value


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
    ],
)
def test_the_handbook_s_defaults_hold_until_a_value_is_entered(app: Flask, key: str, default: int, unit: str) -> None:
    found = queries.current(db.session(), key, TODAY)
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
        view = queries.view(db.session(), TODAY)
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
    view = queries.view(db.session(), TODAY)
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
        set_parameter(CHIEF, SetParameter("publicity_workdays", 8, TODAY, " "), now=clock.now())
    assert [fault.path for fault in refused.value.faults] == ["source"]


def test_a_school_reads_parameters_and_may_not_change_them(app: Flask, clock: SetClock) -> None:
    with pytest.raises(Forbidden):
        set_parameter(PRINCIPAL, SetParameter("publicity_workdays", 1, TODAY, "本校"), now=clock.now())
    assert value("2026-09-10") == 7


def test_an_undeclared_key_is_absent(app: Flask, clock: SetClock) -> None:
    for ask in (
        lambda: value("2026-09-10", "publicity_day"),
        lambda: enter(clock, 1, "2026-10-01", "publicity_day"),
        lambda: queries.history(CHIEF, "publicity_day"),
    ):
        with pytest.raises(NotFound, match=r"parameter\.absent"):
            ask()


def test_every_entry_is_in_the_chain_of_its_parameter(app: Flask, clock: SetClock) -> None:
    enter(clock, 10, "2026-10-01")
    (entry,) = timeline.events(db.session(), stream("publicity_workdays"))
    assert (entry.kind, entry.actor_id, entry.at) == ("parameter.set", "a-chief", clock.now())
    assert entry.body == {"value": 10, "unit": "workdays", "valid_from": "2026-10-01", "source": "省厅〔2026〕8号"}
