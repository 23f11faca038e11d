"""The forms: what each step may write is in its form, and what people send is cleaned as the flow expects it."""

import json

import pytest

from service.errors import Invalid
from service.tasks import forms
from tests.flows.hiring.test_diagram import DIAGRAMS, FILES
from workflows.dialect import parse

FORMS = {form["id"]: form for form in (json.loads(FILES[name]) for name in FILES if name.endswith(".form"))}
TASKS = {
    element.id: element
    for process in DIAGRAMS
    for element in parse(FILES, process).elements.values()
    if element.kind == "userTask"
}
DEMAND = {
    "posts": [{"subject": "语文", "stage": "primary", "band": "junior", "count": 3}],
    "degree": "bachelor",
    "certificate": "小学及以上语文教师资格证",
    "directed": False,
    "need": "本学年退休 1 人、调出 1 人。",
    "meeting_on": "2026-09-08",
    "minutes": ["attachment-1"],
}


def cleaned(form_id, values, declared=None, **options):
    form = FORMS[form_id]
    return forms.clean(form, values, forms.rights(form, declared, many_seats=False), **options)


def faults(form_id, values, declared=None):
    with pytest.raises(Invalid) as refused:
        cleaned(form_id, values, declared)
    return {fault.path for fault in refused.value.faults}


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_its_form_and_declares_only_fields_that_are_in_it(task):
    element = TASKS[task]
    keys = {component["key"] for component in forms.components(FORMS[element.form_id])}
    declared = element.properties.get("fields")
    assert (declared is None) == (task == "correction")
    named = {pair.split(":")[0] for pair in declared.split(",")} if declared else set()
    assert named <= keys


def test_every_form_is_used():
    assert set(FORMS) == {element.form_id for element in TASKS.values()}


def test_a_complete_demand_passes_as_it_was_sent():
    assert cleaned("hiring-demand", DEMAND) == DEMAND


@pytest.mark.parametrize("missing", ["posts", "degree", "certificate", "need", "meeting_on", "minutes"])
def test_what_the_demand_rests_on_is_required(missing):
    assert faults("hiring-demand", {name: value for name, value in DEMAND.items() if name != missing}) == {
        f"values.{missing}"
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("count", 0), ("count", 51), ("count", "three"), ("band", "top"), ("stage", "university"), ("subject", "")],
)
def test_a_wrong_row_is_named_with_row_and_column(name, value):
    posts = [DEMAND["posts"][0], {**DEMAND["posts"][0], name: value}]
    assert faults("hiring-demand", DEMAND | {"posts": posts}) == {f"values.posts.1.{name}"}


def test_a_correction_may_send_back_the_rows_that_it_was_shown():
    posts = [{**DEMAND["posts"][0], "line": 1}]
    assert cleaned("hiring-demand", DEMAND | {"posts": posts})["posts"] == posts


@pytest.mark.parametrize(
    ("task", "rows"),
    [("bureau_review", "bureau_posts"), ("staffing_check", "staffing_posts"), ("post_check", "hr_posts")],
)
def test_a_reviewer_may_grant_numbers_and_touch_nothing_of_the_demand(task, rows):
    element = TASKS[task]
    declared = element.properties["fields"]
    shown = [{**DEMAND["posts"][0], "line": 1, "granted": 2}]
    assert cleaned(element.form_id, {rows: shown}, declared) == {rows: shown}
    assert cleaned(element.form_id, {rows: [{"line": 1, "granted": 2}]}, declared) == {
        rows: [{"line": 1, "granted": 2}]
    }
    assert cleaned(element.form_id, {}, declared) == {}
    assert faults(element.form_id, {"posts": DEMAND["posts"]}, declared) == {"values.posts"}
    assert faults(element.form_id, {rows: [{"line": 1, "granted": -1}]}, declared) == {f"values.{rows}.0.granted"}


def test_a_return_needs_no_field_of_the_form():
    assert cleaned("hire-contract", {}, TASKS["contract"].properties["fields"], complete=False) == {}


def test_the_contract_asks_for_term_first_day_and_probation():
    declared = TASKS["contract"].properties["fields"]
    assert faults("hire-contract", {}, declared) == {
        "values.contract_years", "values.contract_from", "values.probation_months"
    }  # fmt: skip
    assert faults(
        "hire-contract", {"contract_years": 3, "contract_from": "2027-01-18", "probation_months": 13}, declared
    ) == {"values.probation_months"}
