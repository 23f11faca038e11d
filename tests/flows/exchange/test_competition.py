"""An open competition is ranked by the marks of its panel (policy §3.X 3), and nobody marks who has an interest."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.attachments import queries as attachments
from service.errors import Conflict, Invalid, NotFound
from service.flows.exchange import assessing, queries_openings
from service.flows.exchange.assessing import Assessed, Member
from service.flows.exchange.commands_competitions import Assess, assess
from service.instances.commands import CaseCommand, cancel_instance
from tests.flows.exchange import driving
from tests.service.tasks import scans

PANEL = [Member("评委甲"), Member("评委乙"), Member("评委丙")]


def codes(found, applicants=("a", "b"), barred=None):
    return [(fault.path, fault.code.removeprefix("exchange.")) for fault in
            assessing.mark_faults(found, applicants, barred or {})]  # fmt: skip


def of(a, b=("70", "70", "70"), **more):
    return Assessed(PANEL, {"a": a, "b": b}, {}, **more)


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        (of(("80", "85.25", "100")), []),
        (of(("80", "", "90")), []),
        (of(("80", "", "")), [("a", "panel_quorum")]),
        (of(("80", "90")), [("a", "mark")]),
        (of(("80", "90", "100.5")), [("a", "mark")]),
        (of(("80", "90", "-1")), [("a", "mark")]),
        (of(("80", "90", "88.125")), [("a", "mark")]),
        (of(("80", "90", "NaN")), [("a", "mark")]),
        (of(("70", "70", "70")), [("a", "panel_tie"), ("b", "panel_tie")]),
        (of(("70", "70", "70"), order=("b", "a")), [("tie_reason", "text")]),
        (of(("70", "70", "70"), order=("b", "a"), tie_reason="教龄较长"), []),
        (Assessed(PANEL, {"a": ("80", "80", "80")}, {"b": " "}), [("b", "text")]),
        (Assessed(PANEL, {"a": ("80", "80", "80"), "c": ()}, {}), [("c", "no_applicant"), ("b", "mark")]),
    ],
)
def test_what_is_wrong_with_marks_is_said_of_each_applicant(found, faults):
    assert codes(found) == faults


@pytest.mark.parametrize(("marks", "faults"), [(("80", "", "90"), []), (("80", "99", "90"), [("a", "panel_related")])])
def test_who_has_an_interest_in_an_applicant_gives_no_mark_there(marks, faults):
    assert codes(of(marks), barred={"a": {"评委乙"}}) == faults


@pytest.mark.parametrize(
    ("panel", "faults"),
    [
        (PANEL, []),
        (PANEL[:2], ["panel"]),
        ([*PANEL, Member(" ")], ["panel.3.name"]),
        ([*PANEL, PANEL[0]], ["panel.3.name"]),
        ([Member(f"评委{number}") for number in range(16)], ["panel"]),
    ],
)
def test_a_panel_has_enough_members_each_named_once(panel, faults):
    assert [fault.path for fault in assessing.panel_faults(panel, 3)] == faults


MARKS = st.integers(0, 10_000).map(lambda n: f"{n // 100}.{n % 100:02}")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(MARKS, MARKS, MARKS), min_size=1))
def test_a_higher_mean_always_comes_first_however_close(marks):
    ranked = assessing.ranking(Assessed(PANEL, marks, {}))
    exact = {one: sum(Fraction(mark) for mark in each) for one, each in marks.items()}
    assert sorted(ranked) == sorted(marks)
    assert [exact[one] for one in ranked] == sorted(exact.values(), reverse=True)


def test_equals_stand_in_the_order_of_the_panel_and_means_that_only_print_alike_do_not():
    equal = of(("70", "70", "70"), order=("b", "a"), tie_reason="教龄较长")
    assert assessing.ranking(equal) == ["b", "a"]
    close = Assessed([*PANEL, *PANEL], {"a": ("70", *["70"] * 5), "b": ("70.01", *["70"] * 5)}, {})
    assert (assessing.total(close.marks["a"]), assessing.total(close.marks["b"])) == ("70.00", "70.00")
    assert assessing.ranking(close) == ["b", "a"] and assessing.tied(close) == []


def competed(world):
    case = driving.start(world)
    driving.offer(world, case, "s02", competition=True, band="middle")
    driving.offer(world, case, "s02")
    driving.opened(world, case)
    for who in ("a1", "a2"):
        driving.apply(world, case, who, *(one.id for one in driving.openings(world, case)))
    case.fire("applications_over")
    return case


def test_a_relative_of_an_applicant_marks_the_others_only(at):
    world, case = at("competition", competed)
    opening = driving.openings(world, case)[0]
    driving.related(world, "a1", "b1")
    ids, clerk = [world.entry(case, who).id for who in ("a1", "a2")], world.actor("s02.hr")
    panel = ("评委甲", "b1", "评委丙", "评委丁")
    sheet = scans.scan(world, "s02.hr")
    wrong = driving.marked(opening.id, dict.fromkeys(ids, ("80", "90", "80", "80")), panel=panel, sheet=sheet)
    with pytest.raises(Invalid) as refused:
        assess(clerk, wrong, now=world.now)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [(ids[0], "exchange.panel_related")]
    right = {ids[0]: ("80", "", "80", "80"), ids[1]: ("80", "90", "80", "80")}
    assess(clerk, driving.marked(opening.id, right, panel=panel, sheet=sheet), now=world.now)
    assert [one.entry_id for one in driving.applicants(world, opening.id, "s02.hr")] == [ids[1], ids[0]]


def test_marks_are_for_competitions_and_every_member_was_asked(at):
    world, case = at("competition", competed)
    competition, plain = driving.openings(world, case)
    ids, clerk = [world.entry(case, who).id for who in ("a1", "a2")], world.actor("s02.hr")
    marks = {ids[0]: ("80", "80", "80"), ids[1]: ("90", "90", "90")}
    with pytest.raises(Conflict, match=r"exchange\.no_competition"):
        assess(clerk, driving.marked(plain.id, marks), now=world.now)
    with pytest.raises(Invalid) as refused:
        assess(clerk, Assess(competition.id, driving.marked(competition.id, marks).found), now=world.now)
    assert [fault.path for fault in refused.value.faults] == ["no_interest", "sheet"]


def readers(world, opening_id):
    """Who reads the score sheet of an opening, of those who read the plan."""
    found = []
    for who in ("bureau.hr", "s02.hr", "s01.hr", "a1", "bureau.leader", "auditor"):
        with suppress(NotFound):
            found += [who] if queries_openings.score_sheet(world.actor(who), opening_id).size else []
    return found


def test_the_signed_sheet_is_for_the_school_while_the_plan_runs_and_for_bureau_hr(at):
    world, case = at("competition", competed)
    opening = driving.openings(world, case)[0]
    ids, clerk = [world.entry(case, who).id for who in ("a1", "a2")], world.actor("s02.hr")
    marks, sheet = {ids[0]: ("80", "80", "80"), ids[1]: ("90", "90", "90")}, scans.scan(world, "s02.hr")
    assess(clerk, driving.marked(opening.id, marks, sheet=sheet), now=world.now)
    assess(clerk, driving.marked(opening.id, {**marks, ids[0]: ("81", "80", "80")}), now=world.now)
    assert readers(world, opening.id) == ["bureau.hr", "s02.hr"]
    listed = {who: attachments.of_instance(world.actor(who), case.id) for who in ("bureau.hr", "s01.hr", "a1")}
    assert [file.id for files in listed.values() for file in files] == []
    cancel_instance(world.actor("bureau.hr"), CaseCommand(case.id, reason="计划作废"), now=world.now)
    assert readers(world, opening.id) == ["bureau.hr"]
