"""The facts against a plain way that walks through the days one by one, over random files."""

from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from service.records.rules_days import plus_months
from tests.service.records.test_facts import EMPTY, PLACES, appointment, facts

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
DAYS = st.dates(FIRST, LAST)
RURAL = {"city": False, "weak": True, "remote": True}
VALUES = {
    "title": ["二级", "一级", "高级"], "ethics": ["investigation", "upheld"], "inquiry": [None],
    "backbone": ["city", "county"], "exchange": ["moved", "lent"], "loan": ["support"], "service": [None],
    "sanction": ["warning", "demerit", "demotion"], "health": ["nursing"],
}  # fmt: skip
MONTHS = {"warning": 6, "demerit": 12, "demotion": 24}


@st.composite
def records(draw):
    kind = draw(st.sampled_from(sorted(VALUES)))
    since = draw(DAYS)
    until = draw(st.one_of(st.none(), st.integers(0, 500).map(lambda n: since + timedelta(days=n))))
    return SimpleNamespace(**EMPTY | {
        "id": draw(st.uuids()).hex, "kind": kind, "value": draw(st.sampled_from(VALUES[kind])), "basis": "staff",
        "organisation_id": draw(st.sampled_from(sorted(RURAL))), "valid_from": since, "valid_until": until,
    })  # fmt: skip


@st.composite
def careers(draw):
    """Appointments one after the other, the last one perhaps open."""
    turns = sorted(draw(st.lists(DAYS, min_size=1, max_size=4, unique=True)))
    ends = [*turns[1:], draw(st.sampled_from([None, LAST]))]
    places = [draw(st.sampled_from(sorted(RURAL))) for _ in turns]
    return [
        appointment(place, str(since), until and str(until))
        for place, since, until in zip(places, turns, ends, strict=True)
        if until is None or until > since
    ]


def holds(row, day):
    return row.valid_from <= day and (row.valid_until is None or day < row.valid_until)


def stretches(days):
    """Lengths of unbroken runs of days, as (first, day after the last)."""
    found = []
    for day in sorted(days):
        if found and found[-1][1] == day:
            found[-1][1] = day + timedelta(days=1)
        else:
            found.append([day, day + timedelta(days=1)])
    return found


def months(days):
    return sum(max(n for n in range(50) if plus_months(first, n) <= until) for first, until in stretches(days))


def at_rural(day, jobs, found):
    sent = [r for r in found if r.kind in ("exchange", "loan") and holds(r, day)]
    if any(RURAL[r.organisation_id] for r in sent):
        return True
    away = any(r.value != "moved" for r in sent)
    home = [*jobs, *(r for r in found if r.kind == "service")]
    return not away and any(holds(row, day) and RURAL[row.organisation_id] for row in home)


def plainly(jobs, found, on):
    past = [FIRST + timedelta(days=n) for n in range((on - FIRST).days)]
    now = {kind: [r.value for r in found if r.kind == kind and holds(r, on)] for kind in VALUES}
    here = next((job for job in jobs if holds(job, on)), None)
    same = [] if here is None else [row for row in (*jobs, *(r for r in found if r.kind == "service"))
                                    if row.organisation_id == here.organisation_id]  # fmt: skip
    since = on
    while here is not None and any(holds(row, since - timedelta(days=1)) for row in same):
        since -= timedelta(days=1)
    punished = [
        r for r in found
        if r.kind == "sanction" and holds(r, on) and on < plus_months(r.valid_from, MONTHS[r.value])
    ]  # fmt: skip
    exchanged = [r for r in found if r.kind == "exchange" and r.valid_from <= on]
    return {
        "employed": here is not None,
        "ethics": next((word for word in ("upheld", "investigation") if word in now["ethics"]), "clear"),
        "open_case": bool(punished or now["inquiry"] or "investigation" in now["ethics"]),
        "punished": max((r.value for r in punished), key=list(MONTHS).index, default="none"),
        "backbone": next((tier for tier in ("city", "county") if tier in now["backbone"]), "none"),
        "since": since if here is not None else None,
        "rural": months({day for day in past if at_rural(day, jobs, found)}),
        "exchanges": sum(months({day for day in past if holds(r, day)}) for r in exchanged),
        "health": True if now["health"] else None,
    }


@given(careers(), st.lists(records(), max_size=8), DAYS)
def test_the_facts_are_those_of_walking_through_the_days(jobs, found, on):
    known = facts(*found, appointments=jobs, on=on)
    assert PLACES["remote"].weak is None
    assert {
        "employed": known.employment is not None, "ethics": known.ethics, "open_case": known.open_case,
        "punished": known.sanction.kind, "backbone": known.backbone, "since": known.at_school_since,
        "rural": known.rural_months, "exchanges": known.exchange_months, "health": known.health_deferral,
    } == plainly(jobs, found, on)  # fmt: skip
