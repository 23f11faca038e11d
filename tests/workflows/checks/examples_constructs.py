"""Examples: constructs that the engine gets wrong, events, timers."""

from tests.workflows.checks.drawing import (
    END,
    START,
    Example,
    around,
    chain,
    element,
    event,
    extended,
    flow,
    process,
    task,
    user,
)

PLAIN = around(task("a"), ids=("a",))
MESSAGE = element("message", "m", extended('<zeebe:subscription correlationKey="=case"/>'), name="reply")
CATCH = (
    '<bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>'
)
CATCHING = process(START, CATCH, END, chain("s", "c", "e"), outside=MESSAGE)
LATER = "<bpmn:timeDuration>P5D</bpmn:timeDuration>"
YEARLY = "<bpmn:timeCycle>R/2027-03-01T09:00:00+08:00/P1Y</bpmn:timeCycle>"


def boundary(definition, content="", name="b", **attributes):
    """A task with a boundary event whose path ends on its own."""
    return process(
        START, user("a"), event("boundaryEvent", name, definition, content, attachedToRef="a", **attributes), END,
        '<bpmn:endEvent id="e2"/>', chain("s", "a", "e"), chain(name, "e2"), outside=MESSAGE,
    )  # fmt: skip


def sub(kind="subProcess", inner=None, name="sub", **attributes):
    """A subprocess between start and end."""
    body = inner or '<bpmn:startEvent id="s2"/><bpmn:endEvent id="e2"/>' + flow("s2", "e2")
    return around(element(kind, name, body, **attributes), ids=(name,))


def waiting(content):
    return around(event("intermediateCatchEvent", "c", "timer", content), ids=("c",))


def pausing(value):
    """A wait whose timer says whether school holidays count."""
    said = f'<zeebe:properties><zeebe:property name="pauseOnHolidays" value="{value}"/></zeebe:properties>'
    inner = f"<bpmn:extensionElements>{said}</bpmn:extensionElements>"
    inner += f"<bpmn:timerEventDefinition>{LATER}</bpmn:timerEventDefinition>"
    return around(element("intermediateCatchEvent", "c", inner), ids=("c",))


def event_sub(definition, **attributes):
    start = event("startEvent", "s3", definition, LATER if definition == "timer" else "", **attributes)
    inside = f'{start}<bpmn:endEvent id="e3"/>{flow("s3", "e3")}'
    return process(
        START, task("a"), END, chain("s", "a", "e"), element("subProcess", "es", inside, triggeredByEvent="true")
    )


TIMED = boundary("timer", LATER)
CYCLE = "<bpmn:timeCycle>{}</bpmn:timeCycle>"
REMINDING = boundary("timer", CYCLE.format("R3/P1D"), cancelActivity="false")

EXAMPLES = [
    Example("construct.compensation", "b", boundary("compensate"), TIMED),
    Example("construct.compensation", "a", around(task("a", isForCompensation="true"), ids=("a",)), PLAIN),
    Example("construct.link", "c", around(event("intermediateThrowEvent", "c", "link"), ids=("c",)), PLAIN),
    Example("construct.complex_gateway", "g", around(element("complexGateway", "g"), ids=("g",)), PLAIN),
    Example("construct.signal_end", "e", process(START, event("endEvent", "e", "signal"), chain("s", "e")), PLAIN),
    Example("construct.signal", "c", around(event("intermediateThrowEvent", "c", "signal"), ids=("c",)), PLAIN),
    Example("construct.ad_hoc", "sub", sub("adHocSubProcess"), sub()),
    Example("construct.transaction", "sub", sub("transaction"), sub()),
    Example(
        "construct.conditional_event",
        "c",
        around(event("intermediateCatchEvent", "c", "conditional"), ids=("c",)),
        CATCHING,
    ),
    Example(
        "construct.multiple_event",
        "c",
        around(
            element("intermediateCatchEvent", "c", "<bpmn:timerEventDefinition/><bpmn:messageEventDefinition/>"),
            ids=("c",),
        ),
        CATCHING,
    ),
    *[
        Example("construct.event_subprocess", "es", event_sub(definition, isInterrupting=interrupting), sub())
        for definition, interrupting in [
            ("error", "true"),
            ("timer", "false"),
            ("escalation", "false"),
            ("message", "true"),
        ]
    ],
    Example(
        "construct.standard_loop",
        "a",
        around(element("manualTask", "a", "<bpmn:standardLoopCharacteristics/>"), ids=("a",)),
        PLAIN,
    ),
    Example("construct.unknown", "k", around(task("a"), '<bpmn:choreographyTask id="k"/>', ids=("a",)), PLAIN),
    Example("event.no_start", "p", process(task("a"), END, chain("a", "e")), PLAIN),
    Example("event.no_start", "sub", sub(inner='<bpmn:endEvent id="e2"/>'), sub()),
    Example(
        "event.many_starts",
        "s2",
        process(START, '<bpmn:startEvent id="s2"/>', task("a"), END, chain("s", "a", "e"), chain("s2", "a")),
        PLAIN,
    ),
    Example(
        "event.start_kind",
        "s0",
        process(event("startEvent", "s0", "message", messageRef="m"), END, chain("s0", "e")),
        PLAIN,
    ),
    Example(
        "timer.start",
        "s0",
        process(event("startEvent", "s0", "timer", LATER), END, chain("s0", "e")),
        process(event("startEvent", "s0", "timer", YEARLY), END, chain("s0", "e")),
    ),
    Example("event.no_end", "p", process(START, task("a"), chain("s", "a")), PLAIN),
    Example("event.kind", "c", around(event("intermediateThrowEvent", "c", "error"), ids=("c",)), PLAIN),
    Example("event.kind", "c", around(element("intermediateCatchEvent", "c"), ids=("c",)), CATCHING),
    Example(
        "event.boundary_attachment",
        "b",
        boundary("timer", LATER).replace(b'attachedToRef="a"', b'attachedToRef="s"'),
        TIMED,
    ),
    Example(
        "event.boundary_incoming",
        "b",
        boundary("timer", LATER).replace(b"</bpmn:process>", flow("e2x", "b").encode() + b"</bpmn:process>"),
        TIMED,
    ),
    Example("event.no_reference", "c", CATCHING.replace(b' messageRef="m"', b""), CATCHING),
    Example("event.no_name", "c", CATCHING.replace(b' name="reply"', b""), CATCHING),
    Example("event.no_correlation", "c", CATCHING.replace(b' correlationKey="=case"', b""), CATCHING),
    Example("timer.missing", "c", waiting(""), waiting(LATER)),
    Example("timer.unreadable", "c", waiting("<bpmn:timeDuration>soon</bpmn:timeDuration>"), waiting(LATER)),
    Example("timer.unreadable", "c", waiting('<bpmn:timeDuration>="5 dayz"</bpmn:timeDuration>'), waiting(LATER)),
    *(Example("timer.pause", "c", pausing(wrong), pausing("true")) for wrong in ("yes", "True", "=true", "")),
    Example("timer.zero_period", "b", boundary("timer", CYCLE.format("R/PT0S"), cancelActivity="false"), REMINDING),
    Example("timer.zero_period", "b", boundary("timer", CYCLE.format('="R3/P0D"'), cancelActivity="false"), REMINDING),
    Example("timer.cycle_place", "b", boundary("timer", CYCLE.format("R3/P1D")), REMINDING),
    Example("timer.cycle_place", "c", waiting(CYCLE.format("R3/P1D")), waiting(LATER)),
]
