"""The opening of a county in one day: its pages, files and commands alone, as docs/opening.md tells it.

Small here; LECTERN_PROVE takes forty schools and 2,513 persons (3 schools over their number, 12 cases under way on
paper, 2 schools without a network), and prints what each part took.
"""

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from service.access.actor import Actor
from service.audit.checkpoint import seal
from service.audit.verify import verify
from service.cli import main
from service.posts import queries_sums
from tests.conftest import START
from tests.driver import BPMN
from tests.processes import environment
from tests.proofs.opening_county import CASES, OFFICER, OFFLINE, OVER, PROVE, SCHOOLS, code_of, first_of, name_of
from tests.proofs.opening_day import PASSWORD, Day, SheetRows, Visitor, agreed, demanded, on_paper
from tests.service.web.pages.test_paper_cases import PDF, rows_of

TODAY = START.date().isoformat()


class Morning(datetime):
    """The clock of who types the commands stands where that of the pages does."""

    @classmethod
    def now(cls, tz: Any = None) -> "Morning":
        return cls.fromtimestamp(START.timestamp(), tz)


@pytest.fixture
def installed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Chapter 1: what the operator types. The first admin has logged in."""
    for module in ("service.cli.datetime", "service.cli.accounts.datetime"):
        monkeypatch.setattr(module, Morning)
    given = environment(app.extensions["lectern.settings"]) | {"LECTERN_ADMIN_PASSWORD": PASSWORD}
    for command in ("init", "create-admin admin", "create-admin second", f"deploy --shared {BPMN / 'shared'}",
                    f"deploy {BPMN / 'hiring'}"):  # fmt: skip
        done = CliRunner().invoke(main, command.split(), env=given)
        assert done.exit_code == 0, (command, done.output)
    return Visitor(app, "admin")


def under_way(number: int) -> SheetRows:
    """A case of a school that stands at the qualification of candidates."""
    return rows_of(count="1", 单位=code_of(number))


def asked_on_paper(school: int) -> SheetRows:
    """What a school without a network asks for: nobody has looked at it yet."""
    asked = rows_of(count="1", 单位=code_of(school), 申请日期="2026-09-09", 停在步骤="bureau_review")
    return asked | {"步骤": []}


def signed(day: Day, head: Visitor, clerk: Visitor, chief: Visitor, school: int) -> None:
    """Chapter 4, and that no other case is open: school and bureau, each once."""
    place_id = day.places[name_of(school)]
    address = f"/opening/reconciliation/{place_id}"
    digest = re.search(r'name="digest" value="(\w+)"', head.text(address))
    assert digest
    for who, side in ((head, "school"), (chief, "bureau")):
        who.done(address, {"side": side, "digest": digest.group(1), "text": ""})
    for who, side in ((clerk, "school"), (chief, "bureau")):
        who.done(f"/opening/open-cases/{place_id}", {"act": side})


def sealed(day: Day, officer: Visitor, chief: Visitor, school: int) -> None:
    """The same of a school without a network: list and slip go there on paper, the sealed list comes back."""
    place_id = day.places[name_of(school)]
    address = f"/opening/reconciliation/{place_id}"
    day.slip(name_of(school), first_of(school))
    printed = officer.text(f"{address}/list")
    assert f"人员{first_of(school)}" in printed
    [code] = set(re.findall(r">([0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4})<", printed))
    signer = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>[^<]*校长<', officer.text(address))
    assert signer
    paper = {
        "says": ["list", "cases"], "person_id": signer.group(1), "document": f"{code_of(school)}〔2026〕1号",
        "decided_on": TODAY, "code": code, "text": "", "scan": (BytesIO(PDF), "盖章清单.pdf"),
    }  # fmt: skip
    officer.done(f"{address}/paper", paper)
    digest = re.search(r'name="digest" value="(\w+)"', chief.text(address))
    assert digest
    chief.done(address, {"side": "bureau", "digest": digest.group(1), "text": ""})
    chief.done(f"/opening/open-cases/{place_id}", {"act": "bureau"})


def checked_on_paper(officer: Visitor, told: str) -> None:
    """The staffing office decides on a printed form about what the school has asked for; the bureau records it."""
    case = re.findall(r"/cases/[0-9a-f-]{36}", officer.text(told))[0]
    task = re.search(r"(/tasks/[0-9a-f-]{36})/paper.*登记纸质决定：编办核编", officer.text(case))
    assert task
    line = re.search(r"LECTERN-TASK [^<]+", officer.text(f"{task.group(1)}/form"))
    assert line and task.group(1).rpartition("/")[2] in line.group()
    page = officer.text(f"{task.group(1)}/paper")
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    scan = officer.post("/attachments", {"file": (BytesIO(PDF), "编办批复.pdf")}).json["id"]
    officer.done(f"{task.group(1)}/paper", {
        "paper.decided_by": "县委编办", "paper.document": "编办〔2026〕21号", "paper.decided_on": TODAY,
        "paper.scan[]": scan, "decision": "approve", "version": version.group(1),
    })  # fmt: skip
    assert "书面" in officer.text(case)


def asked(day: Day, clerk: Visitor, school: int) -> None:
    """A demand goes through where a post is free, and is refused where it is not."""
    place_id = day.places[name_of(school)]
    first = demanded(clerk, place_id)
    if school in OVER:
        assert first.status_code in (409, 422) and "编制" in first.text, first.text
        return
    assert first.status_code == 302, re.findall(r'class="note bad".*?</div>', first.text, re.DOTALL)
    if school <= CASES:
        full = demanded(clerk, place_id)
        assert full.status_code in (409, 422) and "编制" in full.text, "two were free, the case on paper has one"


def test_a_county_opens_in_a_day_by_pages_and_files_alone(installed: Visitor) -> None:
    day = Day(installed)
    day.load()
    day.open_accounts()
    chief, officer = day.enter("组织人事科", OFFICER), day.enter("组织人事科", OFFICER + 1)
    agreed(chief, day.enter("青禾县教育局", OFFICER + 2), "no_open_cases_needed", "true", TODAY)
    on_paper(officer, chief, {f"纸{number}": under_way(number) for number in range(1, CASES + 1)})
    told = on_paper(officer, chief, {f"离网{school}": asked_on_paper(school) for school in OFFLINE})
    day.told(f"{CASES} cases under way and {len(OFFLINE)} demands on paper")
    for school in range(1, SCHOOLS + 1) if PROVE else (1, *OFFLINE, SCHOOLS):
        if school in OFFLINE:
            sealed(day, officer, chief, school)
            continue
        head, clerk = day.office(school)
        early = demanded(clerk, day.places[name_of(school)])
        refused = early.status_code == 409 and "确认" in early.text and "在办" in early.text
        assert refused, "nobody has confirmed that no other case is open"
        signed(day, head, clerk, chief, school)
        asked(day, clerk, school)
    checked_on_paper(officer, told)
    day.told("signed, confirmed and asked for posts")
    whole = chief.text("/opening/open-cases") + chief.text("/opening/reconciliation")
    done = SCHOOLS if PROVE else len(OFFLINE) + 2
    assert f"{done} 所" in whole, re.findall(r"\d+ 所[^<]*", whole)
    assert not queries_sums.reconcile(Actor.system())
    assert all(sums.is_conserved for sums in queries_sums.county(Actor.system()))
    seal(START + timedelta(minutes=1))
    assert verify(START + timedelta(minutes=2)).ok
