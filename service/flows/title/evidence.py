"""What the records prove: the context that the decision tables ask, and the evidence that the applicant confirmed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.attachments.models import Attachment
from service.errors import Fault, Invalid
from service.flows.title import rules
from service.parameters.queries import county
from service.records.queries import Facts
from service.records.rules import KINDS
from workflows.surroundings import Call

HIDDEN = ("ethics", "sanction_effect", "fraud_on", "retired", "records_checked")
"""What only bureau HR and the person may read: used once for the table, then dropped."""


DISCIPLINE = frozenset({"ethics", "sanction", "records"})
OPEN_TABLES = frozenset({"学历与年限", "农村或薄弱学校任教", "职称申报条件"})


def applicant(facts: Facts, target: str, sanction_effect: str | None) -> dict[str, Any]:
    """The variable `applicant` of bpmn/title/title-eligibility.dmn.

    Of rural months what is on record counts where it suffices, else unknown stays unknown (policy §8).
    """
    return {
        "target": target,
        "title": facts.title,
        "degree": facts.degree,
        "stage": facts.stage,
        "area": facts.area,
        "years_in_title": facts.years_in_title,
        "years_of_service": facts.years_of_service,
        "rural_months": facts.rural_months if facts.rural_months is not None else facts.rural_months_seen or None,
        "rural_exception": False,
        "retired": is_retired(facts),
        "ethics": facts.ethics,
        "sanction_effect": sanction_effect,
        "fraud_on": facts.fraud_on,
        "records_checked": facts.records_checked,
    }


def is_retired(facts: Facts) -> bool | None:
    """Retired, or past the day of retirement, chosen or by law, though nobody has ended the appointment yet."""
    over = facts.retires_on is not None and facts.retires_on <= facts.on
    return True if over else facts.retired


def discreet(context: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what only bureau HR and the person may read."""
    return {name: value for name, value in context.items() if name not in HIDDEN}


def judged(call: Call, facts: Facts, target: str, on: date) -> dict[str, Any]:
    """What the tables say: {result, reason, missing_years, because}, without what they were told of discipline.

    `because` are the rows on degree, years and rural service; that the file is not looked through is `file`.
    """
    asked = {"applicant": applicant(facts, target, _sanction_effect(call, facts, on)), "as_of": on}
    outcome = call.decide("title_eligibility", asked)
    found = dict(outcome.value)
    if found["result"] == "unknown" and found["reason"] in DISCIPLINE:
        found["reason"] = "file"
    told = [rule.annotation for rule in outcome.reasons() if rule.table in OPEN_TABLES]
    return {**found, "because": told}


def _sanction_effect(call: Call, facts: Facts, on: date) -> str | None:
    """What the person's sanction blocks. Every kind is asked about: the record names the parameters that were read."""
    sanction = facts.sanction_context() or dict.fromkeys(("kind", "system", "decided_on"))
    kinds = (*KINDS["sanction"].values, "none", None)
    asked = {kind: {**sanction, "kind": kind, "decided_on": sanction["decided_on"] or on} for kind in kinds}
    found = {kind: call.decide("sanction_effect", {"sanction": one, "as_of": on}).value for kind, one in asked.items()}
    effect: str | None = found[None if facts.sanction is None else facts.sanction.kind]
    return effect


def of_records(session: Session, facts: Facts) -> dict[str, Any]:
    """Assessments of some years (a parameter), training hours and rural months as the applicant confirmed them."""
    years = int(county(session, facts.on)["title_evidence_years"])
    return {
        "title": facts.title,
        "title_since": facts.title_since.isoformat() if facts.title_since else None,
        "assessments": rules.recent(facts.assessments, facts.on, years),
        "training_hours": facts.training_hours,
        "rural_months": facts.rural_months,
        "rural_months_seen": facts.rural_months_seen,
    }


def expect_genuine(call: Call, rows: Iterable[Mapping[str, Any]]) -> None:
    """The checksum that the applicant gave of an own copy is that of the file that came.

    Invalid("title.forged_evidence") with a fault a row; nothing is stored then.
    """
    claimed = [(number, row["file"], row["sha256"].lower()) for number, row in enumerate(rows) if row.get("sha256")]
    if not claimed:
        return
    ids = {file for _, files, _ in claimed for file in files}
    found = select(Attachment.id, Attachment.checksum).where(Attachment.id.in_(ids))
    known = {row.id: row.checksum for row in call.session.execute(found)}
    faults = tuple(
        Fault(f"values.evidence.{number}.sha256", "title.forged_evidence")
        for number, files, said in claimed
        if said not in {known.get(file) for file in files}
    )
    if faults:
        raise Invalid("title.forged_evidence", faults=faults)
