"""What can be read of a vote before the sitting is over: of who was voted in and of who was not, the same."""

import re

from tests.flows.title import acting, county
from tests.flows.title.acting import at_committee, plan
from tests.flows.title.test_web import site  # noqa: F401 - the fixture

SAME = (
    (r"data:image/svg[^\"]*", "CODE"),
    (r'"[\w-]{20,}\.[\w-]+\.[\w-]+"', "TOKEN"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "ID"), (r"[0-9a-f]{32,}", "HASH"), (r"ZC-\d{4}-\d{5}", "CASE"),
    (r"(?i)teacher li|teacher zhao|\bli\b|\bzhao\b", "NAME"), (r'"seq": ?\d+|"size": ?\d+', "N"),
)  # fmt: skip
READERS = ("bureau.hr", "s02.hr")


def addresses(app, case):
    """Every address that is asked with nothing but the case, or the task of its vote."""
    known = {"case_id": case.id, "instance_id": case.id, "task_id": case.task("committee_vote").id}
    place = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and len(rule.arguments) == 1 and rule.arguments <= set(known):
            yield rule.endpoint, place.build(rule.endpoint, {name: known[name] for name in rule.arguments})


def alike(text):
    """A page without what says whose it is."""
    for pattern, word in SAME:
        text = re.sub(pattern, word, text)
    return set(re.findall(r"[^\s<>,]+", text))


def test_no_address_tells_how_a_vote_ended_while_another_candidate_is_voted_on(site, app, driver):  # noqa: F811
    county.parameter(driver, "title_post_rule", "none")
    won, lost, third = (at_committee(driver, name) for name in ("li", "zhao", "wu"))
    acting.drawn(driver, plan(driver))
    members = acting.opened(driver, acting.row(won).session_id)
    acting.voted(won, members)
    acting.voted(lost, members, yes=4, no=3)
    acting.voted(third, members, yes=1)
    asked, read = list(zip(addresses(app, won), addresses(app, lost), strict=True)), 0
    for who in (*READERS, members[0]):
        for (endpoint, first), (_same, second) in asked:
            pages = [site.page(who, path) for path in (first, second)]
            assert pages[0].status_code == pages[1].status_code, (who, endpoint)
            read += pages[0].status_code == 200
            if pages[0].mimetype in ("text/html", "application/json"):
                assert not alike(pages[0].text) ^ alike(pages[1].text), (who, endpoint)
    assert read > 20
