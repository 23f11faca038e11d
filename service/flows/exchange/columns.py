"""Columns of what stands beside the forms of a plan on paper, and the step at which each is told."""

from collections.abc import Mapping

from service.columns import Column

YES = {"是": "true", "否": "false", "yes": "true", "no": "false"}
BANDS = {
    "高级": "senior",
    "中级": "middle",
    "初级": "junior",
    "senior": "senior",
    "middle": "middle",
    "junior": "junior",
}
STAGES = {
    "幼儿园": "kindergarten", "小学": "primary", "初中": "junior", "高中": "senior", "中职": "vocational",
    "kindergarten": "kindergarten", "primary": "primary", "junior": "junior", "senior": "senior",
    "vocational": "vocational",
}  # fmt: skip
MANNERS = {
    "调入": "move", "连同岗位调入": "bring", "借用预留岗位": "lend", "支教": "loan", "借调": "loan",
    "move": "move", "bring": "bring", "lend": "lend", "loan": "loan",
}  # fmt: skip
RESULTS = {
    "应当交流": "REQUIRED", "可自愿参加": "VOLUNTARY", "不参加": "INELIGIBLE", "暂缓": "HOLD", "缓期": "DEFER",
    "可以免除": "EXEMPT", "required": "REQUIRED", "voluntary": "VOLUNTARY", "ineligible": "INELIGIBLE", "hold": "HOLD",
    "deferred": "DEFER", "exempt": "EXEMPT",
}  # fmt: skip
EXCEPTIONS = {
    "申请": "asked", "同意": "granted", "不同意": "refused", "asked": "asked", "granted": "granted",
    "refused": "refused",
}  # fmt: skip
OPINIONS = {"同意": "support", "不同意": "oppose", "support": "support", "oppose": "oppose"}
OUTCOMES = {
    "不成立": "cleared", "成立，重新匹配": "rematch", "成立，取消人选": "strike", "not upheld": "cleared",
    "match again": "rematch", "strike": "strike",
}  # fmt: skip

ID_NUMBER = Column("id_number", "身份证号", "ID number", width=22)
NAME = Column("name", "姓名", "Name")
NUMBER = Column("number", "岗位序号", "Number of the place", width=10, whole=True)
WHO = (ID_NUMBER, NAME)
BECAUSE = Column("because", "理由", "Reason", width=30)
EXCEPTION = Column("exception", "服务期例外", "Exception to the lock", words=EXCEPTIONS)
OBJECTED = Column("objection", "异议内容", "Objection", width=40)
OFFERED = (
    NUMBER,
    Column("place", "接收学校", "Receiving school", width=24),
    Column("subject", "学科", "Subject"),
    Column("stage", "学段", "Stage", words=STAGES),
    Column("band", "岗位级别", "Grade band", words=BANDS),
    Column("count", "人数", "How many", width=10, whole=True),
    Column("manner", "交流方式", "How", words=MANNERS),
    Column("competition", "跨校竞聘", "Open competition", words=YES),
)
SETTLED = (Column("result", "核对结果", "Result", words=RESULTS), EXCEPTION, BECAUSE)
APPLIED = (
    NUMBER,
    Column("wish", "志愿顺序", "Order of the wish", width=10, whole=True),
    Column("rank", "接收学校排序", "Rank by the school", width=12, whole=True),
    Column("declined", "不接收理由", "Declined because", width=24),
    Column("anywhere", "服从安排", "Anywhere", words=YES),
    Column("nominated", "推荐理由", "Nominated because", width=24),
    Column("opinion", "学校意见", "Opinion of the school", words=OPINIONS),
    Column("opinion_text", "意见内容", "What it says", width=30),
)
ANSWERED = (
    Column("outcome", "调查结论", "Finding", words=OUTCOMES),
    Column("answer", "答复", "Answer", width=40),
)

AT: Mapping[str, tuple[Column, ...]] = {
    "list_check": OFFERED,
    "list_settle": (*WHO, *SETTLED),
    "exceptions": (*WHO, EXCEPTION, BECAUSE),
    "school_opinions": (*WHO, *APPLIED),
    "match": (*WHO, NUMBER),
    "publicity": (*WHO, OBJECTED),
    "inquiry": (*WHO, *ANSWERED),
}
"""Step → the columns of the rows that are told with it."""
COLUMNS = tuple({column.name: column for columns in AT.values() for column in columns}.values())
