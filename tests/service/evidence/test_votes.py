"""A vote on paper and in the bundle: counts to be counted again, and nobody's choice."""

import json
import zipfile

import pytest

from service.db import db
from service.errors import Conflict
from service.evidence import offline
from service.evidence.checking import check_sheet
from service.evidence.sheet import sheet
from tests.driver import Driver
from tests.service.people import county as counties
from tests.service.tasks import polls

SAID = ["yes", "no", "yes", "abstain", "yes", "yes"]


@pytest.fixture
def driver(app, clock):
    return Driver(counties.build(), clock)


def voted(driver, **terms):
    members = polls.committee(driver, len(SAID))
    case = polls.begun(driver, members, **terms)
    for who, choice in zip(members, SAID, strict=True):
        if "vote" in case.open():
            polls.cast(case, who, choice)
    return case


def events(files, kind):
    found = [json.loads(line) for line in files[offline.EVENTS].splitlines()]
    return [event for event in found if event["kind"] == kind]


def test_a_secret_vote_can_be_counted_again_without_a_server(driver, export, zipped):
    files = export(voted(driver))
    [ballots] = json.loads(files[offline.VOTES]).values()
    assert sorted(choice for _, choice in ballots) == sorted(SAID)
    assert offline.verify(zipped(files)).problems == []
    assert all(event["sensitive"] is None for event in events(files, "task.voted"))


def test_a_changed_ballot_is_noticed_even_under_a_fresh_signature(driver, export, tmp_path):
    """The box alone is looked at, as if whoever changed it could sign the manifest anew."""
    files = export(voted(driver))
    [(task_id, ballots)] = json.loads(files[offline.VOTES]).items()
    [first_id, said], *others = ballots
    turned = [[first_id, "no" if said == "yes" else "yes"], *others]
    for boxes in ({task_id: turned}, {task_id: others}, {}, {task_id: ballots, "another": ballots}):
        path = tmp_path / "changed.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(offline.EVENTS, files[offline.EVENTS])
            archive.writestr(offline.VOTES, json.dumps(boxes))
        result = offline.Result()
        with zipfile.ZipFile(path) as archive:
            offline._check_votes(archive, result)
        assert len(result.problems) == 1, boxes


def test_the_ballots_of_a_named_vote_are_withheld_until_it_closes(driver, export):
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members, secret="false")
    polls.cast(case, members[0], "no", "理由不足")
    [running] = events(export(case), "task.voted")
    assert running["withheld"]
    assert "sensitive" not in running
    polls.cast(case, members[1], "no")
    told = events(export(case), "task.voted")
    assert [json.loads(event["sensitive"])["decision"] for event in told] == ["no", "no"]


def test_the_sheet_tells_counts_and_no_names(driver):
    case = voted(driver)
    found = sheet(driver.actor("bureau.chief"), case.id)
    db.session.rollback()
    [row] = found.signed
    assert (row.kind, row.actor_id, row.body["yes"], row.body["no"]) == ("vote.closed", "system", 4, 1)
    [line] = check_sheet(found.code, now=driver.now).signatures
    assert line.endswith("passed yes=4 no=1 abstain=1 present=6 members=6 recused=0")


def test_a_secret_vote_that_runs_has_no_box_to_take_out(driver, export):
    members = polls.committee(driver, 2)
    case = polls.begun(driver, members)
    polls.cast(case, members[0], "yes")
    assert offline.VOTES not in export(case)
    with pytest.raises(Conflict):
        polls.cast(case, members[0], "no")
