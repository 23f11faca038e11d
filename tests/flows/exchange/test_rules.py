"""The numbers of a plan in whole persons, who is counted, and what may be wished for."""

from dataclasses import dataclass

import pytest

from service.flows.exchange import rules
from service.parameters.registry import PARAMETERS

DEFAULTS = {key: parameter.default for key, parameter in PARAMETERS.items()}


@dataclass(frozen=True)
class School:
    stage: str | None = "primary"
    area: str | None = "city"
    weak: bool | None = False


@dataclass(frozen=True)
class One:
    organisation_id: str = "s01"
    subject: str = "语文"
    stage: str = "primary"
    band: str = "middle"
    manner: str = "move"


def test_of_2513_staff_202_are_needed_and_of_1240_eligible_124_with_25_backbone():
    assert rules.needed(2513, 1240, DEFAULTS) == rules.Needed(202, 124, 25)


def test_201_is_refused_as_short_although_it_prints_as_8_percent():
    least = rules.needed(2513, 1240, DEFAULTS)
    numbers, faults = rules.undertaken({"target": 201, "floor": None, "backbone": 25}, least)
    assert f"{201 / 2513:.1%}" == "8.0%"
    assert [(fault.path, fault.code, fault.params) for fault in faults] == [
        ("values.target", "exchange.short", {"asked": 201, "needed": 202})
    ]
    assert rules.undertaken({"target": 203}, least) == (rules.Needed(203, 124, 25), [])
    assert numbers.floor == 124


@pytest.mark.parametrize(("name", "asked"), [("target", 0), ("floor", 123), ("backbone", 24)])
def test_each_number_below_what_is_needed_is_refused(name, asked):
    faults = rules.undertaken({name: asked}, rules.needed(2513, 1240, DEFAULTS))[1]
    assert [fault.path for fault in faults] == [f"values.{name}"]


@pytest.mark.parametrize(
    ("school", "result", "scope", "counted"),
    [
        (School(), "REQUIRED", {}, True),
        (School(area="town", weak=True), "VOLUNTARY", {}, True),
        (School(area="rural", weak=False), "VOLUNTARY", {}, True),
        (School(area="rural", weak=False), "VOLUNTARY", {"exchange_floor_schools": "city_town"}, False),
        (School(area="rural", weak=True), "REQUIRED", {}, False),
        (School(area="rural", weak=True), "REQUIRED", {"exchange_floor_schools": "all"}, True),
        (School(area="rural", weak=None), "REQUIRED", {}, True),
        (School(area=None, weak=True), "REQUIRED", {}, True),
        (School(stage="senior"), "REQUIRED", {}, False),
        (School(), "EXEMPT", {}, False),
        (School(), "UNKNOWN", {}, True),
        (School(), "EXEMPT", {"exchange_floor_persons": "all_teachers"}, True),
    ],
)
def test_who_is_counted_for_the_national_floor_is_a_parameter_and_unknown_never_counts_as_no(
    school, result, scope, counted
):
    assert rules.is_counted(school, result, DEFAULTS | scope) is counted


@pytest.mark.parametrize(
    ("wishes", "faults"),
    [
        (["o"], []),
        (["x"], [("wishes.0", "exchange.opening_absent")]),
        (["o", "o"], [("wishes.1", "exchange.wish_twice")]),
        (["home"], [("wishes.0", "exchange.own_school")]),
        (["maths"], [("wishes.0", "exchange.other_subject")]),
        (["senior"], [("wishes.0", "exchange.other_band")]),
        (["lent"], []),
        (["o", "p", "q"], [("wishes", "exchange.too_many_wishes")]),
    ],
)
def test_each_wrong_wish_is_told_at_its_place(wishes, faults):
    there = {
        "o": One("s02", band=""), "p": One("s03"), "q": One("s04"), "home": One(), "maths": One("s02", "数学"),
        "senior": One("s02", band="senior"), "lent": One("s02", band="", manner="lend"),
    }  # fmt: skip
    found = rules.wish_faults(One(), wishes, there, 2)
    assert [(fault.path, fault.code) for fault in found] == faults
