"""Commands and queries of candidates: who, when, what; masking; recusal."""

import pytest
from sqlalchemy import func, insert, select, update

from service.audit.models import AuditEvent
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows import registry
from service.flows.hiring import commands, queries
from service.flows.hiring.models import Candidate
from service.people.models import Person, Relation
from service.people.persons import ID_NUMBER
from tests.conftest import START
from tests.flows.hiring import county
from tests.flows.hiring.driver import Case

S01, S02 = county.AUTHORISED, county.PLAIN
CLERK = county.actor("clerk", "school_hr", S01)
OFFICER = county.actor("officer", "bureau_hr_officer", county.SECTION, "section")
STRANGER = county.actor("principal", "principal", S02)
STAFFING = county.actor("staffing", "staffing_officer", "staffing_office", "staffing_office")
FIELDS = {"line": 1, "name": "林知远", "id_number": county.id_number(1), "phone": "13812340126", "degree": "master"}


def register(case, by=CLERK, **changed):
    return commands.register_candidate(by, commands.RegisterCandidate(case.id, FIELDS | changed), now=case.now)


def edit(case, candidate_id, by=CLERK, version=1, **fields):
    return commands.edit_candidate(by, commands.EditCandidate(candidate_id, version, fields), now=case.now)


def events(case, kind):
    found = select(func.count()).where(AuditEvent.stream == f"instance:{case.id}", AuditEvent.kind == kind)
    return db.session.scalar(found)


def test_registered_candidate_is_encrypted_and_shown_masked(case):
    found = register(case)
    row = case.candidate(found)
    assert county.id_number(1).encode() not in row.id_number
    assert b"13812340126" not in row.phone
    view = queries.candidate(CLERK, found)
    assert view.id_number == "110***********" + county.id_number(1)[-4:]
    assert view.phone == "138****0126"
    assert (view.name, view.state, view.version) == ("林知远", "registered", 1)
    assert events(case, "candidate.registered") == 1


def test_same_id_number_is_refused_in_one_case_and_allowed_in_another(case, definition):
    register(case)
    with pytest.raises(Invalid) as refused:
        register(case, id_number=" " + county.id_number(1).lower())
    assert [fault.code for fault in refused.value.faults] == ["candidate.twice"]
    other = Case(definition, posts=[{"subject": "科学", "stage": "primary", "band": "junior", "count": 1}]).announced()
    assert register(other)


def test_unknown_field_and_foreign_row_are_named(case):
    with pytest.raises(Invalid) as refused:
        register(case, state="hired")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("state", "field.unknown")]
    with pytest.raises(Invalid) as refused:
        register(case, line=2)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("line", "candidate.line")]


def test_another_schools_people_get_404_for_case_and_candidate(case):
    found = register(case)
    for attempt in (
        lambda: register(case, STRANGER),
        lambda: edit(case, found, STRANGER, name="别人"),
        lambda: queries.candidate(STRANGER, found),
        lambda: queries.open_window(STRANGER, case.id),
        lambda: queries.sheet(STRANGER, case.id),
        lambda: commands.remove_candidate(STRANGER, commands.RemoveCandidate(found, 1, "错"), now=case.now),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert queries.candidates(STRANGER, case.id) == []
    assert case.candidate(found).name == "林知远"


def test_staffing_office_sees_the_case_but_none_of_its_applicants(case):
    register(case)
    assert queries.candidates(STAFFING, case.id) == []


def test_absent_case_and_candidate_are_404(app):
    with pytest.raises(NotFound):
        commands.register_candidate(CLERK, commands.RegisterCandidate("nothing", FIELDS), now=START)
    with pytest.raises(NotFound):
        commands.edit_candidate(CLERK, commands.EditCandidate("nothing", 1, {}), now=START)


def test_review_is_written_and_a_refusal_needs_its_reason(case):
    found = register(case)
    with pytest.raises(Invalid) as refused:
        edit(case, found, state="unqualified")
    assert [fault.code for fault in refused.value.faults] == ["candidate.reason_needed"]
    assert edit(case, found, state="unqualified", reason="专业不符") == 2
    assert queries.candidate(CLERK, found).reason == "专业不符"
    assert events(case, "candidate.edited") == 1


def test_stale_version_is_a_conflict_and_changes_nothing(case):
    found = register(case)
    edit(case, found, name="林致远")
    with pytest.raises(Conflict) as refused:
        edit(case, found, name="林志远")
    assert (refused.value.code, refused.value.params["version"]) == ("candidate.stale", 2)
    assert case.candidate(found).name == "林致远"


def test_scores_wait_for_their_step_and_identity_is_closed_after_it(case):
    found = register(case, line=1)
    with pytest.raises(Conflict) as refused:
        edit(case, found, written=80)
    assert (refused.value.code, refused.value.params["fields"]) == ("candidate.not_now", "written")
    edit(case, found, state="qualified")
    case.complete("qualify_school", "confirm").complete("ratio_decision", "keep")
    assert edit(case, found, version=2, written=85.5) == 3
    with pytest.raises(Conflict):
        edit(case, found, version=3, name="改名")
    with pytest.raises(Conflict):
        register(case, id_number=county.id_number(2))
    with pytest.raises(Conflict):
        commands.remove_candidate(CLERK, commands.RemoveCandidate(found, 3, "错"), now=case.now)
    assert queries.candidate(CLERK, found).written == 85.5


def test_who_is_unqualified_gets_no_score(case):
    found = register(case)
    edit(case, found, state="unqualified", reason="专业不符")
    case.complete("qualify_school", "confirm").complete("ratio_decision", "keep")
    with pytest.raises(Invalid) as refused:
        edit(case, found, version=2, written=80)
    assert [fault.code for fault in refused.value.faults] == ["candidate.not_qualified"]


def test_school_and_bureau_write_only_on_their_own_steps(definition):
    case = Case(definition, S02).announced()
    clerk = county.actor("clerk", "school_hr", S02)
    with pytest.raises(Forbidden) as refused:
        register(case, clerk)
    assert refused.value.code == "candidate.other_side"
    found = register(case, OFFICER)
    edit(case, found, OFFICER, state="qualified")
    case.complete("qualify_bureau", "confirm").complete("ratio_decision", "keep")
    edit(case, found, OFFICER, version=2, written=80)
    case.complete("exam_bureau", "confirm")
    with pytest.raises(Forbidden):
        edit(case, found, OFFICER, version=3, interview=80)
    edit(case, found, clerk, version=3, interview=80)


def test_registration_is_open_during_the_announcement(definition):
    case = Case(definition).reviewed().complete("filing", "accept").complete("announce_school", "publish")
    found = register(case)
    with pytest.raises(Conflict):
        edit(case, found, state="qualified")


def test_before_the_announcement_nobody_can_be_registered(definition):
    with pytest.raises(Conflict) as refused:
        register(Case(definition))
    assert refused.value.code == "candidate.not_now"


def test_wrong_entry_is_taken_out_with_its_reason_and_stays_in_the_record(case):
    found = register(case)
    with pytest.raises(Invalid):
        commands.remove_candidate(CLERK, commands.RemoveCandidate(found, 1, " "), now=case.now)
    commands.remove_candidate(CLERK, commands.RemoveCandidate(found, 1, "重复录入"), now=case.now)
    assert db.session.scalar(select(func.count()).select_from(Candidate)) == 0
    assert events(case, "candidate.removed") == 1


def test_unmasking_is_recorded_every_time(case):
    found = register(case)
    command = commands.UnmaskCandidate(found, "id_number", "核对报名表")
    assert commands.unmask_candidate(CLERK, command, now=case.now) == county.id_number(1)
    commands.unmask_candidate(CLERK, command, now=case.now)
    assert events(case, "candidate.unmasked") == 2
    for wrong in (commands.UnmaskCandidate(found, "name", "看"), commands.UnmaskCandidate(found, "phone", "")):
        with pytest.raises(Invalid):
            commands.unmask_candidate(CLERK, wrong, now=case.now)


def test_health_facts_are_for_hr_only(case):
    found = register(case)
    with transaction() as session:
        session.execute(update(Candidate).values(state="failed", reason="medical.fail"))
    assert queries.candidate(CLERK, found).reason == "medical.fail"
    assert queries.candidate(OFFICER, found).reason == "medical.fail"
    assert queries.candidate(county.actor("principal", "principal", S01), found).reason == ""


def relate(kind="spouse", **relative):
    empty = {"relative_id": None, "relative_name": None, "note": "", "declared_at": START, "declared_by": "hr"}
    row = {"id": "relation-1", "person_id": "clerk", "kind": kind, **empty, **relative}
    with transaction() as session:
        session.execute(insert(Relation.__table__), row)


def known(name, serial):
    columns = ID_NUMBER.columns(name, county.id_number(serial))
    with transaction() as session:
        session.execute(update(Person).where(Person.id == name).values(columns))


def interest(case, person_id="clerk"):
    return registry.interest_of(db.session(), "hiring", case.id, person_id)


def test_nobody_is_suspected_without_a_declaration(case):
    register(case)
    assert interest(case) is None


def test_a_handler_who_is_the_candidate_must_recuse(case):
    register(case)
    known("clerk", 1)
    assert interest(case) == "hiring.is_candidate"


def test_a_declared_relative_among_the_candidates_recuses_by_id_number(case):
    register(case)
    known("principal", 1)
    relate(relative_id="principal")
    assert interest(case) == "hiring.related_to_candidate"
    assert interest(case, "officer") is None


def test_a_relative_declared_by_name_recuses(case):
    register(case)
    relate(relative_name="林知远")
    assert interest(case) == "hiring.relative_named_as_candidate"


def test_a_distant_relation_does_not_recuse(case):
    register(case)
    relate("distant", relative_name="林知远")
    assert interest(case) is None


def test_a_recused_clerk_writes_nothing_about_any_candidate(case):
    found = register(case)
    relate(relative_name="林知远")
    with pytest.raises(Forbidden) as refused:
        edit(case, found, state="qualified")
    assert (refused.value.code, refused.value.params["reason"]) == (
        "task.recused",
        "hiring.relative_named_as_candidate",
    )
    assert case.candidate(found).state == "registered"
