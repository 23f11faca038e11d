"""The working hours of a day, as a text says them: "08:30-12:00,14:00-18:00"."""

import re
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

STANDARD_HOURS = "08:30-12:00,14:00-18:00"
DAY = 86_400

_SPAN = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)\s*[-–—~至]\s*([01]?\d|2[0-4])[:：]([0-5]\d)")
_BETWEEN = re.compile(r"\s*[,，、;；]\s*")


@dataclass(frozen=True)
class Hours:
    """Spans of work in a day, in order: first second and the second after the last, counted from midnight."""

    spans: tuple[tuple[int, int], ...]

    @property
    def total(self) -> int:
        """Seconds of work in a whole day."""
        return sum(last - first for first, last in self.spans)

    @property
    def end(self) -> time:
        """When the day's work ends; work until midnight ends with the last second."""
        second = min(self.spans[-1][1], DAY - 1)
        return time(second // 3600, second // 60 % 60, second % 60)

    def passed(self, second: int) -> int:
        """Seconds of work that lie before a second of the day."""
        return sum(min(max(second - first, 0), last - first) for first, last in self.spans)

    def after(self, worked: int) -> int:
        """The earliest second of the day at which so many seconds (1 to `total`) are done."""
        for first, last in self.spans:
            if worked <= last - first:
                return first + worked
            worked -= last - first
        raise ValueError("a day has fewer seconds of work")


def parse_hours(text: str) -> Hours | None:
    """The hours that a text says; None for what cannot be read, overlaps or runs backwards."""
    found = [_SPAN.fullmatch(part) for part in _BETWEEN.split(text.strip())]
    spans = [_seconds(*match.groups()) for match in found if match]
    ends = [second for span in spans for second in span]
    ordered = all(first < second for first, second in spans) and all(a <= b for a, b in pairwise(ends))
    return Hours(tuple(spans)) if spans and len(spans) == len(found) and ordered and ends[-1] <= DAY else None


def _seconds(hour: str, minute: str, until_hour: str, until_minute: str) -> tuple[int, int]:
    return int(hour) * 3600 + int(minute) * 60, int(until_hour) * 3600 + int(until_minute) * 60
