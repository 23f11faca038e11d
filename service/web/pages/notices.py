"""Notices: what has happened to my cases and tasks."""

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.notices import queries, reading
from service.notices import words as notice_words
from service.notices.outbox import INCIDENT
from service.notices.queries import NoticeView
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title
from service.web.pages import frame, pages, sent

PAGE = 50


class NoticeQuery(sent.Query):
    """A page of notices."""

    cursor = Text(most=64, load_default=None, allow_none=True)


@pages.get("/notices")
def notices() -> str:
    """My notices and those of my roles, newest first."""
    found = queries.notices(edge.actor(), before=sent.query(NoticeQuery)["cursor"], limit=PAGE + 1)
    return render_template(
        "notices/index.html",
        items=[_item(notice) for notice in found[:PAGE]],
        next=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def _item(notice: NoticeView) -> dict[str, Any]:
    params, about = dict(notice.params), notice.params.get("instance_id")
    if about and params.get("title"):
        params["title"] = case_title(about, params["title"])
    return {
        "at": notice.at,
        "title": notice_words.text(notice.kind, params, edge.locale()),
        "words": notice.params.get("business_key") or "",
        "url": url_for("pages.open_notice", notice_id=notice.id),
        "read_url": url_for("pages.read_notice", notice_id=notice.id),
        "unread": notice.read_at is None,
    }


@pages.get("/notices/unread")
def unread() -> Response:
    """How many I have not read, for the bell that keeps itself up to date: 304 while the number is the same."""
    count = queries.unread(edge.actor())
    shown = frame.counted(count)
    reply = jsonify(unread=shown, label=_("Notices, %(n)s unread", n=shown))
    reply.headers["Cache-Control"] = "private, no-cache"
    reply.set_etag(f"{count}-{edge.locale()}")
    return reply.make_conditional(request)


@pages.post("/notices/<notice_id>/read")
def read_notice(notice_id: str) -> Response:
    """Mark one as read without opening what it points to."""
    queries.notice(edge.actor(), notice_id)
    reading.mark_read(edge.actor(), [notice_id], now=edge.now())
    return redirect(url_for("pages.notices"))


@pages.get("/notices/<notice_id>")
def open_notice(notice_id: str) -> Response:
    """Go where a notice points; having gone there is having read it."""
    notice = queries.notice(edge.actor(), notice_id)
    reading.mark_read(edge.actor(), [notice_id], now=edge.now())
    if notice.task_id:
        return redirect(url_for("pages.task", task_id=notice.task_id))
    if notice.instance_id:
        return redirect(url_for("pages.case", case_id=notice.instance_id))
    if "person_id" in notice.params:
        return redirect(url_for("pages.person", person_id=notice.params["person_id"]))
    if "run_id" in notice.params:
        return redirect(url_for("pages.run", run_id=notice.params["run_id"]))
    if "paper_case_id" in notice.params:
        return redirect(url_for("pages.told_case", paper_case_id=notice.params["paper_case_id"]))
    if "import_id" in notice.params:
        return redirect(url_for("pages.paper_workbook", import_id=notice.params["import_id"]))
    return redirect(url_for("pages.incidents" if notice.kind == INCIDENT else "pages.notices"))


@pages.post("/notices/read")
def read_notices() -> Response:
    """Mark all of mine as read."""
    reading.mark_read(edge.actor(), None, now=edge.now())
    return redirect(url_for("pages.notices"))
