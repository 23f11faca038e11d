"""Personnel changes: the list with what is late in which school, and the form for one of them."""

from collections.abc import Mapping
from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import INCLUDE, Schema, fields
from werkzeug.wrappers import Response

from service import sheets
from service.access.days import day_of
from service.deployments import queries as definitions
from service.errors import Conflict, Invalid, NotFound
from service.flows.personnel import queries
from service.flows.personnel.queries import STATES, ChangeView
from service.flows.personnel.rules import GROUPS, KINDS
from service.idempotency.repeats import Repeat, Replayed, hash_of, once
from service.instances import starting
from service.instances.commands import StartInstance, start_instance
from service.people import persons
from service.people import queries as people
from service.posts import queries as posts
from service.records import queries_files
from service.sheets import XLSX, Heading
from service.tasks import forms
from service.web import edge
from service.web.api.schemas.base import Text, reference
from service.web.casetitles import case_title
from service.web.formview import form_of, typed
from service.web.pages import ledgerview, pages, sent
from service.web.words import words
from workflows.base import new_id

FLOW = "personnel"
PAGE = 50
OWN = frozenset({"organisation_id", "idempotency_key"})


class ListAsked(sent.Query):
    """Which changes."""

    state = Text(most=8, load_default="open")
    kind = Text(most=24, load_default="")
    school = Text(most=64, load_default="")
    cursor = Text(most=64, load_default=None, allow_none=True)


class NewAsked(sent.Query):
    """What is to be changed, of whom, at which school."""

    kind = Text(most=24, load_default="")
    person = reference(load_default=None)
    school = reference(load_default=None)
    q = Text(most=40, load_default="")


class Filled(Schema):
    """The fields of the form of a kind, and the key of this attempt."""

    class Meta:
        unknown = INCLUDE

    organisation_id = fields.String(required=True)
    idempotency_key = fields.String(load_default=None)


def kind_name(kind: str) -> str:
    """The name of a kind of change."""
    return KINDS[kind].en if edge.locale() == "en" else KINDS[kind].zh


@pages.get("/personnel")
def personnel() -> str:
    """The changes, and how many there are in each school."""
    asked = sent.query(ListAsked)
    state = asked["state"] if asked["state"] in STATES else "open"
    kind = asked["kind"] if asked["kind"] in KINDS else ""
    narrowed: dict[str, Any] = {"state": state, "kind": kind or None, "organisation_id": asked["school"] or None}
    found = queries.changes(edge.actor(), **narrowed, after=asked["cursor"], limit=PAGE + 1)
    totals = queries.totals(edge.actor(), edge.now())
    names = _names(found, [row.organisation_id for row in totals])
    return render_template(
        "personnel/index.html",
        items=[_item(change, names) for change in found[:PAGE]],
        next=found[PAGE - 1].instance_id if len(found) > PAGE else None,
        schools=[{**vars(row), "name": names.get(row.organisation_id, "")} for row in totals],
        state=state, kind=kind, school=asked["school"],
        kinds=[{"key": key, "name": kind_name(key)} for key in KINDS],
        may_start=flow() is not None,
        corrections=[
            {"id": person_id, "name": name, "at": at} for person_id, name, at in _waiting()
        ],
    )  # fmt: skip


def _waiting() -> Any:
    """Requests for corrections, for who may answer them."""
    return queries_files.waiting_corrections(edge.actor()) if edge.actor().has("bureau_hr_officer") else ()


def _names(found: Any, more: list[str]) -> dict[str, str]:
    places = {one for change in found for one in (change.organisation_id, change.to_organisation_id) if one}
    return people.organisation_names({*places, *more}, edge.locale())


def _item(change: ChangeView, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": change.instance_id,
        "number": change.business_key,
        "title": case_title(change.instance_id, change.title),
        "kind": kind_name(change.kind),
        "organisation": names.get(change.organisation_id, ""),
        "target": names.get(change.to_organisation_id or ""),
        "day": change.effective_on,
        "document": change.document,
        "state": _("waits for its day") if change.waiting else words(f"state.{change.state}", {}, edge.locale()),
        "due": change.due_at,
        "late": change.due_at is not None and change.due_at < edge.now(),
    }


@pages.get("/personnel.xlsx")
def export_personnel() -> Answer:
    """The same list as a table, at most 5,000 rows."""
    asked = sent.query(ListAsked)
    state = asked["state"] if asked["state"] in STATES else "open"
    narrowed: dict[str, Any] = {"kind": asked["kind"] or None, "organisation_id": asked["school"] or None}
    found = queries.changes(edge.actor(), state=state, **narrowed, limit=queries.MOST)
    names = _names(found, [])
    headings = [Heading(str(text)) for text in (_("Case number"), _("Kind"), _("Title"), _("School or office"),
                                                _("Day of effect"), _("Document and number"), _("State"))]  # fmt: skip
    columns = ("number", "kind", "title", "organisation", "day", "document", "state")
    rows = ([str(item[name]) for name in columns] for item in (_item(change, names) for change in found))
    reply = Answer(sheets.workbook(str(_("Personnel changes")), headings, rows), mimetype=XLSX)
    reply.headers["Content-Disposition"] = "attachment; filename=personnel.xlsx"
    return reply


def flow() -> Any:
    return next((flow for flow in definitions.startable(edge.actor()) if flow.key == FLOW), None)


@pages.get("/personnel/new")
def new_change() -> str:
    """Choose the kind, then whom, then fill in what that kind asks for."""
    asked = sent.query(NewAsked)
    kind = asked["kind"] if asked["kind"] in KINDS else ""
    person_id = asked["person"]
    if kind and ("person_id" not in KINDS[kind].needs or person_id):
        return _form(kind, _begun(kind, person_id), _school_of(person_id) or asked["school"] or own_school())
    school = asked["school"] or own_school()
    staff = persons.people_of(edge.actor(), school, day_of(edge.now()), limit=200, name=asked["q"]) if kind else []
    return render_template(
        "personnel/new.html",
        groups=[_group(group) for group in GROUPS],
        kind={"key": kind, "name": kind_name(kind)} if kind else None,
        staff=[{"id": member.id, "name": member.name, "subject": member.subject, "title": member.title}
               for member in staff],
        schools=own_schools(), school=school, q=asked["q"],
    )  # fmt: skip


def _group(group: str) -> dict[str, Any]:
    names = {"in": _("Arrivals"), "out": _("Departures"), "inside": _("Within the county"), "absent": _("Absent")}
    return {"name": names[group],
            "kinds": [{"key": k, "name": kind_name(k)} for k, v in KINDS.items() if v.group == group]}  # fmt: skip


def _begun(kind: str, person_id: str | None) -> dict[str, Any]:
    if person_id is None:
        return {"kind": kind}
    return {"kind": kind, "person_id": person_id, "name": persons.person(edge.actor(), person_id).name}


def _school_of(person_id: str | None) -> str | None:
    """The school where a person is appointed today or will be."""
    if person_id is None:
        return None
    open_ones = [row for row in persons.person(edge.actor(), person_id).appointments if row.valid_until is None]
    return open_ones[-1].organisation_id if open_ones else None


def own_school() -> str:
    own = [role.organisation_id for role in edge.actor().acting_roles if role.organisation_kind == "school"]
    schools = own_schools()
    return own[0] if own else (schools[0]["id"] if schools else "")


def own_schools() -> list[dict[str, str]]:
    """The schools for which the reader may enter changes: the own ones, for bureau HR all."""
    own = {role.organisation_id for role in edge.actor().acting_roles if role.organisation_kind == "school"}
    everywhere = edge.actor().has("bureau_hr_officer")
    return [one for one in _allschools() if everywhere or one["id"] in own]


def _allschools() -> list[dict[str, str]]:
    rows = people.organisations(edge.actor(), day_of(edge.now()), kind="school")
    return [{"id": row.id, "name": row.name_en if edge.locale() == "en" and row.name_en else row.name} for row in rows]


@pages.post("/personnel/new")
def submit_change() -> Response | tuple[str, int]:
    """Hand it in; what is wrong comes back beside the fields, a full ledger names the account."""
    found = sent.form(Filled)
    definition = flow()
    kind = str(found.get("kind") or "")
    if definition is None or kind not in KINDS:
        raise NotFound("definition.absent", key=FLOW)
    values = typed(starting.start_form(definition), {name: value for name, value in found.items() if name not in OWN})
    command = StartInstance(FLOW, found["organisation_id"], values)
    try:
        instance_id = _once(command, found["idempotency_key"])
    except (Invalid, Conflict) as refused:
        problem = words(refused.code, refused.params, edge.locale())
        faults = refused.faults if isinstance(refused, Invalid) else ()
        status = 422 if isinstance(refused, Invalid) else 409
        return _form(kind, values, found["organisation_id"], problem, faults), status
    flash(_("Handed in; the section chief confirms it."))
    return redirect(url_for("pages.case", case_id=instance_id))


def _once(command: StartInstance, key: str | None) -> str:
    """Submitting twice starts one case."""
    if not key:
        return start_instance(edge.actor(), command, now=edge.now()).instance_id
    body = hash_of({"organisation_id": command.organisation_id, "variables": command.variables})
    try:
        with once(Repeat(edge.actor().account_id, "start personnel", key, body, 303, edge.now())):
            return start_instance(edge.actor(), command, now=edge.now()).instance_id
    except Replayed as earlier:
        return str(earlier.previous.ids["instance_id"])


def _form(kind: str, values: Mapping[str, Any], school: str, problem: str | None = None, faults: Any = ()) -> str:
    definition = flow()
    if definition is None:
        raise NotFound("definition.absent", key=FLOW)
    schema = _schema(starting.start_form(definition) or {}, kind)
    rights = {one["key"]: "write" for one in schema["components"]}
    known = values.get("person_id")
    accounts = posts.accounts(edge.actor(), organisation_id=school, pool=False)
    return render_template(
        "personnel/form.html",
        kind={"key": kind, "name": kind_name(kind)},
        person={"id": known, "name": values.get("name")} if known else None,
        school={"id": school, "name": people.organisation_names([school], edge.locale()).get(school, "")},
        form=form_of(schema, values, rights, faults),
        accounts=[ledgerview.account_of(found) for found in accounts],
        private=sorted(forms.sensitive(schema)),
        idempotency_key=new_id(),
        problem=problem,
    )


def _schema(form: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The form with the fields of the kind alone, in its order; who is known is shown above it."""
    held = KINDS[kind]
    hidden = {"kind", "person_id", *(("name",) if "person_id" in held.needs else ())}
    wanted = [name for name in held.fields if name not in hidden]
    by_key = {one["key"]: one for one in form["components"]}
    return {**form, "components": [_component(by_key[name], name in held.needs) for name in wanted]}


def _component(component: Mapping[str, Any], needed: bool) -> dict[str, Any]:
    shown = {name: value for name, value in component.items() if name != "conditional"}
    if needed:
        shown["validate"] = {**(component.get("validate") or {}), "required": True}
    return shown
