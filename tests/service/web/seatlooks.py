"""The pages of operations on seats, with sample data: asking, handing over to nobody, taking away, refused."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template

Look = Callable[[], str]


def pages(task: Mapping[str, Any]) -> dict[str, Look]:
    """Address → the form in one of its states."""
    back = task["returning"]
    people, nobody, seats, preview = (task["picking"][name] for name in ("people", "nobody", "seats", "preview"))
    return {
        "/tasks/t3/seats/before": lambda: _form(task, 0, picker=people, preview=preview),
        "/tasks/t3/seats/transfer": lambda: _form(task, 1, picker=nobody, problem="请选择人员。"),
        "/tasks/t3/seats/remove": lambda: _form(task, 2, seats=seats),
        "/tasks/t3/return": lambda: render_template("tasks/return.html", task=task, problem=None, **back),
        "/tasks/t4/return": lambda: render_template("tasks/return.html", task=task, targets=[], given={}, problem=None),
        "/tasks/t3/seats/closed": lambda: _form(task, 1, open=False, problem="这项任务现在不能这样办。"),
    }


def fragments(task: Mapping[str, Any]) -> dict[str, Look]:
    """Address → what htmx puts into the form."""
    found = task["picking"]
    return {
        "/tasks/<task_id>/seats/<operation>/people": lambda: render_template(
            "tasks/seat_people.html", picker=found["people"]
        ),
        "/tasks/<task_id>/seats/<operation>/preview": lambda: render_template(
            "tasks/seat_preview.html", preview=found["preview"]
        ),
    }


def _form(task: Mapping[str, Any], number: int, **changes: Any) -> str:
    shown: dict[str, Any] = {"seats": [], "picker": None, "preview": [], "problem": None, "open": True}
    given = {"reason": "", "q": (changes.get("picker") or {}).get("text", "")}
    return render_template(
        "tasks/seats.html", task=task, operation=task["operations"][number], given=given, **{**shown, **changes}
    )
