"""Who may apply for which title (policy.md §3.T): every row of the province's table, exclusions, near misses."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flows.asking import ask, outcome, rows

FILE = "title/title-eligibility.dmn"
TODAY = date(2026, 9, 10)
CLEAR = {
    "target": "高级", "title": "一级", "degree": "bachelor", "stage": "primary", "area": "rural", "years_in_title": 5,
    "years_of_service": 12, "rural_months": 24, "rural_exception": False, "retired": False, "ethics": "clear",
    "sanction_effect": "none", "fraud_on": None, "records_checked": True,
}  # fmt: skip
TARGETS = ("三级", "二级", "一级", "高级", "正高")
DEGREES = ("phd", "master", "bachelor", "associate", "secondary")
STAGES = ("kindergarten", "primary", "junior", "senior", "vocational")


def asked(decision, **facts):
    return ask(FILE, decision, applicant=CLEAR | facts, as_of=TODAY)


@pytest.mark.parametrize(
    ("facts", "value", "row"),
    [
        ({"retired": True}, ("not_eligible", "retired"), 1),
        ({"ethics": "upheld"}, ("not_eligible", "ethics"), 2),
        ({"ethics": "investigation"}, ("suspended", "ethics_investigation"), 3),
        ({"sanction_effect": "title_and_higher_post"}, ("not_eligible", "sanction"), 4),
        ({"fraud_on": date(2023, 9, 11)}, ("not_eligible", "fraud"), 5),
        ({"ethics": None}, ("unknown", "ethics"), 6),
        ({"sanction_effect": None}, ("unknown", "sanction"), 7),
        ({"sanction_effect": "unknown"}, ("unknown", "sanction"), 7),
        ({"records_checked": None}, ("unknown", "records"), 8),
        ({}, ("clear", "clear"), 9),
        ({"fraud_on": date(2023, 9, 10)}, ("clear", "clear"), 9),
        ({"sanction_effect": "higher_post"}, ("clear", "clear"), 9),
    ],
)
def test_standing_row_by_row(facts, value, row):
    result, reason = value
    assert asked("title_standing", **facts) == ({"result": result, "reason": reason}, [row])


@pytest.mark.parametrize(
    ("target", "degree", "stage", "prior", "basis", "years", "row"),
    [
        ("高级", None, "primary", None, "unknown", None, 1),
        ("正高", "phd", "senior", "高级", "title", 5, 2),
        ("正高", "bachelor", "primary", "高级", "title", 5, 2),
        ("高级", "phd", "senior", "一级", "title", 2, 3),
        ("高级", "master", "senior", "一级", "title", 5, 4),
        ("高级", "bachelor", "kindergarten", "一级", "title", 5, 4),
        ("高级", "associate", "primary", "一级", "title", 5, 5),
        ("高级", "associate", "junior", "一级", "title", 5, 5),
        ("高级", "associate", "senior", None, "no_rule", None, 17),
        ("一级", "phd", "senior", None, "none", 0, 6),
        ("一级", "master", "senior", "二级", "title", 2, 7),
        ("一级", "bachelor", "senior", "二级", "title", 4, 8),
        ("一级", "associate", "junior", "二级", "title", 4, 9),
        ("一级", "associate", "vocational", None, "no_rule", None, 17),
        ("一级", "secondary", "primary", "二级", "title", 5, 10),
        ("一级", "secondary", "junior", None, "no_rule", None, 17),
        ("二级", "phd", "senior", None, "none", 0, 11),
        ("二级", "master", "senior", None, "none", 0, 11),
        ("二级", "bachelor", "senior", None, "service", 1, 12),
        ("二级", "associate", "senior", "三级", "title", 2, 13),
        ("二级", "secondary", "primary", "三级", "title", 3, 14),
        ("三级", "associate", "primary", None, "service", 1, 15),
        ("一级", "secondary", None, None, "unknown", None, 16),
        ("正高", "associate", "primary", None, "no_rule", None, 17),
        ("高级", "secondary", "primary", None, "no_rule", None, 17),
    ],
)
def test_degree_and_years_row_by_row(target, degree, stage, prior, basis, years, row):
    value = {"prior": prior, "basis": basis, "years": years}
    assert asked("title_years", target=target, degree=degree, stage=stage) == (value, [row])


@pytest.mark.parametrize(
    ("facts", "value", "row"),
    [
        ({"target": "一级", "area": "city", "rural_months": 0}, "not_required", 1),
        ({"area": "rural", "rural_months": 0}, "not_required", 2),
        ({"area": "remote", "rural_months": None}, "not_required", 2),
        ({"area": "city", "rural_months": 12}, "met", 3),
        ({"area": "town", "rural_months": 11, "rural_exception": True}, "exception", 4),
        ({"area": "city", "rural_months": None}, "unknown", 5),
        ({"area": None, "rural_months": 3}, "unknown", 6),
        ({"area": "city", "rural_months": 11}, "short", 7),
    ],
)
def test_rural_service_row_by_row(facts, value, row):
    assert asked("title_rural", **facts) == (value, [row])


@pytest.mark.parametrize(
    ("facts", "result", "reason", "missing", "row"),
    [
        ({"retired": True}, "not_eligible", "retired", None, 1),
        ({"ethics": "investigation"}, "suspended", "ethics_investigation", None, 2),
        ({"degree": "secondary"}, "not_eligible", "no_rule", None, 3),
        ({"degree": None}, "unknown", "degree_or_stage", None, 4),
        ({"title": "二级"}, "not_eligible", "step_by_step", None, 5),
        ({"title": None}, "unknown", "title", None, 6),
        ({"years_in_title": None}, "unknown", "years", None, 7),
        ({"years_in_title": 3}, "not_eligible", "years", 2, 8),
        ({"years_in_title": 4}, "near_miss", "years", 1, 9),
        ({"area": "city", "rural_months": 5}, "not_eligible", "rural", 0, 10),
        ({"area": "city", "rural_months": None}, "unknown", "rural", 0, 11),
        ({"records_checked": False}, "unknown", "records", 0, 12),
        ({}, "eligible", "met", 0, 13),
        ({"target": "一级", "degree": "phd", "title": None, "years_in_title": 0}, "eligible", "met", 0, 13),
        ({"target": "二级", "title": "未评", "years_of_service": 1}, "eligible", "met", 0, 13),
        ({"area": "city", "rural_months": 0, "rural_exception": True}, "eligible", "met", 0, 13),
    ],
)
def test_eligibility_row_by_row(facts, result, reason, missing, row):
    value = {"result": result, "reason": reason, "missing_years": missing}
    assert asked("title_eligibility", **facts) == (value, [row])


def test_the_answer_carries_the_rows_it_was_built_on():
    found = outcome(FILE, "title_eligibility", applicant=CLEAR | {"years_in_title": 4}, as_of=TODAY)
    (years,) = found.required["title_years"].rules
    assert (years.index, years.annotation) == (4, "高级：硕士、本科，任一级满 5 年。")
    assert found.rules[0].annotation.startswith("年限只差一点")


def test_how_near_counts_as_near_is_a_parameter():
    facts = {"applicant": CLEAR | {"years_in_title": 3}, "as_of": TODAY}
    wider = ask(FILE, "title_eligibility", **facts, parameters={"title_near_miss_years": 2})
    assert wider[0]["result"] == "near_miss"


maybe = st.sampled_from
applicants = st.fixed_dictionaries(
    {
        "target": maybe(TARGETS),
        "title": maybe([*TARGETS, "未评", None]),
        "degree": maybe([*DEGREES, None]),
        "stage": maybe([*STAGES, None]),
        "area": maybe(["city", "town", "rural", "remote", None]),
        "years_in_title": st.none() | st.integers(0, 20),
        "years_of_service": st.none() | st.integers(0, 40),
        "rural_months": st.none() | st.integers(0, 60),
        "rural_exception": maybe([True, False, None]),
        "retired": maybe([True, False, None]),
        "ethics": maybe(["clear", "upheld", "investigation", None]),
        "sanction_effect": maybe(["none", "higher_post", "title_and_higher_post", "unknown", None]),
        "fraud_on": st.none() | st.dates(date(2018, 1, 1), TODAY),
        "records_checked": maybe([True, False, None]),
    }
)
TABLES = ("title_standing", "title_years", "title_rural", "title_eligibility")


@given(applicants)
def test_exactly_one_row_of_every_table_answers(applicant):
    for table in TABLES:
        assert len(ask(FILE, table, applicant=applicant, as_of=TODAY)[1]) == 1


@given(applicants)
def test_an_unknown_fact_never_makes_anybody_eligible_who_would_not_be_with_some_value_of_it(applicant):
    """Eligible needs every record checked, no veto, and the years that the table asks for."""
    value, _ = ask(FILE, "title_eligibility", applicant=applicant, as_of=TODAY)
    if value["result"] == "eligible":
        years = outcome(FILE, "title_years", applicant=applicant, as_of=TODAY).value
        served = {"title": applicant["years_in_title"], "service": applicant["years_of_service"], "none": 0}
        assert applicant["records_checked"] and applicant["ethics"] == "clear" and applicant["degree"]
        assert served[years["basis"]] >= years["years"]
        assert years["prior"] in (None, applicant["title"])


def test_every_row_of_every_table_has_a_case_above():
    assert [len(rows(FILE, table)) for table in TABLES] == [9, 17, 7, 13]
