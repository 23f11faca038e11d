"""A person over time: what was true on a day, the file, its corrections; and the person's own page."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.instances import queries as cases
from service.instances import queries_about
from service.instances.queries import CaseQuery
from service.people import persons
from service.people import queries as people
from service.records import commands, commands_requests, queries, queries_files
from service.records.commands import AddRecord, CheckFile, CorrectRecord, VoidRecord
from service.records.commands_requests import AnswerCorrection, AskCorrection
from service.records.rules import BASES, KINDS, TOPICS, Entry
from service.tasks import queries as tasks
from service.web import edge, recordview
from service.web.api.schemas.base import Text, reference
from service.web.casetitles import case_title
from service.web.naming import named
from service.web.pages import pages, sent
from service.web.recordform import form_shown, values_of
from service.web.words import words

MINE = 8
"""Applications that the own page lists; the others are one step away."""


class DayAsked(sent.Query):
    """The day of which is asked."""

    on = fields.Date(load_default=None)
    voided = fields.Boolean(load_default=False)


class KindAsked(sent.Query):
    """The kind of record to be entered."""

    kind = Text(most=24, load_default="")


class RecordForm(sent.Form):
    """One record as it is filled in."""

    value = Text(most=40, load_default=None, allow_none=True)
    basis = Text(most=16, load_default=None, allow_none=True)
    year = sent.whole(load_default=None, allow_none=True)
    amount = sent.whole(load_default=None, allow_none=True)
    organisation_id = reference(load_default=None, allow_none=True)
    valid_from = fields.Date(load_default=None, allow_none=True)
    valid_until = fields.Date(load_default=None, allow_none=True)
    document = Text(most=200, load_default="")
    note = Text(most=400, load_default="")
    reason = Text(most=200, load_default="")


class WordsForm(sent.Form):
    """What is asked, answered, or why something is taken back."""

    text = Text(most=1000, load_default="")
    topic = Text(most=16, load_default="")


@pages.get("/people/<person_id>")
def person(person_id: str) -> str:
    """One person's file, as far as the reader may know it."""
    return _page(person_id, own=False)


@pages.get("/me")
def me() -> str:
    """What is known about me, where my applications are, and how to have something corrected."""
    if edge.actor().person_id is None:
        raise NotFound("person.absent")
    return _page(edge.actor().person_id or "", own=True)


def _page(person_id: str, *, own: bool) -> str:
    actor, asked = edge.actor(), sent.query(DayAsked)
    view, today = persons.person(actor, person_id), day_of(edge.now())
    on = asked["on"] or today
    told = queries_files.file_of(actor, person_id, on)
    target = policy.Target(person_id=person_id)
    found = queries.records_of(actor, person_id, on=asked["on"], voided=asked["voided"])
    return render_template(
        "people/person.html",
        person={"id": view.id, "name": view.name, "own": own or person_id == actor.person_id},
        section="me" if own else "organisations",
        on=on,
        asked=asked["on"],
        voided=asked["voided"],
        facts=recordview.facts_shown(told),
        records=recordview.records_shown(found, person_id),
        appointments=recordview.appointments_shown(view),
        locks=_locks(view.locks),
        may=policy.allows(actor, "file.enter", target),
        topics=[_topic(topic, told) for topic in TOPICS],
        corrections=queries_files.corrections_of(actor, person_id),
        cases=_cases() if own else [],
        about=_about() if own else [],
    )


def _cases() -> list[dict[str, Any]]:
    """My latest applications: where each is."""
    found = cases.page(edge.actor(), CaseQuery(mine=True, limit=MINE)).items
    return [
        {"title": case_title(row.instance_id, row.title), "number": row.business_key,
         "url": url_for("pages.case", case_id=row.instance_id),
         "state": words(f"state.{row.state}", {}, edge.locale()), "step": _step(row)}
        for row in found
    ]  # fmt: skip


def _about() -> list[dict[str, Any]]:
    """What others have begun for me or about me: a link only where I may open it."""
    return [
        {"title": case_title(row.instance_id, row.title), "number": row.business_key,
         "state": words(f"state.{row.state}", {}, edge.locale()),
         "by": (edge.locale() == "en" and row.organisation_name_en) or row.organisation_name,
         "url": url_for("pages.case", case_id=row.instance_id) if row.readable else None}
        for row in queries_about.about_me(edge.actor())
    ]  # fmt: skip


def _step(row: Any) -> str:
    definition = cases.definition_of(row)
    steps = (named(definition, task.element_id, task.name) for task in tasks.open_of(row.instance_id, edge.actor()))
    return str(_(", ")).join(dict.fromkeys(steps))


def _locks(found: Sequence[Any]) -> list[dict[str, Any]]:
    names = people.organisation_names([row.organisation_id for row in found], edge.locale())
    return [
        {"organisation": names.get(row.organisation_id, ""), "first": row.starts_on, "last": row.ends_on,
         "reason": row.reason}
        for row in found
    ]  # fmt: skip


def _topic(topic: str, told: queries_files.Told) -> dict[str, Any]:
    said = {"discipline": _("Sanctions, ethics, fraud"), "career": _("Career, assessments, training")}
    return {"key": topic, "name": said[topic], "on": told.checked.get(topic)}


@pages.get("/people/<person_id>/records/new")
def new_record(person_id: str) -> str:
    """Choose what to enter, then fill it in."""
    _require(person_id)
    return _form(person_id, sent.query(KindAsked)["kind"], {})


@pages.post("/people/<person_id>/records/new")
def add_record(person_id: str) -> Response | tuple[str, int]:
    """Enter the record; what is wrong comes back beside the fields."""
    kind, given = sent.query(KindAsked)["kind"], sent.form(RecordForm)
    try:
        commands.add_record(edge.actor(), AddRecord(person_id, _entry(kind, given)), now=edge.now())
    except (Invalid, Conflict) as refused:
        return _form(person_id, kind, given, refused=refused), 422
    flash(_("Entered in the file."))
    return redirect(url_for("pages.person", person_id=person_id))


@pages.get("/records/<record_id>/correct")
def correct_record(record_id: str) -> str:
    """The record as it stands, to be put right."""
    record = queries.record(edge.actor(), record_id)
    _require(record.person_id)
    return _form(record.person_id, record.kind, values_of(record), record_id=record_id)


@pages.post("/records/<record_id>/correct")
def put_right(record_id: str) -> Response | tuple[str, int]:
    """Another record in place of this one, which stays, marked."""
    record, given = queries.record(edge.actor(), record_id), sent.form(RecordForm)
    try:
        command = CorrectRecord(record_id, _entry(record.kind, given), given["reason"])
        commands.correct_record(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        return _form(record.person_id, record.kind, given, refused=refused, record_id=record_id), 422
    flash(_("Corrected; what was there before is kept."))
    return redirect(url_for("pages.person", person_id=record.person_id))


@pages.post("/records/<record_id>/void")
def take_back_record(record_id: str) -> Response:
    """Take back a record that should not be there."""
    record = queries.record(edge.actor(), record_id)
    commands.void_record(edge.actor(), VoidRecord(record_id, sent.form(WordsForm)["text"]), now=edge.now())
    flash(_("Taken back; it stays in the file, marked."))
    return redirect(url_for("pages.person", person_id=record.person_id))


@pages.post("/people/<person_id>/check-file")
def check_file(person_id: str) -> Response:
    """HR has looked through the file on a topic."""
    commands.check_file(edge.actor(), CheckFile(person_id, sent.form(WordsForm)["topic"]), now=edge.now())
    flash(_("Noted: what is not in the file is not, from now on."))
    return redirect(url_for("pages.person", person_id=person_id))


@pages.post("/me/corrections")
def ask_correction() -> Response:
    """Ask bureau HR to have something in the own file corrected."""
    text = sent.form(WordsForm)["text"]
    commands_requests.ask_correction(
        edge.actor(), AskCorrection(edge.actor().person_id or "", text), now=edge.now()
    )  # fmt: skip
    flash(_("Bureau HR is told; the answer will stand here."))
    return redirect(url_for("pages.me"))


@pages.post("/corrections/<request_id>/answer")
def answer_correction(request_id: str) -> Response:
    """Tell the person what was done."""
    text = sent.form(WordsForm)["text"]
    person_id = commands_requests.answer_correction(
        edge.actor(), AnswerCorrection(request_id, text), now=edge.now()
    )  # fmt: skip
    flash(_("The person is told."))
    return redirect(url_for("pages.person", person_id=person_id))


def _require(person_id: str) -> None:
    """Only who may write gets a form; Forbidden as the command would refuse."""
    persons.person(edge.actor(), person_id)
    if not policy.allows(edge.actor(), "file.enter", policy.Target(person_id=person_id)):
        raise Forbidden("access.role_missing", action="file.enter")


def _entry(kind: str, given: dict[str, Any]) -> Entry:
    if kind not in KINDS:
        raise Invalid("record.invalid", faults=(Fault("kind", "record.kind", params={"kind": kind}),))
    values = {name: value for name, value in given.items() if name != "reason"}
    if values["valid_from"] is None:
        raise Invalid("record.invalid", faults=(Fault("valid_from", "field.required"),))
    return Entry(kind, **{**values, "basis": values["basis"] if values["basis"] in BASES else None})


def _form(
    person_id: str, kind: str, values: Any, refused: Invalid | Conflict | None = None, record_id: str | None = None
) -> str:
    faults = refused.faults if isinstance(refused, Invalid) else ()
    shown = {name: str(value) if name.startswith("valid") and value else value for name, value in values.items()}
    return render_template(
        "people/record.html",
        person={"id": person_id, "name": persons.person(edge.actor(), person_id).name},
        kinds=[{"key": key, "name": recordview.kind_words(key), "hidden": held.hidden} for key, held in KINDS.items()],
        kind=kind if kind in KINDS else None,
        kind_name=recordview.kind_words(kind) if kind in KINDS else None,
        form=form_shown(kind, shown, faults, correcting=record_id is not None) if kind in KINDS else None,
        record_id=record_id,
        problem=words(refused.code, refused.params, edge.locale()) if refused else None,
    )
