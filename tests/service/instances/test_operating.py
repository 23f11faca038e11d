"""A running case put right by hand: moved back, a variable corrected; what must stay stays, and everything is kept."""

import tomllib
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from service.audit import timeline
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.instances import operating, queries, queries_operating
from service.instances.commands_operating import ChangeVariable, MoveBack, change_variable, move_back
from service.people.commands import DeclareRelation, declare_relation
from service.posts import ledger
from service.posts.opening import NewAccount, open_accounts
from service.tasks.discretion import CORRECTED
from tests.driver import BPMN, Case, Driver, folder
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows import dialect

CHECK = flows.task("check", "bureau_hr_officer", decisions="approve")
NEXT = flows.task("next", "bureau_hr_chief", decisions="approve")
FLOW = flows.line(CHECK, NEXT, ids=("check", "next"))


def looped(**review: str) -> dict[str, bytes]:
    """Step `first`, `middle`, `review`, whose drawn return leads to `first` again; `end` behind a vote-less yes."""
    nodes = (flows.task("first", "bureau_hr_officer", decisions="approve"),
             flows.task("middle", "bureau_hr_officer", decisions="approve"),
             flows.task("review", "bureau_hr_chief", **{"decisions": "approve,return", **review}),
             flows.task("last", "bureau_hr_chief", decisions="approve"),
             d.gateway("exclusive", "again"), d.gateway("exclusive", "which", default="on"))  # fmt: skip
    links = (d.path("start", "again", "first", "middle", "review", "which"),
             d.flow("which", "again", '=review.decision = "return"'), d.flow("which", "last", None, "on"),
             d.path("last", "end"))  # fmt: skip
    return flows.flow(nodes, links)


@pytest.fixture
def case(driver: Driver) -> Case:
    """Stands at its second step."""
    driver.deploy(FLOW)
    case = driver.start("small", by="s01.principal", count=3, note="旧")
    case.complete("check", "bureau.hr", "approve")
    return case


def back(case: Case, source: str, target: str, by: str = "bureau.chief", reason: str = "材料有误") -> None:
    sent = MoveBack(case.id, source, target, reason)
    move_back(case.driver.actor(by), sent, now=case.driver.now)


def change(case: Case, name: str, value: Any, by: str = "bureau.chief", reason: str = "笔误") -> None:
    sent = ChangeVariable(case.id, name, value, reason)
    change_variable(case.driver.actor(by), sent, now=case.driver.now)


def refused_move(case: Case, source: str, target: str, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        back(case, source, target)
    assert refused.value.code == code


def last(case: Case, kind: str) -> Any:
    found = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind == kind]
    db.session.rollback()
    return found[-1].body


def test_a_case_is_moved_back_with_what_it_closed_on_record_and_goes_on_from_there(case: Case) -> None:
    assert foreseen(case) == {("next", "check"): ("next",)}
    back(case, "next", "check")
    assert case.open() == ["check"]
    assert last(case, "instance.moved") == {"reason": "材料有误", "before": ["next"], "after": ["check"]}
    case.complete("check", "bureau.hr", "approve")
    case.complete("next", "bureau.chief", "approve")
    assert case.state == "completed"


def test_nothing_is_skipped_forward_and_nothing_is_moved_without_a_reason(case: Case) -> None:
    back(case, "next", "check")
    for source, target, code in (("check", "next", "move.not_back"), ("next", "check", "move.nothing_there"),
                                 ("check", "end", "move.not_back"), ("check", "nowhere", "move.not_back")):  # fmt: skip
        with pytest.raises(Conflict) as refused:
            back(case, source, target)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        back(case, "check", "check", reason=" ")
    for who in ("admin", "s01.principal"):
        with pytest.raises((Forbidden, NotFound)):
            back(case, "check", "next", by=who)
    assert case.open() == ["check"]


def test_where_a_return_is_drawn_nothing_is_moved_to_what_lies_ahead_or_was_never_done(quick_driver: Driver) -> None:
    quick_driver.deploy(looped())
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("first", "bureau.hr", "approve")
    refused_move(case, "middle", "review", "move.not_back")
    case.complete("middle", "bureau.hr", "approve")
    case.complete("review", "bureau.chief", "return")
    case.complete("first", "bureau.hr", "approve")
    refused_move(case, "middle", "review", "move.not_back")
    assert foreseen(case) == {("middle", "first"): ("middle",)}
    case.complete("middle", "bureau.hr", "approve")
    case.complete("review", "bureau.chief", "approve")
    back(case, "last", "middle")
    assert case.open() == ["middle"]


@pytest.mark.parametrize("review", [{"decisions": "approve,return"}, {"returnTo": "none", "decisions": "approve"}])
def test_a_step_that_its_holders_may_not_return_is_moved_back_by_name(
    quick_driver: Driver, review: dict[str, str]
) -> None:
    quick_driver.deploy(looped(**review))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("first", "bureau.hr", "approve")
    case.complete("middle", "bureau.hr", "approve")
    assert foreseen(case) == {("review", "first"): ("review",), ("review", "middle"): ("review",)}
    back(case, "review", "first")
    assert case.open() == ["first"]


def foreseen(case: Case) -> dict[tuple[str, str], Any]:
    """From where to where: what that closes, else the code of why not."""
    found = queries_operating.operable(case.driver.actor("bureau.hr"), case.id).moves
    db.session.rollback()
    return {(way.source, way.target): way.refused.code if way.refused else way.closes for way in found}


INNER = [d.user(name, d.zeebe("assignmentDefinition", assignee="=initiator")) for name in ("a", "b")]
SEVERAL = d.node(
    "subProcess", "round", d.start("in"), *INNER, d.end("out"), d.path("in", "a", "b", "out"), d.each("=[1, 2]")
)


def test_what_stands_several_times_is_moved_back_together_but_not_one_of_it(quick_driver: Driver) -> None:
    quick_driver.deploy(flows.line(CHECK, SEVERAL, ids=("check", "round")))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    case.complete("a", "s01.principal", "complete")
    case.complete("a", "s01.principal", "complete")
    assert case.open() == ["b", "b"]
    assert foreseen(case)["b", "a"] == "move.several"
    refused_move(case, "b", "a", "move.several")
    back(case, "b", "check")
    assert case.open() == ["check"]
    assert sorted(last(case, "instance.moved")["before"]) == ["b", "b", "round", "round", "round"]


def two_steps(behind: str, *, reject: bool = False) -> dict[str, bytes]:
    """check → (no: `none` | yes: `behind`) → next → end."""
    ways = [d.path("start", "check", "which"), d.flow("which", "no", "=check.decision = \"reject\""),
            d.flow("which", "behind" if not reject else "next", None, "on")]  # fmt: skip
    ways += [d.path("next", "free", "end")] if reject else [d.path("behind", "next", "end")]
    check = flows.task("check", "bureau_hr_officer", decisions="approve,reject")
    nodes = (check, NEXT, d.gateway("exclusive", "which", default="on"), d.end("no"))
    return flows.flow((*nodes, d.service("free" if reject else "behind", behind)), ways)


def test_an_effect_is_not_brought_about_twice(quick_driver: Driver) -> None:
    quick_driver.deploy(two_steps("hiring.release"))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    assert foreseen(case) == {("next", "check"): "move.effect_twice"}
    refused_move(case, "next", "check", "move.effect_twice")
    assert case.open() == ["next"]


def test_what_a_case_holds_is_not_lost_by_a_move(quick_driver: Driver) -> None:
    quick_driver.deploy(two_steps("hiring.release", reject=True))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    assert foreseen(case) == {("next", "check"): ("next",)}, "it holds nothing"
    with transaction() as session:
        cause = ledger.Cause(case.id, "reserve", "t", "system", quick_driver.now)
        school = quick_driver.county.organisations["s01"]
        (account,) = open_accounts(session, cause, [NewAccount(school, "headcount", None, 9)])
        ledger.hold(session, cause, account, "demand", 1)
    refused_move(case, "next", "check", "move.hold_lost")


def test_what_takes_up_a_hold_is_not_reached_without_one(quick_driver: Driver) -> None:
    other = flows.task("other", "bureau_hr_chief", decisions="approve")
    check = flows.task("check", "bureau_hr_officer", decisions="approve,reject")
    nodes = (check, other, d.gateway("exclusive", "which", default="on"), d.service("take", "hiring.onboard"))
    links = (d.path("start", "check", "which"), d.flow("which", "take", '=check.decision = "reject"'),
             d.flow("which", "other", None, "on"), d.path("take", "end"), d.path("other", "end"))  # fmt: skip
    quick_driver.deploy(flows.flow(nodes, links))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    refused_move(case, "other", "check", "move.hold_missing")


def test_nobody_puts_the_own_case_or_a_relatives_right(quick_driver: Driver) -> None:
    toml = flows.TOML.replace('"school_hr"', '"bureau_hr_officer"').encode()
    quick_driver.deploy({**FLOW, "flow.toml": toml})
    case = quick_driver.start("small", by="bureau.hr", organisation="hr", count=3)
    persons = quick_driver.county.persons
    kin = DeclareRelation(persons["bureau.chief"], "spouse", relative_id=persons["bureau.hr"])
    declare_relation(quick_driver.actor("bureau.chief"), kin, now=quick_driver.now)
    for who in ("bureau.hr", "bureau.chief"):
        refuse_own(lambda by=who: back(case, "check", "check", by=by))
        refuse_own(lambda by=who: change(case, "count", 4, by=by))


def refuse_own(act: Any) -> None:
    with pytest.raises(Forbidden) as refused:
        act()
    assert refused.value.code == "operate.own_case"


def test_after_a_move_back_behind_a_final_decision_the_initiator_may_withdraw_again(quick_driver: Driver) -> None:
    final = flows.task("check", "bureau_hr_officer", decisions="approve", final="true")
    quick_driver.deploy(flows.line(final, NEXT, ids=("check", "next")))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    with pytest.raises(Conflict):
        case.withdraw("s01.principal")
    quick_driver.clock.advance(timedelta(minutes=1))
    back(case, "next", "check")
    case.withdraw("s01.principal")
    assert case.state == "withdrawn"


@pytest.fixture
def fresh(quick_driver: Driver) -> Case:
    """Nobody has decided anything."""
    quick_driver.deploy(FLOW)
    return quick_driver.start("small", by="s01.principal", count=3, note="旧")


def test_a_variable_is_put_right_with_its_history_and_nothing_goes_on(fresh: Case) -> None:
    change(fresh, "count", 4)
    assert (fresh.variables["count"], fresh.open()) == (4, ["check"])
    found = queries.changes(fresh.driver.actor("bureau.hr"), fresh.id, "count")
    assert [(one.old, one.new) for one in found][-1] == (3, 4)


def test_values_and_reason_of_a_change_are_sealed_and_told_to_who_may_read_the_variable(quick_driver: Driver) -> None:
    form = {**flows.START_FORM, "components": [*flows.START_FORM["components"],
            {"type": "textfield", "key": "health", "label": "健康", "properties": {"readers": "hr"}}]}  # fmt: skip
    quick_driver.deploy({**FLOW, "small-start.form": orjson.dumps(form)})
    case = quick_driver.start("small", by="s01.principal", count=3, health="甲")
    change(case, "health", "乙", reason="甲为误写")
    assert last(case, CORRECTED) == {"name": "health"}
    told = {"name": "health", "before": "甲", "after": "乙", "reason": "甲为误写"}
    assert [seen_by(case, who) for who in ("bureau.chief", "s01.principal")] == [told, told]
    assert seen_by(case, "s01.hr") == {"name": "health", "confidential": True}


def seen_by(case: Case, who: str) -> Any:
    found = [one.body for one in queries.story(case.driver.actor(who), case.id) if one.kind == CORRECTED]
    db.session.rollback()
    return found[-1]


REFUSED = {
    "who asked": ("initiator", "somebody", "variable.own"),
    "what was decided": ("check", {"decision": "reject"}, "variable.decision"),
    "another kind": ("count", "four", "variable.type"),
    "more than the form takes": ("count", 51, "form.invalid"),
    "the same": ("count", 3, "variable.same"),
    "an unknown name": ("cuont", 3, "variable.absent"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_must_stay_is_not_changed_by_hand(fresh: Case, what: str) -> None:
    name, value, code = REFUSED[what]
    if name == "check":
        fresh.complete("check", "bureau.hr", "approve")
    refused_change(fresh, name, value, code)


def refused_change(case: Case, name: str, value: Any, code: str) -> None:
    before = dict(case.variables)
    with pytest.raises((Conflict, Invalid)) as refused:
        change(case, name, value)
    assert refused.value.code == code
    assert case.variables == before


def test_once_somebody_has_decided_what_they_decided_about_stays(fresh: Case) -> None:
    fresh.complete("check", "bureau.hr", "approve")
    refused_change(fresh, "count", 4, "variable.settled")
    found = queries_operating.operable(fresh.driver.actor("bureau.hr"), fresh.id)
    db.session.rollback()
    assert not {"count", "note"} & set(found.variables)


RELIED_ON = {
    "personnel": ("personnel", ("person_id", "kind", "effective_on", "document")),
    "hiring": ("hiring", ("posts", "slots", "slot", "applicants")),
    "reserved-posts": ("reserved_post", ("applicant_id", "band", "appointed_on")),
    "title": ("title", ("target", "subject", "post")),
    "exchange-placement": ("exchange_placement", ("person_id", "until", "arrived_on")),
}


@pytest.mark.parametrize("name", RELIED_ON)
def test_what_ledger_and_persons_follow_stays_in_the_shipped_flows(name: str) -> None:
    key, stays = RELIED_ON[name]
    shared = {f"shared/{file}": content for file, content in folder(BPMN / "shared").items()}
    files = {**shared, **folder(BPMN / name)}
    spec = dialect.parse(files, key)
    toml = tomllib.loads(files["flow.toml"].decode())
    read = [orjson.loads(content) for file, content in files.items() if file.endswith(".form")]
    definition: Any = SimpleNamespace(spec=spec, settings=toml, forms={one["id"]: one for one in read})
    held: Any = SimpleNamespace(id="c", variables=dict.fromkeys(stays, 1))
    codes = {one: operating.kept(held, definition, one, settled=True) for one in stays}
    assert codes == dict.fromkeys(stays, "variable.settled")
