"""The editor of a draft: what its page is given, and what its scripts ask while it is open."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.db import db
from service.deployments.commands_drafts import BeginDraft, begin_draft
from tests.service.web.pages.browser import Site, Visitor
from workflows import catalogue
from workflows.base import Base

DEMAND = [
    ("posts.0.subject", "语文"), ("posts.0.stage", "primary"), ("posts.0.band", "junior"), ("posts.0.count", "2"),
    ("degree", "bachelor"), ("certificate", "小学语文"), ("need", "退休"), ("meeting_on", "2026-09-08"),
]  # fmt: skip
MINUTES = ("minutes[]", "示例文件1.pdf")
START = {"kind": "start", "entered": [*DEMAND, MINUTES]}
RESERVED = {"element_id": "reserve", "values": '{"posts": [{"line": 1, "count": 2}], "total": 2}'}


@pytest.fixture
def draft(site: Site) -> str:
    found = catalogue.latest(db.session(), "hiring")
    return begin_draft(site.driver.actor("admin"), BeginDraft(definition_id=found.id), now=site.driver.now)


def asked(visitor: Visitor, path: str, **body: Any) -> TestResponse:
    return visitor.post(path, json.dumps(body), accept="application/json", headers={"Content-Type": "application/json"})


def test_the_page_offers_steps_roles_and_operations_so_that_none_is_typed(site: Site, draft: str) -> None:
    page = site.visitor("admin", "en").get(f"/drafts/{draft}/edit")
    assert page.status_code == 200
    for said in ("lectern.countersign", "hiring.reserve", "bureau_hr_chief", "principal@", "hiring-approval"):
        assert said in page.text, said
    assert "style-src 'self' 'unsafe-inline'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]


def test_who_may_not_read_drafts_gets_no_editor(site: Site, draft: str) -> None:
    hr = site.visitor("bureau.hr")
    assert hr.get(f"/drafts/{draft}/edit").status_code == 403
    assert asked(hr, f"/drafts/{draft}/trial", moves=[]).status_code == 403
    assert site.visitor("admin").get("/drafts/none/edit").status_code == 404


def test_a_trial_leads_from_the_start_form_over_an_answer_to_three_open_steps(site: Site, draft: str) -> None:
    admin, path = site.visitor("admin", "en"), f"/drafts/{draft}/trial"
    begun = asked(admin, path, moves=[]).get_json()
    assert 'data-kind="start"' in begun["html"] and 'name="posts.0.count"' in begun["html"]
    assert "Attach a made-up file" in begun["html"] and 'type="file"' not in begun["html"]
    without = asked(admin, path, moves=[{"kind": "start", "entered": DEMAND}])
    assert without.status_code == 422 and [one["path"] for one in without.get_json()["errors"]] == ["values.minutes"]
    stopped = asked(admin, path, moves=[START]).get_json()
    assert stopped["current"] == ["reserve"] and "Reserve headcount and posts" in stopped["html"]
    assert "&#34;total&#34;: 2" in stopped["html"] and "&#34;ledger_full&#34;: false" in stopped["html"]
    open_steps = asked(admin, path, moves=[{**START, "answers": [RESERVED]}]).get_json()
    assert set(open_steps["current"]) == {"bureau_review", "staffing_check", "post_check"}
    assert "split_review" in open_steps["passed"] and "示例文件1.pdf" in open_steps["html"]
    decided = {"kind": "complete", "element_id": "staffing_check", "decision": "reject", "opinion": "无编"}
    ended = asked(admin, path, moves=[{**START, "answers": [RESERVED]}, decided]).get_json()
    assert "The case has ended" in ended["html"] and ended["current"] == []


def test_a_trial_leaves_nothing_behind(site: Site, draft: str) -> None:
    admin = site.visitor("admin")
    before = rows_of_all_tables()
    asked(admin, f"/drafts/{draft}/trial", moves=[{**START, "answers": [RESERVED]}])
    assert rows_of_all_tables() == before


def rows_of_all_tables() -> dict[str, int]:
    counted = {name: db.session.scalar(select(func.count()).select_from(table)) or 0
               for name, table in Base.metadata.tables.items()}  # fmt: skip
    db.session.rollback()
    return counted


def test_what_is_wrong_with_a_move_is_told(site: Site, draft: str) -> None:
    admin, path = site.visitor("admin", "en"), f"/drafts/{draft}/trial"
    empty = asked(admin, path, moves=[{"kind": "start"}])
    assert empty.status_code == 422 and "posts" in empty.text
    assert asked(admin, path, moves=[{"kind": "leap"}]).status_code == 422
    wrong = asked(admin, path, moves=[{**START, "answers": [{**RESERVED, "values": "{"}]}])
    assert wrong.status_code == 422 and "JSON object" in wrong.text
    late = {"kind": "complete", "element_id": "filing", "decision": "accept"}
    gone = asked(admin, path, moves=[{**START, "answers": [RESERVED]}, late]).get_json()
    assert "does not come to" in gone["html"]


def test_a_table_of_the_draft_is_asked_with_values(site: Site, draft: str) -> None:
    admin, path = site.visitor("admin", "en"), f"/drafts/{draft}/evaluate"
    found = asked(admin, path, decision_id="hiring_route", values='{"school_facts": {"authorised": true}}')
    assert "filing" in found.get_json()["html"] and "row 1" in found.get_json()["html"]
    assert asked(admin, path, decision_id="none", values="{}").status_code == 404


def test_a_form_is_shown_as_the_page_of_a_task_would(site: Site, draft: str) -> None:
    admin, path = site.visitor("admin", "en"), f"/drafts/{draft}/preview"
    field = {"type": "number", "key": "count", "label": "人数", "properties": {"label_en": "Number"}}
    shown = asked(admin, path, form={"id": "f", "components": [field]}).get_json()["html"]
    assert "Number" in shown and 'name="count"' in shown
    assert asked(admin, path, form={"components": [{"type": "number", "key": 3, "label": []}]}).status_code in (
        200,
        422,
    )
    assert asked(admin, path, form={"components": 3}).status_code == 422


def test_the_auditor_tries_but_does_not_write(site: Site, draft: str) -> None:
    auditor = site.visitor("auditor")
    assert asked(auditor, f"/drafts/{draft}/trial", moves=[]).status_code == 200
    assert '"save":false' in auditor.text(f"/drafts/{draft}/edit").replace(" ", "")
