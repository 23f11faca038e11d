"""Votes (signing=vote): they end by a deadline, and what carries them stands in the diagram in whole numbers."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.checks.diagram import Diagram, Node
from workflows.checks.findings import Finding, error, warning
from workflows.checks.texts import constant_of

DEADLINE = error(
    "vote.deadline",
    (
        "票决“{name}”没有期限：有人不投票，就永远不会结束。",
        'The vote "{name}" has no deadline: it would never end when somebody does not vote.',
    ),
    (
        "填写 dueIn，例如 5 workdays；到期由系统统计已投的票。",
        "Set dueIn, such as 5 workdays; the ballots are counted then.",
    ),
)
ASSUMED = warning(
    "vote.assumed",
    (
        "票决“{name}”没有写 {property}，按三分之二计算。",
        'The vote "{name}" does not say its {property}; two thirds are counted.',
    ),
    (
        "写明 {property}，例如 2/3：quorum 是参加投票人数占应到人数的比例，ratio 是同意票占参加投票人数的比例。",
        "Write {property}, such as 2/3: quorum is the part of the members that must vote, ratio the part of those that "
        "must be in favour.",
    ),
)
PART = error(
    "vote.part",
    ("票决“{name}”的 {property} 不能是“{value}”。", 'The {property} of the vote "{name}" cannot be "{value}".'),
    (
        "写大于 0、不超过 1 的分数，例如 2/3 或 1，不用表达式。",
        "Write a fraction above 0 and up to 1, such as 2/3 or 1, not an expression.",
    ),
)
SECRET = error(
    "vote.secret",
    ("票决“{name}”的 secret 不能是“{value}”。", 'The secret of the vote "{name}" cannot be "{value}".'),
    (
        "写 true（无记名，默认）或 false（记名），不用表达式。",
        "Write true (secret, the default) or false (named), not an expression.",
    ),
)
SETTING = error(
    "vote.setting",
    ("票决“{name}”不能设 {property}“{value}”。", 'The vote "{name}" cannot have {property} "{value}".'),
    (
        "删去：票上只有同意、反对、弃权，到期由系统计票，结果是 passed、failed 或 no_quorum；涉及健康的事项不票决。",
        "Take it out: a ballot says yes, no or abstain and nothing else, the deadline counts them, the result is "
        "passed, failed or no_quorum; matters of health are not voted on.",
    ),
)

PROPERTIES = frozenset({"quorum", "ratio", "secret"})
"""What only votes read."""
_PARTS = ("quorum", "ratio")
_FRACTION = re.compile(r"1|([1-9]\d{0,2})/([1-9]\d{0,2})")
_NEVER = ("decisions", "onExpiry", "owedBy", "confidential")


def is_vote(found: Mapping[str, etree._Element]) -> bool:
    """Whether a step is signed by vote, written out."""
    return "signing" in found and constant_of(found["signing"].get("value", "")) == "vote"


def check(diagram: Diagram, node: Node, found: Mapping[str, etree._Element]) -> Iterator[Finding]:
    """All rules about the votes among user tasks; `found` are the properties of one."""
    if not is_vote(found):
        return
    schedule = node.extension("taskSchedule")
    if "dueIn" not in found and (schedule is None or not schedule.get("dueDate")):
        yield diagram.find(DEADLINE, node, name=node.name)
    for name in _PARTS:
        if name not in found:
            yield diagram.find(ASSUMED, node, name=node.name, property=name)
        elif not _is_part(found[name].get("value", "")):
            value = found[name].get("value", "")
            yield diagram.find(PART, found[name], name=node.name, property=name, value=value)
    secret = found["secret"].get("value", "") if "secret" in found else "true"
    if secret not in ("true", "false"):
        yield diagram.find(SECRET, found["secret"], name=node.name, value=secret)
    yield from _settings(diagram, node, found)


def _is_part(text: str) -> bool:
    """A fraction in (0, 1]."""
    read = _FRACTION.fullmatch(text)
    return read is not None and (read[1] is None or int(read[1]) <= int(read[2]))


def _settings(diagram: Diagram, node: Node, found: Mapping[str, etree._Element]) -> Iterator[Finding]:
    for name, element in found.items():
        value = element.get("value", "")
        fills_in = name == "fields" and re.search(r":\s*(write|required)", value)
        if name in _NEVER or fills_in:
            yield diagram.find(SETTING, element, name=node.name, property=name, value=value)
