"""Words of what can be wrong with a candidate, in both languages, for a sheet's faults and for forms."""

from collections.abc import Mapping
from typing import Any

WORDS: Mapping[str, tuple[str, str]] = {
    "person.name": ("姓名不能为空，最多 80 个字。", "The name is missing or longer than 80 characters."),
    "person.id_number_form": ("身份证号应为 18 位。", "The ID number must have 18 characters."),
    "person.id_number_birth": ("身份证号中的出生日期不存在。", "The day of birth in the ID number does not exist."),
    "person.id_number_check": ("身份证号校验位不对，请核对。", "The check character of the ID number is wrong."),
    "person.phone_form": ("手机号应为 11 位。", "The phone number must have 11 digits."),
    "candidate.line": ("没有这个岗位行号，可填：{lines}。", "There is no such line; use one of: {lines}."),
    "candidate.degree": (
        "学历填：博士、硕士、本科、专科或中专。",
        "The degree is one of: PhD, master, bachelor, associate, secondary.",
    ),
    "candidate.too_long": ("文字超过 {longest} 个字。", "The text is longer than {longest} characters."),
    "candidate.state": ("审查结果填“合格”或“不合格”。", "The result must be qualified or unqualified."),
    "candidate.reason_needed": ("请写明理由。", "A reason is needed."),
    "candidate.inspection": ("考察结论填“合格”或“不合格”。", "The inspection must be passed or failed."),
    "candidate.chosen": ("请填是或否。", "Answer yes or no."),
    "candidate.score": ("成绩应在 0 到 100 之间，最多两位小数。", "A score is 0 to 100, two decimals at most."),
    "candidate.twice": ("同一身份证号已在本案或本表中。", "This ID number is in the case or the sheet already."),
    "candidate.absent": ("本案没有这个编号的报名人员。", "The case has no candidate with this id."),
    "candidate.not_qualified": ("该人员资格审查未通过，不能填写。", "Only a qualified candidate can have this."),
    "hiring.chosen_without_rank": ("没有名次的人员不能拟聘。", "Somebody without a rank cannot be chosen."),
    "hiring.too_many_chosen": (
        "第 {line} 行只有 {posts} 个岗位，选了 {chosen} 人。",
        "Line {line} has {posts} posts, {chosen} are chosen.",
    ),
    "hiring.choice_needs_reason": (
        "第 {line} 行未按名次择优，请写明理由。",
        "Line {line} departs from the ranking: give the reason.",
    ),
    "import.number_not_text": (
        "身份证号被存成了数字，末尾会丢失：请把单元格设为文本后重填。",
        "The ID number is stored as a number and loses digits: make the cell a text.",
    ),
}  # fmt: skip


def words(code: str, params: Mapping[str, Any]) -> dict[str, str]:
    """The words of a code, {"zh": …, "en": …}; the code itself where none are written."""
    zh, en = WORDS.get(code, (code, code))
    return {"zh": zh.format_map(dict(params)), "en": en.format_map(dict(params))}
