"""Columns of the candidates' sheets: headings in both languages, which step asks for which, words in the cells."""

from service.columns import Column
from service.flows.hiring.windows import Window

DEGREE_WORDS = {
    "博士": "phd", "博士研究生": "phd", "硕士": "master", "硕士研究生": "master", "本科": "bachelor",
    "专科": "associate", "大专": "associate", "中专": "secondary", "中师": "secondary",
    "phd": "phd", "doctor": "phd", "doctorate": "phd", "master": "master", "master's": "master",
    "bachelor": "bachelor", "bachelor's": "bachelor", "associate": "associate", "associate degree": "associate",
    "secondary": "secondary", "secondary school": "secondary",
}  # fmt: skip
"""Words of a cell in lower case, Chinese and English."""
STATE_WORDS = {
    "合格": "qualified", "不合格": "unqualified",
    "qualified": "qualified", "unqualified": "unqualified", "not qualified": "unqualified",
}  # fmt: skip
INSPECTION_WORDS = {"合格": "passed", "不合格": "failed", "passed": "passed", "failed": "failed"}

KEY = Column("id", "编号（勿改）", "Id (do not change)", width=38)
LINE = Column("line", "岗位行号", "Line of the post", required=True, width=10, whole=True)
NAME = Column("name", "姓名", "Name", required=True)
IDENTITY = (
    LINE,
    NAME,
    Column("id_number", "身份证号", "ID number", required=True, width=22),
    Column("phone", "手机号", "Phone"),
    Column("degree", "学历", "Degree", required=True, words=DEGREE_WORDS),
    Column("graduated_from", "毕业院校", "Graduated from", width=24),
    Column("certificate", "教师资格证", "Teaching certificate", width=28),
)
REVIEW = (
    Column("state", "资格审查结果", "Result of the review", words=STATE_WORDS),
    Column("reason", "不合格理由", "Reason when unqualified", width=30),
)
MARKS = {
    "written": Column("written", "笔试成绩", "Written score", required=True),
    "interview": Column("interview", "面试成绩", "Interview score", required=True),
    "inspection": Column("inspection", "考察结论", "Inspection", required=True, words=INSPECTION_WORDS),
}
CHOSEN = Column("chosen", "拟聘", "To be hired", words={"是": "true", "否": "false", "yes": "true", "no": "false"})
"""Only of a hiring that is told from paper: here it is ticked person by person."""


def columns_of(window: Window) -> tuple[Column, ...]:
    """The columns of the sheet of a step: applicants while registering, else who is there and the step's mark."""
    if window.registers:
        return (*IDENTITY, *(column for column in REVIEW if column.name in window.fields))
    return (KEY, LINE, NAME, *(MARKS[name] for name in window.fields if name in MARKS))


def importable(window: Window) -> bool:
    """Whether a sheet makes sense here: the choice of whom to hire is made one by one."""
    return window.registers or any(name in MARKS for name in window.fields)
