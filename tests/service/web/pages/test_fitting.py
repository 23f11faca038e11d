"""A demand that does not fit says which row, why, and what can be done about it in one click."""

import re

from service.db import transaction
from tests.driver import BPMN, folder
from tests.service.web.pages.browser import Site
from workflows import catalogue

CHOICE = re.compile(r'data-set="([^"]+)" value="([^"]+)">([^<]+)<')


def asked(site: Site, *rows: tuple[str, int], locale: str = "zh") -> str:
    """The live answer for rows of (band, count); s01 has free: 4 headcount, 0 senior, 2 middle, 4 junior."""
    sent = {f"posts.{number}.{name}": value for number, row in enumerate(rows)
            for name, value in zip(("band", "count"), row, strict=True)}  # fmt: skip
    reply = site.visitor("s01.hr", locale).post("/start/hiring/effect", sent)
    assert reply.status_code == 200, reply.text
    return reply.text


def test_what_fits_has_no_advice(site: Site) -> None:
    assert "data-set" not in asked(site, ("middle", 2), ("junior", 2))


def test_a_count_that_is_no_number_asks_for_nothing(site: Site) -> None:
    for count in ("²", "9" * 5000):
        reply = site.visitor("s01.hr").post("/start/hiring/effect", {"posts.0.band": "middle", "posts.0.count": count})
        assert reply.status_code == 200 and "data-set" not in reply.text


def test_a_full_band_offers_the_next_lower_one_with_room_for_the_row(site: Site) -> None:
    page = asked(site, ("senior", 1))
    assert "第 1 行：高级岗位申请 1 个，只余 0 个（核定 20，在用 21）" in page
    assert CHOICE.findall(page) == [("posts.0.band", "middle", "改为中级岗位")]
    assert CHOICE.findall(asked(site, ("middle", 2), ("senior", 1))) == [("posts.1.band", "junior", "改为初级岗位")]


def test_a_row_is_judged_after_the_rows_above_it_and_can_be_made_smaller(site: Site) -> None:
    page = asked(site, ("middle", 1), ("middle", 2))
    assert "第 2 行" in page and "第 1 行" not in page
    assert CHOICE.findall(page) == [("posts.1.band", "junior", "改为初级岗位"), ("posts.1.count", "1", "减为 1 个")]


def test_where_persons_lack_headcount_another_band_is_no_way_out(site: Site) -> None:
    page = asked(site, ("middle", 2), ("junior", 3), locale="en")
    assert "Row 2: Headcount: 3 asked, 2 left" in page and "1 short" in page and "ask the staffing office" in page
    assert CHOICE.findall(page) == [("posts.1.count", "2", "Ask for 2")]


def test_only_a_county_with_reserved_posts_offers_to_ask_for_one(site: Site) -> None:
    assert "reserved_post" not in asked(site, ("senior", 1))
    with transaction() as session:
        catalogue.deploy(session, folder(BPMN / "reserved-posts"), now=site.driver.now)
    assert 'href="/start/reserved_post?band=senior"' in asked(site, ("senior", 1))
    assert 'value="senior" selected' in site.visitor("s01.hr").text("/start/reserved_post?band=senior")


def test_only_a_step_that_can_refuse_says_what_a_refusal_gives_back(site: Site) -> None:
    case = site.hiring()
    review = site.visitor("bureau.hr").text(f"/tasks/{case.task('bureau_review').id}")
    assert "本案预留 2；不同意则释放，空余回到 4" in review
    case = site.registering()
    assert case.fire("announcement_period")
    page = site.visitor("s01.hr").text(f"/tasks/{case.task('qualify_school').id}")
    assert "本案预留 2" in page and "不同意则释放" not in page
