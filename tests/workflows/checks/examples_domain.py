"""Examples: what is reserved and not settled, mandatory steps, deadlines, variables written at once."""

from tests.workflows.checks.drawing import (
    END,
    START,
    Example,
    chain,
    element,
    event,
    extended,
    flow,
    process,
    properties,
    task,
    user,
)
from tests.workflows.checks.examples_constructs import LATER, PLAIN
from tests.workflows.checks.examples_soundness import ENDING, FORK, JOIN, SPLIT
from tests.workflows.checks.examples_tasks import asked, put


def work(name, operation):
    return element("serviceTask", name, extended(f'<zeebe:taskDefinition type="{operation}"/>'))


def held(*, refused):
    """Something is reserved, a decision ends the case or goes on; `refused` is what happens before that end."""
    return process(
        START, work("r", "hold.begin"), user("a"), SPLIT, refused, work("b", "hold.end"), END, ENDING,
        chain("s", "r", "a", "x"), flow("x", "n", "=no"), chain("n", "e2"), chain("x", "b", "e"),
    )  # fmt: skip


def in_branches(join):
    """Reserved, then one of two branches releases; without a join the other may end the case before."""
    return process(
        START, work("r", "hold.begin"), FORK, user("c"), work("b", "hold.end"), user("a"), join, END,
        "" if join else event("endEvent", "e2", "terminate"),
        chain("s", "r", "f", "c", "b", "j" if join else "e"), chain("f", "a", "j" if join else "e2"),
        chain("j", "e") if join else "",
    )  # fmt: skip


def route(passing):
    """Three steps before the target; `passing` leads round the middle one."""
    return process(
        START, SPLIT, task("b"), element("exclusiveGateway", "m"), task("t"), END, chain("s", "x"),
        flow("x", "m" if passing else "b", "=c"), chain("x", "b"), chain("b", "m", "t", "e"),
    ) if passing else process(START, task("b"), task("t"), END, chain("s", "b", "t", "e"))  # fmt: skip


def timed(owner, **settings):
    """A user task with a deadline and a timer that takes it away."""
    values = properties(dueIn="5 workdays", owedBy=owner, **settings)
    return process(
        START, user("a", values), event("boundaryEvent", "b", "timer", LATER, attachedToRef="a"), END, ENDING,
        chain("s", "a", "e"), chain("b", "e2"),
    )  # fmt: skip


def routed(decisions):
    """A step whose decision a gateway reads."""
    return process(
        START, user("a", properties(decisions=decisions)), SPLIT, task("b"), END, ENDING, chain("s", "a", "x"),
        flow("x", "e2", '=a.decision = "reject"'), chain("x", "b", "e"),
    )  # fmt: skip


def two(**names):
    """Two user tasks at once, each with a result variable."""
    return process(
        START, FORK, *(user(name, properties(result=result)) for name, result in names.items()), JOIN, END,
        chain("s", "f"), *(chain("f", name, "j") for name in names), chain("j", "e"),
    )  # fmt: skip


def settings(text):
    return b'[flow]\nkey = "p"\n' + text


MANDATORY = {"flow.toml": settings(b'[mandatory]\nt = ["b"]\n')}
CALLED = {"flow.toml": settings(b'[ledger]\nheld = ["p"]\n')}
URGED = {"dueIn": "5 workdays", "remindBefore": "1 workday", "onExpiry": "escalate"}

EXAMPLES = [
    Example("ledger.not_settled", "e2", held(refused=task("n")), held(refused=work("n", "hold.end"))),
    Example("ledger.not_settled", "e2", in_branches(""), in_branches(JOIN)),
    Example(
        "ledger.not_settled",
        "e",
        PLAIN,
        process(START, work("a", "hold.end"), END, chain("s", "a", "e")),
        beside=CALLED,
    ),
    Example("route.mandatory_skipped", "b", route(passing=True), route(passing=False), beside=MANDATORY),
    Example(
        "route.mandatory_absent",
        "gone",
        settings(b'[mandatory]\na = ["gone"]\n'),
        settings(b'[mandatory]\ne = ["a"]\n'),
        file="flow.toml",
        mark="gone",
    ),
    Example(
        "deadline.applicant_without_expiry",
        "a",
        put(dueIn="5 workdays", owedBy="applicant", onExpiry="remind"),
        put(dueIn="5 workdays", owedBy="applicant", onExpiry="decide:expire"),
    ),
    Example("deadline.applicant_without_expiry", "a", put(dueIn="5 workdays", owedBy="applicant"), timed("applicant")),
    Example("deadline.authority_not_urged", "a", put(dueIn="5 workdays", onExpiry="escalate"), put(**URGED)),
    Example("deadline.authority_not_urged", "a", put(dueIn="5 workdays", remindBefore="1 workday"), asked()),
    Example(
        "deadline.authority_cut_short",
        "a",
        timed("authority", remindBefore="1 workday", onExpiry="escalate"),
        put(**URGED),
    ),
    Example("decision.unread", "a", put(decisions="approve,reject"), put(decisions="approve")),
    Example("decision.unread", "a", put(decisions="approve,reject"), routed("approve,reject")),
    Example("data.written_at_once", "b", two(a="verdict", b="verdict"), two(a="first", b="second")),
]
