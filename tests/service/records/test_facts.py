"""What was true on a day: each fact from its rows, and unknown where nobody has looked (policy §8)."""

from datetime import date
from types import SimpleNamespace

import pytest

from service.parameters.registry import PARAMETERS
from service.records.deriving import Rows, facts_of_rows
from service.records.facts import Sanction

ON = date(2026, 9, 1)
DEFAULTS = {key: parameter.default for key, parameter in PARAMETERS.items()}
PLACES = {
    "city": SimpleNamespace(id="city", kind="school", area="city", weak=False, stage="primary"),
    "weak": SimpleNamespace(id="weak", kind="school", area="town", weak=True, stage="primary"),
    "remote": SimpleNamespace(id="remote", kind="school", area="remote", weak=None, stage="junior"),
    "doubt": SimpleNamespace(id="doubt", kind="school", area="city", weak=None, stage="primary"),
}
BOTH = ("discipline", "career")
EMPTY = dict.fromkeys(("value", "basis", "year", "amount", "organisation_id", "valid_until"))


def record(kind, since, **values):
    return SimpleNamespace(**EMPTY | {"id": kind, "kind": kind, "valid_from": date.fromisoformat(since)} | values)


def appointment(place, since, until=None, **values):
    days = {"valid_from": date.fromisoformat(since), "valid_until": until and date.fromisoformat(until)}
    terms = {"employment_kind": "staffed", "post_category": "professional", "band": "middle", "grade": 9,
             "subject": "语文", "stage": None, "title": "一级", "instance_id": None}  # fmt: skip
    return SimpleNamespace(id=f"{place}-{since}", organisation_id=place, **days, **terms | values)


def person(**values):
    facts = {"id": "p", "name": "甲", "sex": "female", "born_on": date(1980, 5, 6), "degree": "bachelor"}
    return SimpleNamespace(**facts | {"retires_on": None} | values)


def facts(*records, on=ON, topics=BOTH, who=None, **rows):
    rows = {"appointments": [appointment("city", "2020-09-01")]} | rows
    return facts_of_rows(Rows(who or person(), records=records, topics=topics, places=PLACES, **rows), DEFAULTS, on)


def sanction(kind, since, basis="staff", **values):
    return record("sanction", since, value=kind, basis=basis, **values)


UNTIL = date(2026, 3, 1)
CASES = [
    ("title", [record("title", "2021-09-01", value="一级")], "一级"),
    ("title", [], "一级"),
    ("title", [record("title", "2015-09-01", value="二级"), record("title", "2021-09-01", value="一级")], "一级"),
    ("title", [record("title", "2021-09-01", value="高级", valid_until=UNTIL)], "一级"),
    ("years_in_title", [record("title", "2021-09-01", value="一级")], 5),
    ("years_in_title", [record("title", "2021-09-02", value="一级")], 4),
    ("years_in_title", [], None),
    ("years_of_service", [], 6),
    ("years_of_service", [record("service", "2016-09-01", valid_until=date(2020, 9, 1))], 10),
    ("years_at_school", [], 6),
    ("years_at_school",
     [record("service", "2016-09-01", organisation_id="city", valid_until=date(2020, 9, 1))], 10),
    ("years_at_school",
     [record("service", "2016-09-01", organisation_id="city", valid_until=date(2020, 8, 1))], 6),
    ("rural_months", [], 0),
    ("rural_months", [record("exchange", "2024-09-01", value="lent", organisation_id="weak")], 24),
    ("rural_months", [record("rural_service", "2010-09-01", valid_until=date(2011, 9, 1))], 12),
    ("rural_months", [record("loan", "2024-09-01", value="support", organisation_id="doubt")], None),
    ("assessments", [record("assessment", "2025-12-31", value="excellent", year=2025)], {2025: "excellent"}),
    ("assessments", [record("assessment", "2026-08-31", value="excellent", year=2026)], {}),
    ("excellent", [record("assessment", "2025-12-31", value="excellent", year=2025)], 1),
    ("training_hours", [record("training", "2025-12-31", year=2025, amount=72),
                        record("training", "2025-06-30", year=2025, amount=8),
                        record("training", "2020-12-31", year=2020, amount=90)], 80),
    ("ethics", [], "clear"),
    ("ethics", [record("ethics", "2026-06-01", value="investigation")], "investigation"),
    ("ethics", [record("ethics", "2026-02-01", value="investigation", valid_until=UNTIL)], "clear"),
    ("ethics", [record("ethics", "2026-02-01", value="investigation"), record("ethics", "2026-01-01", value="upheld")],
     "upheld"),
    ("sanction", [], Sanction("none")),
    ("sanction", [sanction("warning", "2026-03-01")], Sanction("none")),
    ("sanction", [sanction("warning", "2026-03-02")],
     Sanction("warning", "staff", date(2026, 3, 2), date(2026, 9, 2))),
    ("sanction", [sanction("demotion", "2026-01-01", valid_until=date(2026, 8, 1))], Sanction("none")),
    ("sanction", [sanction("demotion", "2026-01-01"), sanction("warning", "2026-07-01", basis="governmental")],
     Sanction("warning", "governmental", date(2026, 7, 1), date(2027, 1, 1))),
    ("open_case", [], False),
    ("open_case", [sanction("warning", "2026-03-02")], True),
    ("open_case", [record("inquiry", "2026-06-01")], True),
    ("open_case", [record("ethics", "2026-06-01", value="investigation")], True),
    ("fraud_on", [record("fraud", "2024-05-06")], date(2024, 5, 6)),
    ("backbone", [], "none"),
    ("backbone", [record("backbone", "2020-01-01", value="county"), record("backbone", "2022-01-01", value="city")],
     "city"),
    ("backbone", [record("backbone", "2020-01-01", value="city", valid_until=UNTIL)], "none"),
    ("exchanged", [], False),
    ("exchange_destination", [], "none"),
    ("exchange_destination", [record("exchange", "2020-09-01", value="lent", organisation_id="city"),
                              record("exchange", "2022-09-01", value="lent", organisation_id="remote")], "remote"),
    ("exchange_months", [record("exchange", "2020-09-01", value="lent", organisation_id="weak",
                                valid_until=date(2021, 9, 1)),
                         record("exchange", "2026-07-15", value="lent", organisation_id="remote")], 13),
    ("absent", [record("absence", "2026-08-01")], True),
    ("health_deferral", [], None),
    ("health_deferral", [record("health", "2026-08-01", value="nursing")], True),
    ("health_deferral", [record("health", "2025-08-01", value="nursing", valid_until=UNTIL)], None),
    ("retires_on", [], date(2038, 1, 6)),
    ("retires_on", [record("retirement_choice", "2036-01-01", value="early")], date(2036, 1, 1)),
    ("lock_active", [], False),
    ("principal_terms", [], 0),
    ("retired", [], False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "records", "value"), CASES)
def test_each_fact_follows_from_its_records(name, records, value):
    assert getattr(facts(*records), name) == value


@pytest.mark.parametrize(
    "name", ["ethics", "sanction", "open_case", "lock_active", "backbone", "exchanged", "exchange_destination",
             "exchange_months", "excellent", "training_hours", "rural_months"],
)  # fmt: skip
def test_what_nobody_has_looked_for_is_unknown_and_not_no(name):
    assert getattr(facts(), name) is not None
    assert getattr(facts(topics=()), name) is None


def test_what_is_on_record_is_known_though_the_file_was_not_looked_through():
    known = facts(
        sanction("warning", "2026-06-01"), record("ethics", "2026-06-01", value="investigation"),
        record("exchange", "2024-09-01", value="lent", organisation_id="remote"), topics=(),
    )  # fmt: skip
    assert (known.sanction.kind, known.ethics, known.open_case) == ("warning", "investigation", True)
    assert (known.exchanged, known.rural_months, known.rural_months_seen) == (True, None, 24)
    assert not known.records_checked


def test_a_record_of_later_days_says_nothing_about_the_day():
    later = [record(kind, "2026-09-02", value="x") for kind in ("ethics", "backbone", "exchange", "health", "title")]
    assert facts(*later) == facts()


def test_who_is_lent_elsewhere_works_there():
    sent = [record("loan", "2022-09-01", value="secondment", organisation_id="city", valid_until=date(2023, 9, 1))]
    assert facts(appointments=[appointment("weak", "2020-09-01")]).rural_months == 72
    assert facts(*sent, appointments=[appointment("weak", "2020-09-01")]).rural_months == 60


def test_a_principal_has_terms_at_the_present_school_only():
    terms = [
        record("principal_term", "2020-09-01", organisation_id="city", valid_until=date(2023, 9, 1)),
        record("principal_term", "2023-09-01", organisation_id="city", valid_until=date(2026, 9, 1)),
        record("principal_term", "2014-09-01", organisation_id="weak", valid_until=date(2017, 9, 1)),
    ]
    assert facts(*terms).principal_terms == 0
    assert facts(*terms, principal_of={"city"}).principal_terms == 2
    assert facts(*terms, principal_of={"city"}, on=date(2026, 8, 31)).principal_terms == 1
    assert facts(principal_of={"city"}, topics=()).principal_terms is None


def test_a_lock_holds_on_its_last_day():
    lock = SimpleNamespace(organisation_id="city", starts_on=date(2021, 9, 1), ends_on=ON)
    assert facts(locks=[lock]).lock_active
    assert facts(locks=[lock], on=date(2026, 9, 2)).lock_active is False
    assert facts(locks=[lock], topics=()).lock_active


def test_who_has_left_is_not_staffed_and_retired_only_by_retirement():
    gone = {"appointments": [appointment("city", "2020-09-01", "2026-08-01")]}
    for why, retired in (("retirement", True), ("resignation", False)):
        left = facts(record("departure", "2026-08-01", value=why), **gone)
        assert (left.employment, left.staffed, left.retired) == (None, False, retired)
    assert facts(**gone).retired is None


@pytest.mark.parametrize(
    ("who", "day", "by"),
    [
        ({}, date(2038, 1, 6), "tables"),
        ({"sex": "male"}, date(2043, 5, 6), "tables"),
        ({"retires_on": date(2040, 1, 1)}, date(2040, 1, 1), "stored"),
        ({"sex": None}, None, "unknown"),
        ({"born_on": None}, None, "unknown"),
    ],
)
def test_the_day_of_retirement_says_what_it_rests_on(who, day, by):
    found = facts(who=person(**who))
    assert (found.retires_on, found.retires_by) == (day, by)
