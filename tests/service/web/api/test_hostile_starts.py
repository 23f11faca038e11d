"""No body breaks the server, or begins a case that another case begins: every flow, every kind of nonsense."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from service.db import db, transaction
from service.instances import starting
from service.tasks import forms
from tests.driver import BPMN, folder
from tests.service.web.api.house import House
from workflows import catalogue

FLOWS = sorted(path.parent.name for path in BPMN.glob("*/flow.bpmn"))
STARTERS = {"title": ("s01.teacher", "s01"), "exchange": ("bureau.chief", "bureau"),
            "exchange-placement": ("bureau.chief", "s01"), "reserved-round": ("bureau.chief", "bureau"),
            "title-revocation": ("bureau.hr", "hr")}  # fmt: skip
"""Who may begin what, and where; else the school's HR clerk."""
WRONG: tuple[Any, ...] = (None, True, -1.5, 2**63 - 1, "", "x" * 50_000, [], [{"a": 1}] * 100, {"a": {"b": [1]}}, "\0",
                          "2026-02-31", "0000-00-00", [None] * 500)  # fmt: skip
PLAIN = {"number": 2, "checkbox": True, "datetime": "2026-09-30", "checklist": [], "filepicker": [], "dynamiclist": []}


def plain(component: Mapping[str, Any]) -> Any:
    """A value that may stand in a field, as far as its kind alone says."""
    if component["type"] in ("select", "radio"):
        return next((one["value"] for one in component.get("values", ())), "x")
    least = (component.get("validate") or {}).get("min")
    return least if least is not None else PLAIN.get(component["type"], "x")


def bodies(form: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Nothing; what no form has; all fields wrong in one way; one field wrong in each way beside plain ones."""
    found = {one["key"]: plain(one) for one in forms.components(form or {})}
    yield from ({}, {"no_such": 1}, found, {"entry_id": "nobody", "person_id": "nobody", **found})
    deep: Any = 1
    for _ in range(12):
        deep = {"a": [deep]}
    for wrong in (*WRONG, deep):
        yield dict.fromkeys(found, wrong)
        yield from ({**found, name: wrong} for name in list(found)[:: max(1, len(found) // 2)])


@pytest.mark.parametrize("name", FLOWS)
def test_no_nonsense_breaks_the_server(house: House, name: str) -> None:
    with transaction() as session:
        deployed = catalogue.deploy(session, folder(BPMN / name), now=house.clock.now())
    form = starting.start_form(catalogue.get(db.session(), deployed.id))
    who, place = STARTERS.get(name, ("s01.hr", "s01"))
    asked = {"definition_key": deployed.key, "organisation_id": house.county.organisations[place]}
    caller = house.caller(who)
    told = [caller.post("/process-instances", {**asked, "variables": one}) for one in bodies(form)]
    answers = {(reply.status_code, reply.json.get("code")) for reply in told}
    assert {status for status, _ in answers} <= {201, 400, 403, 404, 409, 413, 422}, sorted(answers, key=str)
    assert all(code for status, code in answers if status != 201), "each refusal says why"
    assert name != "exchange-placement" or 201 not in dict(answers), "the plan begins those"
