"""Decisions made outside, with sample data: on paper, of a whole vote, of a meeting, recorded and disputed."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template

Look = Callable[[], str]


def pages(task: Mapping[str, Any], papers: Mapping[str, Any]) -> dict[str, Look]:
    """Address → the form, or the task that was decided so; the form has the step's own fields."""
    form, recorded = {**task, **papers["form"]}, papers["recorded"]
    closed = {"title": "此任务已结束", "words": "已办结"}
    met = {**task, "decisions": [], "minutes": papers["met"]}
    decided = {**task, "papers": [recorded, papers["of_seat"]], "closed": closed, "decisions": [], "recusal": None}
    return {
        "/tasks/t3/paper": lambda: render_template("tasks/paper.html", task=form),
        "/tasks/vote/paper": lambda: render_template("tasks/paper.html", task={**form, **papers["vote"]}),
        "/tasks/seats/paper": lambda: render_template("tasks/paper.html", task={**form, **papers["seats"]}),
        "/tasks/t3/dispute": lambda: render_template("tasks/dispute.html", task=task, paper=recorded),
        "/tasks/t3/minutes": lambda: render_template("tasks/minutes.html", task={**form, **papers["minutes"]}),
        "/tasks/met": lambda: render_template("tasks/task.html", task=met),
        "/tasks/recorded": lambda: render_template("tasks/task.html", task=decided),
    }
