"""How figures, dates and deadlines read on a page: pure functions, Chinese and English (screens.md)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

from service.tasks.dues import SOON

BLOCK_LIMIT = 14
FAR = 9000
_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PHRASES = {
    "zh": {
        "none": "不限期",
        "today": "今天 {time}",
        "left": "剩 {n} 天 · {day}",
        "left_only": "剩 {n} 天",
        "provisional": "（暂定）",
        "off": "{day} {time}",
        "late": "逾期 {n} 个工作日",
        "just_late": "逾期 · {when}",
        "works": "{day}（{weekday}）上班",
        "rests": "{day}（{weekday}）放假",
    },
    "en": {
        "none": "no deadline",
        "today": "today {time}",
        "left": "{n} {days} left · {day}",
        "left_only": "{n} {days} left",
        "provisional": " (provisional)",
        "off": "{day} {time}",
        "late": "{n} {days} overdue",
        "just_late": "overdue · {when}",
        "works": "{weekday} {day} is a working day",
        "rests": "{weekday} {day} is a day off",
    },
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline in words; `tone` is late, today or plain, `group` the heading it stands under in the inbox."""

    words: str
    tone: str
    group: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What a ledger bar draws: the run in use, one letter per post after it, or shares of 1000 when there are many.

    Letters: h reserved, m this request, f free, x does not fit. `excess` is shown in words, never as a negative free.
    """

    occupied: int
    blocks: tuple[str, ...]
    shares: tuple[tuple[str, int, int], ...]
    free: int
    short: int
    excess: int


def ledger_bar(
    approved: int, occupied: int, reserved: int, requested: int = 0, excess: int = 0, limit: int = BLOCK_LIMIT
) -> Bar:
    """Lay out one account (policy §2: free = approved + excess − occupied − reserved); up to `limit` single blocks."""
    room = max(approved + excess - occupied - reserved, 0)
    fitting = min(requested, room)
    short, free = requested - fitting, room - fitting
    parts = (("h", reserved), ("m", fitting), ("f", free), ("x", short))
    if sum(n for _, n in parts) > limit:
        return Bar(occupied, (), _shares((("o", occupied), *parts)), free, short, excess)
    return Bar(occupied, tuple(kind for kind, n in parts for _ in range(n)), (), free, short, excess)


def _shares(parts: Sequence[tuple[str, int]]) -> tuple[tuple[str, int, int], ...]:
    """Turn counts into (kind, start, width) in thousandths; the ends meet, so rounding never leaves a gap."""
    total = sum(n for _, n in parts) or 1
    shares, seen = [], 0
    for kind, n in parts:
        start, end = round(1000 * seen / total), round(1000 * (seen + n) / total)
        seen += n
        if n:
            shares.append((kind, start, max(end - start, 4)))
    return tuple(shares)


def masked(value: str) -> str:
    """Hide the middle of a phone number (138****1234) or an ID number (110***********1234); leave short text alone."""
    head, tail = 3, 4
    if len(value) <= head + tail:
        return value
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]


def unflatten(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Read dotted field names back into nested values: `posts.0.count` → {"posts": [{"count": …}]}.

    A name that ends in `[]` collects a list (checklists, files). Rows are ordered by their number, gaps are closed.
    """
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = name.split(".")
        node = tree
        for step in path:
            child = node.setdefault(step, {})
            if not isinstance(child, dict):
                child = node[step] = {}
            node = child
        if last.endswith("[]"):
            node.setdefault(last[:-2], []).append(value)
        else:
            node[last] = value
    return {key: _rows(value) for key, value in tree.items()}


def _rows(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    children = {key: _rows(value) for key, value in node.items()}
    if children and all(key.isdecimal() for key in children):
        return [children[key] for key in sorted(children, key=int)]
    return children


@dataclass(frozen=True, slots=True)
class Presentation:
    """The words of one page: language (`zh` or `en`), the bureau's zone, the moment, and its working-day calendar."""

    locale: str
    zone: tzinfo
    now: datetime
    is_working_day: Callable[[date], bool]
    is_provisional: Callable[[date], bool] = lambda _day: False

    @property
    def today(self) -> date:
        """The date in the bureau's zone."""
        return self.now.astimezone(self.zone).date()

    def deadline(self, due: datetime | None, *, dated: bool = True) -> Deadline:
        """Say a deadline as people do: 今天 18:00, 剩 2 天 · 周日, 逾期 1 个工作日; all counted in working days.

        Not `dated` where its day stands beside it: 剩 2 天.
        """
        if due is None or due.year >= FAR:
            return Deadline(self._say("none"), "plain", "none")
        local = due.astimezone(self.zone)
        if self.now > due:
            return Deadline(self._late(local), "late", "overdue")
        if local.date() == self.today:
            return Deadline(self._say("today", time=self.time(due)), "today", "today")
        return self._ahead(local, dated)

    def _late(self, due: datetime) -> str:
        n = self._working_days(due.date(), self.today)
        if n:
            return self._say("late", n=n, days=_days(n))
        same_day = due.date() == self.today
        return self._say("just_late", when=self._say("today", time=self.time(due)) if same_day else self.day(due))

    def _ahead(self, due: datetime, dated: bool) -> Deadline:
        n = self._working_days(self.today, due.date())
        near = due.date() - self.today < timedelta(days=7)
        day = self.weekday(due) if near else self.day(due)
        left = self._say("left" if dated else "left_only", n=n, days=_days(n), day=day)
        words = left if n else self._say("off", day=day, time=self.time(due))
        words += self._say("provisional") if self.is_provisional(due.date()) else ""
        return Deadline(words, "plain", "soon" if n <= SOON else "later")

    def _working_days(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end` (policy §4: the first day is not counted)."""
        return sum(self.is_working_day(start + timedelta(days=i + 1)) for i in range((end - start).days))

    def groups(self, rows: Iterable[Any]) -> list[tuple[str, list[Any]]]:
        """Split rows that are sorted by `due_at` under the headings overdue, today, soon, later, none."""
        return [(key, list(part)) for key, part in groupby(rows, key=lambda row: self.deadline(_due(row)).group)]

    def day(self, value: date | datetime) -> str:
        """9月17日 / 17 Sep; with the year when it is not this one."""
        day = self._local(value)
        if self.locale == "zh":
            year = f"{day.year}年" if day.year != self.today.year else ""
            return f"{year}{day.month}月{day.day}日"
        year = f" {day.year}" if day.year != self.today.year else ""
        return f"{day.day} {_MONTHS[day.month - 1]}{year}"

    def weekday(self, value: date | datetime) -> str:
        """周四 / Thu."""
        return _WEEKDAYS[self.locale][self._local(value).weekday()]

    def full_day(self, value: date | datetime) -> str:
        """9月17日 周四 / Thu 17 Sep."""
        parts = (self.day(value), self.weekday(value))
        return " ".join(parts if self.locale == "zh" else reversed(parts))

    def time(self, value: datetime) -> str:
        """18:00 in the bureau's zone."""
        return f"{value.astimezone(self.zone):%H:%M}"

    def moment(self, value: datetime) -> str:
        """9月16日 10:42 / 16 Sep 10:42."""
        return f"{self.day(value)} {self.time(value)}"

    def on_paper(self, value: datetime) -> str:
        """2026-09-16 10:42, for what is still read in other years."""
        return f"{self.iso(value)} {self.time(value)}"

    def iso(self, value: date | datetime) -> str:
        """2026-09-17, as figures are dated."""
        return self._local(value).isoformat()

    def moved_day(self, day: date, working: bool) -> str:
        """The next day whose nature was moved: 9月20日（周日）上班."""
        return self._say("works" if working else "rests", day=self.day(day), weekday=self.weekday(day))

    def number(self, value: float) -> str:
        """2513 in Chinese, 2,513 in English."""
        return f"{value:,}" if self.locale == "en" else str(value)

    def typed_number(self, value: Any) -> str:
        """A number of a form; what was typed and is none stays as it is."""
        return self.number(value) if isinstance(value, int | float) else str(value)

    def typed_day(self, value: Any) -> str:
        """An ISO day of a form as people say it; anything else stays as it is."""
        try:
            return self.day(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)

    def signed(self, value: int) -> str:
        """+3 or −1, with a real minus sign."""
        return f"+{value}" if value > 0 else f"−{-value}" if value else "0"

    def size(self, octets: int) -> str:
        """38 KB, 1.2 MB."""
        if octets < 1_000_000:
            return f"{max(round(octets / 1000), 1)} KB"
        return f"{octets / 1_000_000:.1f} MB"

    def label(self, component: Mapping[str, Any], name: str = "label") -> str:
        """A text of a form-js component in this language: `label`, or `properties.label_en` / `label_en` in English."""
        if self.locale == "en":
            own = component.get("properties", {}).get(f"{name}_en") or component.get(f"{name}_en")
            if own:
                return str(own)
        return str(component.get(name) or "")

    def value(self, data: Mapping[str, Any], name: str) -> Any:
        """The value under a dotted field name, None where there is none."""
        node: Any = data
        for step in name.split("."):
            node = node.get(step) if isinstance(node, Mapping) else None
        return node

    def bar(self, account: Mapping[str, Any], counted: bool = True) -> Bar:
        """The bar of an account (design §5, with optional `requested` and `excess`); not `counted`: shares only."""
        names = ("approved", "occupied", "reserved", "requested", "excess")
        approved, occupied, reserved, requested, excess = (int(account.get(name) or 0) for name in names)
        limit = BLOCK_LIMIT if counted else -1
        return ledger_bar(approved, occupied, reserved, requested, excess, limit=limit)

    def masked(self, value: str) -> str:
        """See `masked`."""
        return masked(value)

    def _local(self, value: date | datetime) -> date:
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value

    def _say(self, phrase: str, **words: object) -> str:
        return _PHRASES[self.locale][phrase].format(**words)


def _days(n: int) -> str:
    return "working day" if n == 1 else "working days"


def _due(row: Any) -> datetime | None:
    due = row["due_at"] if isinstance(row, Mapping) else row.due_at
    return due if isinstance(due, datetime) else None
