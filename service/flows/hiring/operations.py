"""Operations of the hiring request: reserve, adjust to reviews and ratio, rank, choose, release."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from service.access.days import day_of
from service.errors import Fault, Invalid
from service.flows import acting, holding
from service.flows.declaring import operation
from service.flows.hiring import holds, ranking, roster, rules
from service.flows.hiring.operations_choice import chosen_in
from service.people import queries as people
from service.people.models import Authorisation, Organisation
from service.posts.ledger import Full, Line, refuse, release_all
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
NOTE = "values.qualification_note"


@operation(
    "hiring.reserve",
    "预留编制与岗位",
    "Reserve headcount and posts",
    headers={"when_full": ("refuse", "outcome")},
    reads=("school", "posts"),
    writes=("posts", "total", "ledger_full", *rules.REVIEWS),
    ledger="reserves",
)
def reserve(call: Call) -> Result:
    """Make the case hold the demand; a replay after a correction posts only the difference.

    With `when_full=refuse` a full account is Conflict("ledger.full") for whoever submits, else `ledger_full` is true
    and nothing is held anew.
    """
    posts = rules.numbered(call.variables["posts"])
    outcome = holding.set_to(call, holds.lines_of(holds.accounts_of(call), posts))
    if isinstance(outcome, Full):
        if call.headers.get("when_full", "refuse") == "refuse":
            refuse(outcome)
        return {"ledger_full": True}
    review = rules.review_rows(posts)
    return {"posts": posts, "total": rules.total(posts), "ledger_full": False, **dict.fromkeys(rules.REVIEWS, review)}


@operation("hiring.release", "释放全部预留", "Release everything that the case holds", ledger="settles")
def release(call: Call) -> Result:
    """Set every hold of the case to 0."""
    release_all(call.session, acting.cause_of(call))
    return None


@operation(
    "hiring.settle_review",
    "按核定人数调整预留",
    "Adjust the hold to the numbers granted",
    reads=("posts", "bureau_review", "staffing_posts", "hr_posts"),
    writes=("posts", "total", "cuts"),
)
def settle_review(call: Call) -> Result:
    """Keep of each row what all three authorities grant; what is cut is released at once."""
    posts = call.variables["posts"]
    reviews = {name: call.variables.get(name) or [] for name in ("staffing_posts", "hr_posts")}
    for number, rows in enumerate(_ballots(call.variables.get("bureau_review"))):
        reviews[f"bureau_{number}"] = rows
    after = rules.granted(posts, reviews)
    _hold(call, holds.lines_of(holds.accounts_of(call), after))
    left = [post for post in after if post["count"]]
    return {"posts": left, "total": rules.total(left), "cuts": rules.cuts(posts, after)}


def _ballots(result: Mapping[str, Any] | None) -> list[list[Mapping[str, Any]]]:
    """What each signer of the bureau's section granted; fields of several seats stay with the seat (design §3.2)."""
    ballots = (result or {}).get("ballots") or []
    return [((ballot.get("values") or {}).get("bureau_posts") or []) for ballot in ballots]


def _hold(call: Call, lines: list[Line]) -> None:
    """Hold no more than before; it cannot be full, and if it were the figures would be wrong: the step is refused."""
    outcome = holding.set_to(call, lines)
    if isinstance(outcome, Full):
        refuse(outcome)


@operation(
    "hiring.school_facts",
    "核对自主招聘授权",
    "Look up the school's authorisation",
    reads=("school",),
    writes=("school_facts",),
    only="looks",
)
def school_facts(call: Call) -> Result:
    """Facts of the school today: whether it may hire itself and until when, area, weak or not (null: unknown)."""
    school, today = call.variables["school"], day_of(call.now)
    row = call.session.execute(
        select(Organisation.stage, Organisation.area, Organisation.weak).where(Organisation.id == school)
    ).one()
    authorised = people.is_authorised(call.session, school, "own_hiring", today)
    until = _authorised_until(call, school, today) if authorised else None
    return {"school_facts": {"authorised": authorised, "authorised_until": until, **row._mapping}}


def _authorised_until(call: Call, school: str, today: date) -> str | None:
    found = select(Authorisation.valid_until).where(
        Authorisation.organisation_id == school,
        Authorisation.kind == "own_hiring",
        Authorisation.valid_from <= today,
    )
    last = call.session.scalars(found.order_by(Authorisation.valid_from.desc()).limit(1)).one_or_none()
    return last.isoformat() if last else None


@operation(
    "hiring.count_applicants",
    "统计合格人数",
    "Count the qualified",
    inputs={"ratio": "number"},
    required=("ratio",),
    reads=("posts", "qualification_note"),
    writes=("applicants",),
    only="checks",
)
def count_applicants(call: Call) -> Result:
    """The qualified of each row against the ratio.

    Invalid("hiring.unreviewed") while somebody has no result, Invalid("hiring.nobody_registered") where nobody came and
    the notes do not say so: an empty list is more often a forgotten one.
    """
    counts = roster.count_by_line(call.session, call.instance_id)
    unreviewed = sum(count for (_, state), count in counts.items() if state == "registered")
    if unreviewed:
        raise Invalid("hiring.unreviewed", count=unreviewed)
    if not counts and not (call.variables.get("qualification_note") or "").strip():
        raise Invalid("hiring.nobody_registered", faults=(Fault(NOTE, "hiring.nobody_registered"),))
    qualified = {line: count for (line, state), count in counts.items() if state == "qualified"}
    return {"applicants": rules.opening(call.variables["posts"], qualified, call.variables["ratio"])}


@operation(
    "hiring.apply_ratio",
    "按决定释放差额",
    "Release what the decision on the ratio leaves out",
    reads=("posts", "applicants", "ratio_decision"),
    writes=("posts", "total"),
    ledger="settles",
)
def apply_ratio(call: Call) -> Result:
    """Cut, cancel or keep the rows below the ratio as a person decided."""
    decision = call.variables["ratio_decision"]["decision"]
    after = rules.after_ratio(call.variables["posts"], call.variables["applicants"]["rows"], decision)
    _hold(call, holds.lines_of(holds.accounts_of(call), after))
    left = [post for post in after if post["count"]]
    return {"posts": left, "total": rules.total(left)}


@operation(
    "hiring.rank",
    "计算总成绩名次",
    "Compute totals and ranks",
    inputs={"written_percent": "number"},
    required=("written_percent",),
    reads=("posts", "written_pass_line"),
    writes=("ranking",),
)
def rank(call: Call) -> Result:
    """Rank the qualified row by row and propose whom to hire; `written_percent` is the weight of the written exam."""
    percent, line = int(call.variables["written_percent"]), call.variables.get("written_pass_line")
    counts = {post["line"]: post["count"] for post in call.variables["posts"]}
    found = roster.entries(call.session, call.instance_id, states=("qualified",))
    places = ranking.placed(found, counts, percent, None if line is None else round(line * 100))
    roster.write_places(call.session, places)
    ranked = [place for place in places if place.rank is not None]
    return {
        "ranking": {
            "written_percent": percent,
            "ranked": len(ranked),
            "eliminated": len(places) - len(ranked),
            "proposed": sum(place.proposed for place in places),
        }
    }


@operation(
    "hiring.choose",
    "登记拟聘人员",
    "Record the chosen and release unfilled posts",
    reads=("posts", "choice", "choice_reason"),
    writes=("slots", "unfilled"),
    ledger="settles",
)
def choose(call: Call) -> Result:
    """One slot per chosen candidate, each with a hold of its own; rows without enough of them release the rest.

    Refuses as `operations_choice.chosen_in` does.
    """
    posts, decision = call.variables["posts"], call.variables["choice"]["decision"]
    chosen = chosen_in(call.session, call.instance_id, posts, decision, call.variables.get("choice_reason"))
    slots = [{**slot, **_terms(posts, slot["line"])} for slot in ranking.slots(chosen)]
    accounts = holds.accounts_of(call)
    _hold(call, [line for slot in slots for line in holds.slot_lines(accounts, slot["band"], slot["key"])])
    for slot in slots:
        roster.mark(call.session, slot["candidate_id"], "medical")
    return {"slots": slots, "unfilled": rules.total(posts) - len(slots)}


def _terms(posts: list[rules.Post], line: Any) -> dict[str, Any]:
    post = holds.post_of(posts, line)
    return {name: post[name] for name in ("band", "subject", "stage")}
