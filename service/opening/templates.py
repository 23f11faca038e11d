"""The sheets of the opening workbook and their columns: headings, notes and allowed words in both languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from service.columns import Column
from service.opening import vocabulary as said

TEXT, WORD, DAY, WHOLE, PLACE, IDENTITY, PHONE = "text", "word", "day", "whole", "place", "identity", "phone"
"""What a cell holds; a place is the code or the name of an organisation."""
BANDS = ("senior", "middle", "junior")
_YEAR = re.compile(r"(?:年度考核|考核|assessment)((?:19|20|21)\d\d)年?度?|((?:19|20|21)\d\d)年?度?考核(?:结果|等次)?")
ASSESSMENT = "assessment_"


@dataclass(frozen=True)
class Cell(Column):
    """A column of the workbook: what its cells hold, other headings that mean the same, a note in two languages."""

    holds: str = TEXT
    also: tuple[str, ...] = ()
    note: tuple[str, str] = ("", "")
    longest: int = 200
    least: int = 0
    most: int = 100_000


@dataclass(frozen=True)
class Table:
    """One sheet; the columns in `key` together name a row, which may stand once."""

    key: str
    zh: str
    en: str
    note: tuple[str, str]
    columns: tuple[Cell, ...]
    identity: tuple[str, ...] = field(default_factory=tuple)

    def column(self, name: str) -> Cell:
        """The column of that name; a yearly assessment of any year is one of the staff sheet."""
        for one in self.columns:
            if one.name == name:
                return one
        return assessment(int(name.removeprefix(ASSESSMENT)))


def year_of(short: str) -> int | None:
    """The year of whose assessment a heading speaks, in the form in which headings are compared; None: of none."""
    found = _YEAR.fullmatch(short)
    return int(found[1] or found[2]) if found else None


def _word(name: str, zh: str, en: str, words: Mapping[str, str], required: bool = False, **more: object) -> Cell:
    return Cell(name, zh, en, required, words, holds=WORD, **more)  # type: ignore[arg-type]


def _day(name: str, zh: str, en: str, required: bool = False, **more: object) -> Cell:
    return Cell(name, zh, en, required, holds=DAY, width=12, **more)  # type: ignore[arg-type]


def _whole(name: str, zh: str, en: str, required: bool = False, **more: object) -> Cell:
    return Cell(name, zh, en, required, holds=WHOLE, width=9, **more)  # type: ignore[arg-type]


def _place(name: str, zh: str, en: str, required: bool = False, **more: object) -> Cell:
    return Cell(name, zh, en, required, holds=PLACE, width=20, **more)  # type: ignore[arg-type]


def assessment(year: int) -> Cell:
    """The column of the yearly assessment of one year."""
    note = ("空白即不详，不作合格论。", "Empty is unknown, never competent.")
    return _word(f"{ASSESSMENT}{year}", f"{year}年度考核", f"Assessment {year}", said.ASSESSMENTS, note=note)


UNKNOWN = ("空白即不详，绝不作“否”。", "Empty is unknown, never no.")
WHO = (
    Cell("id_number", "身份证号", "ID number", True, holds=IDENTITY, width=22, also=said.ALSO_ID,
         note=("18 位，单元格设为文本。", "18 characters; make the cells text.")),
    Cell("name", "姓名", "Name", also=("名字", "教师姓名", "职工姓名"), longest=80,
         note=("可空；填写则与身份证号核对。", "May be empty; else compared with the ID number.")),
)  # fmt: skip
PLACE_NOTE = ("填机构编码或全称。", "Code or full name of the organisation.")

ORGANISATIONS = Table(
    "organisations", "机构", "Organisations",
    ("教育局、科室、编办、人社局、学区、集团和学校，每个一行；上级写在前后都可以。",
     "Bureau, sections, offices, districts, groups and schools, a row each, in any order."),
    (
        Cell("code", "机构编码", "Code", True, also=("编码", "单位代码", "学校代码", "学校编码"), longest=64),
        Cell("name", "机构名称", "Organisation", True, width=26,
             also=("名称", "单位名称", "学校名称", "学校全称"), longest=120),
        Cell("name_en", "英文名称", "Name in English", width=26, longest=160),
        _word("kind", "机构类别", "Kind", said.KINDS, True, also=("类别", "单位性质", "单位类别")),
        _place("parent", "上级机构", "Parent", also=("主管单位", "上级单位"), note=PLACE_NOTE),
        _word("stage", "学段", "Stage", said.STAGES, also=("办学层次", "学校类型")),
        _word("area", "区域", "Area", said.AREAS, also=("城乡类别", "所在区域")),
        _word("weak", "是否薄弱学校", "Weak school", said.YES_NO, also=("薄弱学校",), note=UNKNOWN),
        _day("valid_from", "设立日期", "In force from", True, also=("成立日期", "起始日期")),
        _day("hiring_from", "自主招聘授权起", "Own hiring from"),
        Cell("hiring_document", "自主招聘授权文号", "Document of own hiring", width=24),
        _day("titles_from", "自主评审授权起", "Own titles from"),
        Cell("titles_document", "自主评审授权文号", "Document of own titles", width=24),
    ),
    ("code",),
)  # fmt: skip


def _numbers() -> tuple[Cell, ...]:
    found: list[Cell] = []
    accounts = (("headcount", "编制", "Headcount"), *((band, *said.BAND_NAMES[band]) for band in BANDS))
    for name, zh, en in accounts:
        over = "超编" if name == "headcount" else "超岗"
        found += [
            _whole(f"{name}_approved", f"{zh}核定数", f"{en} approved", name == "headcount",
                   also=(f"核定{zh}数", f"核定{zh}", f"{zh}核定")),
            _whole(f"{name}_occupied", f"{zh}实有数", f"{en} occupied", name == "headcount",
                   also=(f"实有{zh}数", f"{zh}实有", f"实际{zh}"),
                   note=("本校自有岗位上的人数，不含占用预留岗位的人。",
                         "In the school's own posts; lent ones not counted.")),
            _whole(f"{name}_excess", f"{zh}{over}数", f"{en} excess",
                   note=("可空；填写则核对：实有减核定，不为负。",
                         "May be empty; else checked: occupied less approved.")),
        ]  # fmt: skip
    return tuple(found)


NUMBERS = Table(
    "numbers", "编制岗位", "Numbers",
    ("每校一行：核定数、实有数如实填写，超编超岗照实载入。",
     "A row a school: approved and occupied as they are, excess too."),
    (
        _place("organisation", "学校", "School", True, also=("学校名称", "单位", "单位名称", "机构编码"),
               note=PLACE_NOTE),
        _day("opened_on", "开账日", "Opening day", True, also=("截止日期", "统计日期")),
        Cell("document", "依据文号", "Document", True, width=24, also=("文号", "批文", "核编文号")),
        *_numbers(),
        _whole("stated", "编办在册人数", "On the staffing office's books", also=("在册人数", "编办人数"),
               note=("用于对账；空白即未告知。", "For the reconciliation; empty: not told.")),
    ),
    ("organisation",),
)  # fmt: skip

POOLS = Table(
    "pools", "预留岗位", "Reserved pool",
    ("教育局集中掌握的预留岗位，每个级别一行。", "Posts held centrally by the bureau, a row a band."),
    (
        _place("organisation", "掌握单位", "Held by", True, also=("教育局", "单位"), note=PLACE_NOTE),
        _word("band", "岗位级别", "Band", said.BANDS, True),
        _whole("approved", "核定数", "Approved", True, also=("岗位数",)),
        _day("opened_on", "开账日", "Opening day", True),
        Cell("document", "依据文号", "Document", True, width=24, also=("文号",)),
    ),
    ("organisation", "band"),
)  # fmt: skip

LOANS = Table(
    "loans", "借出岗位", "Lent posts",
    ("开账前已借给学校的预留岗位；知道谁在岗的，一人一行并写身份证号，其余合并写数量。",
     "Pool posts lent before the opening; a row a holder where known, else a number of posts."),
    (
        _place("organisation", "掌握单位", "Held by", True, also=("教育局",), note=PLACE_NOTE),
        _word("band", "岗位级别", "Band", said.BANDS, True),
        _place("school", "借用学校", "Lent to", True, also=("学校",), note=PLACE_NOTE),
        _whole("count", "数量", "Posts", least=1, most=1000),
        Cell("id_number", "在岗人身份证号", "Holder's ID number", holds=IDENTITY, width=22),
        _day("from_on", "借用起", "From"),
        _day("until", "借用止", "Until", note=("期限的最后一天。", "The last day of the term.")),
    ),
    ("organisation", "band", "school", "id_number"),
)  # fmt: skip

STAFF = Table(
    "staff", "教职工", "Staff",
    ("每人一行。空白即不详；处分师德、履历只有填了核查日期，没有记录才算没有。",
     "A row a person. Empty is unknown; only with the day of a check does no record mean none."),
    (
        _place("organisation", "单位", "Organisation", True, also=said.ALSO_PLACE, note=PLACE_NOTE),
        replace(WHO[1], required=True, note=("", "")), WHO[0],
        Cell("phone", "手机号", "Phone", holds=PHONE, also=("联系电话", "手机", "电话", "手机号码")),
        _word("sex", "性别", "Sex", said.SEXES,
              note=("可空：由身份证号得出。", "May be empty: follows from the ID number.")),
        _day("born_on", "出生日期", "Born on", also=("出生年月日",)),
        _word("degree", "学历", "Degree", said.DEGREES, also=("最高学历", "学历层次"), note=UNKNOWN),
        _word("employment_kind", "用工形式", "Employment", said.EMPLOYMENT, True,
              also=("编制类别", "人员性质", "编制性质")),
        _word("post_category", "岗位类别", "Post category", said.CATEGORIES, True, also=("岗位性质",)),
        _word("band", "岗位级别", "Band", said.BANDS,
              note=("可空：由岗位等级得出。", "May be empty: follows from the grade.")),
        _whole("grade", "岗位等级", "Grade", least=1, most=13, also=("等级", "专技等级"),
               note=("专业技术岗位 1 至 13 级。", "1 to 13, professional posts only.")),
        _word("title", "职称", "Title", said.TITLES, also=("专业技术职务", "现任职称"), note=UNKNOWN),
        _day("title_on", "取得职称日期", "Title since", also=("职称取得时间", "任职资格时间"), note=UNKNOWN),
        Cell("title_document", "职称证书号", "Title document", width=22),
        _day("appointed_on", "聘任日期", "Appointed on", True, also=("聘任时间", "现岗位聘任时间", "到岗日期")),
        _word("stage", "任教学段", "Teaching stage", said.STAGES),
        Cell("subject", "任教学科", "Subject", also=("学科", "任教科目"), longest=40),
        Cell("certificate", "教师资格证", "Teacher's certificate", width=22, also=("教师资格种类",), longest=40,
             note=("如“小学教师资格”；与证号、签发日期一并填写，或都留空。",
                   "Its kind; together with number and day, or all three empty.")),
        Cell("certificate_number", "教师资格证号", "Certificate number", width=22, also=("教师资格证书号码",)),
        _day("certificate_on", "资格证签发日期", "Certificate issued on"),
        _whole("rural_months", "来校前农村任教月数", "Rural months before this school", most=720,
               note=("来本校以前、未逐段写入“履历奖惩”的月数。",
                     "Months before this school that no row of the files tells.")),
        _day("retires_on", "核定退休日期", "Retires on",
             note=("可空：按法定表推算。", "May be empty: reckoned by the tables.")),
        _day("career_checked", "履历核查日期", "Career checked on", note=UNKNOWN),
        _day("discipline_checked", "处分师德核查日期", "Discipline checked on", note=UNKNOWN),
        Cell("document", "聘任文号", "Appointment document", width=22),
    ),
    ("id_number",),
)  # fmt: skip

RECORDS = Table(
    "records", "履历奖惩", "Files",
    ("每项记录一行：交流、农村任教、工作经历、骨干、培训、处分、立案、师德等。",
     "A row a record: exchange, rural service, earlier service, backbone, training, sanctions, inquiries, ethics."),
    (
        *WHO,
        _word("kind", "记录种类", "Kind of record", said.RECORD_KINDS, True, also=("类别", "记录类别")),
        Cell("value", "内容", "Value", width=20, also=("结果", "等次"), longest=40,
             note=("按记录种类填，见“填写说明”末尾。", "As the kind of record asks: see the end of the notes.")),
        _word("basis", "处分依据", "Basis of the sanction", said.BASES),
        _whole("year", "年度", "Year", least=1950, most=2200),
        _whole("amount", "学时", "Hours", most=10_000),
        _place("organisation", "相关机构", "Where", note=PLACE_NOTE),
        _day("valid_from", "起始日", "From", True, also=("开始日期", "起始日期", "决定日期")),
        _day("valid_until", "结束日", "Until", also=("结束日期", "终止日期"),
             note=("不再有效的第一天。", "The first day on which it no longer holds.")),
        Cell("document", "文号", "Document", width=24),
        Cell("note", "说明", "Note", width=30, longest=400),
    ),
)  # fmt: skip

LOCKS = Table(
    "locks", "服务期", "Service locks",
    ("定向招聘等服务期，一段一行。", "Service terms of directed hires, a row each."),
    (
        *WHO,
        _place("organisation", "服务学校", "School", True, note=PLACE_NOTE),
        _day("starts_on", "服务期起", "From", True),
        _day("ends_on", "服务期止", "Until", True, note=("服务期的最后一天。", "The last day of the term.")),
        Cell("reason", "缘由", "Reason", True, width=24, also=("原因", "依据")),
    ),
    ("id_number", "organisation", "starts_on"),
)  # fmt: skip

ROLES = Table(
    "roles", "职务", "Roles",
    ("校长、书记、人事干事和机关各岗位，以及固定替补（常设代理人）。",
     "Heads, clerks and officers, and their standing alternates."),
    (
        *WHO,
        _place("organisation", "所在机构", "At", True, also=("单位", "学校"), note=PLACE_NOTE),
        _word("role", "职务", "Role", said.ROLES, True, also=("岗位职务",)),
        _word("kind", "任职方式", "Holder or alternate", said.HOLDING, True),
        _day("valid_from", "任职起", "From", True, also=("任职日期", "任职时间")),
        _day("valid_until", "任职止", "Until"),
        Cell("document", "任职文号", "Document", width=22, also=("文号",)),
    ),
    ("id_number", "organisation", "role", "kind"),
)  # fmt: skip

TABLES: Mapping[str, Table] = {
    table.key: table for table in (ORGANISATIONS, NUMBERS, POOLS, LOANS, STAFF, RECORDS, LOCKS, ROLES)
}
"""In the order of the workbook."""
