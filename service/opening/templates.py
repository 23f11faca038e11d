"""The sheets of the opening workbook: those of organisations and posts, and all of them in their order."""

from collections.abc import Mapping

from service.opening import vocabulary as said
from service.opening.shapes import BANDS, IDENTITY, PLACE_NOTE, UNKNOWN, Cell, Table, day, place, whole, word
from service.opening.templates_people import DEPARTED, LOCKS, RECORDS, RELATIONS, ROLES, STAFF

ORGANISATIONS = Table(
    "organisations", "机构", "Organisations",
    ("教育局、科室、编办、人社局、学区、集团和学校，每个一行；上级写在前后都可以。",
     "Bureau, sections, offices, districts, groups and schools, a row each, in any order."),
    (
        Cell("code", "机构编码", "Code", True, also=("编码", "单位代码", "学校代码", "学校编码"), longest=64),
        Cell("name", "机构名称", "Organisation", True, width=26,
             also=("名称", "单位名称", "学校名称", "学校全称"), longest=120),
        Cell("name_en", "英文名称", "Name in English", width=26, longest=160),
        word("kind", "机构类别", "Kind", said.KINDS, True, also=("类别", "单位性质", "单位类别")),
        place("parent", "上级机构", "Parent", also=("主管单位", "上级单位"), note=PLACE_NOTE),
        word("stage", "学段", "Stage", said.STAGES, also=("办学层次", "学校类型")),
        word("area", "区域", "Area", said.AREAS, also=("城乡类别", "所在区域")),
        word("weak", "是否薄弱学校", "Weak school", said.YES_NO, also=("薄弱学校",), note=UNKNOWN),
        day("valid_from", "设立日期", "In force from", True, also=("成立日期", "起始日期")),
        day("hiring_from", "自主招聘授权起", "Own hiring from"),
        Cell("hiring_document", "自主招聘授权文号", "Document of own hiring", width=24),
        day("titles_from", "自主评审授权起", "Own titles from"),
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
            whole(f"{name}_approved", f"{zh}核定数", f"{en} approved", name == "headcount",
                   also=(f"核定{zh}数", f"核定{zh}", f"{zh}核定")),
            whole(f"{name}_occupied", f"{zh}实有数", f"{en} occupied", name == "headcount",
                   also=(f"实有{zh}数", f"{zh}实有", f"实际{zh}"),
                   note=("本校自有岗位上的人数，不含占用预留岗位的人。",
                         "In the school's own posts; lent ones not counted.")),
            whole(f"{name}_excess", f"{zh}{over}数", f"{en} excess",
                   note=("可空；填写则核对：实有减核定，不为负。",
                         "May be empty; else checked: occupied less approved.")),
        ]  # fmt: skip
    return tuple(found)


NUMBERS = Table(
    "numbers", "编制岗位", "Numbers",
    ("每校一行：核定数、实有数如实填写，超编超岗照实载入。",
     "A row a school: approved and occupied as they are, excess too."),
    (
        place("organisation", "学校", "School", True, also=("学校名称", "单位", "单位名称", "机构编码"),
               note=PLACE_NOTE),
        day("opened_on", "开账日", "Opening day", True, also=("截止日期", "统计日期")),
        Cell("document", "依据文号", "Document", True, width=24, also=("文号", "批文", "核编文号")),
        *_numbers(),
        whole("stated", "编办在册人数", "On the staffing office's books", also=("在册人数", "编办人数"),
               note=("用于对账；空白即未告知。", "For the reconciliation; empty: not told.")),
    ),
    ("organisation",),
)  # fmt: skip

POOLS = Table(
    "pools", "预留岗位", "Reserved pool",
    ("教育局集中掌握的预留岗位，每个级别一行。", "Posts held centrally by the bureau, a row a band."),
    (
        place("organisation", "掌握单位", "Held by", True, also=("教育局", "单位"), note=PLACE_NOTE),
        word("band", "岗位级别", "Band", said.BANDS, True),
        whole("approved", "核定数", "Approved", True, also=("岗位数",)),
        day("opened_on", "开账日", "Opening day", True),
        Cell("document", "依据文号", "Document", True, width=24, also=("文号",)),
    ),
    ("organisation", "band"),
)  # fmt: skip

LOANS = Table(
    "loans", "借出岗位", "Lent posts",
    ("开账前已借给学校的预留岗位；知道谁在岗的，一人一行并写身份证号，其余合并写数量。",
     "Pool posts lent before the opening; a row a holder where known, else a number of posts."),
    (
        place("organisation", "掌握单位", "Held by", True, also=("教育局",), note=PLACE_NOTE),
        word("band", "岗位级别", "Band", said.BANDS, True),
        place("school", "借用学校", "Lent to", True, also=("学校",), note=PLACE_NOTE),
        whole("count", "数量", "Posts", least=1, most=1000),
        Cell("id_number", "在岗人身份证号", "Holder's ID number", holds=IDENTITY, width=22),
        Cell("person_key", "在岗人人员编号", "Holder's key", width=16, longest=60),
        day("from_on", "借用起", "From"),
        day("until", "借用止", "Until", note=("期限的最后一天。", "The last day of the term.")),
    ),
    ("organisation", "band", "school", "id_number", "person_key"),
)  # fmt: skip

TABLES: Mapping[str, Table] = {
    table.key: table
    for table in (ORGANISATIONS, NUMBERS, POOLS, LOANS, STAFF, RECORDS, LOCKS, ROLES, RELATIONS, DEPARTED)
}
"""In the order of the workbook."""
