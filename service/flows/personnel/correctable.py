"""Which values of a personnel change can be corrected, as they are asked for."""

from collections.abc import Mapping

from service.flows.corrections.choices import BANDS, STAGES
from service.flows.corrections.declaring import Field

CATEGORIES = (
    ("professional", "专业技术", "professional"),
    ("management", "管理", "management"),
    ("support", "工勤", "support"),
    ("dual", "双肩挑", "dual"),
)
TITLES = tuple((title, title, title) for title in ("三级", "二级", "一级", "高级", "正高"))
RESULTS = (
    ("excellent", "优秀", "excellent"),
    ("competent", "合格", "competent"),
    ("basic", "基本合格", "basically competent"),
    ("failed", "不合格", "failed"),
)
LOANS = (("support", "支教", "support of a rural school"), ("secondment", "借调", "secondment"))

FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("person_id", "person", "本人", "Person"),
        Field("to_school", "school", "调入学校", "School to which", required=False),
        Field("post_category", "choice", "岗位类别", "Category of post", CATEGORIES),
        Field("band", "choice", "岗位层级", "Grade band", BANDS, required=False),
        Field("grade", "number", "岗位等级", "Grade", required=False),
        Field("subject", "text", "学科", "Subject", required=False),
        Field("stage", "choice", "学段", "Stage", STAGES, required=False),
        Field("title", "choice", "职称", "Title", TITLES, required=False),
        Field("title_since", "day", "职称取得日期", "Title since", required=False),
        Field("new_name", "text", "新姓名", "New name"),
        Field("assessment", "choice", "聘期考核结果", "Result of the term assessment", RESULTS),
        Field("loan", "choice", "借出形式", "Kind of loan", LOANS),
        Field("until", "day", "预计返岗日期", "Expected day of return", required=False),
        Field("effective_on", "day", "生效日期", "Day of effect"),
        Field("document", "text", "文号", "Document and number"),
        Field("document_on", "day", "文件日期", "Day of the document"),
        Field("note", "note", "备注", "Notes", required=False),
    )
}
"""Names are those of the form of the change; who comes from outside is put right in the person's own record."""
