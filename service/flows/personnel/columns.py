"""Columns of the sheet of personnel changes: headings in both languages, and the words of cells with fixed values."""

from service.columns import Column
from service.flows.personnel.rules import KINDS


def _words(*pairs: tuple[str, str, str]) -> dict[str, str]:
    """(Value, Chinese, English) → what may stand in the cell."""
    return {word.casefold(): value for value, *texts in pairs for word in (value, *texts)}


DEGREES = _words(("phd", "博士", "PhD"), ("master", "硕士", "Master"), ("bachelor", "本科", "Bachelor"),
                 ("associate", "专科", "Associate"), ("secondary", "中专", "Secondary"))  # fmt: skip
CATEGORIES = _words(("professional", "专业技术", "Professional"), ("management", "管理", "Management"),
                    ("support", "工勤", "Support"), ("dual", "双肩挑", "Dual"))  # fmt: skip
BAND_WORDS = _words(("senior", "高级", "Senior"), ("middle", "中级", "Middle"), ("junior", "初级", "Junior"))
STAGE_WORDS = _words(("kindergarten", "幼儿园", "Kindergarten"), ("primary", "小学", "Primary"),
                     ("junior", "初中", "Junior secondary"), ("senior", "高中", "Senior secondary"),
                     ("vocational", "职业学校", "Vocational"))  # fmt: skip
ASSESSMENTS = _words(("excellent", "优秀", "Excellent"), ("competent", "合格", "Competent"),
                     ("basic", "基本合格", "Basically competent"), ("failed", "不合格", "Failed"))  # fmt: skip
REASONS = _words(("leave", "事假", "Leave"), ("sickness", "病假", "Sickness"), ("maternity", "产假", "Maternity"),
                 ("study", "进修", "Study"))  # fmt: skip
LOANS = _words(("support", "支教", "Support teaching"), ("secondment", "借调", "Secondment"))
BACK_FROM = _words(("absence", "离岗", "Absence"), ("loan", "支教、借调", "Loan"))
KIND_WORDS = _words(*((key, kind.zh, kind.en) for key, kind in KINDS.items()))

COLUMNS = (
    Column("kind", "异动种类", "Kind of change", True, KIND_WORDS, 20),
    Column("name", "姓名", "Name", True),
    Column("id_number", "身份证号", "ID number", True, width=22),
    Column("effective_on", "生效日期", "Day of effect", True),
    Column("document", "文件名称和文号", "Document and number", True, width=26),
    Column("document_on", "文件日期", "Day of the document", True),
    Column("to_school", "调入或派往学校", "School to which", width=24),
    Column("post_category", "岗位类别", "Category of post", words=CATEGORIES),
    Column("band", "岗位级别", "Grade band", words=BAND_WORDS),
    Column("grade", "岗位等级", "Grade"),
    Column("subject", "学科", "Subject"),
    Column("stage", "学段", "Stage", words=STAGE_WORDS),
    Column("title", "职称", "Title"),
    Column("title_since", "职称取得日期", "Title since"),
    Column("new_name", "新姓名", "New name"),
    Column("assessment", "聘期考核结果", "Result of the term assessment", words=ASSESSMENTS),
    Column("reason", "离岗原因", "Why absent", words=REASONS),
    Column("loan", "派出方式", "Kind of loan", words=LOANS),
    Column("back_from", "从何返岗", "Back from", words=BACK_FROM),
    Column("until", "预计返岗日", "Expected day of return"),
    Column("phone", "手机号", "Phone"),
    Column("degree", "学历", "Degree", words=DEGREES),
    Column("note", "说明", "Notes", width=30),
)
DAYS = ("effective_on", "document_on", "until", "title_since")
NUMBERS = ("grade",)
