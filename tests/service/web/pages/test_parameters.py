"""The page of policy parameters: HR proposes a value with its ground, a second person confirms it."""

from datetime import date

from sqlalchemy import insert

from service.db import db, transaction
from service.parameters import queries
from service.parameters.models import ParameterProposal
from service.parameters.scopes import COUNTY
from tests.service.tasks import flows
from tests.service.web.pages.browser import Site
from tests.workflows import diagrams as d
from workflows.base import new_id

WANTED = {"value": "3", "valid_from": "2026-09-11", "valid_until": "", "source": "教〔2026〕9号"}


def value(key: str, on: str) -> object:
    db.session.rollback()
    return queries.current(db.session(), key, date.fromisoformat(on), COUNTY).value


def test_a_value_is_proposed_by_one_and_confirmed_by_another(site: Site) -> None:
    officer, chief = site.visitor("bureau.hr", "en"), site.visitor("bureau.chief", "en")
    assert 'href="/parameters/filing_workdays"' in officer.text("/parameters")
    assert officer.post("/parameters/filing_workdays", WANTED).status_code == 302
    assert value("filing_workdays", "2026-09-11") == 5
    waiting = chief.text("/parameters")
    assert "Wait for a second person" in waiting and "3 working days" in waiting
    assert "somebody else has to confirm it" in officer.text("/parameters/filing_workdays")
    proposal = queries.proposals(site.driver.actor("bureau.chief"), "filing_workdays")[0]
    path = f"/parameters/proposals/{proposal.id}"
    assert officer.post(f"{path}/confirm").status_code == 403
    assert chief.post(f"{path}/confirm").status_code == 302
    assert value("filing_workdays", "2026-09-11") == 3
    assert "confirmed by" in officer.text("/parameters/filing_workdays")


def test_a_proposal_of_a_parameter_that_is_no_more_hides_no_other(site: Site) -> None:
    chief = site.visitor("bureau.chief", "en")
    values = {"key": "gone_since", "value": 4, "valid_from": date(2026, 9, 11), "source": "文", "state": "open"}
    with transaction() as session:
        told = {"proposed_by": "p", "proposed_at": site.driver.now}
        session.execute(insert(ParameterProposal), {"id": new_id(), **values, **told})
    assert "gone_since" not in chief.text("/parameters")


def test_a_parameter_that_operations_read_meets_the_flows_that_call_them(site: Site) -> None:
    site.driver.deploy(flows.line(d.service("gather", "title.gather"), ids=("gather",)))
    text = site.visitor("bureau.hr", "en").text("/parameters/title_evidence_years")
    assert "No diagram, table or form reads it" not in text and "running cases read it" in text


def test_the_page_tells_which_cases_would_meet_the_new_value_and_which_steps_keep_theirs(site: Site) -> None:
    site.hiring()
    officer = site.visitor("bureau.hr", "en")
    page = officer.text("/parameters/parallel_review_workdays")
    assert "1 running case reads it" in page and "3 open steps were counted by it" in page
    assert "ZP-2026-" in page and "/extend" in page
    assert "No diagram, table or form reads it" in officer.text("/parameters/attachment_megabytes")


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(site: Site) -> None:
    chief = site.visitor("bureau.chief", "en")
    refused = chief.post("/parameters/filing_workdays", {**WANTED, "value": "900", "valid_until": "2026-01-01"})
    assert refused.status_code == 422
    assert "1 to 250" in refused.text and 'value="900"' in refused.text and "last day" in refused.text


def test_a_proposal_is_refused_with_a_reason(site: Site) -> None:
    officer, chief = site.visitor("bureau.hr", "en"), site.visitor("bureau.chief", "en")
    officer.post("/parameters/filing_silence_accepts", {**WANTED, "value": "true"})
    proposal = queries.proposals(site.driver.actor("bureau.chief"), "filing_silence_accepts")[0]
    path = f"/parameters/proposals/{proposal.id}/refuse"
    assert chief.post(path, {"reason": " "}).status_code == 422
    assert chief.post(path, {"reason": "No document"}).status_code == 302
    assert "No document" in officer.text("/parameters/filing_silence_accepts")


def test_neither_the_admin_of_diagrams_nor_a_school_sets_policy(site: Site) -> None:
    for who in ("admin", "s01.hr", "auditor"):
        visitor = site.visitor(who, "en")
        assert "Propose a value" not in visitor.text("/parameters/filing_workdays"), who
        assert visitor.post("/parameters/filing_workdays", WANTED).status_code == 403, who


def test_a_value_for_weak_schools_alone_is_offered_proposed_and_listed_with_its_scope(site: Site) -> None:
    site.hiring()
    officer, chief = site.visitor("bureau.hr", "en"), site.visitor("bureau.chief", "en")
    page = officer.text("/parameters/parallel_review_workdays")
    assert "Weak schools" in page and "Remote schools" in page and "One school" in page and "One flow" not in page
    assert "For whom" not in officer.text("/parameters/attachment_megabytes")
    asked = {**WANTED, "scope": "weak", "valid_from": "2026-09-10"}
    assert "0 running cases read it" in officer.post("/parameters/parallel_review_workdays/affected", asked).text
    everybody = officer.post("/parameters/parallel_review_workdays/affected", {**asked, "scope": ""})
    assert "1 running case reads it" in everybody.text
    assert officer.post("/parameters/parallel_review_workdays", asked).status_code == 302
    proposal = queries.proposals(site.driver.actor("bureau.chief"), "parallel_review_workdays")[0]
    assert "Weak schools" in chief.text("/parameters")
    chief.post(f"/parameters/proposals/{proposal.id}/confirm")
    assert "Set apart today" in officer.text("/parameters/parallel_review_workdays")
    assert "Weak schools · 3 working days" in officer.text("/parameters")


def test_a_scope_that_is_none_is_told_beside_its_field_and_ends_only_what_was_set_apart(site: Site) -> None:
    officer = site.visitor("bureau.hr", "en")
    refused = officer.post("/parameters/filing_workdays", {**WANTED, "scope": "area:moon"})
    assert refused.status_code == 422 and "There is no such school" in refused.text
    whole = officer.post("/parameters/filing_workdays", {**WANTED, "ends": "1"})
    assert whole.status_code == 422 and "1 to 250" in whole.text
    assert officer.post("/parameters/filing_workdays", {**WANTED, "ends": "1", "scope": "weak"}).status_code == 302
    assert "as elsewhere" in officer.text("/parameters/filing_workdays")


def test_a_scope_that_is_none_is_answered_by_the_words_of_those_that_there_are(site: Site) -> None:
    asked = {**WANTED, "scope": "moon:1", "valid_from": "2026-09-10"}
    for locale, said in (
        ("zh", "（学校、学区或集团、薄弱学校、"),
        ("en", "(a school, a district or a group, weak schools, "),
    ):
        refused = site.visitor("bureau.hr", locale).post("/parameters/parallel_review_workdays", asked)
        assert refused.status_code == 422 and said in refused.text
