"""Whoever guesses an id of another school's learns nothing: every address and method with an id, every role.

The small size asks each address as every third role, another third at each, and so every role at a third of them.
"""

import os
from difflib import unified_diff

import pytest

from tests.service.people.county import PEOPLE
from tests.service.web.strangers.asking import Asker, Line, lines, said
from tests.service.web.strangers.secrets import INVENTED, SEES, Secret

OTHERWISE = {"pages.task_preview": 200, "api.revoke_token": 204, "api.hear_publicity_objection": 403}
"""The part beside the inbox tells of an absent task in its own words; what is no token of mine is no longer one; what
comes of an objection is said by bureau HR alone, who are asked first.
"""
RETRIES = {("api.retry_instance", "admin"), ("pages.retry", "admin"), ("api.migrate_instance", "admin")}
"""The admin, who reads no case, is told by incidents which one has failed, and may retry and migrate it (policy.py)."""
REFUSED_FIRST = frozenset(
    {"timer_id", "incident_id", "message_id", "matching_id", "draft_id", "migration_id", "load_id", "report_id",
     "paper_case_id", "import_id"}
)  # fmt: skip
"""Acts of admins or of the bureau alone, refused before anything is looked up: 403 of real and invented ids."""
THIRD = 1 if os.environ.get("LECTERN_PROVE") else 3
READ = {200, 302, 403, 404, 409}


def test_every_address_with_an_id_is_closed_to_every_role_that_may_not_know_of_it(
    secret: Secret, capsys: pytest.CaptureFixture[str]
) -> None:
    found: dict[str, dict[str, str]] = {}
    wrong: list[str] = []
    askers = {who: Asker(secret, who) for who in PEOPLE}
    for number, line in enumerate(lines(secret.house.app)):
        row = found.setdefault(line.name, {})
        for who, asker in list(askers.items())[number % THIRD :: THIRD]:
            knows = line.open_to(who) or (line.rule.endpoint, who) in RETRIES
            row[who], faults = (_as_insider if knows else _as_stranger)(asker, secret, line)
            wrong += [f"{line.name} {who}: {fault}" for fault in faults]
    with capsys.disabled():
        print(f"\n{table(found)}\nS = may know of it by policy, a change is not tried; s = the same, as it reads")
    assert len(found) > 90
    assert not wrong, "\n".join(wrong)


def _as_insider(asker: Asker, secret: Secret, line: Line) -> tuple[str, list[str]]:
    """Who may know that it exists reads it, is refused, or does not find that part of it; it never fails."""
    if line.method != "GET":
        return "S", []
    status = asker.ask(line, secret.ids).status_code
    return f"s{status}", [] if status in READ else [f"{status}"]


def _as_stranger(asker: Asker, secret: Secret, line: Line) -> tuple[str, list[str]]:
    """A stranger is told the same of a real id and of an invented one: that there is nothing.

    Of several ids only those are invented that this role may not know.
    """
    unknown = {name for name in line.private if asker.who not in SEES[name]} or line.private
    names = frozenset(unknown) | (line.rule.arguments & {"organisation_id"})
    numbered = enumerate(sorted(line.rule.arguments & names))
    invented = {**secret.ids, **{name: f"{INVENTED[:-1]}{number}" for number, name in numbered}}
    real, of_nothing = asker.ask(line, secret.ids), asker.ask(line, invented)
    faults = []
    told, of_invented = said(real, secret.ids, names), said(of_nothing, invented, names)
    if told != of_invented:
        faults += unified_diff(told.split("\n"), of_invented.split("\n"), "real", "invented", n=0, lineterm="")
    refused = line.private <= REFUSED_FIRST
    expected = OTHERWISE.get(line.rule.endpoint, 403 if refused else 404)
    if real.status_code != expected:
        faults.append(f"{real.status_code} instead of {expected}: {real.text[:200]}")
    return str(real.status_code), faults


def test_every_id_in_an_address_has_a_sample(secret: Secret) -> None:
    named = {name for line in lines(secret.house.app) for name in line.rule.arguments}
    assert named == set(secret.ids)
    assert {name for line in lines(secret.house.app) for name in line.private} == set(SEES)


def table(found: dict[str, dict[str, str]]) -> str:
    """Addresses by roles, for people to read."""
    width = max(map(len, found))
    roles = list(dict.fromkeys(who for cells in found.values() for who in cells))
    rows = [" " * width + "  " + "  ".join(roles)]
    for line, cells in found.items():
        rows.append(line.ljust(width) + "  " + "  ".join(cells.get(who, "").rjust(len(who)) for who in roles))
    return "\n".join(rows)
