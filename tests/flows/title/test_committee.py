"""Experts, the draw, and the secret vote of a committee on several candidates in one sitting."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from service.errors import Conflict, Forbidden, Invalid
from service.flows.title import (
    commands_drawing,
    commands_experts,
    commands_sessions,
    commands_sitting,
    drawing,
    queries_sessions,
)
from service.flows.title.commands_drawing import Excuse
from service.flows.title.commands_experts import EndTerm, EnterExpert
from service.flows.title.commands_sessions import ListCandidates
from service.flows.title.commands_sitting import EnterMarks, OpenVote
from service.people.commands import DeclareRelation, declare_relation
from service.tasks.commands import Recuse, recuse_task
from tests.flows.title import acting, county
from tests.flows.title.acting import at_committee, plan, seated, sitting
from tests.flows.title.test_sitting import events

WRITTEN_DOWN = ["c", "a", "d", "b"]
CRITICAL = {9: 27.88, 24: 51.18}
"""Chi-square at 0.1 % by degrees of freedom: tables of the distribution."""


def chi_square(counts, expected):
    return sum((count - expected) ** 2 / expected for count in counts)


def test_every_expert_is_drawn_equally_often():
    """Fair over 4,000 draws of 5 from 10, by fixed seeds; and in every place of the order."""
    pool = [f"expert-{number}" for number in range(10)]
    drawn = [drawing.order(f"seed {number}", pool) for number in range(4000)]
    sits = Counter(expert for order in drawn for expert in order[:5])
    assert chi_square(sits.values(), 2000) < CRITICAL[9]
    for place in range(10):
        assert chi_square(Counter(order[place] for order in drawn).values(), 400) < CRITICAL[9], place


def test_pairs_sit_together_as_often_as_chance_says():
    """Members are drawn independently: of 10 experts each pair sits together in 5 × 4 of 90 draws."""
    pool = [f"expert-{number}" for number in range(10)]
    pairs = Counter()
    for number in range(4000):
        seated = sorted(drawing.order(f"pair {number}", pool)[:5])
        pairs.update((a, b) for i, a in enumerate(seated) for b in seated[i + 1 :])
    assert len(pairs) == 45
    assert chi_square(pairs.values(), 4000 * 20 / 90) < 2 * 45


def test_a_draw_is_repeated_by_its_seed_whatever_the_order_of_the_pool():
    pool = [f"expert-{number}" for number in range(40)]
    shuffled = random.Random(1).sample(pool, len(pool))
    assert drawing.order("s", pool) == drawing.order("s", shuffled) != drawing.order("t", pool)
    assert drawing.pool_hash(pool) == drawing.pool_hash(shuffled)


def test_the_order_of_a_seed_never_changes():
    """Outsiders repeat a draw with any SHA-256: this order is for ever."""
    assert drawing.order("lectern", ["a", "b", "c", "d"]) == WRITTEN_DOWN


def test_a_drawn_committee_can_be_drawn_again_and_the_next_one_sits_for_who_cannot_come(driver):
    case = at_committee(driver)
    session_id = plan(driver)
    first = acting.drawn(driver, session_id)
    assert len(first) == 7
    hr = driver.actor("bureau.hr")
    assert queries_sessions.is_reproducible(hr, session_id)
    gone = driver.county.persons[first[0]]
    excuse = Excuse(session_id, sitting(session_id).version, gone, "出差", no_interest=True)
    commands_drawing.excuse(hr, excuse, now=driver.now)
    assert len(seated(driver, session_id)) == 7
    assert first[0] not in seated(driver, session_id)
    assert queries_sessions.is_reproducible(hr, session_id)
    assert events(session_id)["title.member_excused"]["reason"] == "出差"
    with pytest.raises(Conflict, match=r"title\.drawn"):
        acting.drawn_only(driver, session_id)
    assert case.open() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"seats": 8}, "title.seats_even"), ({"seats": 5}, "title.seats_few"),
        ({"kind": "series"}, "title.committee_kind"),
        ({"level": "高级", "kind": "series", "seats": 23}, "title.seats_few"),
        ({"level": "高级", "kind": "specialty", "seats": 9, "subject": "语文"}, "title.seats_few"),
        ({"level": "高级", "kind": "specialty", "seats": 11}, "title.subject_needed"),
        ({"vote_until": date(2026, 9, 1)}, "dates.order"), ({"filing": ""}, "title.text"),
        ({"meets_on": date(2026, 9, 9)}, "title.day_past"), ({"filed_on": date(2026, 9, 11)}, "dates.order"),
        ({"filed_on": date(2023, 9, 11)}, "title.filing_over"),
    ],
)  # fmt: skip
def test_a_committee_that_may_not_judge_is_not_planned(driver, given, field):
    with pytest.raises(Invalid, match=r"title\.session") as found:
        plan(driver, **given)
    assert field in {fault.code for fault in found.value.faults}


def test_only_who_fits_is_drawn(driver):
    at_committee(driver, "applicant")
    names = county.experts(driver, 9)
    hr, organisation = driver.actor("bureau.hr"), driver.county.organisations["hr"]
    days = (date(2026, 1, 1), date(2028, 12, 31), "库")
    for name, highest in ((county.teacher(driver, "lower", title="二级"), "二级"), ("applicant", "正高")):
        term = EnterExpert(organisation, driver.county.persons[name], highest, None, *days)
        commands_experts.enter_expert(hr, term, now=driver.now)
    session_id = plan(driver)
    assert queries_sessions.pool_size(hr, session_id) == 10, "the applicant is not on the list yet"
    drawn = acting.drawn(driver, session_id)
    assert set(drawn) <= set(names), "neither the applicant nor who may judge lower titles only"


def test_a_pool_that_is_too_small_is_said_before_anything_is_drawn(driver):
    at_committee(driver)
    session_id = plan(driver, seats=11)
    with pytest.raises(Conflict, match=r"title\.pool_small"):
        acting.drawn(driver, session_id)
    assert sitting(session_id).state == "planned"


def test_a_term_lasts_three_years_at_most_and_may_end_early(driver):
    person = driver.county.persons[county.teacher(driver, "zhou", title="正高", band="senior", grade=4)]
    hr, organisation = driver.actor("bureau.hr"), driver.county.organisations["hr"]

    def enter(until, **given):
        asked = {"highest": "正高", "subject": None, "valid_from": date(2026, 1, 1), "document": "库", **given}
        term = EnterExpert(organisation, person, valid_until=until, **asked)
        return commands_experts.enter_expert(hr, term, now=driver.now)

    with pytest.raises(Invalid) as found:
        enter(date(2029, 1, 2))
    assert found.value.faults[0].code == "title.term_too_long"
    term = enter(date(2029, 1, 1))
    with pytest.raises(Conflict, match=r"title\.expert_overlaps"):
        enter(date(2028, 1, 1), valid_from=date(2027, 1, 1))
    commands_experts.end_term(hr, EndTerm(term, date(2026, 9, 1)), now=driver.now)
    enter(date(2028, 1, 1), valid_from=date(2026, 9, 1))


def test_a_school_convenes_its_own_committee_and_no_other(driver):
    with pytest.raises(Forbidden):
        plan(driver, "s02.hr", "s01")
    with pytest.raises(Forbidden):
        plan(driver, "s01.hr", "hr")
    assert sitting(plan(driver, "s01.hr", "s01")).state == "planned"


def test_nothing_is_voted_on_before_members_marks_and_list_are_there(driver):
    case = at_committee(driver)
    session_id, hr = plan(driver), driver.actor("bureau.hr")

    def open_vote():
        asked = OpenVote(session_id, sitting(session_id).version, no_interest=True)
        commands_sitting.open_vote(hr, asked, now=driver.now)

    with pytest.raises(Conflict, match=r"title\.not_drawn"):
        open_vote()
    with pytest.raises(Conflict, match=r"title\.list_empty"):
        acting.drawn_only(driver, session_id)
    acting.drawn(driver, session_id)
    with pytest.raises(Conflict, match=r"title\.unmarked"):
        open_vote()
    with pytest.raises(Invalid, match=r"title\.marks") as wrong:
        marks = {case.id: {"demonstration": "101", "interview": "很好"}}
        commands_sitting.enter_marks(hr, EnterMarks(session_id, 3, marks, no_interest=True), now=driver.now)
    assert len(wrong.value.faults) == 2
    acting.opened(driver, session_id)
    assert case.open() == ["committee_vote"]
    with pytest.raises(Conflict, match=r"title\.voting"):
        commands_sitting.enter_marks(
            hr, EnterMarks(session_id, sitting(session_id).version, {}, no_interest=True), now=driver.now
        )
    with pytest.raises(Invalid, match=r"title\.not_waiting"):
        other = plan(driver)
        commands_sessions.list_candidates(hr, ListCandidates(other, 1, (case.id,), no_interest=True), now=driver.now)


def recuse(driver, case, member):
    task = case.task("committee_vote")
    recuse_task(driver.actor(member), Recuse(task.id, task.version, "与申报人同一课题组"), now=driver.now)


def test_twenty_five_members_vote_on_two_candidates_and_recusals_are_counted_for_each(driver):
    """Of 25 the quorum is 17. Four step aside for li: 21 present, 14 of them in favour carry it (3 × 14 ≥ 2 × 21).

    For zhao nobody steps aside: of 25 present 16 in favour do not (48 < 50).
    """
    county.opens(driver, county.HERE)
    cases = [
        at_committee(driver, name, target="高级", teacher={"title": "一级", "band": "middle", "grade": 8})
        for name in ("li", "zhao")
    ]
    county.experts(driver, 25)
    session_id = plan(driver, level="高级", kind="series", seats=25)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)
    for member in members[21:]:
        recuse(driver, cases[0], member)
    acting.voted(cases[0], members, yes=14, no=5, abstain=2)
    acting.voted(cases[1], members, yes=16, no=9)
    acting.counted(cases)
    figures = [case.variables["committee_vote"] for case in cases]
    assert [(one["decision"], one["yes"], one["present"], one["members"], one["recused"]) for one in figures] == [
        ("passed", 14, 21, 25, 4), ("failed", 16, 25, 25, 0),
    ]  # fmt: skip


def test_too_many_recusals_leave_no_quorum(driver):
    """Of 7 the quorum is 5: three step aside, four votes in favour decide nothing."""
    case = at_committee(driver)
    session_id = plan(driver)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)
    for member in members[4:]:
        recuse(driver, case, member)
    acting.voted(case, members, yes=4)
    assert case.variables["committee_vote"]["decision"] == "no_quorum"
    assert case.open() == []


def test_votes_of_the_recused_of_strangers_by_proxy_and_late_are_refused_and_nothing_is_lost(driver):
    case = at_committee(driver)
    session_id = plan(driver)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)
    relative = members[1]
    relation = DeclareRelation(driver.county.persons[relative], "spouse", relative_id=driver.county.persons["li"])
    declare_relation(driver.actor(relative), relation, now=driver.now)
    with pytest.raises(Forbidden, match=r"task\.recused"):
        case.complete("committee_vote", relative, "yes", "")
    recuse(driver, case, members[0])
    with pytest.raises(Forbidden, match=r"access\.not_holder"):
        case.complete("committee_vote", members[0], "yes", "")
    stranger = next(name for name in driver.county.persons if name.startswith("expert") and name not in members)
    with pytest.raises(Exception, match=r"task\.absent|seat\.none|access\."):
        case.complete("committee_vote", stranger, "yes", "")
    case.complete("committee_vote", members[2], "yes", "")
    with pytest.raises(Exception, match=r"seat\.|access\."):
        case.complete("committee_vote", members[2], "no", "")
    driver.clock.advance(timedelta(days=2))
    with pytest.raises(Conflict, match=r"vote\.over"):
        case.complete("committee_vote", members[3], "yes", "")
    assert case.fire("committee_vote", "due")
    assert case.variables["committee_vote"]["yes"] == 1
