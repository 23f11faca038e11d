"""The text of a deadline ("5 workdays", "4 workhours", "P7D", "R3/PT4H", "2026-10-10T08:00:00Z") as a parsed rule."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from workflows.errors import Invalid

WORKDAYS, DAYS, WORKHOURS, EXACT, DATE, INSTANT, CYCLE = (
    "workdays",
    "days",
    "workhours",
    "exact",
    "date",
    "instant",
    "cycle",
)
COUNTED = (WORKDAYS, DAYS)
"""Measures that end with a working day."""
PAUSING = "outside holidays"
"""What a rule says that does not count school holidays, after a blank."""

REMEDY = {
    "zh": "请写成“5 workdays”“7 days”“4 workhours”、ISO 8601 时长（P7D、PT4H）、循环（R3/P1D）"
    "或带时区的时间（2026-10-10T18:00:00+08:00）。",
    "en": 'Write "5 workdays", "7 days", "4 workhours", an ISO 8601 duration (P7D, PT4H), a cycle (R3/P1D) or a time '
    "with its zone (2026-10-10T18:00:00+08:00).",
}

_COUNTED = re.compile(r"(\d{1,6})\s*个?(workdays?|工作日|days?|日|天)")
_HOURS = re.compile(r"(\d{1,5}(?:\.\d{1,2})?)\s*个?(?:workhours?|工作小时)")
_PAUSING = re.compile(rf"(.+?)(?:\s+{PAUSING}|\s*[（(]寒暑假除外[）)])")
_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_CYCLE = re.compile(r"R(\d{0,6})/(.+)")
_WORKDAY_WORDS = ("workday", "workdays", "工作日")


@dataclass(frozen=True)
class Rule:
    """A parsed rule: `unit` as stored in a timer row, `measure` how it is counted.

    `amount` counts days, workdays or seconds of work, `months` whole months before them, `elapsed` exact time; `count`
    is what a timer row remembers: the days of a deadline or the repetitions of a cycle (None: no end, or not counted).
    `pauses` says that school holidays are not counted.
    """

    unit: str
    measure: str
    amount: int = 0
    months: int = 0
    elapsed: timedelta = timedelta(0)
    count: int | None = None
    instant: datetime | None = None
    day: date | None = None
    pauses: bool = False


@lru_cache(maxsize=4096)
def parse_rule(text: str) -> Rule:
    """The rule that `text` says; raises Invalid `calendar.rule_unreadable` with the remedy in both languages."""
    text = text.strip()
    try:
        rule = _pausing(text) or _cycle(text) or _counted(text) or _duration(text) or _moment(text)
    except (OverflowError, ValueError):
        rule = None
    if rule is None:
        raise Invalid("calendar.rule_unreadable", rule=text, remedy=REMEDY["zh"], remedy_en=REMEDY["en"])
    return rule


def reminds(rule: Rule, before: Rule) -> bool:
    """Whether a reminder so long `before` a deadline comes between the day it is counted from and its end.

    Both count workdays, or both whole days without months, or both hours of work; hours of work may also be taken from
    the end of the last day of a rule that counts days.
    """
    if rule.unit == CYCLE or before.unit == CYCLE:
        return False
    if before.measure == WORKHOURS and rule.measure in COUNTED:
        return before.amount > 0
    counted = rule.measure == before.measure and rule.measure in (*COUNTED, WORKHOURS)
    return counted and not (rule.months or before.months) and 0 < before.amount < rule.amount


def pausing(text: str) -> str:
    """The rule that a text says, school holidays not counted; as it is where nothing is counted in days or hours."""
    rule = parse_rule(text)
    counted = rule.measure in (*COUNTED, WORKHOURS) and not rule.pauses
    return f"{text.strip()} {PAUSING}" if counted else text


def _pausing(text: str) -> Rule | None:
    match = _PAUSING.fullmatch(text)
    if not match:
        return None
    rule = parse_rule(match[1])
    return replace(rule, pauses=True) if rule.measure in (*COUNTED, WORKHOURS) and not rule.pauses else None


def _cycle(text: str) -> Rule | None:
    match = _CYCLE.fullmatch(text)
    if not match:
        return None
    period = _counted(match[2]) or _duration(match[2])
    if period is None or not (period.amount or period.months or period.elapsed):
        return None
    if match[1] and not int(match[1]):
        return None
    return replace(period, unit=CYCLE, count=int(match[1]) if match[1] else None)


def _counted(text: str) -> Rule | None:
    hours = _HOURS.fullmatch(text)
    if hours:
        return Rule(WORKHOURS, WORKHOURS, amount=round(float(hours[1]) * 3600))
    match = _COUNTED.fullmatch(text)
    if not match:
        return None
    unit = WORKDAYS if match[2] in _WORKDAY_WORDS else DAYS
    return Rule(unit, unit, amount=int(match[1]), count=int(match[1]))


def _duration(text: str) -> Rule | None:
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    years, months, weeks, days, _, hours, minutes, seconds = (part or "0" for part in match.groups())
    whole_days, whole_months = 7 * int(weeks) + int(days), 12 * int(years) + int(months)
    if not match[5]:
        return Rule(DAYS, DAYS, amount=whole_days, months=whole_months, count=None if whole_months else whole_days)
    elapsed = timedelta(days=whole_days, hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    return Rule(INSTANT, EXACT, months=whole_months, elapsed=elapsed)


def _moment(text: str) -> Rule | None:
    if len(text) == 10:
        return Rule(INSTANT, DATE, day=date.fromisoformat(text))
    moment = datetime.fromisoformat(text)
    return None if moment.tzinfo is None else Rule(INSTANT, INSTANT, instant=moment.astimezone(UTC))
