"""What an entry needs, months and years of spans, and the terms of sanctions as the decision table has them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.parameters.registry import PARAMETERS
from service.records.deriving import SANCTION_MONTHS
from service.records.rules import KINDS, Entry, entry_faults, sealed_fields
from service.records.rules_days import merged, months_of, passed, plus_months, whole_months, whole_years, without
from tests.flows.asking import ask

DAY = date(2026, 9, 1)
DAYS = st.dates(date(2019, 12, 1), date(2024, 4, 1))
NEAR = st.dates(date(2019, 12, 1), date(2020, 6, 1))
SPANS = st.lists(st.tuples(NEAR, NEAR).map(sorted).map(tuple), max_size=6)
WHOLE = {
    "value": "x", "year": 2025, "amount": 40, "organisation_id": "s", "basis": "staff", "document": "d",
    "valid_until": DAY + timedelta(days=1),
}  # fmt: skip


def whole(kind):
    """An entry with everything that its kind needs."""
    values = {name: WHOLE[name] for name in KINDS[kind].needs}
    values |= {"value": KINDS[kind].values[0]} if KINDS[kind].values else {}
    return {"kind": kind, "valid_from": DAY, **values}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_passes_with_what_it_needs_and_asks_for_each_part_of_it(kind):
    assert entry_faults(Entry(**whole(kind))) == []
    for name in KINDS[kind].needs:
        lacking = {key: value for key, value in whole(kind).items() if key != name}
        assert [fault.path for fault in entry_faults(Entry(**lacking))] == [name]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "gossip"}, "record.kind"),
        ({"value": "特级"}, "record.value"),
        ({"basis": "staff"}, "record.basis"),
        ({"valid_until": date(2026, 8, 31)}, "dates.order"),
        ({"year": 1900}, "record.year"),
        ({"amount": -1}, "record.amount"),
        ({"note": "长" * 401}, "record.long"),
    ],
)
def test_what_is_wrong_is_named(changes, code):
    assert [fault.code for fault in entry_faults(Entry(**whole("title") | changes))] == [code]


def test_everything_of_a_hidden_kind_is_sealed_and_of_an_absence_why():
    hidden = {name for name, kind in KINDS.items() if kind.hidden}
    assert hidden == {"sanction", "inquiry", "ethics", "fraud", "health"}
    assert all({"value", "document", "note"} <= set(sealed_fields(KINDS[name])) for name in hidden)
    assert sealed_fields(KINDS["absence"]) == ("value", "note")
    assert sealed_fields(KINDS["title"]) == ()


@pytest.mark.parametrize("kind", KINDS["sanction"].values)
def test_the_terms_of_sanctions_are_those_of_the_decision_table(kind):
    given_on = date(2026, 1, 31)
    months = PARAMETERS[SANCTION_MONTHS[kind]].default
    sanction = {"kind": kind, "system": "staff", "decided_on": given_on}
    value, _ = ask("shared/sanctions.dmn", "sanction_months", sanction=sanction, as_of=DAY)
    assert value == months
    last = plus_months(given_on, months) - timedelta(days=1)
    for day, in_force in ((last, True), (last + timedelta(days=1), False)):
        effect, _ = ask("shared/sanctions.dmn", "sanction_effect", sanction=sanction, as_of=day)
        assert (effect != "none") == in_force


@pytest.mark.parametrize(
    ("first", "until", "months"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), 0),
        (date(2026, 1, 1), date(2026, 2, 1), 1),
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2020, 9, 1), date(2026, 9, 1), 72),
        (date(2020, 9, 1), date(2026, 8, 31), 71),
        (date(2026, 9, 1), date(2026, 8, 1), 0),
    ],
)
def test_months_are_full(first, until, months):
    assert whole_months(first, until) == months
    assert whole_years(first, until) == months // 12


@given(DAYS, DAYS)
def test_full_months_are_the_most_that_fit(first, until):
    counted = whole_months(first, until)
    assert counted == max(n for n in range(60) if n == 0 or plus_months(first, n) <= until)


@given(SPANS, SPANS)
def test_spans_hold_the_same_days_laid_together_and_cut(spans, others):
    def days(several):
        return {first + timedelta(days=n) for first, until in several for n in range((until - first).days)}

    assert days(merged(spans)) == days(spans)
    assert days(without(spans, others)) == days(spans) - days(others)
    together = merged(spans)
    assert all(one[1] < other[0] for one, other in pairwise(together))
    assert months_of(spans) == sum(whole_months(*span) for span in together)


def test_what_has_not_begun_has_not_passed():
    assert passed(DAY, None, DAY) is None
    assert passed(DAY, date(2027, 1, 1), DAY + timedelta(days=3)) == (DAY, DAY + timedelta(days=3))
    assert passed(DAY, DAY + timedelta(days=1), DAY + timedelta(days=3)) == (DAY, DAY + timedelta(days=1))
