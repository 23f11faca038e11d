"""Who may stand in for whom, and which substitutions exclude each other: pure rules."""

from dataclasses import dataclass

import pytest

from service.access.rules_substitutes import clash, may_hold, share_a_flow


@dataclass(frozen=True)
class Place:
    role: str
    organisation_id: str = "s01"


@dataclass(frozen=True)
class Named:
    represented_id: str
    substitute_id: str
    flows: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("own", "wanted", "may"),
    [
        ([Place("principal", "s02")], Place("principal"), True),
        ([Place("vice_principal")], Place("principal"), True),
        ([Place("vice_principal", "s02")], Place("principal"), False),
        ([Place("teacher")], Place("principal"), False),
        ([Place("principal")], Place("school_hr"), True),
        ([Place("school_hr")], Place("principal"), False),
        ([Place("bureau_hr_chief", "hr")], Place("bureau_hr_officer", "hr"), True),
        ([Place("bureau_hr_officer", "hr")], Place("bureau_hr_chief", "hr"), False),
        ([Place("bureau_hr_chief", "hr"), Place("bureau_leader")], Place("staffing_officer", "staffing"), False),
        ([Place("staffing_officer", "staffing")], Place("staffing_officer", "staffing"), True),
        ([Place("auditor")], Place("auditor"), True),
        ([Place("auditor"), Place("principal")], Place("principal"), False),
        ([], Place("teacher"), False),
    ],
)
def test_only_who_may_hold_the_role_stands_in_for_it(own: list[Place], wanted: Place, may: bool) -> None:
    assert may_hold(own, wanted) is may


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (Named("p", "x"), "substitute.overlap"),
        (Named("p", "x", ("title",)), None),
        (Named("p", "x", ("title", "hiring")), "substitute.overlap"),
        (Named("s", "p", ("hiring",)), "substitute.circle"),
        (Named("s", "x"), "substitute.is_represented"),
        (Named("s", "x", ("title",)), None),
        (Named("x", "p"), "substitute.stands_in"),
        (Named("x", "s"), None),
    ],
)
def test_one_substitute_a_flow_and_neither_chain_nor_circle(other: Named, code: str | None) -> None:
    assert clash(Named("p", "s", ("hiring",)), other) == code


def test_all_flows_meet_every_flow() -> None:
    assert share_a_flow((), ()) and share_a_flow((), ("hiring",)) and not share_a_flow(("title",), ("hiring",))
