"""A few hiring cases at different steps, started and advanced through the same commands as people's."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select

from service.access import sessions
from service.access.actor import Actor
from service.access.models import Account
from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db, transaction
from service.demo.build import Say, organisation_id
from service.instances.commands import StartInstance, start_instance
from service.tasks import queries
from service.tasks.commands import CompleteTask, complete_task
from service.tasks.view import view

STEPS: tuple[tuple[str, tuple[tuple[str, int], ...], tuple[tuple[str, str, str], ...]], ...] = (
    ("s01", (("语文", 2), ("科学", 1)), ()),
    ("s02", (("数学", 1),), (("staffing_check", "staffing.office", "approve"),)),
    ("s04", (("英语", 1),), (("bureau_review", "bureau.hr", "approve"), ("post_check", "hr.bureau", "approve"))),
    ("s05", (("物理", 1),), (
        ("bureau_review", "bureau.hr", "approve"), ("bureau_review", "bureau.hr.chief", "return"),
        ("staffing_check", "staffing.office", "approve"), ("post_check", "hr.bureau", "approve"),
    )),
    ("s09", (("语文", 1),), (
        ("bureau_review", "bureau.hr", "approve"), ("bureau_review", "bureau.hr.chief", "approve"),
        ("staffing_check", "staffing.office", "approve"), ("post_check", "hr.bureau", "approve"),
    )),
    ("s10", (("体育", 1),), (("staffing_check", "staffing.office", "reject"),)),
)  # fmt: skip
"""School, posts (subject, count), and what was decided so far (element, user name, decision)."""

OPINIONS = {"return": "请补充学科结构测算表。", "reject": "该校编制已满足教学需要，建议校内调剂。"}


def build(now: datetime, say: Say) -> None:
    """Start the cases and decide what has been decided."""
    for school, posts, decided in STEPS:
        say(f"案例 · case {school}")
        instance_id = begin(school, posts, now)
        for element_id, username, decision in decided:
            decide(instance_id, element_id, username, decision, now)


def actor(username: str, now: datetime) -> Actor:
    """The actor of an account, as its own request would make it; the token is closed again at once."""
    with transaction() as session:
        account_id = session.scalars(select(Account.id).where(Account.username == username)).one()
        opened = sessions.open_token(session, account_id, "bearer", timedelta(minutes=5), now)
    found = sessions.authenticate(opened.token, now)
    db.session.rollback()
    with transaction() as session:
        sessions.revoke(session, account_id, now, only=opened.token_id)
    if found is None:
        raise LookupError(username)
    return found


def begin(school: str, posts: tuple[tuple[str, int], ...], now: datetime, *, stage: str = "primary") -> str:
    """A school's request for junior posts (subject, count), just handed in; its case."""
    clerk = actor(f"{school}.hr", now)
    minutes = store_attachment(clerk, StoreAttachment(BytesIO(minutes_pdf()), "校务会纪要（演示）.pdf"), now=now)
    variables: dict[str, Any] = {
        "posts": [{"subject": name, "stage": stage, "band": "junior", "count": count} for name, count in posts],
        "degree": "bachelor",
        "certificate": "相应学段教师资格证",
        "need": "本学年退休 2 人、调出 1 人，周课时超过 18 节（演示数据）。",
        "meeting_on": now.date().isoformat(),
        "minutes": [minutes],
    }
    command = StartInstance("hiring", organisation_id(school), variables)
    return start_instance(clerk, command, now=now).instance_id


def decide(instance_id: str, element_id: str, username: str, decision: str, now: datetime, **filled: Any) -> None:
    """Decide the open task of an element with what its form shows, and what is filled in."""
    who = actor(username, now)
    task = next(task for task in queries.open_of(instance_id) if task.element_id == element_id)
    shown = view(who, task.id)
    values = {name: shown.data[name] for name, right in shown.rights.items() if right != "read" and name in shown.data}
    db.session.rollback()
    values |= filled
    command = CompleteTask(task.id, task.version, decision, OPINIONS.get(decision), values, no_interest=True)
    complete_task(who, command, now=now)


def minutes_pdf() -> bytes:
    """A one-page PDF that says that it is a demo."""
    text = b"BT /F1 18 Tf 72 760 Td (Lectern demo: minutes of an invented meeting) Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(body))
    )
