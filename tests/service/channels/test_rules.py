"""Quiet hours, digests, groups, and templates that can do no harm."""

import json
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.channels import filling, hosts, rules
from service.notices.delivery import UnreachableError
from service.notices.words import LETTERS, TEXTS, phrase

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=700)).map(lambda past: datetime(2026, 1, 1, tzinfo=UTC) + past)
HOURS = st.integers(0, 23)
VALUES = st.fixed_dictionaries({name: st.text() for name in filling.PLACEHOLDERS})


def at(hour: int, day: int = 10) -> datetime:
    return datetime(2026, 9, day, hour, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "quiet", "loud"),
    [
        (at(12), (22, 7), at(12)),
        (at(23), (22, 7), datetime(2026, 9, 11, 7, tzinfo=SHANGHAI)),
        (at(3), (22, 7), datetime(2026, 9, 10, 7, tzinfo=SHANGHAI)),
        (at(13), (12, 14), datetime(2026, 9, 10, 14, tzinfo=SHANGHAI)),
        (at(14), (12, 14), at(14)),
        (at(3), (5, 5), at(3)),
    ],
)
def test_quiet_hours_end_with_their_last_hour(now: datetime, quiet: tuple[int, int], loud: datetime) -> None:
    assert rules.loud_from(now, quiet, SHANGHAI) == loud


@given(MOMENTS, HOURS, HOURS)
def test_what_is_held_leaves_within_a_day_and_outside_the_quiet_hours(now: datetime, begin: int, end: int) -> None:
    loud = rules.loud_from(now, (begin, end), SHANGHAI)
    assert now <= loud <= now + timedelta(days=1)
    assert rules.loud_from(loud, (begin, end), SHANGHAI) == loud


def working(day: date) -> bool:
    return day.weekday() < 5 and not date(2026, 10, 1) <= day <= date(2026, 10, 7)


@given(MOMENTS, st.sampled_from(("daily", "weekly")), HOURS)
def test_a_digest_leaves_later_on_a_working_day_at_its_hour(now: datetime, digest: str, hour: int) -> None:
    then = rules.next_digest(now, digest, hour, SHANGHAI, working).astimezone(SHANGHAI)
    assert then > now
    assert working(then.date())
    assert (then.hour, then.minute) == (hour, 0)
    earlier = [then.date() - timedelta(days=back) for back in range(1, then.weekday() + 1)]
    assert digest == "daily" or not any(map(working, earlier))


def test_a_week_of_holidays_has_its_digest_when_work_begins_again() -> None:
    thursday = datetime(2026, 10, 1, 9, tzinfo=SHANGHAI)
    assert rules.next_digest(thursday, "daily", 8, SHANGHAI, working) == datetime(2026, 10, 8, 8, tzinfo=SHANGHAI)
    assert rules.next_digest(thursday, "weekly", 8, SHANGHAI, working) == datetime(2026, 10, 8, 8, tzinfo=SHANGHAI)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_kind_has_a_short_sentence_that_names_nobody(locale: str) -> None:
    for kind in TEXTS:
        said = phrase(kind, {"title": "程见山", "by": "程见山", "reason": "程见山", "outcome": "rejected"}, locale)
        assert said, kind
        assert len(said) <= 50, said
        assert "程见山" not in said
        assert not said.startswith(("：", ":")), said
    assert not LETTERS & TEXTS.keys()


def test_every_kind_lies_in_a_group_that_a_person_can_choose() -> None:
    assert {rules.group_of(kind) for kind in TEXTS} <= set(rules.GROUPS)
    assert rules.group_of("incident.opened") == "other"
    assert rules.group_of("deadline.moved") == "due"


@pytest.mark.parametrize("text", ["a@b.test", "first.last+x@mail.school.example", "_13800000001@b.test"])
def test_an_address_is_known_by_its_form(text: str) -> None:
    assert rules.is_address(text)


@pytest.mark.parametrize("text", ["", "a", "a@b", "a b@c.test", "a@b.test\nBcc: x@y.test", "<a@b.test>", "@b.test"])
def test_what_is_no_address_or_would_be_two_is_refused(text: str) -> None:
    assert not rules.is_address(text)


@pytest.mark.parametrize(
    "text", ["张三@b.test", "a@学校.test", "=?utf-8?q?x=40y.test=2C?=@b.test", "a..b@c.test", f"{'a' * 65}@b.test"]
)
def test_what_some_servers_do_not_take_or_read_as_another_address_is_refused(text: str) -> None:
    assert not rules.is_address(text)


@given(VALUES)
def test_whatever_stands_in_a_value_the_body_stays_the_json_that_was_declared(values: dict[str, str]) -> None:
    filled = json.loads(filling.fill_json('{"a": {"b": "{{text}}"}, "c": "x {{ link }} y"}', values))
    assert filled == {"a": {"b": values["text"]}, "c": f"x {values['link']} y"}


@given(VALUES)
def test_a_form_keeps_its_fields_and_a_header_its_line(values: dict[str, str]) -> None:
    pairs = parse_qsl(filling.fill_form("text={{text}}&to={{recipient}}", values), keep_blank_values=True)
    assert pairs == [("text", values["text"]), ("to", values["recipient"])]
    header = filling.fill_header("Bearer {{secret}} {{text}}", values)
    assert header.isascii() and header.isprintable()


def test_a_value_that_looks_like_a_placeholder_is_not_read_again() -> None:
    values = dict.fromkeys(filling.PLACEHOLDERS, "") | {"text": "{{secret}}", "secret": "s"}
    assert filling.fill_json("{{text}}", values) == "{{secret}}"


@pytest.mark.parametrize("template", ["{{name}}", "{{ phone }}", "{{text", "a }} b", "{{ text.x }}", "{% if x %}{{x}}"])
def test_other_placeholders_and_broken_ones_are_refused(template: str) -> None:
    assert [fault.code for fault in filling.faults_of("body", template)] == ["channel.placeholder"]


def test_what_is_no_json_once_filled_is_seen_beforehand() -> None:
    assert filling.is_json('{"text": "{{text}}"}')
    assert not filling.is_json('{"text": {{text}}}')


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "::"],
)  # fmt: skip
def test_addresses_of_a_network_of_ones_own_are_not_public(address: str) -> None:
    assert not hosts.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert hosts.is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/x", "channel.inside"),
        ("https://[::1]/x", "channel.inside"),
        ("http://gateway.test/x", "channel.plain"),
        ("ftp://gateway.test/x", "channel.url"),
        ("https://user:pass@gateway.test/", "channel.url"),
        ("https://{{recipient}}.test/", "channel.url"),
        ("https://gateway.test/#x", "channel.url"),
        ("https://gateway.test:port/", "channel.url"),
        ("nothing", "channel.url"),
    ],
)
def test_an_address_that_must_not_be_reached_is_refused_when_it_is_declared(url: str, code: str) -> None:
    assert [fault.code for fault in hosts.faults_of(url, ())] == [code]


def test_the_installation_names_the_machines_of_its_own_network() -> None:
    assert hosts.faults_of("http://127.0.0.1:8080/x", {"127.0.0.1"}) == []
    assert hosts.resolve("127.0.0.1", 80, {"127.0.0.1"}) == "127.0.0.1"
    with pytest.raises(UnreachableError, match="no public address"):
        hosts.resolve("localhost", 80, ())
