"""Figures over the staff: exchange, age, backbone teachers, degrees, certificates, newly placed teachers."""

from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, literal

from service.reports.declaring import Day, Figure, Part, Target, everything
from service.reports.people_rows import (
    DISTRICT,
    GRADUATE,
    OUTLYING,
    OUTLYING_TEACHERS,
    STAFF,
    TEACHING,
    TOWNS,
    held_title,
    yes_or_unknown,
)
from service.reports.school_rows import SCHOOLS

HIGHER = ("高级", "正高")
ASSOCIATE = ("associate", "bachelor", *GRADUATE)


def _flag(condition: Any) -> Any:
    """1 or 0; None where the condition cannot be told. A cast, as a case would have it worked out twice."""
    return cast(condition, Integer)


def _teaches(row: Any) -> Any:
    return row.post_category.in_(TEACHING)


def _in_reform(row: Any, day: Day) -> Any:
    everybody = day.parameters["exchange_staff_scope"] == "everybody"
    return literal(1) if everybody else _flag(row.employment_kind == "staffed")


def _exchanged(row: Any, _day: Day) -> Any:
    return yes_or_unknown(row.exchanged_on.is_not(None), row)


def _sent(row: Any, _day: Day) -> Any:
    """To a rural, remote or weak school, by an exchange or a loan of the school year."""
    return case((row.outlying == 1, 1), (row.doubtful == 1, None), (row.known, 0))


def _backbone(row: Any, _day: Day) -> Any:
    return yes_or_unknown(row.tier <= DISTRICT, row)


def _graduate(row: Any, _day: Day) -> Any:
    return _flag(row.degree.in_(GRADUATE))


def _of_stage(*stages: str) -> Any:
    return lambda row, _day: _flag(and_(_teaches(row), row.stage.in_(stages)))


def _all_teachers(row: Any, _day: Day) -> Any:
    return _flag(_teaches(row))


def _recognised(name: str) -> Any:
    return lambda row, _day: yes_or_unknown(row[name] == 1, row)


def _certified(row: Any, _day: Day) -> Any:
    licensed = yes_or_unknown(row.licences == 1, row) == 1
    return _flag(and_(row.employment_kind == "staffed", row.degree.in_(ASSOCIATE), licensed))


def _title(row: Any, day: Day) -> Any:
    return func.coalesce(held_title(row.id, day).correlate_except().scalar_subquery(), row.title)


DEGREE = ("degree", "word", lambda row, _day: row.degree)
TIER = ("tier", "word", lambda row, _day: row.tier)


def _target(name: str) -> Target:
    return Target(f"report_{name}_percent", "least", f"report_{name}_until")


def _of_teachers(key: str, topic: str, ground: str, part: Any, scope: Any = _all_teachers, **rest: Any) -> Figure:
    return Figure(key, topic, "persons", "person", ground, "any", STAFF, scope, part, **rest)


EXCHANGE = (
    Figure(
        "exchange_share",
        "exchange",
        "persons",
        "person",
        "policy §2.7",
        "school_year",
        STAFF,
        _in_reform,
        _exchanged,
        target=Target("exchange_target_percent"),
        shown=("exchanged_on", "day", lambda row, _day: row.exchanged_on),
    ),
    Figure(
        "exchange_backbone",
        "exchange",
        "persons",
        "person",
        "policy §2.8",
        "school_year",
        STAFF,
        lambda row, day: _flag(and_(_in_reform(row, day) == 1, row.exchanged_on.is_not(None))),
        _backbone,
        target=Target("exchange_backbone_percent"),
        parts=(
            Part("remote", lambda row, _day: row.to_area == "remote"),
            Part("rural", lambda row, _day: row.to_area == "rural"),
            Part("weak", lambda row, _day: and_(row.to_area.in_(TOWNS), row.to_weak.is_(True))),
        ),
        shown=TIER,
    ),
    Figure(
        "new_city_placed",
        "exchange",
        "persons",
        "person",
        "policy §3.H",
        "school_year",
        STAFF,
        lambda row, _day: _flag(and_(row.new == 1, _teaches(row), row.area.in_(TOWNS))),
        _sent,
        shown=("joined_on", "day", lambda row, _day: row.valid_from),
    ),
)
AGES = (
    Figure(
        "rural_age",
        "staff",
        "years",
        "person",
        "policy §6",
        "any",
        OUTLYING_TEACHERS,
        lambda row, _day: _flag(row.area.in_(OUTLYING)),
        lambda row, _day: row.age,
        target=Target("report_rural_age_years", "most", "report_rural_age_until"),
        mean=True,
        shown=("age", "number", lambda row, _day: row.age),
    ),
)
TEACHERS = (
    _of_teachers("senior_graduate", "staff", "policy §6", _graduate, _of_stage("senior"),
                 target=_target("senior_graduate"), shown=DEGREE),
    _of_teachers("backbone_share", "staff", "policy §6", _backbone, target=_target("backbone"), shown=TIER),
    Figure(
        "schools_with_backbone", "staff", "schools", "organisation", "policy §6", "any", SCHOOLS,
        lambda row, _day: row.compulsory_or_above, lambda row, _day: row.covered, target=_target("schools_backbone"),
        shown=("backbone", "number", lambda row, _day: row.backbone),
    ),
)  # fmt: skip
ANNEX = (
    _of_teachers("kindergarten_certified", "annex", "policy §6 annex", _certified, _of_stage("kindergarten"),
                 shown=DEGREE),
    _of_teachers("primary_senior_title", "annex", "policy §6 annex",
                 lambda row, day: _flag(_title(row, day).in_(HIGHER)), _of_stage("primary"),
                 shown=("title", "words", _title)),
    _of_teachers("graduate_share", "annex", "policy §6 annex", _graduate, shown=DEGREE),
    _of_teachers("city_teachers", "annex", "policy §6 annex", _recognised("city_teacher"), bare=True),
    _of_teachers("city_principals", "annex", "policy §6 annex", _recognised("city_principal"), everything, bare=True),
    _of_teachers("city_backbone", "annex", "policy §6 annex", _recognised("city_backbone"), bare=True),
    _of_teachers("special_teachers", "annex", "policy §6 annex", _recognised("special"), bare=True),
    _of_teachers("dual_qualified", "annex", "policy §6 annex", _recognised("dual"), _of_stage("vocational"),
                 target=_target("dual_qualified")),
)  # fmt: skip
