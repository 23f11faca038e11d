"""Forms: what may be written at a step, and what is said about what may not."""

from typing import Any

import pytest

from service.errors import Invalid
from service.tasks import forms

FORM: dict[str, Any] = {
    "id": "demand",
    "components": [
        {"type": "text", "text": "只读说明"},
        {"type": "number", "key": "count", "label": "人数", "validate": {"required": True, "min": 1, "max": 30}},
        {"type": "textarea", "key": "need", "label": "理由", "validate": {"required": True, "maxLength": 20}},
        {"type": "select", "key": "band", "values": [{"value": "junior"}, {"value": "middle"}]},
        {"type": "checkbox", "key": "directed"},
        {"type": "datetime", "subtype": "date", "key": "by"},
        {"type": "group", "components": [{"type": "textfield", "key": "typename", "label": "奇怪的名字"}]},
        {
            "type": "dynamiclist",
            "key": "posts",
            "components": [
                {"type": "textfield", "key": "subject", "validate": {"required": True}},
                {"type": "number", "key": "count", "validate": {"min": 1}},
            ],
        },
    ],
}
ALL = forms.rights(FORM, None, many_seats=False)


def faults(values: dict[str, Any], allowed: dict[str, str] = ALL, *, complete: bool = True) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        forms.clean(FORM, values, allowed, complete=complete)
    return {fault.path: fault.code for fault in refused.value.faults}


def test_good_values_come_back_as_plain_json() -> None:
    values = {
        "count": 3,
        "need": "缺科学教师",
        "by": "2026-09-30",
        "directed": "on",
        "posts": [{"subject": "语文", "count": 2}],
    }
    assert forms.clean(FORM, values, ALL) == {
        "count": 3,
        "need": "缺科学教师",
        "by": "2026-09-30",
        "directed": True,
        "posts": [{"subject": "语文", "count": 2}],
    }


def test_each_wrong_field_is_named() -> None:
    found = faults({"count": 99, "band": "senior", "posts": [{"count": 1}], "by": "soon"})
    assert set(found) == {"values.count", "values.need", "values.band", "values.posts.0.subject", "values.by"}


def test_a_field_that_the_step_may_not_write_is_refused_and_not_dropped() -> None:
    allowed = forms.rights(FORM, "count:write", many_seats=False)
    assert faults({"count": 2, "need": "x"}, allowed) == {"values.need": "field.not_writable"}
    assert faults({"count": 2, "salary": 1}, allowed) == {"values.salary": "field.unknown"}


def test_a_return_needs_no_required_fields_but_what_is_sent_must_be_right() -> None:
    allowed = forms.rights(FORM, "count:required", many_seats=False)
    assert forms.clean(FORM, {}, allowed, complete=False) == {}
    assert "values.count" in faults({"count": 0}, allowed, complete=False)
    assert "values.count" in faults({}, allowed)


def test_with_several_seats_nothing_may_be_written_unless_declared() -> None:
    assert set(forms.rights(FORM, None, many_seats=True).values()) == {"read"}
    assert forms.rights(FORM, "count:write", many_seats=True)["count"] == "write"


def test_strange_names_and_long_texts_are_only_names_and_texts() -> None:
    values = {"count": 1, "need": "n", "typename": "len"}
    assert forms.clean(FORM, values, ALL)["typename"] == "len"
    assert "values.__class__" in faults({**values, "__class__": "x"})
    assert "values.typename" in faults({**values, "typename": "x" * 2_000_000})


def test_an_emptied_field_is_written_as_null() -> None:
    assert forms.clean(FORM, {"count": 1, "need": "n", "band": ""}, ALL)["band"] is None


def test_a_number_must_be_a_number() -> None:
    assert "values.count" in faults({"count": "3 or 4", "need": "n"})
    assert "values.count" in faults({"count": 2.5, "need": "n"})


def test_what_is_required_only_while_it_is_shown_is_not_asked_for_without_knowing_whether_it_is() -> None:
    field = {"type": "textfield", "key": "why", "validate": {"required": True}}
    hidden = {"id": "f", "components": [{**field, "conditional": {"hide": "=directed != true"}}]}
    assert forms.clean(hidden, {}, {"why": "required"}) == {}
    with pytest.raises(Invalid):
        forms.clean({"id": "f", "components": [field]}, {}, {"why": "write"})
