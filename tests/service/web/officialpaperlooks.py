"""What the pages of official papers and their templates show with samples."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import render_template

CASE = {"id": "c1", "business_key": "ZP-2026-0003", "title": "示例县第一小学 招聘 语文教师 2 人"}
KINDS = [{"code": "publicity_notice", "name": "公示"}, {"code": "filing_letter", "name": "备案函"}]
CALM: dict[str, Any] = {"problem": "", "errors": {}, "places": [], "blank": False}
REFUSED: dict[str, Any] = {
    "problem": "公文没有填写完整，请按提示修改。", "blank": True,
    "places": [("表 1 第 2 行第 3 格", "填入后出现身份证号。")],
    "errors": {"subject": "请选择。", "given.to": "请填写。", "given.why": "请填写。", "reason": "请写明。"},
}  # fmt: skip
TRIED = [
    {"id": "c1", "business_key": "ZP-2026-0003", "about": "示例甲、示例乙", "unfilled": ["person.sex"], "refused": ""},
    {"id": "c2", "business_key": "ZP-2026-0004", "about": "示例丙", "unfilled": [], "refused": ""},
    {"id": "c3", "business_key": "ZP-2026-0005", "about": "示例丁", "unfilled": [], "refused": "有个人信息。"},
]
SUBJECTS = [SimpleNamespace(key=key, name=name, facts={"place": "示例县第一小学"})
            for key, name in (("k1", "示例甲"), ("k2", "示例乙"))]  # fmt: skip


def pages(found: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Address → page; `found` is the sample officialpapers.json."""
    paper, kind = found["paper"], found["kind"]
    plain = {**paper, "replaced_by": None, "scans": [], "files": ["pdf", "docx"], "personal": False, "reason": ""}
    used = [{**kind, "used": 2, "none": False, "waiting": 1}, {**kind, "public": False, "used": None, "none": True,
                                                                "waiting": 0}]  # fmt: skip
    shelf = {"year": 2026, "this_year": 2026, "kind": "filing_letter", "kinds": KINDS, "may_templates": True}
    may = {"add": True, "publish": True, "retire": True}
    calm: dict[str, Any] = {"problem": "", "faults": [], "note": ""}
    wrong = {
        "problem": "模板有不能使用的内容。",
        "faults": [("表 1 第 2 行第 3 格", "没有结束。"), ("", "请写明。")],
        "note": "新版",
    }
    return {
        "/papers": lambda: render_template("papers/register.html", items=[paper, plain], **shelf),
        "/no-papers": lambda: render_template("papers/register.html", items=[], **shelf),
        "/papers/p1": lambda: render_template("papers/paper.html", paper=paper, may={"scan": True, "again": False}),
        "/papers/p2": lambda: render_template("papers/paper.html", paper=plain, may={"scan": False, "again": True}),
        "/cases/c1/papers/new": lambda: _new(None, [paper, plain]),
        "/cases/c2/papers/new": lambda: _new(None, [], kinds=[]),
        "/cases/c3/papers/new": lambda: _new(kind, [], replaces=paper, **REFUSED),
        "/cases/c4/papers/new": lambda: _new({**kind, "public": False}, [], subjects=[]),
        "/paper-templates": lambda: render_template("papers/templates.html", items=used),
        "/paper-templates/filing_letter": lambda: render_template(
            "papers/template.html", kind=kind, versions=found["versions"], may=may, **calm
        ),
        "/paper-templates/filing_letter/1/cases": lambda: render_template(
            "papers/cases.html", kind=kind, cases=TRIED, never=["person.graduated_from"]
        ),
        "/paper-templates/filing_letter/2/cases": lambda: render_template(
            "papers/cases.html", kind=kind, cases=[], never=[]
        ),
        "/paper-templates/refused": lambda: render_template(
            "papers/template.html", kind={**kind, "public": False}, versions=[], may=may, **wrong
        ),
    }


def _new(kind: Any, papers: Any, **more: Any) -> str:
    told = {"kinds": KINDS, "subjects": SUBJECTS, "replaces": None, "given": {"given": {"to": "示例县人社局"}}, **CALM}
    return render_template("papers/new.html", case=CASE, kind=kind, papers=papers, **{**told, **more})
