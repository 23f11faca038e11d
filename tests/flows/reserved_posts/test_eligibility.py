"""Who may apply for a reserved post (policy.md §3.P 4): the ethics veto first, unknown facts never count as no."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.asking import ask

FILE = "reserved-posts/reserved-eligibility.dmn"
CLEAR = {"ethics": "clear", "sanction_effect": "none", "staffed": True, "band": "senior", "title": "高级"}


@pytest.mark.parametrize(
    ("facts", "result", "reason", "row"),
    [
        ({"ethics": "upheld", "staffed": False}, "not_eligible", "ethics", 1),
        ({"ethics": "investigation", "title": None}, "suspended", "ethics_investigation", 2),
        ({"ethics": None, "staffed": False}, "unknown", "ethics", 3),
        ({"sanction_effect": "higher_post"}, "not_eligible", "sanction", 4),
        ({"sanction_effect": "title_and_higher_post"}, "not_eligible", "sanction", 4),
        ({"sanction_effect": None}, "unknown", "sanction", 5),
        ({"sanction_effect": "unknown"}, "unknown", "sanction", 5),
        ({"staffed": False}, "not_eligible", "not_staffed", 6),
        ({"staffed": None}, "unknown", "staffed", 7),
        ({"title": "正高"}, "eligible", "met", 8),
        ({"band": "middle", "title": "一级"}, "eligible", "met", 9),
        ({"band": "middle", "title": "高级"}, "eligible", "met", 9),
        ({"title": None}, "unknown", "title", 10),
        ({"title": "一级"}, "not_eligible", "title", 11),
        ({"band": "junior"}, "not_eligible", "title", 11),
    ],
)
def test_every_row_answers_its_case(facts, result, reason, row):
    assert ask(FILE, "reserved_eligibility", applicant=CLEAR | facts) == ({"result": result, "reason": reason}, [row])


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "ethics": st.sampled_from(["clear", "upheld", "investigation", None]),
            "sanction_effect": st.sampled_from(["none", "higher_post", "title_and_higher_post", "unknown", None]),
            "staffed": st.sampled_from([True, False, None]),
            "band": st.sampled_from(["senior", "middle", "junior"]),
            "title": st.sampled_from(["三级", "二级", "一级", "高级", "正高", None]),
        }
    )
)
def test_exactly_one_row_answers_and_the_veto_comes_before_everything(applicant):
    value, rows = ask(FILE, "reserved_eligibility", applicant=applicant)
    assert len(rows) == 1
    if applicant["ethics"] == "upheld":
        assert value == {"result": "not_eligible", "reason": "ethics"}
    if value["result"] == "eligible":
        assert None not in applicant.values() and applicant["sanction_effect"] == "none"
