"""Pure rules of what is entered: identity, review, scores."""

import pytest

from service.flows.hiring.entry_rules import cleaned, faults, hundredths, points, standing_faults
from service.flows.hiring.windows import WINDOWS, closed_fields, window_at
from tests.flows.hiring.county import id_number


def person(**changed):
    return {"line": 1, "name": "林知远", "id_number": id_number(1), "phone": None, "degree": "master"} | changed


def paths(fields):
    return [(fault.path, fault.code) for fault in faults(cleaned(fields), {1: "语文", 2: "数学"})]


def test_a_complete_candidate_is_right():
    assert paths(person(phone="138 1234 5678", graduated_from="师范大学")) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"line": 3}, ("line", "candidate.line")),
        ({"line": None}, ("line", "candidate.line")),
        ({"name": "  "}, ("name", "person.name")),
        ({"id_number": "123"}, ("id_number", "person.id_number_form")),
        ({"id_number": None}, ("id_number", "person.id_number_form")),
        ({"id_number": id_number(1)[:17] + "?"}, ("id_number", "person.id_number_form")),
        ({"phone": "12345"}, ("phone", "person.phone_form")),
        ({"degree": "小学"}, ("degree", "candidate.degree")),
        ({"certificate": "x" * 121}, ("certificate", "candidate.too_long")),
        ({"state": "hired"}, ("state", "candidate.state")),
        ({"state": "unqualified"}, ("reason", "candidate.reason_needed")),
        ({"inspection": "maybe"}, ("inspection", "candidate.inspection")),
        ({"chosen": "yes"}, ("chosen", "candidate.chosen")),
        ({"written": 100.01}, ("written", "candidate.score")),
        ({"interview": "NaN"}, ("interview", "candidate.score")),
    ],
)
def test_each_wrong_field_is_named(changed, found):
    assert paths(person(**changed)) == [found]


def test_lower_case_x_and_blanks_in_an_id_number_do_not_matter():
    number = next(found for serial in range(1, 99) if (found := id_number(serial)).endswith("X"))
    assert cleaned({"id_number": f" {number[:6]} {number[6:].lower()} "})["id_number"] == number


@pytest.mark.parametrize(
    ("score", "stored"), [(0, 0), (100, 10000), ("85.5", 8550), (85.55, 8555), (59.995, None), (-1, None), (True, None)]
)
def test_scores_are_kept_in_hundredths(score, stored):
    assert hundredths(score) == stored


def test_points_come_back_as_they_were_given():
    assert points(hundredths(85.55)) == 85.55
    assert points(None) is None


@pytest.mark.parametrize("mark", [{"written": 80}, {"interview": 80}, {"inspection": "passed"}, {"chosen": True}])
def test_marks_are_for_qualified_candidates_only(mark):
    assert [fault.code for fault in standing_faults(mark, "unqualified", 1)] == ["candidate.not_qualified"]
    assert standing_faults(mark, "qualified", 1) == []


def test_only_who_has_a_rank_can_be_chosen():
    assert [fault.code for fault in standing_faults({"chosen": True}, "qualified", None)] == [
        "hiring.chosen_without_rank"
    ]
    assert standing_faults({"chosen": False}, "qualified", None) == []


def test_each_step_opens_its_own_fields():
    assert window_at({"medical", "hire_candidates"}) is None
    assert closed_fields(window_at({"exam_school"}), ["written", "interview"]) == ["interview"]
    assert closed_fields(None, ["name"]) == ["name"]
    assert [name for name, window in WINDOWS.items() if window.registers] == [
        "announcement_period", "qualify_school", "qualify_bureau"
    ]  # fmt: skip
