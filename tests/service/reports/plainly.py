"""The figures over persons once more, the plain way: from the rows themselves, with loops and no SQL."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.service.reports.rows import Plain, Row

SHANGHAI = ZoneInfo("Asia/Shanghai")
TIERS = ["special", "province", "city", "county", "school"]
Answer = tuple[int, int, int]
"""Numerator, denominator, unknown."""


def first_of_school_year(on: date) -> date:
    return date(on.year if on.month >= 9 else on.year - 1, 9, 1)


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def holds(row: Row, on: date) -> bool:
    return (
        not row.get("struck_at") and row["valid_from"] <= on and (row["valid_until"] is None or on < row["valid_until"])
    )


class Reading:
    """The county on a day."""

    def __init__(self, plain: Plain, on: date, parameters: dict[str, Any], now: datetime) -> None:
        self.plain, self.on, self.parameters = plain, on, parameters
        midnight = datetime.combine(on + timedelta(days=1), datetime.min.time(), SHANGHAI)
        self.end = min(now, midnight - timedelta(microseconds=1))
        self.year = datetime(on.year, 1, 1, tzinfo=SHANGHAI)
        self.places = {row["id"]: row for row in plain["organisation"]}
        self.people = {row["id"]: row for row in plain["person"]}
        self.cases = {row["id"]: row for row in plain["process_instance"]}

    # ── persons ──

    def post(self, person: str) -> Row | None:
        mine = [a for a in self.plain["appointment"] if a["person_id"] == person and holds(a, self.on)]
        return max(mine, key=lambda a: a["valid_from"], default=None)

    def staff(self) -> list[tuple[Row, Row, Row]]:
        """(Person, appointment, school) of everybody at a school."""
        found = [(who, self.post(who["id"])) for who in self.people.values()]
        rows = [(who, post, self.places[post["organisation_id"]]) for who, post in found if post]
        return [row for row in rows if row[2]["kind"] == "school"]

    def records(self, person: str, kind: str) -> list[Row]:
        return [r for r in self.plain["person_record"]
                if r["person_id"] == person and r["kind"] == kind and r["voided_at"] is None]  # fmt: skip

    def held(self, person: str, kind: str) -> list[Row]:
        return [r for r in self.records(person, kind) if holds(r, self.on)]

    def begun(self, person: str, *kinds: str) -> list[Row]:
        first = first_of_school_year(self.on)
        return [r for kind in kinds for r in self.records(person, kind) if first <= r["valid_from"] <= self.on]

    def looked(self, person: str) -> bool:
        return any(c["person_id"] == person and c["topic"] == "career" for c in self.plain["record_check"])

    def yes(self, person: str, met: bool) -> bool | None:
        return True if met else (False if self.looked(person) else None)

    def is_backbone(self, person: str) -> bool | None:
        tiers = [r["value"] for r in self.held(person, "backbone")]
        return self.yes(person, any(TIERS.index(tier) <= TIERS.index("county") for tier in tiers))

    def recognised(self, value: str, kind: str = "recognition") -> Callable[[Row, Row, Row], bool | None]:
        return lambda who, _post, _school: self.yes(
            who["id"], any(r["value"] == value for r in self.held(who["id"], kind))
        )

    def title(self, who: Row, post: Row) -> str | None:
        held = sorted(self.held(who["id"], "title"), key=lambda r: (r["valid_from"], r["id"]))
        return held[-1]["value"] if held else post["title"]

    # ── counting ──

    def share(self, scope: Callable[..., bool | None], met: Callable[..., bool | None]) -> Answer:
        part = whole = unknown = 0
        for row in self.staff():
            belongs = scope(*row)
            if belongs is False:
                continue
            whole += 1
            answer = met(*row) if belongs else None
            unknown += answer is None
            part += answer is True
        return part, whole, unknown


def teaches(_who: Row, post: Row, _school: Row) -> bool:
    return post["post_category"] in ("professional", "dual")


def of_stage(stage: str) -> Callable[..., bool | None]:
    def scope(who: Row, post: Row, school: Row) -> bool | None:
        taught = post["stage"] or school["stage"]
        if not teaches(who, post, school):
            return False
        return None if taught is None else taught == stage

    return scope


def of_area(*areas: str) -> Callable[..., bool | None]:
    def scope(who: Row, post: Row, school: Row) -> bool | None:
        if not teaches(who, post, school):
            return False
        return None if school["area"] is None else school["area"] in areas

    return scope


def graduate(who: Row, _post: Row, _school: Row) -> bool | None:
    return None if who["degree"] is None else who["degree"] in ("master", "phd")


def persons(here: Reading) -> dict[str, Answer]:
    def staffed(_who: Row, post: Row, _school: Row) -> bool:
        return bool(post["employment_kind"] == "staffed")

    def exchanged(who: Row, _post: Row, _school: Row) -> bool | None:
        return here.yes(who["id"], bool(here.begun(who["id"], "exchange")))

    def went(who: Row, post: Row, school: Row) -> bool:
        return staffed(who, post, school) and bool(here.begun(who["id"], "exchange"))

    def backbone(who: Row, _post: Row, _school: Row) -> bool | None:
        return here.is_backbone(who["id"])

    def certified(who: Row, post: Row, school: Row) -> bool | None:
        degree = None if who["degree"] is None else who["degree"] != "secondary"
        facts = [staffed(who, post, school), degree, here.yes(who["id"], bool(here.held(who["id"], "certificate")))]
        return False if False in facts else (None if None in facts else True)

    def senior(who: Row, post: Row, _school: Row) -> bool | None:
        title = here.title(who, post)
        return None if title is None else title in ("高级", "正高")

    def everybody(*_row: Row) -> bool:
        return True

    return {
        "exchange_share": here.share(staffed, exchanged), "exchange_backbone": here.share(went, backbone),
        "new_city_placed": here.share(*newcomers(here)), "senior_graduate": here.share(of_stage("senior"), graduate),
        "backbone_share": here.share(teaches, backbone), "graduate_share": here.share(teaches, graduate),
        "kindergarten_certified": here.share(of_stage("kindergarten"), certified),
        "primary_senior_title": here.share(of_stage("primary"), senior),
        "city_teachers": here.share(teaches, here.recognised("city_teacher")),
        "city_principals": here.share(everybody, here.recognised("city_principal")),
        "dual_qualified": here.share(of_stage("vocational"), here.recognised("dual_qualified")),
        "city_backbone": here.share(teaches, here.recognised("city", "backbone")),
        "special_teachers": here.share(teaches, here.recognised("special", "backbone")),
    }  # fmt: skip


def newcomers(here: Reading) -> tuple[Callable[..., bool | None], Callable[..., bool | None]]:
    def is_new(who: Row, post: Row, school: Row) -> bool | None:
        first = min(
            a["valid_from"] for a in here.plain["appointment"] if a["person_id"] == who["id"] and a["struck_at"] is None
        )
        if not first_of_school_year(here.on) <= first <= here.on:
            return False
        return of_area("city", "town")(who, post, school)

    def sent(who: Row, _post: Row, _school: Row) -> bool | None:
        places = [here.places.get(r["organisation_id"]) for r in here.begun(who["id"], "exchange", "loan")]
        if any(p and (p["area"] in ("rural", "remote") or p["weak"]) for p in places):
            return True
        doubtful = any(p is None or p["area"] is None or p["weak"] is None for p in places)
        return None if doubtful else here.yes(who["id"], False)

    return is_new, sent


def mean_age(here: Reading) -> dict[str, Answer]:
    total = number = unknown = 0
    for who, post, school in here.staff():
        rural = of_area("rural", "remote")(who, post, school)
        if rural is False:
            continue
        if rural is None or who["born_on"] is None:
            unknown += 1
        else:
            total, number = total + age(who["born_on"], here.on), number + 1
    return {"rural_age": (total, number, unknown)}


def schools(here: Reading) -> dict[str, Answer]:
    part = whole = unknown = 0
    for school in here.plain["organisation"]:
        if school["kind"] != "school" or school["stage"] == "kindergarten":
            continue
        teachers = [here.is_backbone(who["id"]) for who, post, place in here.staff()
                    if place is school and teaches(who, post, place)]  # fmt: skip
        whole += 1
        if school["stage"] is None or (True not in teachers and None in teachers):
            unknown += 1
        else:
            part += True in teachers
    return {"schools_with_backbone": (part, whole, unknown)}


def people(here: Reading) -> dict[str, Answer]:
    """What is counted over persons and their schools."""
    return {**persons(here), **mean_age(here), **schools(here)}
