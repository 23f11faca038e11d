"""Who takes part in the exchange (policy.md §3.X): every row, its order, and unknown facts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flows.asking import ask

FILE = "exchange/exchange-eligibility.dmn"
TODAY = date(2026, 9, 1)
CLEAR = {
    "lock_active": False, "open_case": False, "health_deferral": False, "retires_on": date(2045, 7, 1),
    "principal_terms": 0, "years_at_school": 3,
}  # fmt: skip


def asked(**facts):
    parameters = facts.pop("parameters", {})
    return ask(FILE, "exchange_eligibility", teacher=CLEAR | facts, as_of=TODAY, parameters=parameters)


@pytest.mark.parametrize(
    ("facts", "result", "reason", "row"),
    [
        ({"lock_active": True, "open_case": True}, "INELIGIBLE", "service_lock", 1),
        ({"open_case": True, "health_deferral": True}, "HOLD", "open_case", 2),
        ({"health_deferral": True, "years_at_school": 9}, "DEFER", "protected", 3),
        ({"retires_on": date(2031, 9, 1), "years_at_school": 30}, "EXEMPT", "retirement", 4),
        ({"lock_active": None, "years_at_school": 9}, "UNKNOWN", "service_lock", 5),
        ({"open_case": None, "years_at_school": 9}, "UNKNOWN", "open_case", 6),
        ({"retires_on": None, "years_at_school": 9}, "UNKNOWN", "retirement", 7),
        ({"principal_terms": 2}, "REQUIRED", "principal_terms", 8),
        ({"years_at_school": 6}, "REQUIRED", "years_at_school", 9),
        ({"principal_terms": None, "years_at_school": 6}, "REQUIRED", "years_at_school", 9),
        ({"years_at_school": None}, "UNKNOWN", "years_at_school", 10),
        ({"principal_terms": None}, "UNKNOWN", "principal_terms", 11),
        ({"years_at_school": 5, "principal_terms": 1}, "VOLUNTARY", "below_limits", 12),
        ({"retires_on": date(2031, 9, 2)}, "VOLUNTARY", "below_limits", 12),
        ({"health_deferral": None}, "VOLUNTARY", "below_limits", 12),
    ],
)
def test_every_row_answers_its_case(facts, result, reason, row):
    assert asked(**facts) == ({"result": result, "reason": reason}, [row])


def test_the_years_are_parameters():
    assert asked(years_at_school=5, parameters={"exchange_required_years": 5})[0]["result"] == "REQUIRED"
    assert asked(principal_terms=2, parameters={"exchange_principal_terms": 3})[0]["result"] == "VOLUNTARY"
    assert asked(retires_on=date(2031, 9, 2), parameters={"exchange_exempt_years": 6})[0]["result"] == "EXEMPT"


def expected(teacher):
    """The order of the handbook, written as plain Python."""
    if teacher["lock_active"]:
        return "INELIGIBLE"
    if teacher["open_case"]:
        return "HOLD"
    if teacher["health_deferral"]:
        return "DEFER"
    if teacher["retires_on"] and teacher["retires_on"] <= TODAY.replace(year=2031):
        return "EXEMPT"
    if None in (teacher["lock_active"], teacher["open_case"], teacher["retires_on"]):
        return "UNKNOWN"
    if (teacher["principal_terms"] or 0) >= 2 or (teacher["years_at_school"] or 0) >= 6:
        return "REQUIRED"
    return "UNKNOWN" if None in (teacher["years_at_school"], teacher["principal_terms"]) else "VOLUNTARY"


FLAG = st.sampled_from([True, False, None])


@given(
    st.fixed_dictionaries(
        {
            "lock_active": FLAG,
            "open_case": FLAG,
            "health_deferral": FLAG,
            "retires_on": st.none() | st.dates(date(2027, 1, 1), date(2060, 1, 1)),
            "principal_terms": st.none() | st.integers(0, 4),
            "years_at_school": st.none() | st.integers(0, 30),
        }
    )
)
def test_exactly_one_row_answers_in_the_order_of_the_handbook(teacher):
    value, rows = ask(FILE, "exchange_eligibility", teacher=teacher, as_of=TODAY)
    assert (value["result"], len(rows)) == (expected(teacher), 1)
