"""Records and facts of persons as pages show them: kinds, values and days in words."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from service.access import policy
from service.people import queries as people
from service.people.persons import PersonView
from service.records.facts import Facts
from service.records.queries_files import Told
from service.records.reading import Record
from service.records.rules import KINDS
from service.web import edge

VALUES: dict[str, tuple[str, str]] = {
    "excellent": ("优秀", "Excellent"), "competent": ("合格", "Competent"),
    "basic": ("基本合格", "Basically competent"), "failed": ("不合格", "Failed"),
    "undetermined": ("不定等次", "Undetermined"),
    "special": ("省特级教师", "Provincial special-class"), "province": ("省级", "Provincial"), "city": ("市级", "City"),
    "county": ("区县级", "County"), "school": ("校级", "School"),
    "city_teacher": ("市级名师", "Renowned teacher of the city"),
    "city_principal": ("市级名校长", "Renowned principal of the city"),
    "dual_qualified": ("双师型教师", "Dual-qualified teacher"),
    "moved": ("人事关系随转", "With the employment relation"), "lent": ("人事关系不转", "Employment stays"),
    "support": ("支教", "Support teaching"), "secondment": ("借调", "Secondment"),
    "early": ("提前退休", "Earlier"), "late": ("延迟退休", "Later"),
    "retirement": ("退休", "Retirement"), "resignation": ("辞职", "Resignation"), "death": ("去世", "Death"),
    "transfer": ("调出", "Transfer out"), "dismissal": ("辞退、开除", "Dismissal"),
    "leave": ("事假", "Leave"), "sickness": ("病假", "Sickness"), "maternity": ("产假", "Maternity"),
    "study": ("进修", "Study"), "pregnancy": ("孕期", "Pregnancy"), "nursing": ("哺乳期", "Nursing"),
    "serious_illness": ("重病", "Serious illness"),
    "warning": ("警告", "Warning"), "demerit": ("记过", "Demerit"), "major_demerit": ("记大过", "Major demerit"),
    "demotion": ("降低岗位等级、降级", "Demotion"), "removal": ("撤职", "Removal"),
    "investigation": ("已立案", "Under investigation"), "upheld": ("已认定", "Upheld"),
    "staff": ("事业单位处分", "Staff regulations"), "governmental": ("政务处分", "Governmental sanction"),
    "none": ("无", "None"), "clear": ("无", "None"),
    "remote": ("边远学校", "Remote school"), "weak": ("薄弱学校", "Weak school"), "other": ("其他学校", "Other school"),
}  # fmt: skip


OF_ONE_DAY = frozenset({
    "assessment", "term_assessment", "training", "departure", "fraud", "retirement_choice", "former_name",
    "certificate", "sanction",
})  # fmt: skip
"""Kinds that happened on a day and do not last: a sanction has its term."""


def value_words(value: str | None) -> str | None:
    """A value of a record in the reader's language; what is no word of ours stays as it is."""
    return None if value is None else VALUES.get(value, (value, value))[edge.locale() == "en"]


def kind_words(kind: str) -> str:
    """The name of a kind of record."""
    found = KINDS[kind]
    return found.en if edge.locale() == "en" else found.zh


def records_shown(found: Sequence[Record], person_id: str) -> list[dict[str, Any]]:
    """Lines of the table of records, newest first."""
    names = people.organisation_names([r.organisation_id for r in found if r.organisation_id], edge.locale())
    may = policy.allows(edge.actor(), "record.correct", policy.Target(person_id=person_id))
    return [_record(record, names, may) for record in reversed(found)]


def _record(record: Record, names: dict[str, str], may: bool) -> dict[str, Any]:
    said = [value_words(record.value), value_words(record.basis), record.year and str(record.year)]
    said += [_("%(n)s hours", n=record.amount) if record.kind == "training" else None]
    said += [names.get(record.organisation_id or "")]
    open_ones = may and record.voided_at is None
    return {
        "id": record.id,
        "kind": kind_words(record.kind),
        "hidden": record.hidden,
        "said": " · ".join(str(part) for part in said if part),
        "first": record.valid_from,
        "until": record.valid_until,
        "once": record.kind in OF_ONE_DAY and record.valid_until is None,
        "document": record.document,
        "note": record.note,
        "voided": record.void_reason if record.voided_at else None,
        "correct_url": url_for("pages.correct_record", record_id=record.id) if open_ones else None,
    }


def appointments_shown(view: PersonView) -> list[dict[str, Any]]:
    """Lines of the table of appointments, newest first."""
    names = people.organisation_names([row.organisation_id for row in view.appointments], edge.locale())
    return [
        {
            "organisation": names.get(row.organisation_id, ""),
            "post": post_words(row),
            "title": row.title,
            "subject": row.subject,
            "first": row.valid_from,
            "until": row.valid_until,
            "because": row.ended_because,
            "struck": row.struck_at is not None,
        }
        for row in reversed(view.appointments)
    ]


def post_words(row: Any) -> str:
    """Band and grade of an appointment, or what kind of post it is."""
    bands = {"senior": _("Senior"), "middle": _("Middle"), "junior": _("Junior")}
    if row.band is None:
        others = {"management": _("Management"), "support": _("Support"), "dual": _("Two posts")}
        return str(others.get(row.post_category, _("no post")))
    return str(_("%(band)s, grade %(n)s", band=bands[row.band], n=row.grade) if row.grade else bands[row.band])


def facts_shown(told: Told) -> list[dict[str, Any]]:
    """What was true on the day, as (label, value); a value that nobody knows is None."""
    facts = told.facts
    lines = [*_post_facts(facts), *_career_facts(facts)]
    if told.hidden:
        lines += _hidden_facts(facts)
    else:
        lines.append((_("Sanctions and ethics"), standing_words(told.standing)))
    return [{"label": str(label), "value": None if value is None else str(value)} for label, value in lines]


Line = tuple[Any, Any]


def _post_facts(facts: Facts) -> Iterable[Line]:
    job = facts.employment
    names = people.organisation_names([job.organisation_id], edge.locale()) if job else {}
    yield _("School or office"), names.get(job.organisation_id) if job else _("not appointed on that day")
    yield _("Post"), post_words(job) if job else None
    yield _("Title"), facts.title
    yield _("Years in this title"), facts.years_in_title
    yield _("Years of service"), facts.years_of_service
    yield _("Years at this school"), facts.years_at_school
    yield _("Day of retirement"), facts.retires_on and f"{facts.retires_on} ({_retires_by(facts)})"


def _retires_by(facts: Facts) -> str:
    said = {"choice": _("chosen"), "stored": _("on record"), "tables": _("by the tables of 2025")}
    return str(said.get(facts.retires_by, ""))


def _career_facts(facts: Facts) -> Iterable[Line]:
    yield _("Months in rural or weak schools"), facts.rural_months
    yield _("Excellent yearly assessments"), facts.excellent
    yield _("Training hours in five years"), facts.training_hours
    yield _("Backbone teacher"), value_words(facts.backbone)
    yield _("Exchange, full months"), facts.exchange_months
    yield _("Service lock"), _lock_words(facts)
    yield _("Full terms as principal"), facts.principal_terms if facts.is_principal else "–"


def _lock_words(facts: Facts) -> str | None:
    if facts.locks:
        return str(_("until %(day)s", day=facts.locks[-1].ends_on.isoformat()))
    return None if facts.lock_active is None else str(_("none"))


def _hidden_facts(facts: Facts) -> Iterable[Line]:
    sanction = facts.sanction
    yield _("Sanction in force"), value_words(sanction.kind) if sanction else None
    yield _("Ethics record"), value_words(facts.ethics)
    yield _("Deferral for health"), _("yes") if facts.health_deferral else _("none noted")


def standing_words(standing: str) -> str:
    """The one word that others than HR and the person learn."""
    said = {
        "clear": _("nothing stands against it"),
        "suspended": _("suspended: ask HR"),
        "barred": _("not eligible: ask HR"),
        "unknown": _("not looked through yet: ask HR"),
    }
    return str(said[standing])
