"""The admin's page of deadlines: a timer of a diagram is moved, a flow's own beginning is switched off and on."""

from service.access.actor import Actor
from service.db import db
from service.deployments.commands import Publish, publish
from tests.service.instances.test_starts import batch
from tests.service.web.pages.browser import Site


def test_a_timer_of_a_diagram_is_moved_with_a_reason_after_a_look_at_the_day(site: Site) -> None:
    case = site.registering()
    timer = next(row for row in case.timers() if row.kind == "event")
    admin = site.visitor("admin", "en")
    path = f"/deadlines/{timer.id}/move"
    assert f'href="{path}"' in admin.text("/deadlines")
    assert "New day and time" in admin.text(path)
    shown = {
        "2026-10-01T18:00": "working days from today",
        "2026-10-03T18:00": "day off",
        "2026-09-01T18:00": "past",
        "": "Give day and time",
        "x": "Give day and time",
    }
    for typed, said in shown.items():
        preview = admin.post(f"{path}/preview", {"due_at": typed, "reason": "", "seen": timer.due_at.isoformat()})
        assert said in preview.text, typed
    sent = {"due_at": "2026-10-10T18:00", "seen": timer.due_at.isoformat()}
    wrong = admin.post(path, {**sent, "reason": ""})
    assert wrong.status_code == 422 and 'value="2026-10-10T18:00"' in wrong.text
    assert admin.post(path, {**sent, "reason": "Holiday"}).status_code == 302
    moved = next(row for row in case.timers() if row.id == timer.id)
    assert moved.due_at.isoformat() == "2026-10-10T10:00:00+00:00"
    assert admin.post(path, {**sent, "due_at": "2026-10-12T18:00", "reason": "Again"}).status_code == 409
    assert site.visitor("bureau.hr").get(path).status_code == 403


def test_a_flow_that_begins_by_itself_is_switched_off_and_on_with_a_reason(site: Site) -> None:
    publish(Actor.system(), Publish(batch()), now=site.driver.now)
    db.session.rollback()
    admin = site.visitor("admin", "en")
    assert "Flows that begin by themselves" in admin.text("/deadlines")
    path = "/deadlines/starts/batch"
    assert admin.post(path, {"active": "false", "reason": " "}).status_code == 422
    assert admin.post(path, {"active": "false", "reason": "Not this year"}).status_code == 302
    assert "does not begin by itself" in admin.text(path)
    assert admin.post(path, {"active": "true", "reason": "Again"}).status_code == 302
    assert "Begins next: 2026-10-01" in admin.text(path)
    assert admin.get("/deadlines/starts/none").status_code == 404
    assert site.visitor("bureau.hr").get(path).status_code == 403
