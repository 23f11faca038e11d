"""Organisations and people: the directory, one unit with its staff, roles and accounts, and masked numbers told."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields

from service.access import policy
from service.access import queries as access
from service.access.days import day_of
from service.people import commands_protected, persons, queries, queries_units
from service.people import queries_substitutes as substitutes
from service.people.commands_protected import Unmask
from service.people.persons import Member
from service.people.queries import Vacancy
from service.people.queries_units import Seat, Unit
from service.people.rules import PARENTS
from service.posts import queries as posts
from service.tasks import queries as tasks
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.api.shaping import paged, split_cursor
from service.web.casetitles import case_title
from service.web.naming import role_name
from service.web.pages import pages, sent
from service.web.pages.ledgerview import account_of

PAGE = 50
KINDS = tuple(PARENTS)


class DirectoryQuery(sent.Query):
    """Part of the name of an organisation or person, and the kind of organisation."""

    q = Text(most=80, load_default="")
    kind = fields.String(load_default="")
    cursor = Text(most=64, load_default=None, allow_none=True)


class StaffQuery(sent.Query):
    """A page of the staff."""

    cursor = Text(most=200, load_default=None, allow_none=True)


class RevealIn(sent.Form):
    """Why somebody looks; without a reason it is asked for first."""

    reason = Text(most=500, load_default="")


@pages.get("/organisations")
def organisations() -> str:
    """The tree with stages, authorisations and numbers, and the roles that nobody holds."""
    actor, asked, today = edge.actor(), sent.query(DirectoryQuery), day_of(edge.now())
    units = queries_units.directory(actor, today, kind=asked["kind"], q=asked["q"])
    found = paged([_item(unit) for unit in units], {"cursor": asked["cursor"], "limit": PAGE})
    numbers = queries_units.staff_numbers(actor, today)
    return render_template(
        "organisations/index.html",
        items=found["items"],
        total=len(units),
        people=sum(numbers.values()),
        vacant=_vacant(queries.roles_without_holder(edge.actor(), today)),
        alone=_vacant(queries.roles_without_alternate(edge.actor(), today)),
        may_open_accounts=policy.allows(actor, "account.open_many"),
        q=asked["q"],
        kinds=KINDS,
        chosen_kind=asked["kind"],
        next=found["next"],
    )


def _item(unit: Unit) -> dict[str, Any]:
    row = unit.row
    return {
        "id": row.id,
        "name": _name(row),
        "kind": row.kind,
        "stage": row.stage,
        "area": row.area,
        "weak": bool(row.weak),
        "parent": _name(unit.parent) if unit.parent else None,
        "authorisations": [{"kind": given.kind, "until": given.valid_until} for given in unit.authorisations],
        "people": unit.people,
    }


def _name(row: Any) -> str:
    return str(row.name_en if edge.locale() == "en" and row.name_en else row.name)


def _vacant(found: Sequence[Vacancy]) -> list[dict[str, Any]]:
    places = [vacancy.organisation_id for vacancy in found] + [there.stand_in[1] for there in found if there.stand_in]
    names = queries.organisation_names(places, edge.locale())
    return [
        {
            "role": role_name(vacancy.role),
            "organisation": {"id": vacancy.organisation_id, "name": names[vacancy.organisation_id]},
            "stand_in": vacancy.stand_in
            and {"role": role_name(vacancy.stand_in[0]), "organisation": names[vacancy.stand_in[1]]},
        }
        for vacancy in found
    ]


@pages.get("/organisations/<organisation_id>")
def organisation(organisation_id: str) -> str:
    """One unit; its staff and roles for those who may see them, its accounts likewise."""
    actor, asked, today = edge.actor(), sent.query(StaffQuery), day_of(edge.now())
    row = queries.organisation(actor, organisation_id)
    unit = queries_units.unit(actor, row, today)
    after = split_cursor(asked["cursor"])
    staff = persons.people_of(actor, organisation_id, today, limit=PAGE + 1, after=after)
    last = staff[PAGE - 1] if len(staff) > PAGE else None
    return render_template(
        "organisations/show.html",
        organisation=_item(unit),
        people=_people(staff[:PAGE], today),
        people_count=unit.people,
        roles=[_role(seat) for seat in queries_units.seats(actor, row, today)] if unit.people is not None else [],
        handover=_handover(organisation_id, today) if unit.people is not None else [],
        accounts=[account_of(found) for found in posts.accounts(actor, organisation_id=organisation_id, pool=False)],
        next=last and f"{last.id}{last.name}",
        accounts_url=_accounts_url(organisation_id),
    )


def _accounts_url(organisation_id: str) -> str | None:
    target = policy.Target(organisation_id=organisation_id, kind="teacher")
    issues = policy.allows(edge.actor(), "account.issue_slips", target)
    return url_for("pages.user_accounts", organisation_id=organisation_id) if issues else None


def _people(staff: Sequence[Member], today: date) -> list[dict[str, Any]]:
    locks = queries_units.locks_of(edge.actor(), [member.id for member in staff], today)
    return [_person(member, locks) for member in staff]


def _person(member: Member, locks: Mapping[str, date]) -> dict[str, Any]:
    target = policy.Target(person_id=member.id, organisation_id=member.organisation_id)
    told = policy.allows(edge.actor(), "person.unmask", target)
    until, own = locks.get(member.id), member.id == edge.actor().person_id
    plans = policy.allows(edge.actor(), "absence.plan", target) and not own
    return {
        "name": member.name,
        "url": url_for("pages.person", person_id=member.id),
        "employment": member.employment_kind,
        "post": post_words(member),
        "title": title_words(member.title),
        "phone": member.phone,
        "reveal_url": url_for("pages.reveal", person_id=member.id, field="phone") if told else None,
        "absence_url": url_for("pages.my_absence", person=member.id) if plans else None,
        "note": _("service until %(day)s", day=until.isoformat()) if until else None,
    }


def post_words(member: Member) -> str | None:
    """Band and grade, or what kind of post it is."""
    bands = {"senior": _("Senior"), "middle": _("Middle"), "junior": _("Junior")}
    if member.band is None:
        others = {"management": _("Management"), "support": _("Support"), "dual": _("Two posts")}
        return others.get(member.post_category)
    band = bands[member.band]
    return str(_("%(band)s, grade %(n)s", band=band, n=member.grade) if member.grade else band)


def title_words(title: str | None) -> str | None:
    """A teacher's professional title; titles are stored as they are written in Chinese."""
    known = {
        "三级": _("Third-class teacher"),
        "二级": _("Second-class teacher"),
        "一级": _("First-class teacher"),
        "高级": _("Senior teacher"),
        "正高": _("Principal senior teacher"),
    }
    return known.get(title, title) if title else None


def _handover(organisation_id: str, today: date) -> list[dict[str, Any]]:
    """Open tasks, drafts and substitutes of those whose role here has ended: for whoever follows them."""
    former = {row.person_id: row for row in access.former_holders(edge.actor(), organisation_id, today)}
    held = {person_id: tasks.held_by(edge.actor(), person_id) for person_id in former}
    named = {one: substitutes.substitutions(edge.actor(), today, person_id=one) for one in former}
    return [
        {
            "name": row.person_name,
            "role": role_name(row.role),
            "until": row.valid_until,
            "tasks": [
                {"id": task.id, "name": task.name, "title": case_title(task.instance_id, task.title)}
                for task in held[person_id]
            ],
            "substitutes": [
                {"represented": one.represented_name, "substitute": one.substitute_name, "until": one.valid_until}
                for one in named[person_id]
            ],
        }
        for person_id, row in former.items()
        if held[person_id] or named[person_id]
    ]


def _role(seat: Seat) -> dict[str, Any]:
    return {
        "role": role_name(seat.role),
        "holder": seat.holder,
        "since": seat.since,
        "alternate": _(", ").join(seat.alternates),
    }


@pages.post("/reveal/<person_id>/<field>")
def reveal(person_id: str, field: str) -> str:
    """Ask why, then tell the number; the look is recorded before it is shown."""
    reason = sent.form(RevealIn)["reason"]
    address = url_for("pages.reveal", person_id=person_id, field=field)
    if not reason:
        return render_template("components/reveal_reason.html", reveal_url=address, key=person_id)
    value = commands_protected.unmask(edge.actor(), Unmask(person_id, field, reason), now=edge.now())
    return render_template("components/revealed.html", value=value)
