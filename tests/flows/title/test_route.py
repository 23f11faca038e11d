"""Which committee evaluates a title (policy.md §3.T 3): by level and the school's authorisation."""

import pytest

from tests.flows.asking import ask

FILE = "title/title-route.dmn"


def route(committee, bureau, hr, filing):
    return {"committee": committee, "bureau_review": bureau, "hr_review": hr, "filing": filing}


@pytest.mark.parametrize("authorised", [True, False])
@pytest.mark.parametrize(
    ("target", "value", "row"),
    [("正高", route("province", True, True, False), 1), ("高级", route("city_or_province", True, True, False), 2)],
)
def test_senior_titles_go_up_whatever_the_school_may_do(target, value, row, authorised):
    facts = {"applicant": {"target": target}, "school_facts": {"own_titles": authorised}}
    assert ask(FILE, "title_route", **facts) == (value, [row])


@pytest.mark.parametrize("target", ["三级", "二级", "一级"])
@pytest.mark.parametrize(
    ("authorised", "value", "row"),
    [(True, route("school", False, False, True), 3), (False, route("county_or_city", True, False, False), 4)],
)
def test_the_authorisation_decides_for_junior_and_middle(target, authorised, value, row):
    facts = {"applicant": {"target": target}, "school_facts": {"own_titles": authorised}}
    assert ask(FILE, "title_route", **facts) == (value, [row])
