"""Every reason for which a diagram is refused, with what to do about it, in Chinese and English."""

from typing import Any

from workflows.diagram.elements import Element
from workflows.errors import Fault

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "diagram.no_process": (
        "文件中没有流程“{process}”",
        "there is no process “{process}” in the files",
        "检查流程的 id 并勾选“可执行”",
        "check the id of the process and mark it executable",
    ),
    "diagram.no_id": (
        "元素没有 id",
        "the element has no id",
        "给它一个 id",
        "give it an id",
    ),
    "diagram.reserved_id": (
        "id“{id}”被引擎占用",
        "the engine itself uses the id “{id}”",
        "换一个 id",
        "choose another id",
    ),
    "diagram.duplicate_id": (
        "id“{id}”重复",
        "the id “{id}” occurs twice",
        "换一个 id",
        "choose another id",
    ),
    "diagram.unsupported": (
        "不支持 {construct}",
        "{construct} is not supported",
        "{instead_zh}",
        "{instead}",
    ),
    "diagram.start_event": (
        "需要且只能有一个无触发的开始事件，现有 {count} 个",
        "exactly one none start event is needed, found {count}",
        "只保留一个普通开始事件，消息和定时由接口或计划任务发起",
        "keep one plain start event; let the API or a job start on messages and timers",
    ),
    "diagram.dangling_flow": (
        "顺序流的一端“{end}”不存在，或在另一个子流程中",
        "the sequence flow ends at “{end}”, which is absent or in another sub process",
        "重新连接这条顺序流",
        "connect the flow again",
    ),
    "diagram.implicit_split": (
        "不是网关却有 {count} 条出线",
        "{count} flows leave an element that is no gateway",
        "加一个并行或排他网关",
        "put a parallel or exclusive gateway after it",
    ),
    "diagram.conditional_flow": (
        "条件只能写在排他或包容网关的出线上",
        "only flows out of exclusive and inclusive gateways may have a condition",
        "在前面加一个排他网关",
        "put an exclusive gateway before it",
    ),
    "diagram.no_condition": (
        "网关的出线“{flow}”没有条件，也不是默认流",
        "the flow “{flow}” has no condition and is not the default",
        "写上条件，或设为默认流",
        "write its condition or make it the default flow",
    ),
    "diagram.literal_condition": (
        "条件“{text}”没有以 = 开头",
        "the condition “{text}” does not begin with =",
        "写成 ={text}",
        "write ={text}",
    ),
    "diagram.event_gateway": (
        "事件网关之后只能是中间捕获事件或接收任务，且各只有一条入线",
        "only catch events and receive tasks with one incoming flow may follow an event gateway",
        "在网关后放定时或消息捕获事件",
        "put timer or message catch events after the gateway",
    ),
    "diagram.double_flow": (
        "同一来源有两条线进入汇合网关",
        "two flows lead from the same element into the joining gateway",
        "在其中一条线上加一个任务或网关",
        "put a task or gateway on one of them",
    ),
    "diagram.attached": (
        "边界事件没有附着在本流程的活动上",
        "the boundary event is not attached to an activity of its process",
        "把它拖到活动的边上",
        "drag it onto the border of an activity",
    ),
    "diagram.incoming": (
        "{kind} 不能有入线",
        "no flow may lead into a {kind}",
        "删除这条线",
        "remove the flow",
    ),
    "diagram.outgoing": (
        "结束事件不能有出线",
        "no flow may leave an end event",
        "改用中间事件，或删除这条线",
        "use an intermediate event, or remove the flow",
    ),
    "diagram.missing": (
        "缺少 {what}",
        "{what} is missing",
        "{instead_zh}",
        "{instead}",
    ),
    "diagram.dynamic": (
        "{what} 不能是表达式",
        "{what} may not be an expression",
        "写出固定的名称",
        "write the fixed name",
    ),
    "diagram.called": (
        "找不到被调用的流程“{process}”",
        "the called process “{process}” is not among the files",
        "一并上传，或先发布到共享库",
        "upload it together, or publish it to the shared library first",
    ),
    "diagram.recursive_call": (
        "流程“{process}”最终调用了自己",
        "the process “{process}” ends up calling itself",
        "改成循环",
        "draw a loop instead",
    ),
    "diagram.expression": (
        "表达式“{text}”有误：{reason}",
        "the expression “{text}” is wrong: {reason}",
        "改正 FEEL 表达式",
        "correct the FEEL expression",
    ),
    "diagram.timer": (
        "定时规则“{text}”无法识别",
        "the timer rule “{text}” cannot be read",
        "写成 5 workdays、7 days、P7D、R3/P1D 或带时区的时间",
        "write 5 workdays, 7 days, P7D, R3/P1D or an instant with its zone",
    ),
    "diagram.priority": (
        "优先级“{text}”不是 0–100 的整数",
        "the priority “{text}” is no whole number from 0 to 100",
        "写 0 到 100 的整数，或 = 开头的表达式",
        "write a whole number from 0 to 100, or an expression that begins with =",
    ),
    "diagram.variable_name": (
        "变量名“{name}”为空或超过 200 个字符",
        "the variable name “{name}” is empty or longer than 200 characters",
        "换一个名称",
        "choose another name",
    ),
    "diagram.outcome": (
        "结束事件的 outcome“{text}”无效",
        "the outcome “{text}” of the end event is not known",
        "写 completed、rejected、withdrawn、cancelled 或 expired",
        "write completed, rejected, withdrawn, cancelled or expired",
    ),
}


def fault(code: str, element: Element, **params: Any) -> Fault:
    """A fault at an element; `params` carry place, remedy (zh) and remedy_en beside what fills the text."""
    return place(code, element.id, element.line, element.file, **params)


def place(code: str, element_id: str, line: int, file: str, **params: Any) -> Fault:
    """A fault at a place that is no element (yet)."""
    chinese, english, remedy, remedy_en = (text.format_map(_Lenient(params)) for text in TEXTS[code])
    shown = {key: value for key, value in params.items() if not key.startswith("instead")}
    return Fault(
        element_id,
        code,
        chinese,
        {**shown, "element_id": element_id, "line": line, "file": file, "message_en": english, "remedy": remedy,
         "remedy_en": remedy_en},
    )  # fmt: skip


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
