"""Moments at which flows begin by themselves: counted from the first, to the second, never drifting."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.errors import Invalid
from workflows.series import Series, parse_series

ZONE = ZoneInfo("Asia/Shanghai")


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc, arg-type]


LONG_AGO = local(2000, 1, 1)


def moments(text: str, count: int, after: datetime = LONG_AGO) -> list[str]:
    series, found = parse_series(text, ZONE), []
    for _ in range(count):
        moment = series.after(after)
        if moment is None:
            break
        found.append(moment.astimezone(ZONE).isoformat())
        after = moment
    return found


def test_every_year_comes_back_to_the_day_and_hour_of_the_first() -> None:
    assert moments("R/2027-03-01T09:00:00+08:00/P1Y", 3) == [
        f"{year}-03-01T09:00:00+08:00" for year in (2027, 2028, 2029)
    ]


def test_a_day_begins_at_midnight_and_a_time_without_zone_is_the_bureaus() -> None:
    assert moments("R/2027-03-01/P1Y", 1) == ["2027-03-01T00:00:00+08:00"]
    assert moments("2027-03-01T08:30:00", 2) == ["2027-03-01T08:30:00+08:00"]
    assert moments("2027-03-01T00:30:00Z", 2) == ["2027-03-01T08:30:00+08:00"]


def test_the_last_of_the_month_and_the_leap_day_do_not_drift() -> None:
    assert [text[:10] for text in moments("R/2027-01-31/P1M", 4)] == [
        "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30",
    ]  # fmt: skip
    assert [text[:10] for text in moments("R/2028-02-29/P1Y", 5)][-1] == "2032-02-29"


def test_a_counted_series_ends_and_what_is_past_is_left_out() -> None:
    assert len(moments("R3/2027-03-01/P1Y", 9)) == 3
    assert [text[:4] for text in moments("R/2020-03-01/P1Y", 2, local(2027, 6, 1))] == ["2028", "2029"]
    assert moments("R3/2020-03-01/P1Y", 1, local(2027, 1, 1)) == []


@pytest.mark.parametrize(
    "text",
    ["", "P1Y", "R/P1Y", "R0/2027-03-01/P1Y", "R/2027-03-01/PT0S", "R/2027-03-01/P0D", "R/2027-02-30/P1Y", "5 workdays",
     "R/2027-03-01/1 workdays", "R/2027-03-01/P", "R/2027-03-01/PT", "=today()"],
)  # fmt: skip
def test_what_nobody_can_read_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_series(text, ZONE)
    assert refused.value.code == "series.unreadable"
    assert "P1Y" in str(refused.value.params["remedy"])


@settings(deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(ZONE)),  # noqa: DTZ001
    st.integers(0, 30),
    st.timedeltas(timedelta(0), timedelta(days=40)),
    st.datetimes(datetime(2019, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_the_next_moment_is_the_one_that_a_plain_count_finds(
    first: datetime, months: int, elapsed: timedelta, asked: datetime
) -> None:
    elapsed = max(elapsed, timedelta(hours=6))
    series, number = Series(first, months, elapsed, None), 0
    if asked - first > 400 * (months * timedelta(days=31) + elapsed):
        asked = first + 400 * (months * timedelta(days=31) + elapsed)
    while (expected := series._at(number)) is not None and expected <= asked:
        number += 1
    assert series.after(asked) == expected
