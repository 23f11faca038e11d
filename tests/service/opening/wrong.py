"""Rows that are wrong, one of each kind: where each stands, and what is said of which cell."""

from dataclasses import dataclass
from typing import Any

from tests.service.opening.books import DAY, PAPER, departed, number, numbers, person, role, school


@dataclass(frozen=True)
class Wrong:
    """A row of a table, the column whose cell is wrong, and the code of what is said."""

    table: str
    row: dict[str, Any]
    column: str
    code: str


OFF = number(107)[:17] + ("0" if number(107)[17] != "0" else "1")
"""An ID number whose check character is another one."""


def _staff(order: int, column: str, code: str, **cells: Any) -> Wrong:
    return Wrong("staff", person(order, **cells), column, code)


def _record(column: str, code: str, **cells: Any) -> Wrong:
    row = {"id_number": number(1), "kind": "骨干教师", "value": "县级", "valid_from": "2020-01-01"}
    return Wrong("records", {**row, **cells}, column, code)


def _lock(column: str, code: str, **cells: Any) -> Wrong:
    row = {"id_number": number(2), "organisation": "s01", "starts_on": "2023-09-01", "ends_on": "2028-09-01",
           "reason": "定向"}  # fmt: skip
    return Wrong("locks", {**row, **cells}, column, code)


def _role(order: int, place: str, name: str, kind: str, column: str, code: str, **cells: Any) -> Wrong:
    return Wrong("roles", {**role(order, place, name, kind), **cells}, column, code)


def _loan(column: str, code: str, **cells: Any) -> Wrong:
    row = {"organisation": "bureau", "band": "中级", "school": "s02", "id_number": number(4), "from_on": "2024-09-01",
           "until": "2027-08-31"}  # fmt: skip
    return Wrong("loans", {**row, **cells}, column, code)


def _relation(column: str, code: str, **cells: Any) -> Wrong:
    row = {"id_number": number(1), "kind": "配偶", "relative_id_number": number(4)}
    return Wrong("relations", {**row, **cells}, column, code)


def _departed(order: int, column: str, code: str, **cells: Any) -> Wrong:
    return Wrong("departed", departed(order, **cells), column, code)


ORGANISATIONS = [
    Wrong("organisations", school("", "无码小学"), "code", "opening.required"),
    Wrong("organisations", school("x02", "长" * 121), "name", "opening.long"),
    Wrong("organisations", school("x03", "某社", kind="公司"), "kind", "opening.word"),
    Wrong("organisations", school("x04", "无主小学", parent=""), "parent", "opening.parent_missing"),
    Wrong("organisations", school("x05", "错挂小学", parent="s01"), "parent", "opening.parent_kind"),
    Wrong("organisations", school("x06", "悬空小学", parent="没有的学区"), "parent", "opening.no_place"),
    Wrong("organisations", school("x07", "某校", stage="大学"), "stage", "opening.word"),
    Wrong("organisations", school("x08", "某科", kind="科室"), "stage", "organisation.stage"),
    Wrong("organisations", school("x09", "薄弱科", kind="科室", stage="", area="", weak="是"), "weak",
          "opening.school_only"),
    Wrong("organisations", school("x10", "某日小学", valid_from="2000-02-30"), "valid_from", "opening.no_such_day"),
    Wrong("organisations", school("x11", "半授权小学", hiring_from="2024-01-01"), "hiring_document", "opening.pair"),
    Wrong("organisations", school("x12", "早授权小学", titles_from="1999-01-01", titles_document="文"), "titles_from",
          "opening.before_school"),
    Wrong("organisations", school("s01", "第一小学"), "code", "opening.twice"),
    Wrong("organisations", school("bureau2", "第二教育局", kind="教育局", parent="", stage="", area=""), "kind",
          "opening.second_bureau"),
    Wrong("organisations", school("s03", "第三", kind="学区", stage="", area=""), "kind", "organisation.fixed"),
]  # fmt: skip
NUMBERS = [
    Wrong("numbers", numbers("没有的学校"), "organisation", "opening.no_place"),
    Wrong("numbers", numbers("hr"), "organisation", "opening.place_kind"),
    Wrong("numbers", numbers("s01"), "organisation", "opening.twice"),
    Wrong("numbers", numbers("s11", headcount_approved="五"), "headcount_approved", "opening.whole"),
    Wrong("numbers", numbers("s12", headcount_occupied="-1"), "headcount_occupied", "opening.negative"),
    Wrong("numbers", numbers("s13", senior_occupied=""), "senior_occupied", "opening.pair"),
    Wrong("numbers", numbers("s14", middle_excess="2"), "middle_excess", "opening.excess"),
    Wrong("numbers", numbers("s15", junior_approved="", junior_occupied="", junior_excess="1"), "junior_excess",
          "opening.excess_alone"),
    Wrong("numbers", numbers("s16", opened_on="2027-01-01"), "opened_on", "opening.future"),
    Wrong("numbers", numbers("s17", document=""), "document", "opening.required"),
    Wrong("numbers", numbers("s18", headcount_approved="100001"), "headcount_approved", "opening.range"),
    Wrong("numbers", numbers("同名小学"), "organisation", "opening.place_ambiguous"),
]  # fmt: skip
POOLS = [
    Wrong("pools", {"organisation": "s01", "band": "高级", "approved": "1", "opened_on": DAY, "document": PAPER},
          "organisation", "opening.place_kind"),
    Wrong("pools", {"organisation": "bureau", "band": "高级", "approved": "0", "opened_on": DAY, "document": PAPER},
          "approved", "opening.lent_over"),
    Wrong("pools", {"organisation": "bureau", "band": "特级", "approved": "1", "opened_on": DAY, "document": PAPER},
          "band", "opening.word"),
    Wrong("loans", {"organisation": "bureau", "band": "高级", "school": "s02", "count": "2"}, "", ""),
    Wrong("loans", {"organisation": "bureau", "band": "初级", "school": "s02"}, "band", "opening.no_pool"),
    Wrong("loans", {"organisation": "bureau", "band": "中级", "school": "hr", "count": "1"}, "school",
          "opening.place_kind"),
    _loan("count", "opening.loan_count", count="2"),
    _loan("from_on", "opening.loan_term", id_number=number(5), from_on=""),
    _loan("until", "dates.order", id_number=number(6), until="2020-01-01"),
    _loan("school", "opening.loan_elsewhere", id_number=number(1)),
    _loan("band", "opening.loan_band", id_number=number(7)),
    _loan("from_on", "loan.not_begun", id_number=number(8), from_on="2026-12-01"),
    _loan("id_number", "opening.no_person", id_number=number(400)),
]  # fmt: skip
STAFF = [
    _staff(101, "organisation", "opening.no_place", organisation="没有的学校"),
    _staff(102, "name", "opening.required", name=""),
    _staff(103, "name", "opening.long", name="长" * 81),
    _staff(104, "id_number", "opening.required", id_number=""),
    _staff(105, "id_number", "person.id_number_form", id_number="99010119850304"),
    _staff(106, "id_number", "person.id_number_birth", id_number="990101198502301111"),
    _staff(107, "id_number", "person.id_number_check", id_number=OFF),
    _staff(1, "id_number", "opening.twice"),
    _staff(109, "phone", "person.phone_form", phone="12345"),
    _staff(110, "sex", "person.sex_differs", sex="男"),
    _staff(111, "sex", "opening.word", sex="不明"),
    _staff(112, "born_on", "person.born_on_differs", born_on="1985-03-05"),
    _staff(113, "born_on", "opening.month_only", born_on="1985.3"),
    _staff(190, "appointed_on", "opening.month_only_required", appointed_on="2014年9月"),
    _staff(114, "degree", "opening.word", degree="博士后"),
    _staff(115, "employment_kind", "opening.required", employment_kind=""),
    _staff(116, "employment_kind", "opening.word", employment_kind="借用"),
    _staff(117, "post_category", "opening.word", post_category="后勤"),
    _staff(118, "grade", "appointment.grade", grade="12"),
    _staff(119, "grade", "opening.range", grade="14"),
    _staff(120, "band", "appointment.band", post_category="工勤", grade=""),
    _staff(121, "title", "opening.word", title="特级"),
    _staff(122, "title", "opening.title_missing", title="", title_document=""),
    _staff(123, "title_on", "opening.future", title_on="2030-01-01"),
    _staff(124, "title_on", "opening.too_young", title_on="1990-01-01"),
    _staff(125, "title_on", "opening.pair", title_on=""),
    _staff(126, "appointed_on", "opening.day", appointed_on="去年九月"),
    _staff(127, "appointed_on", "opening.far_day", appointed_on="1799-09-01"),
    _staff(128, "appointed_on", "opening.too_young", appointed_on="1999-09-01"),
    _staff(129, "certificate_number", "opening.certificate_part", certificate="小学", certificate_on="2008-07-01"),
    _staff(130, "rural_months", "opening.rural_too_long", rural_months="200"),
    _staff(131, "rural_months", "opening.whole", rural_months="两年"),
    _staff(132, "retires_on", "opening.retired", retires_on="2026-09-01"),
    _staff(133, "assessment_2025", "opening.word", assessment_2025="良好"),
    _staff(134, "discipline_checked", "opening.future", discipline_checked="2026-12-01"),
    _staff(135, "subject", "opening.long", subject="语" * 41),
    _staff(136, "subject", "opening.broken_formula", subject="#N/A"),
]  # fmt: skip
RECORDS = [
    _record("id_number", "opening.no_person", id_number=number(401)),
    _record("name", "opening.other_name", name="别人"),
    _record("kind", "opening.word", kind="表扬"),
    _record("value", "opening.word", value="国际级"),
    _record("value", "opening.value_missing", kind="处分", value="", basis="事业单位处分", document="文"),
    _record("basis", "record.needed", kind="处分", value="记过", document="文", valid_from="2025-01-03"),
    _record("document", "record.needed", kind="处分", value="警告", basis="政务处分", valid_from="2025-01-04"),
    _record("valid_until", "dates.order", valid_from="2021-01-01", valid_until="2020-01-01"),
    _record("valid_from", "opening.future", valid_from="2027-01-01"),
    _record("valid_from", "opening.before_birth", valid_from="1980-01-01"),
    _record("kind", "opening.departed", kind="离开", value="退休"),
    _record("year", "opening.year_ahead", kind="年度考核", value="优秀", year="2026", valid_from="2025-12-31"),
    _record("year", "opening.assessment_twice", id_number=number(3), kind="年度考核", value="优秀", year="2024",
            valid_from="2024-12-31"),
    _record("organisation", "record.needed", kind="交流轮岗", value="关系随转"),
    _record("amount", "opening.range", kind="培训学时", value="", year="2024", amount="10001"),
    _record("year", "opening.range", kind="培训学时", value="", year="1900", amount="1", valid_from="2024-12-31"),
    _record("kind", "opening.twice", id_number=number(2), kind="交流轮岗", value="关系不转", organisation="s02",
            valid_from="2022-09-01", valid_until="2023-09-01"),
    _record("valid_from", "record.retirement_outside", kind="弹性退休", value="提前", document="表",
            valid_from="2031-01-01"),
]  # fmt: skip
OTHERS = [
    _lock("ends_on", "dates.order", ends_on="2023-09-01"),
    _lock("organisation", "opening.place_kind", organisation="hr"),
    _lock("reason", "opening.required", reason=""),
    _lock("id_number", "opening.twice", id_number=number(3), starts_on="2024-09-01"),
    _role(3, "s01", "科长", "任职人", "role", "opening.word"),
    _role(3, "s01", "人事科科长", "任职人", "organisation", "role.wrong_organisation"),
    _role(3, "s01", "校长", "任职人", "role", "role.taken"),
    _role(1, "s01", "校长", "固定替补", "kind", "opening.own_alternate"),
    _role(9, "bureau", "审计", "任职人", "role", "role.incompatible"),
    _role(3, "s01", "书记", "任职人", "valid_until", "dates.order", valid_until="2020-01-01"),
    _role(3, "s01", "副校长", "兼任", "kind", "opening.word"),
]  # fmt: skip
PEOPLE = [
    _relation("kind", "opening.word", kind="同事"),
    _relation("relative_name", "relation.relative", relative_id_number=""),
    _relation("relative_id_number", "opening.no_relative", relative_id_number=number(402)),
    _relation("relative_id_number", "relation.relative", relative_id_number=number(1), kind="继亲属"),
    _relation("relative_name", "opening.other_name", relative_name="别人", kind="近姻亲"),
    _relation("kind", "opening.twice"),
    _departed(301, "left_on", "dates.order", left_on="2010-09-01"),
    _departed(302, "left_on", "opening.future", left_on="2026-12-01"),
    _departed(303, "reason", "opening.word", reason="走了"),
    _departed(304, "band", "appointment.band", post_category="工勤", band="中级", grade=""),
    _departed(2, "id_number", "opening.departed"),
    _departed(21, "id_number", "opening.twice"),
    Wrong("roles", role(21, "s01", "副校长", "任职人"), "id_number", "opening.has_left"),
    Wrong("locks", {"id_number": number(21), "organisation": "s01", "starts_on": "2023-09-01",
                    "ends_on": "2028-09-01", "reason": "定向"}, "id_number", "opening.has_left"),
]  # fmt: skip
KINDS = [*PEOPLE, *ORGANISATIONS, *NUMBERS, *POOLS, *STAFF, *RECORDS, *OTHERS]
