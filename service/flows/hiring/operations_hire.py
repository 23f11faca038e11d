"""Operations of one slot: publicity, replacement, release, onboarding."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.flows import acting
from service.flows.declaring import operation
from service.flows.hiring import holds, ranking, roster
from service.people.staff import NewPerson, ServiceTerm, Terms, take_on
from workflows.surroundings import Call

Result = Mapping[str, Any] | None

FAILING = ("medical", "inquiry", "hire_filing", "hire_approval", "contract")
"""Results that may end a candidate's run; the one signed last is the reason."""


@operation(
    "hiring.next_ranked",
    "按名次递补",
    "Replace by the next in rank",
    inputs={"max_rounds": "number"},
    required=("max_rounds",),
    reads=("slot", *FAILING),
    writes=("slot", "candidate_id", "replacement"),
)
def next_ranked(call: Call) -> Result:
    """The candidate is out; the next in rank takes the slot, whose hold stays, at most `max_rounds` times."""
    slot = call.variables["slot"]
    roster.mark(call.session, slot["candidate_id"], "failed", _reason(call.variables), chosen=False)
    following = None
    if slot["round"] < call.variables["max_rounds"]:
        waiting = roster.entries(call.session, call.instance_id, states=(ranking.STANDING,))
        following = ranking.next_ranked(waiting, slot["line"])
    if following is None:
        return {"replacement": {"found": False, "round": slot["round"]}}
    roster.mark(call.session, following.id, "medical", chosen=True)
    moved = {**slot, "candidate_id": following.id, "round": slot["round"] + 1}
    return {"slot": moved, "candidate_id": following.id, "replacement": {"found": True, "round": moved["round"]}}


def _reason(variables: Mapping[str, Any]) -> str:
    """Element and decision that were signed last, with the opinion: "medical.fail" or "inquiry.upheld: …"."""
    results = [(name, variables.get(name)) for name in FAILING]
    signed = [(result["at"], name, result) for name, result in results if result and result.get("at")]
    if not signed:
        return ""
    _, name, last = max(signed, key=lambda found: found[:2])
    said = f": {last['opinion']}" if last.get("opinion") and name != "medical" else ""
    return f"{name}.{last['decision']}{said}"[:500]


@operation(
    "hiring.release_slot",
    "释放该岗位预留",
    "Release the slot's post",
    headers={"state": ("failed", "no_show")},
    required=("state",),
    reads=("slot",),
    writes=("hire_result",),
    ledger="settles",
)
def release_slot(call: Call) -> Result:
    """Rounds or ranks are used up, or the person did not arrive: headcount and post become free."""
    slot, state = call.variables["slot"], call.headers["state"]
    if state == "no_show":
        roster.mark(call.session, slot["candidate_id"], "no_show", "onboarding.no_show", chosen=False)
    holds.release_slot(call, slot["band"], slot["key"])
    return {"hire_result": _outcome(slot, "no_show" if state == "no_show" else "released")}


@operation(
    "hiring.onboard",
    "入编入岗",
    "Occupy the post and create the person",
    inputs={"lock_years": "number", "lock_end": "string"},
    required=("lock_years", "lock_end"),
    reads=("slot", "school", "directed", "onboarded_on"),
    writes=("hire_result",),
    ledger="occupies",
)
def onboard(call: Call) -> Result:
    """Reserved becomes occupied, the person is created and appointed; a directed hire is locked from that day on."""
    slot, variables = call.variables["slot"], call.variables
    candidate = roster.personal(call.session, slot["candidate_id"])
    person = NewPerson(candidate["name"], candidate["id_number"], phone=candidate["phone"], degree=candidate["degree"])
    terms = Terms(
        variables["school"],
        date.fromisoformat(variables["onboarded_on"]),
        band=slot["band"],
        subject=slot["subject"],
        stage=slot["stage"],
        document=call.instance_id,
        instance_id=call.instance_id,
    )
    person_id = take_on(call.session, person, terms, lock=lock_of(variables), by=acting.actor_of(call), now=call.now)
    holds.occupy_slot(call, slot["band"], slot["key"])
    roster.mark(call.session, slot["candidate_id"], "hired", person_id=person_id)
    return {"hire_result": {**_outcome(slot, "hired"), "person_id": person_id}}


def lock_of(variables: Mapping[str, Any]) -> ServiceTerm | None:
    """The service lock that a directed hire begins with; None for every other."""
    if not variables.get("directed") or not variables["lock_years"]:
        return None
    return ServiceTerm("定向招聘", variables["lock_years"], month_end=variables["lock_end"] == "month_end")


def _outcome(slot: Mapping[str, Any], outcome: str) -> dict[str, Any]:
    return {"slot": slot["key"], "line": slot["line"], "candidate_id": slot["candidate_id"], "outcome": outcome}
