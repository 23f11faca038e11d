"""User tasks: nobody is offered them, settings that nothing understands, votes that nobody can carry or end."""

from fractions import Fraction

from service.errors import Invalid
from service.tasks import forms, recusal, voting
from service.tasks.choices import choices
from service.tasks.facts import TaskFacts
from service.tasks.models import Task
from service.tasks.signing import POLICIES, SeatState
from tests.workflows.checks.drawing import CONTEXT, END, START, chain, process, user
from tests.workflows.checks.wrong.proofs import goes_wrong
from tests.workflows.checks.wrong.runs import Files, begun, built, opened, ways
from workflows.calendar_rules import parse_rule, reminds
from workflows.models import ProcessDefinition
from workflows.step import OpenedTask

KNOWN = {"school": "s01", "x": "a", "y": "hr", "z": "hr", "policy": "all", "rule": "5 workdays"}
EXPIRY = ("none", "remind", "escalate")


def tasks(files: Files) -> list[OpenedTask]:
    return opened(begun(files, **KNOWN))


@goes_wrong("assignment.missing")
def is_for_nobody(files: Files) -> bool:
    """The task is open and offered to nobody."""
    return any(not (one.assignee or one.candidate_users or one.candidate_groups) for one in tasks(files))


@goes_wrong("assignment.unknown_role")
def is_for_a_role_that_nobody_can_be_given(files: Files) -> bool:
    """The task lies with, or is told to, a role that there is not."""
    told = [one.properties.get("escalateTo", "hr") for one in tasks(files)]
    named = {group.partition("@")[0] for one in tasks(files) for group in one.candidate_groups}
    return not {*named, *told} <= CONTEXT.roles


@goes_wrong("flow.value")
def lane_lies_with_no_role(files: Files) -> bool:
    """What is no text is no role: the tasks of the lane lie with nobody."""
    lane = '<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    drawn = process(lane, START, user("a", role=""), END, chain("s", "a", "e"))
    (one,) = tasks({**files, "flow.bpmn": drawn})
    return "lanes" in built(files).settings and not set(one.candidate_groups) <= CONTEXT.roles


@goes_wrong("property.deadline")
def has_a_deadline_that_stops_it(files: Files) -> bool:
    """The rule is read when the task opens, or its reminder is counted: an incident instead of a task."""
    rules = [
        one.properties[name] for one in tasks(files) for name in ("dueIn", "remindBefore") if name in one.properties
    ]
    return any(unreadable(rule) for rule in rules)


@goes_wrong("property.measures")
def reminds_nobody(files: Files) -> bool:
    """The one cannot be taken from the other, so that no reminder is kept."""
    return not all(
        reminds(parse_rule(one.properties["dueIn"]), parse_rule(one.properties["remindBefore"])) for one in tasks(files)
    )


def unreadable(rule: str) -> bool:
    try:
        parse_rule(rule)
    except Invalid:
        return True
    return False


@goes_wrong("property.value")
def is_not_understood(files: Files) -> bool:
    """Nobody signs so, an unknown word escalates, no field or step is called so, false asks all the same."""
    (one,) = tasks(files)
    said = one.properties
    expiry = said.get("onExpiry", "none")
    returns = {part.strip() for part in said.get("returnTo", "any").split(",")}
    return (
        said.get("signing", "single") not in POLICIES
        or (expiry not in EXPIRY and not expiry.startswith("decide:"))
        or not returns <= {"initiator", "previous", "any", "none", *built(files).spec.elements}
        or (said.get("recuse") == "false" and asks_about_interest(said))
        or not fields_can_be_read(said.get("fields"))
    )


def asks_about_interest(said: dict[str, str]) -> bool:
    task = TaskFacts.__new__(TaskFacts)
    object.__setattr__(task, "properties", said)
    try:
        recusal.expect_answer(task, no_interest=False)
    except Invalid:
        return True
    return False


def fields_can_be_read(declared: str | None) -> bool:
    try:
        forms.rights({"components": []}, declared, many_seats=False)
    except ValueError:
        return False
    return True


@goes_wrong("id.long")
def does_not_fit(files: Files) -> bool:
    """The rows of tasks and versions have no room: the database refuses the step."""
    flow = built(files)
    longest = max(len(one.id) for one in flow.spec.elements.values() if one.kind != "sequenceFlow")
    key, name = (
        table.__table__.c[column].type.length for table, column in ((ProcessDefinition, "key"), (Task, "element_id"))
    )
    return len(flow.key) > key or longest > name


@goes_wrong("vote.deadline")
def never_ends_while_one_is_silent(files: Files) -> bool:
    """One of three says nothing, and nothing ends the vote."""
    (one,) = tasks(files)
    seats = [SeatState(str(n), n, f"p{n}", "open" if n else "signed", "yes" if not n else None) for n in range(3)]
    vote = one.properties.get("signing") == voting.VOTE
    over = vote and voting.is_over(voting.terms_of(one.properties), seats)
    return vote and not over and not (one.properties.get("dueIn") or one.due_date)


@goes_wrong("vote.part")
def carries_otherwise_than_it_says(files: Files) -> bool:
    """Carried by nobody or never, counted by two thirds that nobody wrote, or two of three are less than 0.67."""
    (one,) = tasks(files)
    try:
        terms = voting.terms_of(one.properties)
    except (ValueError, ZeroDivisionError):
        return True
    written = one.properties.get("ratio")
    nobody, everybody = voting.Count(0, 3, 0, 3), voting.Count(3, 0, 0, 3)
    return (
        voting.result(terms, nobody) == voting.PASSED
        or voting.result(terms, everybody) != voting.PASSED
        or (terms.ratio == Fraction(2, 3) and written != "2/3")
        or (written == "0.67" and voting.result(terms, voting.Count(2, 1, 0, 3)) != voting.PASSED)
    )


@goes_wrong("vote.secret")
def is_secret_though_it_says_no(files: Files) -> bool:
    """Whatever is not false is secret."""
    (one,) = tasks(files)
    return one.properties["secret"] not in ("true", "false") and voting.terms_of(one.properties).secret


@goes_wrong("data.written_at_once")
def loses_what_the_other_wrote(files: Files) -> bool:
    """Two tasks are open at once, both are decided, and one decision is left."""
    case = begun(files)
    decided = [(one.properties["result"], one.element_id) for one in opened(case)]
    for token, (name, value) in zip(list(case.tokens()), decided, strict=False):
        case.environment.receive(token, {name: value})
    return len(decided) == 2 and len(case.variables) < 2


@goes_wrong("decision.unread")
def goes_on_alike(files: Files) -> bool:
    """Several decisions are offered, and every case goes the same way."""
    (one,) = tasks(files)
    offered = choices({}, one.element_id, one.properties)
    return len(offered) > 1 and len({way.passed for way in ways(files)}) == 1


@goes_wrong("vote.assumed")
def counts_by_what_nobody_wrote(files: Files) -> bool:
    """Two thirds are counted though the diagram says nothing of them."""
    (one,) = tasks(files)
    terms = voting.terms_of(one.properties)
    return any(name not in one.properties and getattr(terms, name) == Fraction(2, 3) for name in ("quorum", "ratio"))
