"""The kinds of official papers: what each is called, what its fields may say, and an example of all of them.

An example stands for the shape: a field that the example does not know does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

SEALED = ("id_number", "phone")
"""Personal data that a paper not for the public may name; it is opened only for a template that does, on record."""

_PERSON = {
    "name": "示例甲", "place": "示例县第一小学", "from_place": "示例县青石中心校", "to_place": "示例县第一小学",
    "what": "小学语文 · 初级岗位", "subject": "语文", "band": "初级岗位", "title": "二级教师", "manner": "聘用",
    "from_on": date(2026, 9, 1), "until": date(2029, 8, 31),
}  # fmt: skip
_CLOSE = {
    "sex": "女", "born_on": date(1996, 5, 4), "degree": "本科", "graduated_from": "示例师范学院",
    "certificate": "小学语文教师资格证", "id_number": "110101199605040023", "phone": "13800001234",
}  # fmt: skip
_OTHER = {"name": "示例乙", "place": "示例县第二小学", "what": "小学数学 · 初级岗位", "subject": "数学"}
_DECISION = {
    "step": "人事科审核", "decision": "同意", "opinion": "材料齐全，符合条件。", "by": "示例丙",
    "on": date(2026, 8, 20),
}  # fmt: skip
_COMMON: dict[str, Any] = {
    "paper": {
        "number": "示教公示〔2026〕1号", "on": date(2026, 9, 17), "year": 2026, "kind": "公示", "replaces": "",
        "reason": "",
    },
    "bureau": {"name": "示例县教育局"},
    "case": {
        "number": "ZP-2026-0001", "flow": "学校自主公开招聘", "title": "示例县第一小学 招聘 语文教师 1 人",
        "organisation": "示例县第一小学", "started_on": date(2026, 8, 3),
    },
}  # fmt: skip
_NOTICE = {
    "heading": "拟聘用人员公示", "from_on": date(2026, 9, 14), "until": date(2026, 9, 22), "days": 7,
    "lines": [
        {"name": "示例甲", "place": "示例县第一小学", "what": "语文"},
        {"name": "示例乙", "place": "示例县第二小学", "what": "数学"},
    ],
}  # fmt: skip
_PERSONS = [{**_PERSON, **_CLOSE}, {**_PERSON, **_CLOSE, **_OTHER}]

WORDS: dict[str, tuple[str, str]] = {
    "paper.number": ("文号", "Number of the paper"),
    "paper.on": ("签发日期", "Day of issue"),
    "paper.year": ("年份", "Year"),
    "paper.kind": ("文种", "Kind of paper"),
    "paper.replaces": ("被替代文件的文号", "Number of the paper that this one replaces"),
    "paper.reason": ("重新签发的理由", "Why it was issued again"),
    "bureau.name": ("教育局名称", "Name of the bureau"),
    "case.number": ("办件编号", "Case number"),
    "case.flow": ("业务", "Flow"),
    "case.title": ("办件标题", "Title of the case"),
    "case.organisation": ("单位", "Organisation of the case"),
    "case.started_on": ("提交日期", "Day on which it was submitted"),
    "notice.heading": ("公示标题", "Heading of the publicity"),
    "notice.from_on": ("公示开始", "First day"),
    "notice.until": ("公示截止", "Last day"),
    "notice.days": ("公示工作日数", "Working days"),
    "lines.name": ("姓名", "Name"),
    "lines.place": ("学校", "School"),
    "lines.what": ("公示事项", "What for"),
    "person.name": ("姓名", "Name"),
    "person.place": ("所在单位", "School of the matter"),
    "person.from_place": ("原单位", "School before"),
    "person.to_place": ("去向单位", "School afterwards"),
    "person.what": ("岗位或事项", "Post or matter"),
    "person.subject": ("学科", "Subject"),
    "person.band": ("岗位等级", "Band of the post"),
    "person.title": ("职称", "Title"),
    "person.manner": ("方式", "Manner"),
    "person.from_on": ("起始日期", "From"),
    "person.until": ("截止日期", "Until"),
    "person.sex": ("性别", "Sex"),
    "person.born_on": ("出生日期", "Born on"),
    "person.degree": ("学历", "Degree"),
    "person.graduated_from": ("毕业院校", "Graduated from"),
    "person.certificate": ("教师资格证", "Certificate"),
    "person.id_number": ("身份证号（留痕）", "ID number (on record)"),
    "person.phone": ("电话（留痕）", "Phone (on record)"),
    "decisions.step": ("环节", "Step"),
    "decisions.decision": ("结论", "Decision"),
    "decisions.opinion": ("意见", "Opinion"),
    "decisions.by": ("签署人", "Signed by"),
    "decisions.on": ("日期", "Day"),
}
"""Field → its words (zh, en); items of a list are named by the list."""


@dataclass(frozen=True)
class Asked:
    """Something that whoever issues a paper types; `name` is read as `given.<name>`."""

    name: str
    zh: str
    en: str
    example: str
    required: bool = True
    long: bool = False
    day: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of paper. `about`: `notice` (a publicity period), `persons` (all of the case), `person` (one of
    them) or `case` (whoever is in it).

    `public`: anybody reads it, so that no personal data may stand on it (policy §7). `roster`: with a name list as
    XLSX. `decided`: only for whom the case has decided. `prefix` is what the number begins with unless the bureau has
    set another.
    """

    code: str
    zh: str
    en: str
    prefix: str
    about: str
    flows: tuple[str, ...]
    public: bool = False
    roster: bool = False
    decided: bool = False
    asked: tuple[Asked, ...] = ()

    def example(self) -> dict[str, Any]:
        """What the fields of this kind may say, filled with an invented case."""
        about: dict[str, Any] = {"notice": _NOTICE}
        if self.about != "notice":
            persons = [_open(one) for one in _PERSONS] if self.public else _PERSONS
            about = {"person": persons[0]} if self.about == "person" else {"persons": persons}
        said = {} if self.public else {"decisions": [_DECISION, {**_DECISION, "step": "局长审批", "by": "示例丁"}]}
        given = {one.name: date(2026, 9, 21) if one.day else one.example for one in self.asked}
        return {**_COMMON, "paper": {**_COMMON["paper"], "kind": self.zh}, **about, **said, "given": given}


def _open(person: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in person.items() if name in _PERSON}


_TO = Asked("to", "主送单位", "Addressed to", "示例县人力资源和社会保障局")
_CONTACT = Asked("contact", "受理部门和联系方式", "Where to object or ask", "人事科，0000-0000000")
_REPORT_BY = Asked("report_by", "报到期限", "Report by", "", day=True)
_BASIS = Asked("basis", "依据文件", "Grounds", "示例县教育局党组会 2026 年第 8 次会议", required=False)
EVERY_FLOW = (
    "hiring", "title", "title_revocation", "exchange", "exchange_placement", "reserved_round", "reserved_post",
    "personnel",
)  # fmt: skip

KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "publicity_notice", "公示", "Publicity notice", "教公示", "notice",
            ("hiring", "title", "exchange", "reserved_round", "reserved_post"), public=True, asked=(_CONTACT,),
        ),
        Kind(
            "filing_letter", "备案函", "Filing letter", "教备", "persons",
            ("hiring", "title", "title_revocation", "exchange", "reserved_round", "reserved_post"), roster=True,
            asked=(_TO, Asked("matter", "备案事项", "What is filed", "拟聘用人员"), _BASIS),
        ),
        Kind(
            "correction_notice", "更正公告", "Correction notice", "教更", "case", EVERY_FLOW, public=True,
            asked=(
                Asked("original", "被更正文件（文号、标题、日期）", "What is corrected (number, title, day)",
                      "教公示〔2026〕1号《拟聘用人员公示》", long=True),
                Asked("wrong", "原文", "As it read", "示例甲，示例县第一小学，数学", long=True),
                Asked("right", "更正为", "As it must read", "示例甲，示例县第一小学，语文", long=True),
                Asked("because", "更正原因", "Why", "录入有误", long=True),
                Asked("again", "重新公示的期间", "Published again", "自即日起重新公示 7 个工作日", required=False),
                _CONTACT,
            ),
        ),
        Kind(
            "approval_form", "聘用审批表", "Approval form for an appointment", "教聘", "person",
            ("hiring", "title", "reserved_post"), asked=(_BASIS,),
        ),
        Kind(
            "introduction_letter", "介绍信", "Letter of introduction", "教介", "person",
            ("hiring", "exchange_placement", "personnel"), decided=True, asked=(_TO, _REPORT_BY),
        ),
        Kind(
            "transfer_order", "调令", "Transfer order", "教调", "person", ("exchange_placement", "personnel"),
            decided=True, asked=(_REPORT_BY, _BASIS),
        ),
        Kind(
            "allocation_decision", "预留岗位分配决定", "Decision on reserved posts", "教配", "persons",
            ("reserved_round",), roster=True, decided=True,
            asked=(
                Asked("to", "主送单位", "Addressed to", "各学校"),
                Asked("appoint_by", "聘任期限", "Appoint by", "", day=True),
                _BASIS,
            ),
        ),
        Kind(
            "revocation_decision", "撤销职称决定", "Decision to revoke a title", "教撤", "person",
            ("title_revocation",), decided=True,
            asked=(
                Asked("found", "查明的事实", "What was found", "申报时提交的论文系抄袭", long=True),
                Asked("basis", "依据", "Grounds", "《职称评审管理暂行规定》"),
                Asked("review", "不服决定的途径和期限", "How and until when it may be contested",
                      "自收到本决定之日起三十日内，可以书面申请复核"),
            ),
        ),
    )
}  # fmt: skip
