"""Official papers as pages and API give them: places in words, decisions in Chinese, files, the PDF drawn once."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from flask import Response, send_file

from service.access.actor import Actor
from service.access.days import day_of
from service.evidence import pdf
from service.evidence.sheet import common
from service.papers import queries, templates
from service.papers.commands import DrawPaper, draw_paper
from service.papers.composing import Wanted
from service.papers.filling import printed
from service.papers.kinds import WORDS, Kind
from service.papers.trying import Trials
from service.web import edge, paper
from service.web.downloads import saved
from service.web.words import words

PDF = "application/pdf"


def place_words(path: str) -> str:
    """A place of a template as a person finds it: `t1.r2.c3.p1` → table 1, row 2, cell 3."""
    locale, part = edge.locale(), ""
    if path == "file":
        return words("paper.place.file", {}, locale)
    for around in ("header", "footer"):
        if path.startswith(f"{around}."):
            part, path = words(f"paper.place.{around}", {}, locale), path.removeprefix(f"{around}.")
    numbers = {piece[:1]: piece[1:] for piece in path.split(".")}
    code = "cell" if "t" in numbers else "paragraph"
    return part + words(f"paper.place.{code}", numbers, locale)


def tried(trials: Trials) -> dict[str, Any]:
    """A template tried with cases, in words: each with what it leaves empty, and what no case fills."""
    cases = [
        {"id": one.instance_id, "business_key": one.business_key, "about": one.about, "unfilled": list(one.unfilled),
         "refused": words(one.refused.code, one.refused.params, edge.locale()) if one.refused else ""}
        for one in trials.cases
    ]  # fmt: skip
    return {"cases": cases, "never": list(trials.never)}


def kind_words(kind: Kind) -> str:
    """The kind in the reader's language."""
    return kind.en if edge.locale() == "en" else kind.zh


def wanted(instance_id: str, kind: str, subject: str, given: Mapping[str, str]) -> Wanted:
    """What is asked for, with the decisions of the case as its sheet has them; NotFound, Forbidden."""
    return Wanted(templates.kind_of(kind), instance_id, subject, given, decisions(instance_id))


def decisions(instance_id: str) -> list[dict[str, Any]]:
    """Who decided what in a case, in Chinese: what nobody but a few may read is left out."""
    with edge.speaking("zh"):
        signed = paper.signed(common(edge.actor(), instance_id))
    return [
        {"step": row["step"], "decision": row["decision"], "opinion": row["opinion"] or "", "on": day_of(row["at"]),
         "by": row["by"] + (f"（代{row['on_behalf_of']}）" if row["on_behalf_of"] else "")}
        for row in signed
    ]  # fmt: skip


def beforehand(asked: Wanted) -> tuple[bytes, Sequence[str]]:
    """The PDF of a paper as it would be issued now, and the places that would stay empty."""
    page, blanks = queries.beforehand(edge.actor(), asked, edge.now())
    return pdf.render(page), blanks


def looked_at(content: bytes, name: str) -> Response:
    """A PDF that is kept nowhere, to be looked at."""
    return send_file(BytesIO(content), mimetype=PDF, download_name=name)


def file_of(paper_id: str, ending: str) -> Response:
    """A file of a paper; its PDF is drawn now for who asks before it was drawn in the background."""
    found = queries.file(edge.actor(), paper_id, ending)
    if found is None:
        draw(paper_id, pdf.render(queries.page_of(paper_id)))
        found = queries.file(edge.actor(), paper_id, ending)
    return saved(found)


def draw(paper_id: str, content: bytes) -> None:
    """Keep the PDF of a paper, unless it has one."""
    draw_paper(Actor.system(), DrawPaper(paper_id, content), now=edge.now())


def shown(found: queries.PaperView) -> dict[str, Any]:
    """A paper for pages and API."""
    row = found.row
    names = (
        "id", "instance_id", "business_key", "number", "about", "code", "digest", "personal", "reason", "at",
        "template_version", "template_checksum", "replaces_id", "replaced_by", "replaced_by_number",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names}, "kind": found.kind.code, "kind_name": kind_words(found.kind),
        "issued_by": row.issuer or row.issued_by, "files": found.files,
        "scans": [{"at": at, "attachment_id": attachment_id} for at, attachment_id in found.scans],
    }  # fmt: skip


def kind_shown(kind: Kind) -> dict[str, Any]:
    """A kind with what its fields may say and what whoever issues it is asked."""
    english = edge.locale() == "en"
    return {
        "code": kind.code, "name": kind_words(kind), "public": kind.public, "about": kind.about, "roster": kind.roster,
        "flows": list(kind.flows), "fields": _fields(kind),
        "asked": [
            {"name": one.name, "label": one.en if english else one.zh, "required": one.required, "long": one.long,
             "day": one.day, "example": one.example}
            for one in kind.asked
        ],
    }  # fmt: skip


def _fields(kind: Kind) -> list[dict[str, str]]:
    """Name, meaning and example of every field, lists item by item."""
    locale, told = edge.locale(), []
    given = {f"given.{one.name}": (one.zh, one.en) for one in kind.asked}
    for root, inner in kind.example().items():
        for name, path, value in _members(root, inner):
            meant = given.get(path) or WORDS.get(name)
            if meant:
                example = printed(value) or ""
                told.append({"name": path, "words": meant[locale == "en"], "example": example})
    return told


def _members(root: str, inner: Any) -> list[tuple[str, str, Any]]:
    """(name of the meaning, name in a template, example) of what stands under a root."""
    if isinstance(inner, list):
        item = {"persons": "person", "decisions": "decisions"}[root]
        return [(f"{item}.{name}", f"{root}[].{name}", value) for name, value in inner[0].items()]
    found: list[tuple[str, str, Any]] = []
    for name, value in inner.items():
        if isinstance(value, list):
            found += [(f"{name}.{one}", f"{root}.{name}[].{one}", each) for one, each in value[0].items()]
        else:
            found.append((f"{root}.{name}", f"{root}.{name}", value))
    return found
