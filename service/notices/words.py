"""The sentences of notices, Chinese and English."""

from collections.abc import Mapping
from typing import Any

TEXTS: dict[str, tuple[str, str]] = {
    "task.opened": ("{title}：等您办理", "{title}: waiting for you"),
    "task.due_soon": ("{title}：即将到期", "{title}: due soon"),
    "task.overdue": ("{title}：已逾期", "{title}: overdue"),
    "task.urged": ("{title}：对方催办", "{title}: you are asked to hurry"),
    "task.transferred": ("{title}：转交您办理", "{title}: handed over to you"),
    "task.delegated": ("{title}：委托您代为办理", "{title}: you are asked to act for somebody"),
    "task.asked": ("{title}：征求您的意见", "{title}: your advice is asked"),
    "task.answered": (
        "{title}：所征求的意见已反馈，请您决定",
        "{title}: it is back with you, with the advice you asked for",
    ),
    "task.copied": ("{title}：抄送给您", "{title}: copied to you"),
    "task.seat_removed": ("{title}：不再需要您办理", "{title}: you need not act any more"),
    "task.redrawn": (
        "{title}：流程改版，这一步的决定、字段或表单变了，请重新查看",
        "{title}: the flow has changed, please look again",
    ),
    "task.returned": ("{title}：退回补正", "{title}: returned for correction"),
    "deadline.extended": ("{title}：期限已延长", "{title}: more time was given"),
    "deadline.recomputed": ("{title}：日历调整，期限已变", "{title}: the calendar changed, and with it a deadline"),
    "deadline.moved": ("{title}：期限已调整", "{title}: a deadline was moved"),
    "deadline.resumed": ("{title}：恢复计时", "{title}: the deadline runs again"),
    "incident.opened": ("{title}：定时办理出错，已停办", "{title}: a timer failed, it stands still"),
    "paper.recorded": (
        "{title}：已代录您（单位）的书面决定，不符可提出异议",
        "{title}: your decision on paper was recorded",
    ),
    "paper.disputed": ("{title}：代录的书面决定有异议", "{title}: a recorded decision on paper is disputed"),
    "minutes.chair_left": (
        "{title}：会议主持人已回避，请另定主持人并更正纪要",
        "{title}: the chair stepped aside, name another",
    ),
    "instance.ended": ("{title}：{outcome}", "{title}: {outcome}"),
    "instance.suspended": ("{title}：已暂停", "{title}: suspended"),
    "instance.resumed": ("{title}：已恢复办理", "{title}: resumed"),
    "publicity.again": (
        "收到一件公示异议：同一来源此前已提出过，公示未因此中止，请查看并决定是否调查",
        "a source objected again: decide on an inquiry",
    ),
    "case.finding": (
        "{title}：当事人的档案有生效结论，请终止本件，或先更正档案",
        "{title}: a finding is in force, end the case or correct the file first",
    ),
    "case.notice": ("{said}", "{said}"),
    "run.done": ("{zh}：已完成{said_zh}", "{en}: done{said_en}"),
    "run.failed": ("{zh}：未完成，请查看原因", "{en}: it failed, see why"),
    "record.correction_asked": ("有人请求更正档案", "somebody asks to have the own file corrected"),
    "record.correction_answered": ("您请求的档案更正已有答复", "your request to correct your file is answered"),
    "correction.proposed": ("{title}：有更正等您确认", "{title}: a correction waits to be confirmed"),
    "correction.made": ("{title}：已更正，请查看", "{title}: it was corrected, please look"),
    "correction.refused": ("{title}：所提更正未予确认", "{title}: your correction was refused"),
    "paper_case.waits": (
        "{place_zh}：{flow_zh}的书面案件等您确认",
        "{place_en}: a case on paper ({flow_en}) waits to be confirmed",
    ),
    "paper_cases.wait": ("{count} 件书面案件等您确认", "cases on paper that wait to be confirmed: {count}"),
    "paper_case.entered": (
        "{title}：书面案件已录入系统，现在停在{stands}",
        "{title}: this case on paper is entered and stands at {stands_en}",
    ),
    "paper_case.refused": (
        "{place_zh}：{flow_zh}的书面案件未予确认：{reason}",
        "{place_en}: the case on paper ({flow_en}) was refused: {reason}",
    ),
    "paper_cases.decided": (
        "您补登的一份书面案件已逐件处理完毕，请查看",
        "a workbook of yours was decided case by case",
    ),
    "publicity.objected": ("更正后的公示收到异议，请查看", "somebody objects to what was published again"),
    "loan.due": (
        "{name}借用的预留岗位 {until} 届满，请办理收回或延长",
        "the lent post of {name} ends on {until}: take it back or extend it",
    ),
    "named_hold.due": (
        "为“{reason}”（{document}）保留的编制岗位 {until} 到期，到期自动释放",
        "what is kept for “{reason}” ({document}) is free again after {until}",
    ),
    "named_hold.ended": (
        "为“{reason}”（{document}）保留的编制岗位已释放",
        "what was kept for “{reason}” ({document}) is free again",
    ),
    "substitute.named": (
        "{substitute}代理{represented}办理，{first} 至 {until}（不含）",
        "{substitute} stands in for {represented} from {first} to before {until}",
    ),
    "substitute.ended": (
        "{substitute}代理{represented}办理：已结束",
        "{substitute} stands in for {represented}: ended",
    ),
}
"""Kind → (zh, en). `title` is the title of the case, else its number; names stand in the pages only."""

OUTSIDE: dict[str, tuple[str, str]] = {
    "paper_case.waits": ("有书面案件等您确认", "a case on paper waits to be confirmed"),
    "paper_cases.wait": ("有书面案件等您确认", "cases on paper wait to be confirmed"),
    "paper_case.entered": ("书面案件已录入系统", "a case on paper was entered"),
    "paper_case.refused": ("补登的书面案件未予确认", "a case on paper was refused"),
    "case.finding": ("有事项待人事科确认", "a case waits for HR"),
    "case.notice": ("有一条办件通知", "a notice about a case"),
    "run.done": ("后台任务已完成", "work in the background is done"),
    "run.failed": ("后台任务未完成", "work in the background failed"),
    "loan.due": ("有借用的预留岗位即将届满", "a lent post is about to end"),
    "named_hold.due": ("有指名预留即将到期", "a named hold is about to end"),
    "named_hold.ended": ("有指名预留已释放", "a named hold has ended"),
    "substitute.named": ("代理人已指定", "a substitute was named"),
    "substitute.ended": ("代理已结束", "a substitution has ended"),
}
"""What is said outside where the sentence of the pages would only be names."""

LETTERS = frozenset({"mail.code", "notices.digest"})
"""Kinds that stand in no page: their words are those of the mail itself (`channels.letters`)."""

OUTCOMES: dict[str, tuple[str, str]] = {
    "completed": ("已办结", "completed"),
    "rejected": ("未予同意", "rejected"),
    "withdrawn": ("已撤销", "withdrawn"),
    "cancelled": ("已取消", "cancelled"),
    "expired": ("已逾期终止", "expired"),
}
REPRESENTED = ("{said}（代{name}）", "{said} (for {name})")
"""The sentence of a notice that a substitute is told."""
ANY = ("{title}：有新进展", "{title}: there is news")


class _Told(dict[str, Any]):
    """What a sentence may name; everything else stays a dash."""

    def __missing__(self, _name: str) -> str:
        return "—"


def phrase(kind: str, params: Mapping[str, Any], locale: str) -> str:
    """The sentence of a notice without its title, for messages that leave the house: it names nobody."""
    which = 0 if locale.startswith("zh") else 1
    outcome = str(params.get("outcome", ""))
    told = _Told(title="", outcome=OUTCOMES.get(outcome, (outcome, outcome))[which])
    said = (OUTSIDE.get(kind) or TEXTS.get(kind, ANY))[which].format_map(told).strip("：: ")
    return said[:1].upper() + said[1:]


def text(kind: str, params: Mapping[str, Any], locale: str) -> str:
    """The sentence of a notice in `locale` (zh, else English); a kind without words of its own says there is news."""
    which = 0 if locale.startswith("zh") else 1
    said = _said(kind, params, which)
    represented = params.get("represented") if "on_behalf_of" in params else None
    return REPRESENTED[which].format(said=said, name=represented) if represented else said


def _said(kind: str, params: Mapping[str, Any], which: int) -> str:
    outcome = str(params.get("outcome", ""))
    title = params.get("title") or params.get("business_key") or "—"
    told = _Told(params) | {"title": title, "outcome": OUTCOMES.get(outcome, (outcome, outcome))[which]}
    return TEXTS.get(kind, ANY)[which].format_map(_Told(told))
