"""What the calendar's templates are given: months of cells, the chosen day, documents, holidays, history."""

from calendar import Calendar as Weeks
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from service.access import queries as accounts
from service.access.days import day_of
from service.audit.timeline import Event
from service.calendar import queries, queries_year
from service.calendar.days import Days
from service.calendar.queries import Day
from service.calendar.queries_year import Holiday, Preview
from service.web import edge
from service.web.pages.frame import show
from service.web.words import words

FIRST_YEAR, LAST_YEAR = 2000, 2100
SYSTEM = "system"


def year_of(year: int, chosen: date | None) -> dict[str, Any]:
    """A year at a glance, with the day that is looked at."""
    actor, first, last = edge.actor(), date(year, 1, 1), date(year, 12, 31)
    found = {row.day: row for row in queries.days(actor, first, last)}
    holidays = queries_year.holidays(actor, first, last)
    history = queries_year.history(actor)
    standing = queries_year.year(actor, year)
    names = names_of([*history], standing.loaded_by)
    return {
        "year": year,
        "standing": {**vars(standing), "by": names.get(standing.loaded_by or "")},
        "previous": year - 1 if year > FIRST_YEAR else None,
        "following": year + 1 if year < LAST_YEAR else None,
        "weekdays": _weekdays(),
        "months": [_month(year, number, found, holidays, chosen) for number in range(1, 13)],
        "days": list(found.values()),
        "holidays": holidays,
        "chosen": _chosen(chosen, found, holidays) if chosen and chosen.year == year else None,
        "history": [_told(event, names) for event in history],
        "under_way": queries_year.under_way(actor),
    }


def _month(
    year: int, number: int, found: Mapping[date, Day], holidays: Sequence[Holiday], chosen: date | None
) -> dict[str, Any]:
    weeks = Weeks().monthdatescalendar(year, number)
    cells = [[_cell(day, found, holidays, chosen) if day.month == number else None for day in week] for week in weeks]
    return {"words": _month_words(date(year, number, 1)), "weeks": cells}


def _month_words(first: date) -> str:
    return f"{first.month}月" if edge.locale() == "zh" else str(format_date(first, "LLLL"))


def _weekdays() -> list[dict[str, str]]:
    """Monday to Sunday, in short and in full."""
    shown = show()
    full = [shown.weekday(date(2026, 6, number)) for number in range(1, 8)]
    return [{"full": name, "short": name[-1] if shown.locale == "zh" else name[:2]} for name in full]


def _cell(day: date, found: Mapping[date, Day], holidays: Sequence[Holiday], chosen: date | None) -> dict[str, Any]:
    row = found.get(day)
    works = row.working if row else day.weekday() < 5
    return {
        "day": day,
        "working": works,
        "moved": works != (day.weekday() < 5),
        "name": row.name if row else "",
        "local": row is not None and row.source == "local",
        "school": next((one.name for one in holidays if one.first <= day <= one.last), ""),
        "today": day == day_of(edge.now()),
        "chosen": day == chosen,
    }


def _chosen(day: date, found: Mapping[date, Day], holidays: Sequence[Holiday]) -> dict[str, Any]:
    history = queries_year.history_of(edge.actor(), day)
    names = names_of(history)
    return {**_cell(day, found, holidays, day), "history": [_told(event, names) for event in history]}


def names_of(events: Sequence[Event], *others: str | None) -> dict[str, str]:
    """Account → who it is."""
    ids = {event.actor_id for event in events} | {one for one in others if one}
    return {SYSTEM: _("System"), **accounts.account_names(ids - {SYSTEM})}


def _told(event: Event, names: Mapping[str, str]) -> dict[str, Any]:
    body = event.body or {}
    text = words(f"event.{event.kind}", body, edge.locale())
    if event.kind == "calendar.day_set":
        text = _("%(text)s (working day)", text=text) if body.get("working") else _("%(text)s (day off)", text=text)
    return {"text": text, "by": names.get(event.actor_id, ""), "at": event.at}


def preview_of(preview: Preview) -> dict[str, Any]:
    """What a file would change, day by day."""
    parts = (("added", preview.difference.added), ("changed", preview.difference.changed),
             ("removed", preview.difference.removed))  # fmt: skip
    lines = [_line(state, day, works, name) for state, days in parts for day, works, name in _sorted(days)]
    return {
        "year": preview.year,
        "source": preview.source,
        "revision": preview.revision,
        "lines": sorted(lines, key=lambda line: line["day"]),
        "counts": {state: len(days) for state, days in parts},
        "kept": _(", ").join(show().day(day) for day in preview.kept),
    }


def _sorted(days: Days) -> list[tuple[date, bool, str]]:
    return [(day, works, name) for day, (works, name) in sorted(days.items())]


def _line(state: str, day: date, works: bool, name: str) -> dict[str, Any]:
    return {"state": state, "day": day, "working": works, "name": name}
