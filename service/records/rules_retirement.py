"""Pure rules of the statutory retirement date (国务院关于渐进式延迟法定退休年龄的办法, in force from 2025-01-01).

Men go from 60 to 63 and women of 55 to 58 by a month for every four months of birth, women of 50 to 55 by a month for
every two. By choice at most three years earlier, never below the age that held before, or at most three years later.
"""

from datetime import date
from typing import NamedTuple

from service.records.rules_days import plus_months

CHOICE_MONTHS = 36


class Track(NamedTuple):
    """Age in force before 2025, months of birth for each month of delay, and the greatest delay in months."""

    age: int
    step: int
    most: int


MEN = Track(60, 4, 36)
WOMEN_55 = Track(55, 4, 36)
WOMEN_50 = Track(50, 2, 60)


def track_of(sex: str | None, post_category: str | None) -> Track | None:
    """Women in workers' posts (工勤) retire by the track of 50, in professional and management posts by that of 55.

    None when sex or, for a woman, the post is unknown.
    """
    if sex == "male":
        return MEN
    if sex != "female" or post_category is None:
        return None
    return WOMEN_50 if post_category == "support" else WOMEN_55


def statutory(born_on: date, track: Track) -> date:
    """The day on which the statutory age is reached."""
    return plus_months(born_on, track.age * 12 + delay(born_on, track))


def delay(born_on: date, track: Track) -> int:
    """Months by which the age of before is exceeded; 0 for who reached it before 2025."""
    reached = plus_months(born_on, track.age * 12)
    after = (reached.year - 2025) * 12 + reached.month - 1
    return 0 if after < 0 else min(after // track.step + 1, track.most)


def choice_range(born_on: date, track: Track) -> tuple[date, date]:
    """The first and the last day that may be chosen."""
    middle = statutory(born_on, track)
    original = plus_months(born_on, track.age * 12)
    return max(original, plus_months(middle, -CHOICE_MONTHS)), plus_months(middle, CHOICE_MONTHS)
