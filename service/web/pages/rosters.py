"""Rosters (花名册) as workbooks: of one unit, and of every school; what the reader may see, numbers masked."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import Response
from flask_babel import gettext as _
from marshmallow import fields

from service import sheets
from service.access import policy
from service.access.days import day_of
from service.people import persons, queries
from service.people.persons import Member
from service.sheets import XLSX, Heading
from service.web import edge, reportview
from service.web.pages import pages, sent
from service.web.recordview import post_words
from service.web.words import words

EVERYBODY = 100_000
"""No unit has so many."""
WIDTHS = (24, 12, 8, 12, 22, 16, 12, 18, 10, 12, 12, 12)


class RosterQuery(sent.Query):
    """As of which day; today without one."""

    on = fields.Date(load_default=None, allow_none=True)


@pages.get("/organisations/<organisation_id>/roster.xlsx")
def unit_roster(organisation_id: str) -> Response:
    """Everybody employed at a unit whom the reader may see."""
    row = queries.organisation(edge.actor(), organisation_id)
    policy.require(edge.actor(), "person.read", policy.Target(organisation_id=organisation_id))
    return _saved([row])


@pages.get("/reports/roster.xlsx")
def county_roster() -> Response:
    """Everybody employed at a school, school by school."""
    actor, on = edge.actor(), _day()
    policy.require(actor, "report.read")
    return _saved(queries.organisations(actor, on, kind="school"))


def _day() -> date:
    return sent.query(RosterQuery)["on"] or day_of(edge.now())


def _saved(units: Sequence[Any]) -> Response:
    on = _day()
    head = (_("School or office"), _("Name"), _("Sex"), _("Born"), _("ID number"), _("Phone"), _("Employment"),
            _("Post"), _("Title"), _("Subject"), _("Stage"), _("Degree"))  # fmt: skip
    headings = [Heading(str(text), width) for text, width in zip(head, WIDTHS, strict=True)]
    book = sheets.workbook(words("roster.sheet", {"day": on.isoformat()}, edge.locale()), headings, _rows(units, on))
    reply = Response(book, mimetype=XLSX)
    reply.headers["Content-Disposition"] = f"attachment; filename=roster-{on.isoformat()}.xlsx"
    return reply


def _rows(units: Sequence[Any], on: date) -> Iterator[list[str]]:
    english = edge.locale() == "en"
    for unit in units:
        place = unit.name_en if english and unit.name_en else unit.name
        for member in persons.people_of(edge.actor(), unit.id, on, limit=EVERYBODY):
            yield [place, *_row(member)]


def _row(member: Member) -> list[str]:
    told = {"sex": member.sex, "employment": member.employment_kind, "stage": member.stage}
    said = {noun: words(f"{noun}.{value}", {}, edge.locale()) if value else "" for noun, value in told.items()}
    return [
        reportview.harmless(text) for text in (
            member.name, said["sex"], member.born_on.isoformat() if member.born_on else "", member.id_number or "",
            member.phone or "", said["employment"], post_words(member), member.title or "", member.subject or "",
            said["stage"], reportview.fact(member.degree, "word"),
        )
    ]  # fmt: skip
