"""The sheets of persons: who is there with files, locks and roles, how they are related, and who has left."""

from dataclasses import replace

from service.opening import vocabulary as said
from service.opening.shapes import IDENTITY, PHONE, PLACE_NOTE, UNKNOWN, WHO, Cell, Table, day, place, whole, word

STAFF = Table(
    "staff", "教职工", "Staff",
    ("每人一行。空白即不详；处分师德、履历只有填了核查日期，没有记录才算没有。",
     "A row a person. Empty is unknown; only with the day of a check does no record mean none."),
    (
        place("organisation", "单位", "Organisation", True, also=said.ALSO_PLACE, note=PLACE_NOTE),
        replace(WHO[1], required=True, note=("", "")), WHO[0], WHO[2],
        Cell("phone", "手机号", "Phone", holds=PHONE, also=("联系电话", "手机", "电话", "手机号码")),
        word("sex", "性别", "Sex", said.SEXES,
              note=("可空：由身份证号得出。", "May be empty: follows from the ID number.")),
        day("born_on", "出生日期", "Born on", also=("出生年月日",)),
        word("degree", "学历", "Degree", said.DEGREES, also=("最高学历", "学历层次"), note=UNKNOWN),
        word("employment_kind", "用工形式", "Employment", said.EMPLOYMENT, True,
              also=("编制类别", "人员性质", "编制性质")),
        word("post_category", "岗位类别", "Post category", said.CATEGORIES, True, also=("岗位性质",)),
        word("band", "岗位级别", "Band", said.BANDS,
              note=("可空：由岗位等级得出。", "May be empty: follows from the grade.")),
        whole("grade", "岗位等级", "Grade", least=1, most=13, also=("等级", "专技等级"),
               note=("专业技术岗位 1 至 13 级。", "1 to 13, professional posts only.")),
        word("title", "职称", "Title", said.TITLES, also=("专业技术职务", "现任职称"), note=UNKNOWN),
        day("title_on", "取得职称日期", "Title since", also=("职称取得时间", "任职资格时间"), note=UNKNOWN),
        Cell("title_document", "职称证书号", "Title document", width=22),
        day("appointed_on", "聘任日期", "Appointed on", True, also=("聘任时间", "现岗位聘任时间", "到岗日期")),
        word("stage", "任教学段", "Teaching stage", said.STAGES),
        Cell("subject", "任教学科", "Subject", also=("学科", "任教科目"), longest=40),
        Cell("certificate", "教师资格证", "Teacher's certificate", width=22, also=("教师资格种类",), longest=40,
             note=("如“小学教师资格”；与证号、签发日期一并填写，或都留空。",
                   "Its kind; together with number and day, or all three empty.")),
        Cell("certificate_number", "教师资格证号", "Certificate number", width=22, also=("教师资格证书号码",)),
        day("certificate_on", "资格证签发日期", "Certificate issued on"),
        whole("rural_months", "来校前农村任教月数", "Rural months before this school", most=720,
               note=("来本校以前、未逐段写入“履历奖惩”的月数。",
                     "Months before this school that no row of the files tells.")),
        day("retires_on", "核定退休日期", "Retires on",
             note=("可空：按法定表推算。", "May be empty: reckoned by the tables.")),
        day("career_checked", "履历核查日期", "Career checked on", note=UNKNOWN),
        day("discipline_checked", "处分师德核查日期", "Discipline checked on", note=UNKNOWN),
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
        word("kind", "记录种类", "Kind of record", said.RECORD_KINDS, True, also=("类别", "记录类别")),
        Cell("value", "内容", "Value", width=20, also=("结果", "等次"), longest=40,
             note=("按记录种类填，见“填写说明”末尾。", "As the kind of record asks: see the end of the notes.")),
        word("basis", "处分依据", "Basis of the sanction", said.BASES),
        whole("year", "年度", "Year", least=1950, most=2200),
        whole("amount", "学时", "Hours", most=10_000),
        place("organisation", "相关机构", "Where", note=PLACE_NOTE),
        day("valid_from", "起始日", "From", True, also=("开始日期", "起始日期", "决定日期")),
        day("valid_until", "结束日", "Until", also=("结束日期", "终止日期"),
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
        place("organisation", "服务学校", "School", True, note=PLACE_NOTE),
        day("starts_on", "服务期起", "From", True),
        day("ends_on", "服务期止", "Until", True, note=("服务期的最后一天。", "The last day of the term.")),
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
        place("organisation", "所在机构", "At", True, also=("单位", "学校"), note=PLACE_NOTE),
        word("role", "职务", "Role", said.ROLES, True, also=("岗位职务",)),
        word("kind", "任职方式", "Holder or alternate", said.HOLDING, True),
        day("valid_from", "任职起", "From", True, also=("任职日期", "任职时间")),
        day("valid_until", "任职止", "Until"),
        Cell("document", "任职文号", "Document", width=22, also=("文号",)),
    ),
    ("id_number", "organisation", "role", "kind"),
)  # fmt: skip

RELATIONS = Table(
    "relations", "亲属关系", "Relations",
    ("申报过的亲属和利害关系，每项一行；亲属在册的写身份证号，不在册的只写姓名。办理时仍要逐件询问，不因没有申报而不问。",
     "Declared kinship and interest, a row each; a relative on the books by ID number, others by name alone."),
    (
        *WHO,
        word("kind", "关系", "Relation", said.RELATIONS, True, also=("亲属关系", "与本人关系")),
        Cell("relative_id_number", "亲属身份证号", "Relative's ID number", holds=IDENTITY, width=22,
             note=("亲属也在册时填写。", "Where the relative is on the books.")),
        Cell("relative_name", "亲属姓名", "Relative's name", longest=80,
             note=("没有填身份证号时必填。", "Required without an ID number.")),
        Cell("note", "说明", "Note", width=30),
    ),
    ("id_number", "kind", "relative_id_number", "relative_name"),
)  # fmt: skip

DEPARTED = Table(
    "departed", "离开人员", "Departed",
    ("已经退休、辞职、调出、解聘等的人，每人一行，写最后一段聘任；其履历奖惩照样写在“履历奖惩”表。",
     "Who has retired, resigned, moved away or was dismissed, a row each with the last appointment."),
    (
        place("organisation", "原单位", "Last at", True, also=said.ALSO_PLACE, note=PLACE_NOTE),
        replace(WHO[1], required=True, note=("", "")), WHO[0], WHO[2],
        word("sex", "性别", "Sex", said.SEXES),
        day("born_on", "出生日期", "Born on", also=("出生年月日",)),
        word("degree", "学历", "Degree", said.DEGREES, note=UNKNOWN),
        word("employment_kind", "用工形式", "Employment", said.EMPLOYMENT, True, also=("编制类别", "人员性质")),
        word("post_category", "岗位类别", "Post category", said.CATEGORIES, True),
        word("band", "岗位级别", "Band", said.BANDS),
        whole("grade", "岗位等级", "Grade", least=1, most=13),
        word("title", "职称", "Title", said.TITLES, note=UNKNOWN),
        day("appointed_on", "聘任日期", "Appointed on", True, also=("聘任时间",)),
        day("left_on", "离开日期", "Left on", True, also=("离职日期", "退休日期"),
            note=("不再在岗的第一天。", "The first day without the appointment.")),
        word("reason", "离开原因", "Why", said.DEPARTURES, note=UNKNOWN),
        Cell("document", "文号", "Document", width=22),
    ),
    ("id_number",),
)  # fmt: skip
