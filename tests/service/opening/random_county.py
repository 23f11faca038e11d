"""Counties made by chance: everything that a sheet can say, with gaps."""

import random

from tests.service.opening import books
from tests.service.opening.books import DAY, PAPER

STAGES, AREAS = ("幼儿园", "小学", "初中", "高中", "中职", ""), ("城区", "镇区", "乡村", "边远", "")
BANDS = {"高级": (5, 7), "中级": (8, 10), "初级": (11, 13)}
TITLES = {"高级": ("高级", "正高"), "中级": ("一级", "高级"), "初级": ("二级", "三级", "")}
VALUES = {
    "骨干教师": ("县级", "省级"), "聘期考核": ("优秀", "合格"), "支教、借调": ("支教", "借调"),
    "离岗": ("病假", "进修"),
    "健康缓期": ("孕期", "重病"), "处分": ("警告", "记过"), "师德": ("立案调查", "查实"), "曾用名": ("旧名", "原名"),
    "职称": ("二级", "三级"), "教师资格证": ("小学", "初中"),
}  # fmt: skip
PLAIN = ("培训学时", "工作经历", "农村任教经历", "交流轮岗", "校长任期", "立案调查", "弄虚作假", "年度考核")


def county(seed):
    """Rows of every sheet; the numbers are what they are, also over their approved ones."""
    dice = random.Random(seed)
    codes = [f"s{order:02d}" for order in range(1, 4)]
    rows = {"organisations": [_bureau(), _section(), *(_school(dice, code) for code in codes)]}
    rows["numbers"] = [_numbers(dice, code) for code in codes if dice.random() < 0.8]
    orders = range(1, 8)
    rows["staff"] = [_person(dice, order, dice.choice(codes)) for order in orders]
    rows["staff"].append(_person(dice, 9, dice.choice(codes)) | {"id_number": "", "person_key": "外教-9"})
    rows["records"] = [row for order in orders for row in _records(dice, order, codes)]
    rows["locks"] = [_lock(order, dice.choice(codes)) for order in orders if dice.random() < 0.4]
    rows["roles"] = [_role(dice, order, codes[order % 3]) for order in (1, 2, 3)]
    rows["pools"] = [{"organisation": "bureau", "band": band, "approved": "9", "opened_on": DAY, "document": PAPER}
                     for band in BANDS]  # fmt: skip
    rows["loans"] = list(_loans(dice, rows["staff"]))
    rows["departed"] = [_departed(dice, order, dice.choice(codes)) for order in (21, 22) if dice.random() < 0.8]
    gone = [int(row["name"].removeprefix("人员")) for row in rows["departed"]]
    rows["records"] += [row for order in gone for row in _records(dice, order, codes)]
    rows["relations"] = [_relation(dice, order, [*orders, *gone]) for order in (1, 4, *gone)]
    return rows


def _bureau():
    return {"code": "bureau", "name": "青禾县教育局", "name_en": "Bureau", "kind": "教育局", "valid_from": "2000-01-01"}


def _section():
    return {"code": "hr", "name": "=人事科", "kind": "科室", "parent": "bureau", "valid_from": "2000-01-01"}


def _school(dice, code):
    given = {"stage": dice.choice(STAGES), "area": dice.choice(AREAS), "weak": dice.choice(("是", "否", ""))}
    if dice.random() < 0.5:
        given |= {"titles_from": "2024-01-01", "titles_document": "青教〔2024〕2号"}
    return books.school(code, f"学校{code}", **given)


def _numbers(dice, code):
    figures = {f"{name}_{part}": str(dice.randrange(0, 6)) for name in ("headcount", "senior", "middle", "junior")
               for part in ("approved", "occupied")}  # fmt: skip
    if dice.random() < 0.3:
        figures |= {"junior_approved": "", "junior_occupied": ""}
    return books.numbers(code, **figures, stated=dice.choice(("", "3")))


def _person(dice, order, place):
    band = dice.choice(tuple(BANDS))
    grade, title = str(dice.randint(*BANDS[band])), dice.choice(TITLES[band])
    dated = dice.random() < 0.7 and bool(title)
    certified = dice.random() < 0.5
    given = {
        "band": band, "grade": grade, "title": title, "title_on": "2016-07-01" if dated else "",
        "title_document": f"证{order}" if dated else "", "degree": dice.choice(("博士", "专科", "")),
        "employment_kind": dice.choice(("在编", "特岗", "备案员额", "编外")), "subject": dice.choice(("语文", "")),
        "post_category": dice.choice(("专业技术", "双肩挑")), "phone": dice.choice((f"199{order:08d}", "")),
        "certificate": "小学教师资格" if certified else "", "certificate_number": f"资{order}" if certified else "",
        "certificate_on": "2008-07-01" if certified else "", "rural_months": dice.choice(("", "18")),
        "career_checked": dice.choice(("", "2026-08-30")), "discipline_checked": dice.choice(("", "2026-08-31")),
        "retires_on": dice.choice(("", "2045-03-04")),
    }  # fmt: skip
    given |= {f"assessment_{year}": dice.choice(("优秀", "合格", "")) for year in (2023, 2024, 2025)}
    if dice.random() < 0.2:
        gone = ("band", "grade", "title", "title_on", "title_document")
        given |= {"post_category": "管理", **dict.fromkeys(gone, "")}
    return books.person(order, place, **given)


def _records(dice, order, codes):
    kinds = dice.sample((*VALUES, *PLAIN), dice.randrange(0, 5))
    for number, kind in enumerate(kinds):
        year = 2011 + number
        row = {"id_number": books.number(order), "kind": kind, "valid_from": f"{year}-03-01", "document": f"文{number}",
               "note": dice.choice(("", "备注", "=1+1"))}  # fmt: skip
        row["value"] = dice.choice(VALUES[kind]) if kind in VALUES else ""
        row |= {"basis": "政务处分"} if kind == "处分" else {}
        row |= {"year": str(year), "amount": "72"} if kind == "培训学时" else {}
        row |= {"year": str(year), "value": "基本合格"} if kind == "年度考核" else {}
        row |= {"value": "关系不转"} if kind == "交流轮岗" else {}
        row |= {"organisation": dice.choice(codes)} if kind in ("交流轮岗", "校长任期", "工作经历") else {}
        yield row | ({"valid_until": f"{year + 1}-03-01"} if kind in ("农村任教经历", "交流轮岗", "离岗") else {})


def _lock(order, code):
    return {"id_number": books.number(order), "organisation": code, "starts_on": "2024-09-01", "ends_on": "2029-08-31",
            "reason": "定向招聘"}  # fmt: skip


def _role(dice, order, code):
    kind = dice.choice(("任职人", "固定替补"))
    return books.role(order, code, dice.choice(("校长", "书记", "副校长", "学校人事干事")), kind)


def _loans(dice, staff):
    for row in staff:
        if row["band"] and dice.random() < 0.3:
            named = {name: row.get(name, "") for name in ("id_number", "person_key")}
            yield {"organisation": "bureau", "band": row["band"], "school": row["organisation"], "count": "1", **named,
                   "from_on": "2024-09-01", "until": "2027-08-31"}  # fmt: skip
    yield {"organisation": "bureau", "band": "初级", "school": "s03", "count": "2"}


def _departed(dice, order, place):
    kept = ("organisation", "name", "id_number", "degree", "employment_kind", "post_category", "band", "grade", "title",
            "appointed_on")  # fmt: skip
    row = {name: cell for name, cell in _person(dice, order, place).items() if name in kept}
    reason = dice.choice(("退休", "辞职", "去世", "调出", "解聘", ""))
    return row | {"left_on": "2025-07-01", "reason": reason, "document": "教人〔2025〕7号" if reason else ""}


def _relation(dice, order, people):
    row = {"id_number": books.number(order), "kind": dice.choice(("配偶", "直系血亲", "近姻亲", "远亲"))}
    row |= {"note": dice.choice(("", "=1"))}
    if dice.random() < 0.5:
        return row | {"relative_name": f"亲属{order}"}
    return row | {"relative_id_number": books.number(next(one for one in reversed(people) if one != order))}
