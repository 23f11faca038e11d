"""Fields by step: hidden, read, written, required; enforced by the server, whatever a browser or program sends."""

from typing import Any

import orjson
import pytest

from tests.driver import Case
from tests.service.tasks import flows
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import FORM_TOKEN, Site
from tests.workflows import diagrams as d

SECRET, SHOWN = "不外传-4711", "公开说明"
FIELDS = [
    {"type": "textfield", "key": name, "label": f"字段{name}", "validate": {"maxLength": 200}}
    for name in ("secret", "shown", "noted", "needed")
]


@pytest.fixture
def case(site: Site) -> Case:
    """A step that hides one field, shows one, takes one and needs one; the hidden one also chooses the way after it."""
    form = {"id": "step", "type": "default", "schemaVersion": 16, "components": FIELDS}
    rights = "secret:hidden,shown:read,noted:write,needed:required"
    nodes = (
        flows.task("work", "school_hr@s01", form="step", fields=rights),
        d.gateway("exclusive", "which", default="other"), d.gateway("exclusive", "merge"),
        flows.task("a", "school_hr@s01"), flows.task("b", "school_hr@s01"),
    )  # fmt: skip
    links = (
        d.path("start", "work", "which"), d.flow("which", "a", f'=secret = "{SECRET}"', "told"),
        d.flow("which", "b", None, "other"), d.path("a", "merge", "end"), d.path("b", "merge"),
    )  # fmt: skip
    files = flows.flow(nodes, links)
    start = {**flows.START_FORM, "components": [*flows.START_FORM["components"], *FIELDS[:2]]}  # type: ignore[misc]
    place = site.organisation("s01").encode()
    files = {name: content.replace(b"school_hr@s01", b"school_hr@" + place) for name, content in files.items()}
    site.driver.deploy({**files, "small-start.form": orjson.dumps(start), "step.form": orjson.dumps(form)})
    return site.driver.start("small", "s01.principal", count=1, secret=SECRET, shown=SHOWN)


def asked(site: Site, path: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {site.visitor('s01.hr').token}"}
    client = site.app.test_client()
    send = client.post if body else client.get
    return outside(lambda: send(f"/api/v1{path}", headers=headers, **({"json": body} if body else {})))


def test_a_hidden_field_is_nowhere_on_the_pages_of_its_step(site: Site, case: Case) -> None:
    task, clerk = case.task("work"), site.visitor("s01.hr")
    for path in (f"/tasks/{task.id}", f"/tasks/{task.id}/preview", f"/tasks/{task.id}/form", "/"):
        page = clerk.text(path)
        assert SECRET not in page and "字段secret" not in page and 'name="secret"' not in page, path
    assert SHOWN in clerk.text(f"/tasks/{task.id}")


def test_the_api_tells_neither_the_field_nor_by_the_way_that_comes_next_what_is_in_it(site: Site, case: Case) -> None:
    found = asked(site, f"/tasks/{case.task('work').id}").json
    assert SECRET not in str(found)
    assert [one["key"] for one in found["form"]["schema"]["components"]] == ["shown", "noted", "needed"]
    (fork,) = [step for step in found["next"][0]["path"] if step["kind"] == "fork"]
    assert {branch["path"][0]["element_id"] for branch in fork["branches"]} == {"a", "b"}


def test_a_hidden_or_read_field_is_refused_and_a_required_one_asked_for(site: Site, case: Case) -> None:
    task = case.task("work")
    sent = {"decision": "complete", "version": task.version}
    wrong = {"secret": {"secret": "x", "needed": "y"}, "shown": {"shown": "x", "needed": "y"}, "needed": {"noted": "x"}}
    for name, values in wrong.items():
        refused = asked(site, f"/tasks/{task.id}/complete", **sent, values=values)
        assert refused.status_code == 422
        assert [fault["path"] for fault in refused.json["errors"]] == [f"values.{name}"]
    assert asked(site, f"/tasks/{task.id}/complete", **sent, values={"needed": "y"}).status_code == 200


def test_a_draft_cannot_smuggle_a_hidden_field_into_the_preview(site: Site, case: Case) -> None:
    task = case.task("work")
    asked(site, f"/tasks/{task.id}/save-draft", values={"secret": SECRET, "needed": "y"})
    found = asked(site, f"/tasks/{task.id}").json
    assert "secret" not in found["form"]["data"]
    assert any(step["kind"] == "fork" for step in found["next"][0]["path"])


def test_a_reader_is_told_whose_step_it_is(site: Site, case: Case) -> None:
    page = site.visitor("auditor").text(f"/tasks/{case.task('work').id}")
    assert "请您办理" not in page and "为什么到这里" in page
    assert FORM_TOKEN.search(page)
