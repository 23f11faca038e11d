"""The effect of a sanction: its term, whether it still runs, what it blocks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flows.asking import ask, outcome

FILE = "shared/sanctions.dmn"
TODAY = date(2026, 9, 10)
MONTHS = {"none": 0, "warning": 6, "demerit": 12, "major_demerit": 18, "demotion": 24, "removal": 24}


def sanction(kind, system="staff", decided_on=date(2026, 6, 1)):
    return {"kind": kind, "system": system, "decided_on": decided_on}


@pytest.mark.parametrize(
    ("kind", "months", "row"),
    [("none", 0, 1), ("warning", 6, 2), ("demerit", 12, 3), ("major_demerit", 18, 4), ("demotion", 24, 5),
     ("removal", 24, 5), (None, None, 6)],
)  # fmt: skip
def test_every_kind_has_its_term(kind, months, row):
    assert ask(FILE, "sanction_months", sanction=sanction(kind)) == (months, [row])


@pytest.mark.parametrize(
    ("facts", "effect", "row"),
    [
        (sanction(None), "unknown", 1),
        (sanction("none", None, None), "none", 2),
        (sanction("demerit", decided_on=date(2025, 9, 10)), "none", 2),
        (sanction("warning", "governmental"), "title_and_higher_post", 3),
        (sanction("removal", "governmental"), "title_and_higher_post", 3),
        (sanction("warning"), "higher_post", 4),
        (sanction("demerit"), "title_and_higher_post", 5),
        (sanction("demotion"), "title_and_higher_post", 5),
        (sanction("removal"), "unknown", 6),
        (sanction("demerit", None), "unknown", 6),
    ],
)
def test_every_row_answers_its_case(facts, effect, row):
    assert ask(FILE, "sanction_effect", sanction=facts, as_of=TODAY) == (effect, [row])


def test_a_sanction_ends_with_the_last_day_of_its_term():
    facts = sanction("demerit", decided_on=date(2025, 9, 10))
    before = outcome(FILE, "sanction_effect", sanction=facts, as_of=date(2026, 9, 9))
    after = outcome(FILE, "sanction_effect", sanction=facts, as_of=date(2026, 9, 10))
    assert (before.value, after.value) == ("title_and_higher_post", "none")


def test_a_bureau_may_set_another_term():
    facts = {"sanction": sanction("warning", decided_on=date(2026, 1, 1)), "as_of": TODAY}
    assert ask(FILE, "sanction_effect", **facts)[0] == "none"
    assert ask(FILE, "sanction_effect", **facts, parameters={"sanction_warning_months": 12})[0] == "higher_post"


def later(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


@given(
    kind=st.sampled_from([*MONTHS, None]),
    system=st.sampled_from(["staff", "governmental", None]),
    decided_on=st.dates(date(2022, 1, 1), TODAY).map(lambda day: day.replace(day=min(day.day, 28))),
)
def test_exactly_one_row_answers_and_nobody_is_blocked_after_the_term(kind, system, decided_on):
    effect, rows = ask(FILE, "sanction_effect", sanction=sanction(kind, system, decided_on), as_of=TODAY)
    assert len(rows) == 1
    over = kind is not None and later(decided_on, MONTHS[kind]) <= TODAY
    assert (effect == "none") == over
