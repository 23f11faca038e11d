"""The State Council's published days off and moved working weekends, as seed of the day table (policy §4)."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

WORKING_WEEKEND = "调休上班"
Days = Mapping[date, tuple[bool, str]]


def seed(years: Iterable[int]) -> Days:
    """Exceptional days of the published ones among `years`: date → (is a working day, Chinese name), in date order.

    A year without a published calendar gives nothing: it counts weekends only and is provisional.
    """
    return _seed(published_years() & frozenset(years))


@cache
def _seed(wanted: frozenset[int]) -> Days:
    if not wanted:
        return {}
    china = _china(years=wanted, language="zh_CN")
    days = {day: (False, name) for day, name in china.items() if day.year in wanted}
    days |= {day: (True, WORKING_WEEKEND) for day in china.weekend_workdays if day.year in wanted}
    return MappingProxyType(dict(sorted(days.items())))


@cache
def published_years() -> frozenset[int]:
    """Years whose official calendar the installed `holidays` package carries."""
    return frozenset(_china().special_public_holidays)


def _china(**options: Any) -> Any:
    import holidays  # a sixth of a second, and only needed when days are loaded

    return holidays.country_holidays("CN", **options)
