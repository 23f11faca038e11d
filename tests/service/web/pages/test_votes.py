"""The page of a vote: what a ballot paper asks for, what it says too late, and what is shown when it has closed."""

from datetime import timedelta

from tests.service.tasks import polls
from tests.service.web.pages.browser import Site


def test_a_secret_paper_has_three_choices_and_nothing_to_write(site: Site) -> None:
    members = polls.committee(site.driver, 3)
    case = polls.begun(site.driver, members)
    task = case.task("vote")
    page = site.visitor(members[0], "en").text(f"/tasks/{task.id}")
    assert [f'value="{choice}"' in page for choice in ("yes", "no", "abstain")] == [True] * 3
    assert 'name="opinion"' not in page
    assert "data-draft" not in page
    cast = site.visitor(members[0], "en").post(f"/tasks/{task.id}/complete", {"decision": "no"})
    assert cast.location.endswith(f"/tasks/{task.id}")
    after = site.visitor(members[0], "en").text(f"/tasks/{task.id}")
    assert "You have voted" in after
    assert 'name="decision"' not in after
    again = site.visitor(members[0], "en").post(f"/tasks/{task.id}/complete", {"decision": "yes"})
    assert again.status_code == 409
    site.driver.clock.set(task.due_at + timedelta(seconds=1))
    late = site.visitor(members[1], "en").text(f"/tasks/{task.id}")
    assert "The time for voting is over" in late
    assert 'name="decision"' not in late


def test_a_named_vote_shows_who_chose_what_once_it_has_closed(site: Site) -> None:
    members = polls.committee(site.driver, 3)
    case = polls.begun(site.driver, members, secret="false")
    task = case.task("vote")
    paper = site.visitor(members[0], "en").text(f"/tasks/{task.id}")
    assert 'name="opinion"' in paper and "data-draft" in paper
    polls.cast(case, members[0], "no", "Papers are missing")
    running = site.visitor(members[1], "en").text(f"/tasks/{task.id}")
    assert "1 of 3 have voted" in running
    assert "Papers are missing" not in running and "against" not in running
    polls.cast(case, members[1], "no")
    closed = site.visitor(members[1], "en").text(f"/tasks/{task.id}")
    assert "Papers are missing" in closed and "Not carried" in closed
    assert "did not vote" in closed
