"""What can be wrong in a DMN file, in words, each with element, line and remedy."""

from typing import Any

from lxml import etree

from workflows.errors import Fault
from workflows.feel import FeelSyntaxError

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "decision.namespace": (
        "不是 DMN 1.1–1.5 文件", "this is no DMN 1.1 to 1.5 file",
        "用决策编辑器重新保存", "save it again with the decision editor",
    ),
    "decision.id": (
        "决策缺少编号，或编号“{id}”重复", "a decision has no id, or the id “{id}” occurs twice",
        "给每个决策一个不同的编号", "give every decision an id of its own",
    ),
    "decision.feel": (
        "“{text}”有误：{reason_zh}", "“{text}” is wrong: {reason}",
        "改正 FEEL 表达式", "correct the FEEL expression",
    ),
    "decision.language": (
        "表达式语言“{language}”不支持", "the expression language “{language}” is not supported",
        "改用 FEEL", "write it in FEEL",
    ),
    "decision.policy": (
        "决策表“{table}”的命中策略“{policy}”不支持",
        "the hit policy “{policy}” of the table “{table}” is not supported",
        "改为 UNIQUE、FIRST、ANY、PRIORITY、RULE ORDER、OUTPUT ORDER 或 COLLECT",
        "use UNIQUE, FIRST, ANY, PRIORITY, RULE ORDER, OUTPUT ORDER or COLLECT",
    ),
    "decision.aggregation": (
        "决策表“{table}”的聚合“{aggregation}”不支持，或有多个输出列",
        "the aggregation “{aggregation}” of the table “{table}” is not supported, or there are several outputs",
        "只用一个输出列和 SUM、MIN、MAX 或 COUNT", "use one output and SUM, MIN, MAX or COUNT",
    ),
    "decision.cells": (
        "第 {row} 行有 {found} 个单元格，应为 {expected} 个", "row {row} has {found} cells instead of {expected}",
        "补齐该行的单元格", "complete the cells of the row",
    ),
    "decision.outputs": (
        "决策表“{table}”没有输出列，或多个输出列缺少不同的名称",
        "the table “{table}” has no output, or several without names of their own",
        "给每个输出列一个名称", "name every output",
    ),
    "decision.empty": (
        "决策“{table}”没有内容，或“{kind}”不支持", "the decision “{table}” is empty, or “{kind}” is not supported",
        "画一张决策表或写一个表达式", "draw a decision table or write an expression",
    ),
    "decision.reference": (
        "找不到引用的“{href}”", "the required element “{href}” is not in this deployment",
        "把它放进同一文件，或导入它所在的模型", "put it into the same file, or import the model that has it",
    ),
    "decision.import": (
        "导入的模型“{namespace}”不在本次部署的文件中",
        "the imported model “{namespace}” is not among the deployed files",
        "把那个 .dmn 文件一起部署，或删去导入", "deploy that .dmn file together with this one, or remove the import",
    ),
    "decision.type": (
        "没有类型“{type}”", "there is no type “{type}”",
        "用 FEEL 类型，或补上这个名称的类型定义", "use a FEEL type, or define an item of this name",
    ),
    "decision.part": (
        "“{kind}”缺少“{part}”部分", "the “{kind}” box lacks its “{part}” part",
        "补上这一部分", "fill in that part",
    ),
    "decision.function_kind": (
        "不运行 {kind} 函数", "functions in {kind} are never run",
        "改用 FEEL 写函数体", "write the body of the function in FEEL",
    ),
    "decision.imported_values": (
        "不支持从别处导入的值", "values imported from elsewhere are not supported",
        "把值写进表达式", "write the values into the expression",
    ),
    "decision.service": (
        "决策服务“{service}”没有输出决策", "the decision service “{service}” has no output decision",
        "为它选定至少一个输出决策", "choose at least one output decision for it",
    ),
    "decision.circle": (
        "决策“{table}”最终依赖自己", "the decision “{table}” ends up requiring itself",
        "去掉一条依赖", "remove one of the requirements",
    ),
    "decision.deep": (
        "表达式框嵌套过深", "the boxed expressions are nested too deeply",
        "拆成多个决策", "split it into several decisions",
    ),
}  # fmt: skip


class Faults:
    """Collects faults of one file; elements are lxml elements, whose id (or nearest id above) and line are kept."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, element: etree._Element, code: str, **params: Any) -> None:
        """Note a fault at an element."""
        zh, en, remedy, remedy_en = (text.format_map(params) for text in TEXTS[code])
        key = _id(element)
        place = {"element_id": key, "line": element.sourceline or 1, "file": self.file}
        words = {"message_en": en, "remedy": remedy, "remedy_en": remedy_en}
        self.found.append(Fault(key, code, zh, {**params, **place, **words}))

    def feel(self, element: etree._Element, text: str, error: FeelSyntaxError) -> None:
        """Note an expression that does not compile."""
        self.add(element, "decision.feel", text=text[:80], reason=error.text("en"), reason_zh=error.text("zh"))


def _id(element: etree._Element) -> str:
    ids = (found.get("id", "") for found in (element, *element.iterancestors()))
    return next((found for found in ids if found), "")
