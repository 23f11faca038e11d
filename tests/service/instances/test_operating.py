"""A running case put right by hand: moved back, a variable corrected; what must stay stays, and everything is kept."""

import tomllib
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.instances import operating, queries, queries_operating
from service.instances.commands import CaseCommand, cancel_instance, resume_instance, suspend_instance
from service.people.commands import DeclareRelation, declare_relation
from service.tasks.discretion import CORRECTED
from tests.driver import BPMN, Case, Driver, folder
from tests.service.instances.operated import FLOW, NEXT, back, change, foreseen, last
from tests.service.tasks import flows
from workflows import dialect


@pytest.fixture
def case(driver: Driver) -> Case:
    """Stands at its second step."""
    driver.deploy(FLOW)
    case = driver.start("small", by="s01.principal", count=3, note="旧")
    case.complete("check", "bureau.hr", "approve")
    return case


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


def test_who_lets_a_case_go_on_or_ends_it_leaves_why_what_was_before_and_what_is_now(case: Case) -> None:
    chief, now = case.driver.actor("bureau.chief"), case.driver.now
    suspend_instance(chief, CaseCommand(case.id, reason="核查"), now=now)
    resume_instance(chief, CaseCommand(case.id, reason="核查完毕"), now=now)
    assert last(case, "instance.resumed") == {"reason": "核查完毕", "before": "suspended", "after": "running"}
    cancel_instance(chief, CaseCommand(case.id, reason="重复"), now=now)
    assert last(case, "instance.cancelled") == {"reason": "重复", "before": ["next"]}


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
