"""Operations of an application up to the committee: facts, admission, route, corrections."""

from collections.abc import Mapping
from typing import Any

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.declaring import operation
from service.flows.title import evidence, roster, rules
from service.people import queries as people
from service.records.queries import facts_of
from workflows.surroundings import Call

Result = Mapping[str, Any] | None
STAGES = ("verification", "bureau_review", "hr_review")
"""The steps that may ask for corrections, each once (policy §3.T 4)."""


@operation(
    "title.gather",
    "调取档案事实",
    "Gather the facts of the applicant's records and judge them",
    reads=("initiator", "school", "target", "subject", "evidence", "confirmed"),
    writes=("application_id", "applicant", "record_evidence", "eligibility", "batch", "corrections", "review"),
    parameters=("title_evidence_years",),
)
def gather(call: Call) -> Result:
    """Find the batch of the day and what the records say of the applicant on it; ask the tables; write the application.

    What the file says of discipline is asked here and kept nowhere: the readers of a case may not see it (§7).
    Conflict("title.no_batch" | "title.too_early" | "title.too_late" | "title.twice"), Invalid("title.not_confirmed" |
    "title.level_closed" | "title.other_school" | "title.not_higher" | "title.forged_evidence").
    """
    variables, today = call.variables, day_of(call.now)
    if not variables.get("confirmed"):
        raise Invalid("title.not_confirmed", faults=(Fault("values.confirmed", "title.not_confirmed"),))
    batch, target = roster.open_batch(call.session, today), variables["target"]
    levels = {row["level"]: bool(row["outside"]) for row in batch.levels}
    if target not in levels:
        raise Invalid("title.level_closed", faults=(Fault("values.target", "title.level_closed"),), level=target)
    roster.refuse_second(call.session, batch.id, variables["initiator"])
    facts = facts_of(call.session, [variables["initiator"]], today)[variables["initiator"]]
    job = facts.employment
    if job is None and facts.retired:
        raise Invalid("title.refused.retired")
    if job is None or job.organisation_id != variables["school"]:
        raise Invalid("title.other_school")
    if not rules.is_higher(target, facts.title):
        raise Invalid("title.not_higher", faults=(Fault("values.target", "title.not_higher"),), title=facts.title)
    evidence.expect_genuine(call, variables.get("evidence") or ())
    application = {
        "instance_id": call.instance_id, "batch_id": batch.id, "person_id": facts.person_id, "target": target,
        "organisation_id": variables["school"], "subject": variables["subject"], "from_title": facts.title,
        "from_band": job.band, "applied_at": call.now,
    }  # fmt: skip
    roster.register(call.session, application)
    return {
        "application_id": call.instance_id,
        "applicant": evidence.discreet(evidence.applicant(facts, target, None)),
        "record_evidence": evidence.of_records(call.session, facts),
        "eligibility": evidence.judged(call, facts, target, today),
        "batch": {"id": batch.id, "year": batch.year, "criteria": batch.criteria, "outside": levels[target]},
        "corrections": [],
        "review": None,
    }


@operation(
    "title.admit",
    "受理申报",
    "Take the application, or say why not",
    reads=("eligibility", "record_note", "batch"),
    writes=("admission",),
)
def admit(call: Call) -> Result:
    """Refuse what is certain: Invalid("title.refused.<reason>"); `admission.doubt` where a person has to look."""
    found = call.variables["eligibility"]
    reason = rules.refusal(found, call.variables.get("record_note"))
    if reason is not None:
        raise Invalid(f"title.refused.{reason}", missing=found.get("missing_years"))
    admission = {
        "doubt": found["result"] != "eligible", "reason": found["reason"], "missing_years": found.get("missing_years"),
        "outside": call.variables["batch"]["outside"],
    }  # fmt: skip
    return {"admission": admission}


@operation(
    "title.school_facts",
    "核对评审授权",
    "Look up whether the school may evaluate by itself",
    reads=("school",),
    writes=("school_facts",),
    only="looks",
)
def school_facts(call: Call) -> Result:
    """Whether the school has a committee of its own for lower and middle titles today."""
    school = call.variables["school"]
    own = people.is_authorised(call.session, school, "own_titles", day_of(call.now))
    return {"school_facts": {"own_titles": own}}


@operation(
    "title.ask_correction",
    "一次性告知补正",
    "Ask for all corrections at once",
    reads=(*STAGES, "corrections", "correction_items"),
    writes=("corrections", "correction_stage", "correction_reply"),
)
def ask_correction(call: Call) -> Result:
    """Remember which step asked; no step asks twice, and none without saying for what.

    Conflict("title.corrections_once"), Invalid("title.corrections_unsaid").
    """
    variables = call.variables
    stage = next(name for name in STAGES if (variables.get(name) or {}).get("decision") == "return")
    if stage in variables["corrections"]:
        raise Conflict("title.corrections_once")
    if not (variables.get("correction_items") or "").strip():
        unsaid = Fault("values.correction_items", "title.corrections_unsaid")
        raise Invalid("title.corrections_unsaid", faults=(unsaid,))
    return {
        "corrections": [*variables["corrections"], stage],
        "correction_stage": stage,
        "correction_reply": None,
    }


@operation(
    "title.check_papers",
    "核对补正材料",
    "Check the corrected papers",
    reads=("evidence",),
    only="checks",
)
def check_papers(call: Call) -> Result:
    """Corrected papers are the ones whose checksums are given, as those of the application. Invalid as `gather`."""
    evidence.expect_genuine(call, call.variables.get("evidence") or ())
    return None


@operation(
    "title.queue_for_committee",
    "等候上会",
    "Wait for a sitting of the committee",
    reads=("route",),
    writes=("committee",),
)
def queue_for_committee(call: Call) -> Result:
    """The application may be put on the list of a sitting; one whose vote had no quorum, too, and once more.

    Another committee judges what it has seen itself: marks of an earlier sitting do not stand.
    """
    committee = call.variables["route"]["committee"]
    cleared = dict.fromkeys(("session_id", "called_at", "result", "decided_on", "demonstration", "interview"))
    roster.mark(call.session, call.instance_id, committee=committee, **cleared)
    return {"committee": None}
