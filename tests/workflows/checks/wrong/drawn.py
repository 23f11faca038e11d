"""Diagrams: ways without an end event, flows taken though their condition does not hold, marks that nothing reads."""

import re
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from lxml import etree

from tests.workflows.checks.drawing import CONTEXT
from tests.workflows.checks.oracle import play
from tests.workflows.checks.wrong.proofs import goes_wrong
from tests.workflows.checks.wrong.runs import Files, begun, built, fresh, passed, ways
from workflows.diagram.elements import Element
from workflows.errors import Invalid, LecternError
from workflows.failures import EngineFault
from workflows.feel import compile_expression
from workflows.references import kind_of
from workflows.series import parse_series
from workflows.xml import parse_xml


def elements(files: Files):
    return built(files).spec.elements


@goes_wrong("event.no_end", "flow.dead_end")
def ends_without_an_end(files: Files) -> bool:
    """A case is over though it has come to no end: it has no outcome."""
    ends = {name for name, one in elements(files).items() if one.kind == "endEvent"}
    return any(way.ended and not ends & set(way.passed) for way in ways(files))


@goes_wrong("flow.never_reached", "sound.never_reached")
def never_comes(files: Files) -> bool:
    """What is drawn is never done."""
    nodes = {name for name, one in elements(files).items() if one.kind not in ("sequenceFlow", "process")}
    return bool(nodes - {name for way in ways(files) for name in (*way.passed, *way.waiting)})


@goes_wrong("sound.deadlock", "sound.left_behind")
def stands_still(files: Files) -> bool:
    """A case stands where nobody can do anything."""
    return any(not way.ended for way in ways(files))


@goes_wrong("sound.no_way_to_end")
def never_ends(files: Files) -> bool:
    """A case comes where whatever is decided leads to no end."""
    return bool(play(files["flow.bpmn"], 400, "p").trapped)


@goes_wrong("sound.twice")
def does_it_twice(files: Files) -> bool:
    """What follows branches that were not joined is done once for each."""
    return any(len(set(way.passed)) < len(way.passed) for way in ways(files))


@goes_wrong("script.language")
def compares_where_it_reads_like_setting(files: Files) -> bool:
    """What reads like setting a variable is a comparison: nothing is set, and the result is true or false."""
    variables = begun(files).variables
    return "x" not in variables and isinstance(variables["two"], bool)


@goes_wrong("construct.compensation")
def undoes_what_was_never_done(files: Files) -> bool:
    """What is there to undo only is done on the way."""
    root = parse_xml(files["flow.bpmn"])
    marked = {one.get("id") for one in root.iter("{*}manualTask") if one.get("isForCompensation") == "true"}
    return any(marked & set(way.passed) for way in ways(files))


@goes_wrong("flow.default_with_condition", "flow.condition_ignored")
def passes_a_false_condition(files: Files) -> bool:
    """A case goes where a condition stands that does not hold, or stops as that is the only way."""
    try:
        case = begun(files, x=None)
    except EngineFault:
        return True
    went = {one.node.element.id for one in case.tokens()} | set(passed(case))
    flows = [one for one in elements(files).values() if one.condition and one.target in went]
    return any(compile_expression(str(one.condition)[1:]).evaluate({"x": None}) is not True for one in flows)


@goes_wrong("flow.unknown_default", "gateway.no_default")
def stops_where_nothing_holds(files: Files) -> bool:
    """No condition holds and there is nowhere to go: an incident."""
    try:
        begun(files, x=None)
    except EngineFault:
        return True
    return False


@goes_wrong("timer.start")
def never_begins(files: Files) -> bool:
    """Nobody can say when the next case begins."""
    (start,) = (one for one in elements(files).values() if one.kind == "startEvent")
    try:
        parse_series(start.event.text, ZoneInfo("UTC"))
    except Invalid:
        return True
    return False


@goes_wrong("dialect.foreign")
def says_what_nobody_reads(files: Files) -> bool:
    """Without the other engine's settings the diagram says the same: they do nothing."""
    root = parse_xml(files["flow.bpmn"])
    for one in list(root.iter()):
        for name in [name for name in one.attrib if re.match(r"\{http://(camunda\.org/schema/1|flowable)", name)]:
            del one.attrib[name]
        if isinstance(one.tag, str) and re.match(r"\{http://(camunda\.org/schema/1|flowable|spiff)", one.tag):
            one.getparent().remove(one)
    without = {**files, "flow.bpmn": etree.tostring(root)}
    changed = etree.tostring(root) != etree.tostring(parse_xml(files["flow.bpmn"]))
    return changed and lineless(files) == lineless(without)


def lineless(files: Files) -> list[Element]:
    return [replace(one, line=0) for one in elements(files).values()]


@goes_wrong("ledger.not_settled")
def keeps_what_it_holds(files: Files) -> bool:
    """A case is over and still holds what it has reserved, or what it was called with."""
    nothing = {name: lambda call: None for name in ("hold.begin", "hold.end")}
    brought = 1 if "ledger" in built(files).settings else 0
    return any(
        way.ended and brought + way.performed.count("hold.begin") > way.performed.count("hold.end")
        for way in ways(files, nothing)
    )


@goes_wrong("route.mandatory_skipped", "route.mandatory_absent")
def goes_round_what_is_mandatory(files: Files) -> bool:
    """A case comes to the target without the step."""
    mandatory = built(files).settings["mandatory"]
    for target, steps in mandatory.items():
        for way in (way.passed for way in ways(files) if target in way.passed):
            if set(steps) - set(way[: way.index(target)]):
                return True
    return False


@goes_wrong("reference.provided_twice")
def depends_on_a_file_s_name(files: Files) -> bool:
    """Which of two processes runs is said by the names of their files alone."""
    names = sorted(name for name in files if kind_of(name) == "bpmn")
    renamed = dict(zip(names, reversed(names), strict=True))
    other = {renamed.get(name, name): content for name, content in files.items()}
    return len(names) > 1 and elements(files)["a"].file == elements(other)["a"].file


@goes_wrong("operation.parameter_missing", "operation.parameter_type")
def operation_stops(files: Files) -> bool:
    """An operation that takes its input at its word stops the case: an incident."""

    def reserve(call):
        taken = call.variables["count"] + 1
        assert not isinstance(call.variables["count"], bool)
        return {"taken": taken}

    try:
        begun(files, {"ledger.reserve": reserve})
    except (EngineFault, LecternError, KeyError, TypeError, AssertionError):
        return True
    return False


@goes_wrong("operation.unknown", "decision.unknown")
def asks_for_what_is_not_there(files: Files) -> bool:
    """What the diagram names is not there: an incident in every case."""
    flow = built(files)
    known = {name: Known(name) for name in CONTEXT.decisions}
    case = fresh(replace(flow, decisions=known), {}, dict.fromkeys(CONTEXT.operations, lambda call: {}))
    try:
        case.begin()
        case.run()
    except EngineFault:
        return True
    return False


@dataclass(frozen=True)
class Known:
    """A decision of the library."""

    name: str
    value: int = 1

    def evaluate(self, variables: object, scope: object) -> "Known":
        return self

    def reasons(self) -> tuple[()]:
        return ()


@goes_wrong("operation.parameter_unknown")
def gives_what_nobody_takes(files: Files) -> bool:
    """The operation is given something that it does not know, and says nothing."""
    given = list[set[str]]()
    inside = {
        "ledger.reserve": lambda call: given.append({name for name in ("count", "cuont") if name in call.variables})
    }
    begun(files, inside)
    return given != [{"count"}]
