"""Each figure of policy §6 once more by a second, plain way from the raw rows of random counties, on both databases."""

import os
from collections import defaultdict
from datetime import date, timedelta

import pytest

from service.access.actor import Actor
from service.calendar import queries as calendars
from service.db import transaction
from service.parameters.registry import PARAMETERS
from service.reports import contents, measuring, queries_steps
from service.reports.ages import mean_ages
from service.reports.registry import FIGURES
from tests.service.reports import counties
from tests.service.reports.plainly import Reading, mean_age
from tests.service.reports.plainly_cases import answers

PROVE = "LECTERN_PROVE" in os.environ
SEEDS = range(60) if PROVE else (1, 5)
DAYS = (counties.ON, counties.NOW.date(), *((date(2026, 9, 1), date(2025, 12, 31)) if PROVE else ()))
DEFAULTS = {key: parameter.default for key, parameter in PARAMETERS.items()}


class Undone(Exception):
    """Nothing of the county stays."""


@pytest.fixture
def one_after_the_other(any_app):
    """Counties in one database, each taken back before the next."""

    def looked(seed, look):
        with pytest.raises(Undone), transaction() as session:
            plain = counties.county(seed)
            plain.write(session)
            look(session, plain)
            raise Undone

    return looked


def test_every_figure_is_what_the_raw_rows_say_plainly(one_after_the_other):
    seen = set()

    def compare(session, plain):
        for on in DAYS:
            day = measuring.day_at(session, on, counties.NOW)
            found = measuring.measured(session, day, FIGURES.values())
            told = {key: (f.measure.part, f.measure.whole, f.measure.unknown) for key, f in found.items()}
            expected = answers(Reading(plain, on, DEFAULTS, counties.NOW))
            assert set(told) == set(expected)
            assert told == expected, {key: (told[key], expected[key]) for key in told if told[key] != expected[key]}
            seen.update(key for key, (part, whole, _) in told.items() if part and whole)
        days = [measuring.day_at(session, on, counties.NOW) for on in DAYS]
        plainly = [mean_age(Reading(plain, on, DEFAULTS, counties.NOW))["rural_age"] for on in DAYS]
        assert [(one.part, one.whole, one.unknown) for one in mean_ages(session, days)] == plainly

    for seed in SEEDS:
        one_after_the_other(seed, compare)
    assert len(seen) > 30 and (seen == set(FIGURES) or not PROVE), set(FIGURES) - seen


def test_the_list_behind_a_figure_adds_up_to_the_figure(one_after_the_other):
    def compare(session, _plain):
        day = measuring.day_at(session, counties.ON, counties.NOW)
        for key, found in measuring.measured(session, day, FIGURES.values()).items():
            lines = measuring.lines(session, found.figure, day)
            known = [line for line in lines if line.part is not None]
            assert sum(line.part for line in known) == found.measure.part, key
            assert len(lines) - len(known) == found.measure.unknown, key
            whole = len(known) if found.figure.mean else sum(line.whole for line in lines)
            assert whole == found.measure.whole, key
        kept, digest = contents.packed(contents.taken(session, day))
        read, again = contents.opened(kept)
        assert again == digest
        assert {one["key"]: len(one["lines"]) for one in read["figures"]} == {
            key: len(measuring.lines(session, figure, day)) for key, figure in FIGURES.items()
        }

    one_after_the_other(7, compare)


def test_times_of_steps_are_counted_day_by_day(one_after_the_other):
    def compare(_session, plain):
        calendar, days = calendars.installed(), defaultdict(list)
        for task in plain["task"]:
            moments = (task["opened_at"], task["closed_at"])
            opened, closed = (moment and moment.astimezone(calendar.zone).date() for moment in moments)
            if closed and date(2026, 6, 1) <= closed and task["closed_at"] <= counties.NOW:
                between = (opened + timedelta(days=n + 1) for n in range((closed - opened).days))
                taken = sum(calendar.is_working(day) for day in between)
                days[task["definition_key"], task["element_id"], closed.replace(day=1)].append(taken)
        found = queries_steps.steps(Actor.system(), counties.NOW.date(), counties.NOW)
        told = {
            (step.definition_key, step.element_id, month): (each.number, each.median, each.p90)
            for step in found.steps
            for month, each in zip(found.months, step.months, strict=True)
            if each
        }
        assert told == {place: (len(taken), *ranks(sorted(taken))) for place, taken in days.items()}
        assert {step.limit for step in found.steps} == {5}

    one_after_the_other(3, compare)


def ranks(taken):
    """Median and P90: the first time with half, or nine tenths, of all times at or before it."""
    return [next(day for n, day in enumerate(taken, start=1) if n * 100 >= share * len(taken)) for share in (50, 90)]
