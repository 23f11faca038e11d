"""The pages of the exchange as they are looked at, with invented samples."""

from collections.abc import Callable
from typing import Any

from flask import render_template

Sample = dict[str, Any]
Page = Callable[[], str]


WRONG: Sample = {
    "problem": "评分没有填写完整，请按提示修改。",
    "errors": {"e1": "每位评委一个 0 到 100 的评分。", "panel": "评委至少 3 人。", "no_interest": "请先逐一询问。"},
}


def competition(found: Sample, marks: tuple[str, ...] = ("86", "91.5", "88")) -> Sample:
    """The opening as one that a panel ranks; two of its applicants are equal."""
    one, other = found["opening"]["opening"]["applicants"]
    rows = [{**one, "marks": marks, "total": "88.75"}, {**one, "entry_id": "e3", "name": "周望舒", "marks": marks,
            "total": "88.75", "rank": 2}, other]  # fmt: skip
    panel = [{"name": name, "unit": "县教师发展中心"} for name in ("示例甲", "示例乙", "示例丙")]
    shown = {"competition": True, "panel": panel, "sheet": True, "applicants": rows}
    return {"opening": {**found["opening"]["opening"], **shown}}


def pages(found: Sample) -> dict[str, Page]:
    """Address → what it shows."""

    def page(template: str, name: str, **changed: Any) -> Page:
        told = {"errors": {}, "least": 3, **found[name], **changed}
        return lambda: render_template(f"exchange/{template}.html", plan=found["plan"], **told)

    goes_on = {"state": "办理中", "over": False, "steps": ["学校意见与排序"], "late": 2, "appeals": 1, "corrections": 3}
    over = {"state": "已办结", "over": True, "steps": [], "late": 0, "appeals": 0, "corrections": 0}
    plans = [{**found["plan"], **goes_on}, {**found["plan"], **over, "id": "x0", "year": 2026}]
    return {
        "/exchange": page("index", "index", plans=plans),
        "/empty-exchange": page("index", "index", own=[], plans=[], starts=False),
        "/exchange/x1": page("plan", "plan_page"),
        "/exchange/x1/schools/o1": page("school", "school"),
        "/exchange/x1/placements": page("placements", "placements"),
        "/exchange/entries/e1": page("entry", "entry"),
        "/exchange/openings/n1": page("opening", "opening"),
        "/exchange/openings/n3": page("opening", "opening", **competition(found, marks=("86", "91.5", ""))),
        "/exchange/openings/n4": page("opening", "opening", **competition(found, marks=("120", "91.5", "")), **WRONG),
        "/exchange/openings/n5": page("opening", "opening", **competition(found), ranks=False, sent=[]),
        "/exchange/openings/n2": page("opening", "opening", ranks=False, sent=[]),
        "/exchange/rounds/m1": page("round", "round"),
    }
