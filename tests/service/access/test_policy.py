"""The table of actions, judged role by role, and the choice between 403 and 404."""

from types import SimpleNamespace

import pytest

from service.access.actor import Actor
from service.access.policy import ACTIONS, Target, require
from service.errors import Forbidden, LecternError, NotFound
from tests.service.access.judged import MAY_ON_S01
from tests.service.people.county import PEOPLE
from tests.statements import counted

"""Who may do it to something of s01 that concerns its teacher, whom the clerk of s02 represents, was begun by its
vice-principal, and waits at the staffing office with a seat of a teacher of s02."""

HARMLESS = {
    "session.open", "session.close", "session.touch", "account.activate", "attachment.add", "instance.save_draft",
    "incident.record", "task.mark_read", "task.bulk_complete", "publicity.object",
}  # fmt: skip
"""Open to everybody who is signed in; an upload belongs to no case until a task that the auditor never has takes it."""


def of_s01(county):
    s01 = county.organisations["s01"]
    return SimpleNamespace(
        organisation_id=s01,
        person_id=county.persons["s01.teacher"],
        account_id=county.accounts["s01.teacher"],
        represented_id=county.persons["s01.teacher"],
        substitute_id=county.persons["s02.hr"],
        initiator_id=county.persons["s01.vice"],
        role="teacher",
        kind="headcount",
        groups=(f"staffing_officer@{county.organisations['staffing']}",),
        properties={},
        seated_ids=frozenset({county.persons["s02.teacher"]}),
        person_ids=frozenset({county.persons["s02.teacher"]}),
        claimant_id=county.persons["s02.teacher"],
        asker_ids=frozenset({county.persons["s02.teacher"]}),
        holder_id=None,
        owner=f"person:{county.persons['s02.hr']}",
        drawn_in_ids=frozenset(),
    )


def allowed(actor, action, target):
    try:
        require(actor, action, target)
    except Forbidden:
        return False
    return True


def test_a_task_given_to_persons_by_name_is_theirs(county):
    named = SimpleNamespace(**{**vars(of_s01(county)), "groups": ()})
    for action in ("task.complete", "task.save_draft", "task.recuse"):
        assert allowed(county.actor("s02.teacher"), action, named)
        assert not allowed(county.actor("staffing.office"), action, named)


def test_every_action_is_judged_here():
    assert set(MAY_ON_S01) == set(ACTIONS)


def test_each_action_is_open_to_exactly_these_people(quick_county):
    actors = {who: quick_county.actor(who) for who in PEOPLE}
    target = of_s01(quick_county)
    may = {action: {who for who in actors if allowed(actors[who], action, target)} for action in ACTIONS}
    assert may == MAY_ON_S01


def test_permitted_and_refused_actions_ask_the_database_nothing(quick_county):
    actors = [quick_county.actor(who) for who in ("bureau.hr", "s01.hr", "s01.teacher", "staffing.office")]
    target = of_s01(quick_county)
    with counted() as statements:
        for action in ACTIONS:
            for actor in actors:
                allowed(actor, action, target)
    assert statements == []


def test_anonymous_may_only_log_in_object_to_what_is_public_and_have_a_failure_noted(quick_county):
    target = of_s01(quick_county)
    assert {action for action in ACTIONS if allowed(Actor.anonymous(), action, target)} == {
        "session.open",
        "account.activate",
        "incident.record",
        "publicity.object",
    }


def test_system_may_do_everything(quick_county):
    assert {action for action in ACTIONS if allowed(Actor.system(), action, of_s01(quick_county))} == set(ACTIONS)


def test_auditor_writes_nothing(quick_county):
    auditor, target = quick_county.actor("auditor"), of_s01(quick_county)
    may = {action for action in ACTIONS if allowed(auditor, action, target)}
    writing = {action for action in may if not action.endswith((".read", ".verify", ".export"))}
    assert writing == HARMLESS


def test_district_acts_for_its_teaching_points_and_not_for_other_schools(quick_county):
    principal = quick_county.actor("district.principal")
    for place, expected in [("point", True), ("district", True), ("s01", False), ("bureau", False)]:
        target = Target(organisation_id=quick_county.organisations[place])
        assert allowed(principal, "instance.start", target) is expected
        assert allowed(principal, "ledger.read", target) is expected
    point = Target(organisation_id=quick_county.organisations["district"])
    assert not allowed(quick_county.actor("point.principal"), "instance.start", point)


def test_flow_that_names_its_starters_is_started_by_them_only(quick_county):
    s01 = quick_county.organisations["s01"]
    for starters, who, expected in [
        (("teacher",), "s01.teacher", True),
        (("teacher",), "s01.principal", False),
        (("teacher",), "s02.teacher", False),
        (("teacher",), "bureau.hr", False),
        (("bureau_hr_chief",), "bureau.chief", True),
        (("bureau_hr_chief",), "bureau.hr", False),
        ((), "s02.hr", False),
        ((), "s01.teacher", False),
    ]:
        target = Target(organisation_id=s01, starters=starters)
        assert allowed(quick_county.actor(who), "instance.start", target) is expected, (starters, who)


def test_ledger_totals_are_changed_by_the_office_that_owns_the_quota(quick_county):
    for kind, owner, other in [("headcount", "staffing.office", "hr.bureau"), ("post", "hr.bureau", "staffing.office")]:
        target = Target(organisation_id=quick_county.organisations["s01"], kind=kind)
        assert allowed(quick_county.actor(owner), "ledger.change_approved", target)
        assert not allowed(quick_county.actor(other), "ledger.change_approved", target)


def test_bureau_hr_gives_no_admin_and_no_auditor(quick_county):
    for role in ("admin", "auditor"):
        target = Target(organisation_id=quick_county.organisations["bureau"], person_id="p", role=role)
        assert not allowed(quick_county.actor("bureau.chief"), "role.assign", target)
        assert allowed(quick_county.actor("admin"), "role.assign", target)


def test_head_gives_clerks_and_teachers_and_no_heads(quick_county):
    for role, expected in [("school_hr", True), ("teacher", True), ("vice_principal", False), ("principal", False)]:
        target = Target(organisation_id=quick_county.organisations["s01"], person_id="p", role=role)
        assert allowed(quick_county.actor("s01.principal"), "role.assign", target) is expected


def test_what_is_not_visible_is_absent_and_what_is_visible_is_forbidden(quick_county):
    teacher = quick_county.actor("s01.teacher")
    own = Target(id=quick_county.persons["s01.teacher"], person_id=quick_county.persons["s01.teacher"])
    other = Target(id=quick_county.persons["s02.teacher"], person_id=quick_county.persons["s02.teacher"])
    with pytest.raises(Forbidden) as forbidden:
        require(teacher, "person.edit", own)
    with pytest.raises(NotFound) as absent:
        require(teacher, "person.edit", other)
    with pytest.raises(NotFound) as nowhere:
        require(teacher, "person.edit", Target(id="no such id"))
    assert forbidden.value.code == "access.role_missing"
    assert absent.value.code == nowhere.value.code == "person.absent"
    assert str(absent.value) == str(nowhere.value)


@pytest.mark.parametrize(
    ("who", "action", "code"),
    [
        ("s02.hr", "candidate.edit", "access.elsewhere"),
        ("s01.hr", "task.claim", "access.not_holder"),
        ("s01.hr", "instance.withdraw", "access.not_initiator"),
        ("s01.hr", "token.issue", "access.not_own"),
        ("s02.hr", "instance.start", "access.not_starter"),
        ("admin", "session.clean_up", "access.only_jobs"),
    ],
)
def test_refusal_says_why(quick_county, who, action, code):
    with pytest.raises(LecternError) as refusal:
        require(quick_county.actor(who), action, of_s01(quick_county))
    assert (refusal.value.code, refusal.value.params) == (code, {"action": action})


def test_unknown_action_is_an_error_of_the_programmer(quick_county):
    with pytest.raises(KeyError):
        require(quick_county.actor("admin"), "task.explode")
