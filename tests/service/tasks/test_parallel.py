"""Parallel branches keep what each wrote; odd names and long texts of forms hurt nothing."""

from typing import Any

import orjson
import pytest

from service.errors import Invalid
from tests.driver import Case, Driver
from tests.service.tasks import flows
from tests.workflows import diagrams as d

ODD = ("typename", "len", "__class__")
MEGABYTE = 1 << 20


def field(key: str, kind: str = "textfield", **rules: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key, "validate": rules}


FORM = {"id": "branch", "type": "default", "schemaVersion": 16, "components": [
    field("note"), field("left_only"), field("right_only"), *(field(name) for name in ODD),
    field("long_text", "textarea"), field("megabyte", "textarea", maxLength=2 * MEGABYTE),
]}  # fmt: skip


def started(driver: Driver) -> Case:
    tasks = [flows.task(name, "bureau_hr_officer", form="branch", decisions="approve") for name in ("left", "right")]
    last = flows.task("last", assignee="=initiator", decisions="approve")
    nodes = (d.gateway("parallel", "split"), *tasks, d.gateway("parallel", "join"), last)
    links = (d.path("start", "split", "left", "join"), d.path("split", "right", "join"), d.path("join", "last", "end"))
    driver.deploy(flows.flow(nodes, links) | {"branch.form": orjson.dumps(FORM)})
    return driver.start("small", "s01.hr", "s01", count=1)


@pytest.mark.parametrize("order", [("left", "right"), ("right", "left")])
def test_both_branches_survive_the_join(driver: Driver, order: tuple[str, str]) -> None:
    case = started(driver)
    for name in order:
        case.complete(name, "bureau.hr", "approve", note=f"by {name}", **{f"{name}_only": name})
    assert case.open() == ["last"]
    found = case.variables
    assert (found["left_only"], found["right_only"]) == ("left", "right")
    assert found["note"] == f"by {order[1]}"
    assert {found[name]["decision"] for name in order} == {"approve"}


@pytest.mark.parametrize("name", ODD)
def test_a_field_may_be_named_like_anything(driver: Driver, name: str) -> None:
    case = started(driver)
    case.complete("left", "bureau.hr", "approve", **{name: "a text"})
    case.complete("right", "bureau.hr", "approve")
    case.complete("last", "s01.hr", "approve")
    assert (case.state, case.variables[name]) == ("completed", "a text")


def test_a_text_over_the_limit_is_refused_at_its_field_and_leaves_nothing(driver: Driver) -> None:
    case = started(driver)
    with pytest.raises(Invalid) as refused:
        case.complete("left", "bureau.hr", "approve", long_text="长" * (2 * MEGABYTE))
    assert [fault.path for fault in refused.value.faults] == ["values.long_text"]
    assert case.open() == ["left", "right"]
    assert "long_text" not in case.variables


def test_a_variable_of_a_megabyte_passes_and_comes_back_whole(driver: Driver) -> None:
    case = started(driver)
    text = "x" * MEGABYTE
    case.complete("left", "bureau.hr", "approve", megabyte=text)
    case.complete("right", "bureau.hr", "approve")
    assert case.variables["megabyte"] == text
