"""The first moment of a case: its number, its title, its first variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from service.errors import Fault, Invalid
from service.instances.models import ProcessCase, RequestDraft
from service.numbering.taking import take
from service.tasks import demands, forms, titling, words
from service.tasks.facts import CaseFacts
from workflows.feel import Scope, compile_expression
from workflows.surroundings import Surroundings

DEFAULT_NUMBER = "{year}-{seq:5}"
SERIES, LONGEST_SERIES = "case:", 64
"""Before the name of a series that counts cases, which no other series begins with."""


def start_form(definition: Any) -> dict[str, Any] | None:
    """The form with which a case of this flow is asked for; None when it needs none."""
    form_id = definition.settings.get("start", {}).get("form")
    if form_id is None:
        starts = (element for element in definition.spec.elements.values() if element.kind == "startEvent")
        form_id = next((element.form_id for element in starts if element.form_id), None)
    form: dict[str, Any] | None = definition.forms.get(form_id) if form_id else None
    return form


def first_variables(
    around: Surroundings, definition: Any, values: Mapping[str, Any], initiator_id: str, school: Any
) -> dict[str, Any]:
    """The cleaned start form, and who asks for which organisation; Invalid("form.invalid") with a fault a field."""
    form = start_form(definition)
    allowed = forms.rights(form or {}, None, many_seats=False)
    cleaned = forms.clean(form, values, allowed)
    demands.expect(around, form, allowed, cleaned, dict)
    return {**cleaned, **own_variables(initiator_id, school)}


def own_variables(initiator_id: str, organisation: Any) -> dict[str, Any]:
    """The variables that every case has: who began it, for which organisation."""
    return {"initiator": initiator_id, "school": organisation.id, "school_name": organisation.name}


def secret_names(definition: Any) -> frozenset[str]:
    """The sensitive fields of the start form: variables keep them encrypted."""
    return forms.secret(start_form(definition) or {})


def files(definition: Any, variables: Mapping[str, Any]) -> list[str]:
    """The attachment ids that the start form hands in."""
    return forms.files(start_form(definition), variables)


def next_number(session: Session, pattern: str, today: date) -> str:
    """The next case number of a pattern such as `ZP-{year}-{seq:4}`; what comes before the year counts by itself."""
    series = f"{SERIES}{pattern.partition('{')[0]}"[:LONGEST_SERIES]
    return _numbered(pattern, today.year, take(session, series, today.year))


def _numbered(pattern: str, year: int, seq: int) -> str:
    text = pattern.replace("{year}", str(year)).replace("{seq}", str(seq))
    for digits in range(1, 9):
        text = text.replace(f"{{seq:{digits}}}", f"{seq:0{digits}d}")
    return text


def number_pattern(definition: Any) -> str:
    """The flow's pattern of case numbers: from the process, else from flow.toml."""
    drawn = definition.spec.process.properties.get("caseNumber")
    return drawn or definition.settings.get("flow", {}).get("case_number") or DEFAULT_NUMBER


@dataclass(frozen=True)
class Title:
    """What a case is called: in Chinese, of what that is made, and the English by which it is found, too."""

    text: str
    parts: dict[str, Any] | None = None
    english: str = ""


def title_of(definition: Any, variables: Mapping[str, Any], around: Surroundings, organisation: Any) -> Title:
    """The title of a new case: the flow's own words, else FEEL of the process, else the flow's name and the school."""

    def evaluated(text: str) -> Any:
        scope = Scope(around.now, around.working_days, around.parameters, [], around.zone)
        return compile_expression(text, tuple(variables)).evaluate(variables, scope)

    parts = titling.parts_of(definition.settings, organisation, evaluated)
    worded = titling.worded(definition, parts, "zh")
    if worded:
        return Title(worded, parts, titling.worded(definition, parts, "en") or "")
    drawn = definition.spec.process.properties.get("title") or definition.settings.get("flow", {}).get("title")
    text = evaluated(drawn.removeprefix("=")) if drawn else None
    if isinstance(text, str) and text.strip():
        return Title(text[: titling.LIMIT])
    return Title(f"{definition.name} · {organisation.name}"[: titling.LIMIT])


def forget_draft(session: Session, person_id: str, key: str) -> None:
    """The request was sent: its draft is not needed any more."""
    session.execute(delete(RequestDraft).where(RequestDraft.person_id == person_id, RequestDraft.definition_key == key))


def write_case(session: Session, case: CaseFacts, title: Title, around: Surroundings) -> None:
    """Insert the case's row, and the words by which it is found."""
    row = {
        "instance_id": case.instance_id,
        "definition_key": case.definition_key,
        "business_key": case.business_key,
        "title": case.title,
        "title_parts": title.parts,
        "initiator_id": case.initiator_id,
        "organisation_id": case.organisation_id,
        "started_at": around.now,
        "suspended_at": None,
        "suspension_reason": None,
    }
    session.execute(insert(ProcessCase), row)
    words.enter(session, case, title.english)


def refuse_taken_key(session: Session, business_key: str) -> None:
    """A business key of the caller's own must be new: Invalid("business_key.taken")."""
    if session.execute(select(ProcessCase.instance_id).where(ProcessCase.business_key == business_key)).first():
        raise Invalid("business_key.taken", faults=(Fault("business_key", "business_key.taken"),), key=business_key)
