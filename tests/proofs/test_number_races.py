"""Numbers of official papers taken by many at once, on PostgreSQL with real threads: none twice, none left out."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.clock import SetClock
from service.db import db, transaction
from service.errors import Conflict
from service.papers import queries, templates
from service.papers.commands import PAPER, IssuePaper, issue_paper
from tests.flows.personnel import acting
from tests.proofs.test_races import THREADS, at_once
from tests.service.papers import files

GIVEN = {"report_by": "2026-12-01", "basis": ""}


@pytest.fixture
def personnel(postgres_app: Flask, clock: SetClock) -> acting.Personnel:
    return acting.county(clock, headcount=(120, 96), middle=(60, 38))


def issuing(driver: Any, cases: list[Any]) -> Callable[[int], Any]:
    """Every third forgets that fields stay empty, and is refused after it has taken its number."""

    def issue(number: int) -> Any:
        case = cases[number % len(cases)]
        command = IssuePaper(case.id, "transfer_order", GIVEN, blanks=number % 3 != 0)
        return issue_paper(driver.actor("bureau.hr"), command, now=driver.now)

    return issue


def test_numbers_have_no_gap_and_no_double_though_some_are_refused_half_way(
    postgres_app: Flask, personnel: acting.Personnel
) -> None:
    driver, there = personnel.driver, personnel.driver.county.organisations["s02"]
    asked = personnel.start("transfer", to_school=there)
    with pytest.raises(Conflict, match=r"paper\.nobody"):
        issuing(driver, [asked])(1)
    cases = [personnel.confirmed("transfer", to_school=there, person_id=personnel.someone(n)) for n in range(920, 923)]
    first = issuing(driver, cases)(1)
    text = files.text_of(queries.file(driver.actor("bureau.hr"), first.paper_id, "docx").path.read_bytes())
    assert first.number in text and "由S01到S02工作" in text and "2026年9月10日起执行" in text
    with transaction() as session:
        content = files.template("{= paper.number}", "{= person.graduated_from}")
        templates.write(session, "transfer_order", content, "hr", "留空", driver.now, state=templates.PUBLISHED)
    found = at_once(postgres_app, issuing(driver, cases))
    refused = [one.code for one in found if isinstance(one, Conflict)]
    assert refused == ["paper.blank"] * len([n for n in range(THREADS) if n % 3 == 0])
    rows = db.session.execute(select(PAPER.c.seq, PAPER.c.number).order_by(PAPER.c.seq)).all()
    assert [row.seq for row in rows] == list(range(1, THREADS - len(refused) + 2))
    assert [row.number for row in rows] == [f"教调〔2026〕{row.seq}号" for row in rows]
    db.session.rollback()
