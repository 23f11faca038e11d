"""Rows of a form in one line, as the preview beside the inbox shows them."""

import json

from flask import Flask

from service.web.pages.factview import fact
from tests.flows.hiring.county import folder

FORM = json.loads(folder("reserved-round")["reserved-pool.form"])
POOL = next(one for one in FORM["components"] if one["key"] == "pool")
ROW = {"band": "senior", "total": 605, "floor": 61, "approved": 61, "shortage": 0, "lent": 52, "free": 8, "offered": 5}


def test_each_number_of_a_row_says_what_it_counts_and_none_is_left_out(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        said = fact(POOL, [ROW])
    assert said.startswith("Senior · Posts of the county 605 · ")
    assert "Shortage 0 · Lent 52 · Free 8 · Offered now 5" in said


def test_a_box_of_a_row_says_what_is_ticked_and_nothing_when_it_is_not(app: Flask) -> None:
    ranking = {"type": "dynamiclist", "key": "rows", "components": [
        {"type": "textfield", "key": "name", "label": "姓名"},
        {"type": "checkbox", "key": "granted", "label": "拟分配"},
    ]}  # fmt: skip
    with app.test_request_context("/", headers={"Accept-Language": "zh"}):
        assert fact(ranking, [{"name": "李", "granted": True}, {"name": "王", "granted": False}]) == "李 · 拟分配；王"
