"""The invented county as plain values: 40 schools, about 2,500 persons, nobody real; the same every time."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from service.people.rules import check_character

SEED = 20260901
OPENED = date(2026, 9, 1)
REGION = "990101"  # no such region: every number is recognisably invented
SURNAMES = (
    "林沈许陆何顾苏方温白高郑罗唐宋韩邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏吕丁任卢姚钟姜崔谭廖范汪石金贾夏付"
    "邹熊孟秦江阎薛侯雷龙段郝孔邵史毛常万赖武康贺严尹钱施牛洪龚"
)
GIVEN = (
    "知远听澜砚秋小满守拙南乔既白禾青岚雨眠舟行远山清和云起望舒予安景行怀瑾若谷思齐明"
    "哲慕言星野见微时雨长风亦可初阳松雪竹溪"
)
SUBJECTS = ("语文", "数学", "英语", "物理", "化学", "生物", "历史", "地理", "政治", "科学", "音乐", "体育", "美术")
PLACES = (
    "青禾", "松塘", "柳溪", "云雀岭", "北渡", "星槎", "石桥", "枫浦", "白鹭洲", "麦田", "槐荫", "清河", "竹坞", "桃源",
    "南坡", "东篱", "月湖", "茶亭", "水磨", "古渡",
)  # fmt: skip


@dataclass(frozen=True)
class Quota:
    """Opening figures of one account: approved and occupied; occupied above approved is excess (policy §2)."""

    approved: int
    occupied: int


@dataclass(frozen=True)
class School:
    """One school; `bands` are senior, middle, junior."""

    code: str
    name: str
    name_en: str
    stage: str
    area: str
    weak: bool
    own_hiring: bool
    own_titles: bool
    headcount: Quota
    bands: dict[str, Quota]


@dataclass(frozen=True)
class Teacher:
    """One person of a school; `role` is what the person holds there beside being a teacher."""

    username: str
    name: str
    sex: str
    born_on: date
    degree: str
    id_number: str
    phone: str
    school: str | None
    band: str
    grade: int
    title: str
    subject: str
    since: date


def stable_id(*words: str) -> str:
    """The same id for the same words in every demo county."""
    return str(uuid5(NAMESPACE_URL, "lectern-demo/" + "/".join(words)))


def schools() -> list[School]:
    """The 40 schools: s01 a city school with both authorisations, s02 without, s07, s19, s31 over their quota."""
    dice = random.Random(SEED)  # noqa: S311 - invented data must repeat itself
    return [_school(number, dice) for number in range(1, 41)]


def _school(number: int, dice: random.Random) -> School:
    if number == 1:
        bands = {"senior": Quota(12, 12), "middle": Quota(40, 38), "junior": Quota(50, 46)}
        return School("s01", "青禾第一实验小学", "Qinghe First Experimental Primary School", "primary", "city",
                      False, True, True, Quota(100, 96), bands)  # fmt: skip
    stage = ("primary", "junior", "primary", "kindergarten", "primary", "junior", "senior", "primary")[number % 8]
    area = ("city", "town", "town", "rural", "rural", "rural", "remote")[number % 7]
    place = PLACES[(number * 7) % len(PLACES)] + ("" if number <= len(PLACES) else "东")
    occupied = {"kindergarten": 30, "primary": 53, "junior": 66, "senior": 98}[stage] + dice.randrange(-8, 13)
    over = number in (7, 19, 31)
    bands = _bands(occupied, area, over, dice)
    approved = occupied - 2 if over else occupied + dice.randrange(1, 7)
    words = {"kindergarten": "幼儿园", "primary": "小学", "junior": "初级中学", "senior": "高级中学"}[stage]
    english = {"kindergarten": "Kindergarten", "primary": "Primary School", "junior": "Junior School",
               "senior": "Senior School"}[stage]  # fmt: skip
    ordinal = f"第{'一二三'[number % 3]}" if area in ("city", "town") else "中心"
    return School(
        f"s{number:02d}", f"{place}{ordinal}{words}", f"School {number:02d} ({english})", stage, area,
        area in ("rural", "remote") and number % 3 == 0, number % 4 == 1, number % 8 == 1,
        Quota(approved, occupied), bands,
    )  # fmt: skip


def _bands(occupied: int, area: str, over: bool, dice: random.Random) -> dict[str, Quota]:
    uplift = 2 if area in ("rural", "remote") else 0
    senior, middle = occupied * 18 // 100, occupied * 36 // 100
    junior = occupied - senior - middle
    spare = 0 if over else 1 + uplift // 2
    return {
        "senior": Quota(senior - (1 if over else 0) + dice.randrange(0, spare + 1), senior),
        "middle": Quota(middle + spare, middle),
        "junior": Quota(junior + spare + 2, junior),
    }


def teachers() -> Iterator[Teacher]:
    """Everybody employed at the schools, in the order of schools and bands: t0001, t0002, …"""
    dice = random.Random(SEED + 1)  # noqa: S311 - invented data must repeat itself
    number = 0
    for school in schools():
        for band, quota in school.bands.items():
            for _ in range(quota.occupied):
                number += 1
                yield _teacher(f"t{number:04d}", number, school.code, band, dice)


def officials() -> Iterator[tuple[str, Teacher]]:
    """The people of the offices, with the user name of each account."""
    dice = random.Random(SEED + 2)  # noqa: S311 - invented data must repeat itself
    names = ("admin", "bureau.hr", "bureau.hr.chief", "bureau.leader", "staffing.office", "hr.bureau", "tdc", "auditor",
             "staffing.office.deputy", "hr.bureau.deputy", "bureau.hr.deputy")  # fmt: skip
    for number, username in enumerate(names, start=9001):
        yield username, _teacher(username, number, None, "middle", dice)


def _teacher(username: str, number: int, school: str | None, band: str, dice: random.Random) -> Teacher:
    born = date(1967, 1, 1) + timedelta(days=dice.randrange(0, 365 * 32))
    sex = "female" if dice.random() < 0.68 else "male"
    if sex == "female" and born.year < 1972:
        born += timedelta(days=6 * 365)  # else she would have retired
    grade = {"senior": 5 + number % 3, "middle": 8 + number % 3, "junior": 11 + number % 3}[band]
    title = {"senior": "高级", "middle": "一级", "junior": "二级" if grade < 13 else "三级"}[band]
    return Teacher(
        username, name_of(dice), sex, born, ("bachelor", "bachelor", "bachelor", "master", "associate")[number % 5],
        _id_number(born, number, sex), f"199{number:08d}", school, band, grade, title,
        SUBJECTS[number % len(SUBJECTS)], max(date(born.year + 23, 9, 1), date(1992, 9, 1)),
    )  # fmt: skip


def name_of(dice: random.Random) -> str:
    """An invented name."""
    return dice.choice(SURNAMES) + dice.choice(GIVEN) + (dice.choice(GIVEN) if dice.random() < 0.7 else "")


def _id_number(born: date, number: int, sex: str) -> str:
    order = (number * 2 + (1 if sex == "male" else 0)) % 1000
    first = f"{REGION}{born:%Y%m%d}{order:03d}"
    return first + check_character(first)
