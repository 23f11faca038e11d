"""Operations on the post of an application: recommended within the vacancies, held once the list was public."""

from collections.abc import Mapping
from typing import Any

from service.access.days import day_of
from service.errors import Conflict
from service.flows import queueing
from service.flows.acting import cause_of
from service.flows.declaring import operation
from service.flows.title import claims, posts, roster, rules
from service.posts import named, posting
from service.posts.ledger import NAMED, Full, Line, hold_many, refuse, release_all
from service.posts.posting import Locked
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
NO_ACCOUNT = "ledger.no_account"
SHORT = ("ledger.full", "ledger.others_wait", "title.all_promised", NO_ACCOUNT, "open_cases.")
"""What `title.reserve` answers instead of refusing where nobody submits: the principal has to deal with it."""


@operation(
    "title.expect_vacancy",
    "核对空岗",
    "Recommend within the vacancies",
    inputs={"rule": "string"},
    required=("rule",),
    reads=("school_score",),
)
def expect_vacancy(call: Call) -> Result:
    """Keep the school's score; by the rule `within` nobody is recommended without a post that could be theirs.

    The account is locked, so that of two recommendations at once one sees the other. What was kept for the case by name
    is held by it from here on: a case on paper that rests in its publicity has taken over nothing else yet.
    Conflict("ledger.full" | "ledger.others_wait" | "title.all_promised") for the principal, or that of
    `queueing.expect_free`.
    """
    application, rule = _scored(call), call.variables["rule"]
    if rule == "none" or not rules.needs_post(application.target, application.from_band):
        return None
    if rule != "within" and not _kept_by_name(call, application):
        return None
    line, accounts = _locked(call, application)
    if _kept(accounts[line.account_id]):
        _take(call, line)
        return None
    _expect_one_more(call, application, line, accounts)
    roster.mark(call.session, call.instance_id, promised_at=call.now)
    return None


def _kept_by_name(call: Call, application: Any) -> bool:
    own = posts.own(call, application.organisation_id, rules.band_of(application.target))
    return own in named.kept(call.session, call.instance_id)


def _take(call: Call, line: Line) -> None:
    outcome = hold_many(call.session, cause_of(call), [line])
    if isinstance(outcome, Full):
        refuse(outcome)


def _expect_one_more(call: Call, application: Any, line: Line, accounts: Mapping[str, Locked]) -> None:
    """Whoever waits with a pass comes first, then who has been recommended before and is public in the school."""
    free = accounts[line.account_id].figures.free
    if free < 1:
        account = accounts[line.account_id].row
        refuse(Full(line.account_id, account.organisation_id, "post", account.band, False, 1, free))
    queueing.expect_free(call, [line], accounts)
    waiting, promised = _claimed(call, application)
    if free - waiting - promised < 1:
        raise Conflict("title.all_promised", free=free, promised=promised)


@operation(
    "title.reserve",
    "预留岗位",
    "Reserve a post of the new band",
    inputs={"rule": "string"},
    required=("rule",),
    headers={"when_full": ("refuse", "outcome")},
    reads=("target", "school", "school_score"),
    writes=("post",),
    ledger="reserves",
)
def reserve(call: Call) -> Result:
    """Hold one post; `rule` is the parameter `title_post_rule`.

    within: Conflict("ledger.full" | "ledger.others_wait") for the principal where none is free, or with
    `when_full=outcome` `post.short`: nobody submits when a publicity is over. A case told from paper is always refused.
    A case that no step has promised a post (an earlier diagram) comes after those who were: "title.all_promised".
    queue: goes on without, a pass waits. none: titles go without posts.
    """
    application, rule = _scored(call), call.variables["rule"]
    held = short = False
    if rule != "none" and rules.needs_post(application.target, application.from_band):
        tells = call.headers.get("when_full", "refuse") == "outcome" and call.written is None
        held, short = _held(call, application, beyond=rule == "queue", tells=tells)
    if not short:
        roster.mark(call.session, call.instance_id, promised_at=None)
    return {"post": {"rule": rule, "held": held, "short": short}}


def _held(call: Call, application: Any, *, beyond: bool, tells: bool) -> tuple[bool, bool]:
    """(Held, short): what is free belongs to those who have passed and wait, first (policy §3.T 7).

    `beyond`: titles go beyond free posts, and without one the application goes on without, as in a school that has no
    post of the band. `tells`: short instead of Conflict("ledger.full" | "ledger.others_wait" | "ledger.no_account" |
    "title.all_promised") or that of `queueing.expect_free`.
    """
    try:
        return _hold(call, application, beyond=beyond), False
    except Conflict as refused:
        if beyond and refused.code == NO_ACCOUNT:
            return False, False
        if not tells or not refused.code.startswith(SHORT):
            raise
        return False, True


def _hold(call: Call, application: Any, *, beyond: bool) -> bool:
    line, accounts = _locked(call, application)
    locked = accounts[line.account_id]
    if beyond and not _kept(locked) and _none_left(call, application, locked):
        return False
    if application.promised_at is None and not _kept(locked):
        _expect_one_more(call, application, line, accounts)
    else:
        queueing.expect_free(call, [line], accounts)
    _take(call, line)
    return True


def _none_left(call: Call, application: Any, locked: Locked) -> bool:
    waiting, promised = _claimed(call, application)
    return locked.figures.free <= waiting + (promised if application.promised_at is None else 0)


def _claimed(call: Call, application: Any) -> tuple[int, int]:
    """How many free posts of the band belong to those who wait with a pass, and to others recommended before."""
    school, band = application.organisation_id, rules.band_of(application.target)
    waiting = queueing.waiting(call.session, {school}, day_of(call.now))[school, band]
    return waiting, claims.promised(call.session, school, band, besides=call.instance_id)


def _kept(locked: Locked) -> bool:
    """Whether the case holds a post already: its own, or one kept for it by name."""
    return bool(locked.held.get(posts.LINE) or locked.held.get(NAMED))


def _locked(call: Call, application: Any) -> tuple[Line, Mapping[str, Locked]]:
    account_id = posts.account(call, application.organisation_id, rules.band_of(application.target))
    return Line(account_id, posts.LINE, 1), posting.lock(call.session, cause_of(call), [account_id])


def _scored(call: Call) -> Any:
    """The application with the score of the school."""
    score = rules.hundredths(call.variables["school_score"])
    roster.mark(call.session, call.instance_id, school_score=score)
    return roster.application(call.session, call.instance_id)


@operation("title.release", "释放预留", "Release what the application holds", ledger="settles")
def release(call: Call) -> Result:
    """Set every hold of the case to 0; it waits for no post any more."""
    release_all(call.session, cause_of(call))
    roster.mark(call.session, call.instance_id, waiting_since=None, promised_at=None)
    return None
