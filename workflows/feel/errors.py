"""What FEEL may raise (syntax and budget) and what it only remembers (warnings), in Chinese and English."""

from dataclasses import dataclass, field
from typing import Any

TEXTS: dict[str, tuple[str, str]] = {
    "feel.syntax.unexpected": ("意外的“{found}”，此处应为：{expected}", 'unexpected "{found}", expected: {expected}'),
    "feel.syntax.end": ("表达式不完整，此处应为：{expected}", "the expression ends too early, expected: {expected}"),
    "feel.syntax.character": ("不能识别的字符“{found}”", 'the character "{found}" has no meaning here'),
    "feel.syntax.fullwidth": (
        "全角字符“{found}”应写成半角“{remedy}”",
        'the full-width character "{found}" must be written "{remedy}"',
    ),
    "feel.syntax.instead": ("“{found}”在 FEEL 里写作 {remedy}", '"{found}" is written {remedy} in FEEL'),
    "feel.syntax.leading": (
        "开头的“=”只在流程图里使用，这里应去掉",
        'the "=" at the beginning belongs in diagrams only; leave it out here',
    ),
    "feel.syntax.template": (
        "“{found}…}}”不是 FEEL 的写法，直接写表达式即可",
        '"{found}…}}" is not FEEL; write the expression alone',
    ),
    "feel.syntax.sided": (
        "“{found}”左边缺少要比较的值，and、or 两边都要写完整的条件",
        'the value to the left of "{found}" is missing: write a whole condition on both sides of and, or',
    ),
    "feel.syntax.open": ("“{found}”没有对应的“{remedy}”", '"{found}" is never closed by "{remedy}"'),
    "feel.syntax.close": ("“{found}”没有对应的左括号", '"{found}" closes nothing that is open'),
    "feel.syntax.string": ("字符串没有结束引号", "the string has no closing quote"),
    "feel.syntax.comment": ("注释没有结束", "the comment is not closed"),
    "feel.syntax.number": ("数字“{found}”过大", 'the number "{found}" is too large'),
    "feel.syntax.literal": ("“{found}”不是日期、时间或时长", '"{found}" is not a date, time or duration'),
    "feel.syntax.duplicate": ("名称“{name}”重复", 'the name "{name}" occurs twice'),
    "feel.syntax.empty": ("表达式为空", "the expression is empty"),
    "feel.syntax.long": ("表达式过长（上限 {limit}）", "the expression is too long (limit {limit})"),
    "feel.syntax.deep": ("嵌套过深（上限 {limit} 层）", "nested too deeply (limit {limit} levels)"),
    "feel.budget.steps": ("计算量超过上限", "the evaluation takes too many steps"),
    "feel.budget.depth": ("函数调用或数据嵌套过深", "calls or data are nested too deeply"),
    "feel.budget.string": ("字符串超过 {limit} 个字符", "a string is longer than {limit} characters"),
    "feel.budget.list": ("列表超过 {limit} 项", "a list is longer than {limit} items"),
    "feel.warning.variable": ("变量“{name}”不存在", 'there is no variable "{name}"'),
    "feel.warning.word": ("变量“{name}”不存在，应写 {remedy}", 'there is no variable "{name}"; write {remedy}'),
    "feel.warning.member": ("{kind}没有属性“{name}”", '{kind} has no member "{name}"'),
    "feel.warning.function": ("没有函数“{name}”", 'there is no function "{name}"'),
    "feel.warning.nearest": (
        "没有函数“{name}”，是否指 {remedy}？",
        'there is no function "{name}"; did you mean {remedy}?',
    ),
    "feel.warning.arguments": (
        "函数“{name}”的参数不符：{given}；应为 {takes}",
        'function "{name}" does not take ({given}), it takes {takes}',
    ),
    "feel.warning.operands": ("{left} {operator} {right} 不能运算", "{left} {operator} {right} has no value"),
    "feel.warning.arithmetic": ("{left} {operator} {right} 没有结果", "{left} {operator} {right} has no result"),
    "feel.warning.type": ("应为 {expected}，实为 {found}", "expected {expected}, found {found}"),
    "feel.warning.index": ("列表没有第 {index} 项", "the list has no item {index}"),
    "feel.warning.value": ("{function}：值“{value}”无效", '{function}: "{value}" is not valid'),
    "feel.warning.clock": ("求值时没有提供当前时间", "the evaluation was given no clock"),
    "feel.warning.calendar": ("求值时没有提供工作日历", "the evaluation was given no working-day calendar"),
}


WORDS = {
    "value": "值", "operator": "运算符", "name": "名称", "number": "数字", "string": "字符串", "end": "结尾",
}  # fmt: skip
"""Kinds of things that may be expected, in Chinese; signs and keywords stand for themselves."""


def text_of(code: str, params: dict[str, Any], locale: str) -> str:
    """The words for a code; Chinese unless the locale starts with "en"."""
    chinese, english = TEXTS[code]
    if locale.startswith("en"):
        return english.format_map(params | {"expected": _listed(params.get("expected"), ", ", {})})
    return chinese.format_map(params | {"expected": _listed(params.get("expected"), "、", WORDS)})


def _listed(expected: Any, separator: str, words: dict[str, str]) -> Any:
    if not isinstance(expected, tuple):
        return expected
    return separator.join(str(words.get(item, item)) for item in expected)


class FeelError(Exception):
    """Base of all that FEEL raises; `line`, `column` count from 1 (0: no place), `params` fill the text of `code`."""

    def __init__(self, code: str, *, line: int = 0, column: int = 0, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.line = line
        self.column = column

    @property
    def expected(self) -> tuple[str, ...]:
        """What could have stood at the place of the error, most likely first; empty when unknown."""
        return tuple(self.params.get("expected", ()))

    def text(self, locale: str = "zh") -> str:
        """The message with its place, in Chinese (default) or English ("en")."""
        message = text_of(self.code, self.params, locale)
        if not self.line:
            return message
        if locale.startswith("en"):
            return f"line {self.line}, column {self.column}: {message}"
        return f"第 {self.line} 行第 {self.column} 列：{message}"

    def __str__(self) -> str:
        return self.text("en")


class FeelSyntaxError(FeelError):
    """The text is not FEEL, or too long or too deeply nested to be compiled."""


class FeelBudgetError(FeelError):
    """The evaluation was stopped because it took too much."""


@dataclass(frozen=True, slots=True)
class FeelWarning:
    """Why a part of an expression became null; never raised, collected in `Scope.warnings`."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, locale: str = "zh") -> str:
        """The words in Chinese (default) or English ("en")."""
        return text_of(self.code, self.params, locale)
