"""The title of a case in the reader's language: made of the flow's words and what the case is about."""

from types import SimpleNamespace
from typing import Any

import pytest

from service.db import db
from service.instances.models import ProcessCase
from service.people.models import Organisation
from service.tasks import queries_boxes, titling
from service.tasks.queries_boxes import BoxQuery
from tests.driver import Driver
from tests.service.tasks import flows

SECTION = {
    "zh": "{school}{kind}：{subjects}",
    "en": "{school}: {kind} of {subjects}",
    "parts": {"kind": "=kind", "subjects": "=subjects"},
    "words": {"kind": {"in": {"zh": "调入", "en": "arrival"}}},
}
SUBJECT = {"components": [{"type": "select", "key": "subjects", "values": [
    {"value": "maths", "label": "数学", "label_en": "Mathematics"}, {"value": "art", "label": "美术"},
]}]}  # fmt: skip
SCHOOL = SimpleNamespace(name="实验小学", name_en="Experimental School")


def definition(section: Any = SECTION) -> Any:
    return SimpleNamespace(settings={"title": section} if section else {}, forms={"start": SUBJECT})


def worded(values: dict[str, Any], locale: str, section: Any = SECTION, school: Any = SCHOOL) -> str | None:
    parts = titling.parts_of({"title": section} if section else {}, school, lambda text: values.get(text.strip()))
    return titling.worded(definition(section), parts, locale)


CASES = [
    (
        {"kind": "in", "subjects": ["maths", "art"]},
        "实验小学调入：数学、美术",
        "Experimental School: arrival of Mathematics, 美术",
    ),
    ({"kind": "swap", "subjects": "体育"}, "实验小学swap：体育", "Experimental School: swap of 体育"),
    ({"kind": None, "subjects": []}, "实验小学：", "Experimental School:  of "),
]  # fmt: skip


@pytest.mark.parametrize(("values", "chinese", "english"), CASES)
def test_a_value_reads_as_the_flow_words_it_else_as_its_field_else_as_it_is(
    values: dict[str, Any], chinese: str, english: str
) -> None:
    assert (worded(values, "zh"), worded(values, "en")) == (chinese, english)


def test_without_words_of_its_own_there_is_no_title_and_a_school_without_english_keeps_its_name() -> None:
    bare = SimpleNamespace(name="实验小学", name_en="")
    assert worded({}, "en", None) is None
    assert worded({}, "en", {"zh": "{school}"}) is None
    assert worded({}, "en", {"zh": "{school}", "en": "At {school}"}, bare) == "At 实验小学"
    assert len(worded({"kind": "长" * 400}, "zh") or "") == titling.LIMIT


def test_a_case_keeps_its_chinese_title_and_what_it_is_made_of_and_is_found_by_both(driver: Driver) -> None:
    files = flows.line(flows.task("check", "staffing_officer", decisions="approve"), ids=("check",))
    said = '\n[title]\nzh = "{school}申请 {n} 人"\nen = "{school} asks for {n}"\n[title.parts]\nn = "=count"\n'
    driver.deploy(files | {"flow.toml": files["flow.toml"] + said.encode()})
    school = db.session.get_one(Organisation, driver.county.organisations["s01"])
    school.name_en = "Lakeside School"
    name = school.name
    db.session.commit()
    case = driver.start("small", by="s01.hr", count=3)
    row = db.session.get_one(ProcessCase, case.id)
    assert (row.title, row.title_parts) == (
        f"{name}申请 3 人", {"school": {"zh": name, "en": "Lakeside School"}, "n": "3"}
    )  # fmt: skip
    db.session.rollback()
    office = driver.actor("staffing.office")
    for words in ("lakeside", "Asks FOR", "side school", "申请", name[:2]):
        found = queries_boxes.page(office, BoxQuery("claimable", q=words)).items
        assert [task.instance_id for task in found] == [case.id], words
        db.session.rollback()
    assert queries_boxes.page(office, BoxQuery("claimable", q="hillside")).items == []
    db.session.rollback()
