"""Times of steps as pages show them: cells with their heat, the slowest in words, offices by lateness."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for

from service.people import queries as people
from service.reports.queries_steps import Heat, Office, Step
from service.reports.rules_times import Times, heat
from service.web import edge
from service.web.naming import definition_of, flow_name, role_name, step_name
from service.web.words import words

LONG = 3
"""Working days from which something is long overdue."""


def heat_of(found: Heat, most: int | None = None) -> dict[str, Any]:
    """The table of steps by month; `more` is how many are left out."""
    limited = [step for step in found.steps if step.limit is not None] if most else list(found.steps)
    steps = limited[:most]
    slow = next((step for step in steps if step.limit and step.whole.p90 > step.limit), None)
    return {
        "months": [_month(day) for day in found.months],
        "steps": [step_of(step) for step in steps],
        "slowest": None if slow is None else step_of(slow),
        "more": len(found.steps) - len(steps),
    }


def step_of(step: Step) -> dict[str, Any]:
    """One step with its months."""
    definition = definition_of(step.definition_id)
    return {
        "name": step_name(step.definition_id, step.element_id, step.name),
        "flow": flow_name(definition),
        "key": step.definition_key,
        "element_id": step.element_id,
        "limit": step.limit,
        "whole": _cell(step.whole, step.limit),
        "over": max(0, step.whole.p90 - step.limit) if step.limit else 0,
        "months": [None if month is None else _cell(month, step.limit) for month in step.months],
        "url": url_for("pages.report_flow", key=step.definition_key),
    }


def step_item(step: Step) -> dict[str, Any]:
    """One step as the API gives it."""
    return {
        "definition_key": step.definition_key, "element_id": step.element_id, "limit": step.limit,
        "name": step_name(step.definition_id, step.element_id, step.name), "whole": step.whole,
        "months": step.months,
    }  # fmt: skip


def _cell(found: Times, limit: int | None) -> dict[str, Any]:
    tone = heat(found.p90, limit)
    return {
        "number": found.number, "median": found.median, "p90": found.p90, "heat": tone,
        "over": tone in ("over", "far"), "words": words(f"heat.{tone}", {}, edge.locale()),
    }  # fmt: skip


def badge(step: dict[str, Any], late: int) -> str:
    """What stands beside a step on the diagram: its P90, and what is overdue."""
    code = "heat.badge_late" if late else "heat.badge"
    return words(code, {"days": step["whole"]["p90"], "late": late}, edge.locale())


def _month(day: date) -> str:
    return words(f"month.{day.month}", {}, edge.locale())


def offices_of(found: Sequence[Office]) -> list[dict[str, Any]]:
    """Offices that are late, with how many of their steps."""
    names = people.organisation_names({one.organisation_id for one in found}, edge.locale())
    most = max((one.overdue for one in found), default=0)
    return [
        {
            "name": names.get(one.organisation_id, ""), "role": role_name(one.role) if one.role else "",
            "overdue": one.overdue, "longest": one.longest, "long": one.longest >= LONG,
            "width": 100 * one.overdue // most,
            "url": url_for("pages.overdue_of", organisation_id=one.organisation_id, role=one.role),
        }
        for one in found
    ]  # fmt: skip
