"""The words and figures of the pages (screens.md, policy §4)."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.pages.assets import asset_urls
from service.web.pages.presentation import (
    BLOCK_LIMIT,
    Presentation,
    ledger_bar,
    masked,
    unflatten,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOVED = {date(2026, 9, 20): True, date(2026, 9, 25): False, date(2026, 10, 10): True}
NOW = datetime(2026, 9, 17, 14, 32, tzinfo=SHANGHAI)


def is_working_day(day: date) -> bool:
    return MOVED.get(day, day.weekday() < 5)


def words(locale: str = "zh", now: datetime = NOW) -> Presentation:
    return Presentation(locale, SHANGHAI, now.astimezone(UTC), is_working_day)


def at(month: int, day: int, hour: int = 18, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("due", "zh", "en", "tone", "group"),
    [
        (at(9, 17), "今天 18:00", "today 18:00", "today", "today"),
        (at(9, 18), "剩 1 天 · 周五", "1 working day left · Fri", "plain", "soon"),
        (at(9, 20), "剩 2 天 · 周日", "2 working days left · Sun", "plain", "soon"),
        (at(9, 19), "剩 1 天 · 周六", "1 working day left · Sat", "plain", "soon"),
        (at(9, 21), "剩 3 天 · 周一", "3 working days left · Mon", "plain", "soon"),
        (at(9, 22), "剩 4 天 · 周二", "4 working days left · Tue", "plain", "later"),
        (at(9, 28), "剩 7 天 · 9月28日", "7 working days left · 28 Sep", "plain", "later"),
        (at(9, 16), "逾期 1 个工作日", "1 working day overdue", "late", "overdue"),
        (at(9, 11), "逾期 4 个工作日", "4 working days overdue", "late", "overdue"),
        (at(9, 17, 9), "逾期 · 今天 09:00", "overdue · today 09:00", "late", "overdue"),
        (at(1, 1, year=9999), "不限期", "no deadline", "plain", "none"),
        (None, "不限期", "no deadline", "plain", "none"),
    ],
)
def test_a_deadline_is_said_in_words(due: datetime | None, zh: str, en: str, tone: str, group: str) -> None:
    said = words().deadline(due)
    assert (said.words, said.tone, said.group) == (zh, tone, group)
    assert words("en").deadline(due).words == en


def test_a_deadline_on_the_coming_day_off_names_the_day_and_the_hour() -> None:
    friday = datetime(2026, 9, 11, 10, tzinfo=SHANGHAI)
    assert words(now=friday).deadline(at(9, 12)).words == "周六 18:00"


def test_a_deadline_missed_over_a_weekend_is_late_by_no_working_day() -> None:
    sunday = datetime(2026, 9, 13, 10, tzinfo=SHANGHAI)
    assert words(now=sunday).deadline(at(9, 11)).words == "逾期 · 9月11日"


def test_the_day_is_the_bureaus_not_utc() -> None:
    late_evening_utc = datetime(2026, 9, 16, 23, 30, tzinfo=UTC)
    assert words(now=late_evening_utc).deadline(at(9, 17)).words == "今天 18:00"


def test_rows_fall_under_their_headings_in_order() -> None:
    rows = [{"due_at": due} for due in (at(9, 15), at(9, 17), at(9, 18), at(9, 21), at(10, 9))]
    assert [(key, len(part)) for key, part in words().groups(rows)] == [
        ("overdue", 1), ("today", 1), ("soon", 2), ("later", 1),
    ]  # fmt: skip


def test_dates_and_numbers_read_in_both_languages() -> None:
    zh, en = words(), words("en")
    assert (zh.day(NOW), zh.weekday(NOW), zh.moment(NOW)) == ("9月17日", "周四", "9月17日 14:32")
    assert (en.day(date(2028, 8, 31)), zh.day(date(2028, 8, 31))) == ("31 Aug 2028", "2028年8月31日")
    assert (zh.full_day(NOW), en.full_day(NOW)) == ("9月17日 周四", "Thu 17 Sep")
    assert zh.moved_day(date(2026, 9, 20), True) == "9月20日（周日）上班"
    assert en.moved_day(date(2026, 9, 25), False) == "Fri 25 Sep is a day off"
    assert (zh.number(2513), en.number(2513)) == ("2513", "2,513")
    assert [zh.signed(n) for n in (3, -1, 0)] == ["+3", "−1", "0"]
    assert [zh.size(n) for n in (120, 38_400, 1_200_000)] == ["1 KB", "38 KB", "1.2 MB"]


def test_a_form_label_falls_back_to_chinese() -> None:
    field = {"label": "人数", "properties": {"label_en": "Number"}}
    assert (words().label(field), words("en").label(field)) == ("人数", "Number")
    assert words("en").label({"label": "人数"}) == "人数"
    assert words("en").label({"label": "小学", "label_en": "Primary"}) == "Primary"


def test_each_post_beyond_the_run_in_use_is_one_block() -> None:
    bar = ledger_bar(approved=100, occupied=96, reserved=1, requested=2)
    assert (bar.blocks, bar.free, bar.short) == (("h", "m", "m", "f"), 1, 0)


def test_what_does_not_fit_is_counted_and_drawn() -> None:
    bar = ledger_bar(approved=28, occupied=28, reserved=0, requested=1)
    assert (bar.blocks, bar.free, bar.short) == (("x",), 0, 1)


def test_a_school_over_its_number_shows_excess_and_no_free_post() -> None:
    bar = ledger_bar(approved=20, occupied=23, reserved=0, excess=3)
    assert (bar.blocks, bar.free, bar.excess) == ((), 0, 3)


@given(*(st.integers(0, 400) for _ in range(4)))
def test_a_bar_adds_up(approved: int, occupied: int, reserved: int, requested: int) -> None:
    bar = ledger_bar(approved, occupied, reserved, requested)
    drawn = reserved + requested + bar.free
    assert bar.free >= 0 and (bar.free == 0 or bar.short == 0)
    if bar.shares:
        assert drawn > BLOCK_LIMIT and bar.shares[0][1] == 0
        assert sum(width for _, _, width in bar.shares) == pytest.approx(1000, abs=20)
    else:
        assert len(bar.blocks) == drawn <= BLOCK_LIMIT


def test_numbers_of_persons_are_masked_in_the_middle() -> None:
    assert masked("13812341234") == "138****1234"
    assert masked("110101199001011234") == "110***********1234"
    assert masked("12345") == "12345"


@pytest.mark.parametrize(
    ("pairs", "values"),
    [
        ([("need", "x"), ("files[]", "a"), ("files[]", "b")], {"need": "x", "files": ["a", "b"]}),
        ([("posts.3.count", "1"), ("posts.0.count", "2")], {"posts": [{"count": "2"}, {"count": "1"}]}),
        ([("contact.phone", "1"), ("contact.name", "n")], {"contact": {"phone": "1", "name": "n"}}),
        ([("a", "1"), ("a.b", "2")], {"a": {"b": "2"}}),
    ],
)
def test_dotted_names_become_nested_values(pairs: list[tuple[str, str]], values: dict[str, Any]) -> None:
    assert unflatten(pairs) == values


def test_assets_are_found_by_the_names_that_templates_use() -> None:
    manifest: dict[str, dict[str, Any]] = {
        "app/main.js": {"file": "app-1.js", "name": "app", "isEntry": True},
        "diagram/main.js": {"file": "diagram-2.js", "name": "diagram", "isEntry": True, "imports": ["_shared.js"]},
        "style/style.scss": {"file": "style-4.css", "name": "style", "isEntry": True},
        "icons.svg": {"file": "icons-5.svg"},
        "_shared.js": {"file": "shared-6.js", "name": "shared", "css": ["diagram-3.css"]},
    }
    assert asset_urls(manifest, "/s/") == {
        "app": "/s/app-1.js", "diagram": "/s/diagram-2.js", "diagram_style": "/s/diagram-3.css",
        "style": "/s/style-4.css", "icons": "/s/icons-5.svg",
    }  # fmt: skip
