"""Operations of an application up to the round's outcome: enter, judge, accept, close."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows import acting
from service.flows.declaring import operation
from service.flows.reserved import applicants, rounds, rules
from service.flows.reserved.rules import needs_none
from service.people.locking import lock_persons
from service.posts import checked, lending
from service.posts.ledger import release_all
from service.records.facts import Employment
from service.records.queries import facts_of
from workflows.base import new_id
from workflows.surroundings import Call

Result = Mapping[str, Any] | None


@operation(
    "reserved.apply",
    "登记申请",
    "Enter the application",
    reads=("school", "band", "person_id", "person_name", "id_number"),
    writes=("application_id", "applicant_id", "applicant_name", "applicant_school", "round_id"),
)
def apply(call: Call) -> Result:
    """One application of one person in a round; a corrected one changes its band.

    Invalid("form.invalid") for an unknown person, Invalid("reserved.not_in_service" | "reserved.no_call" |
    "reserved.closed" | "reserved.band_not_offered" | "reserved.has_post"), Conflict("reserved.applied" | "loan.held")
    and those of `checked.expect`: a school asks for a post of the pool, too, only once no case on paper is left.
    A corrected one is asked again for what depends on the band.
    """
    here = rounds.application(call.session, call.instance_id)
    if here is not None:
        return _corrected(call, here)
    if call.written is None:
        checked.expect(call.session, call.variables["school"], day_of(call.now))
    found = _open_round(call)
    _expect_offered(call, found)
    person_id = applicants.person_of(call)
    lock_persons(call.session, [person_id])
    _expect_first(call, found.instance_id, person_id)
    name, employment = _in_service(call, person_id)
    application = {"id": new_id(), "instance_id": call.instance_id, "round_id": found.instance_id}
    place = {"school_id": call.variables["school"], "person_id": person_id, "band": call.variables["band"]}
    rounds.insert_application(call.session, application | place, call.now)
    return {
        "application_id": application["id"],
        "applicant_id": person_id,
        "applicant_name": name,
        "applicant_school": _school_name(call.session, employment.organisation_id),
        "round_id": found.instance_id,
    }


def _corrected(call: Call, here: Row[Any]) -> Result:
    """The same application, perhaps of another band: what it had in the ranking of the former one it has no more."""
    band = call.variables["band"]
    _expect_offered(call, rounds.the_round(call.session, here.round_id))
    _in_service(call, here.person_id)
    if band != here.band:
        release_all(call.session, acting.cause_of(call))
        rounds.change_application(call.session, call.instance_id, **rounds.UNRANKED)
    rounds.change_application(call.session, call.instance_id, band=band, state="submitted")
    return {}


def _open_round(call: Call) -> Any:
    """The round that takes applications at this moment; of one on paper, that did then and is not decided yet."""
    found = rounds.open_round(call.session)
    if found is None:
        raise Invalid("reserved.no_call")
    open_ = found.state == "open" if call.written is None else found.state in rounds.UNDECIDED
    if not open_ or not found.opened_at <= call.now <= found.closes_at:
        raise Invalid("reserved.closed", year=found.year)
    return found


def _expect_offered(call: Call, found: Any) -> None:
    band = call.variables["band"]
    if not rounds.offered(found).get(band):
        raise Invalid("reserved.band_not_offered", faults=(Fault("values.band", "reserved.band_not_offered"),))


def _expect_first(call: Call, round_id: str, person_id: str) -> None:
    if rounds.earlier(call.session, round_id, person_id, call.instance_id) is not None:
        raise Conflict("reserved.applied", person_id=person_id)
    if lending.open_loans(call.session, [person_id]):
        raise Conflict("loan.held", person_id=person_id)


def _in_service(call: Call, person_id: str) -> tuple[str, Employment]:
    """Name and employment; Invalid for who is in none, or has a post of the band at this school already."""
    facts = facts_of(call.session, [person_id], day_of(call.now))[person_id]
    employment = facts.employment
    if facts.retired or employment is None:
        raise Invalid("reserved.not_in_service", faults=(Fault("values.person_id", "reserved.not_in_service"),))
    here = employment.organisation_id == call.variables["school"]
    if here and needs_none(employment.band, call.variables["band"]):
        raise Invalid("reserved.has_post", faults=(Fault("values.band", "reserved.has_post"),))
    return facts.name, employment


def _school_name(session: Session, organisation_id: str) -> str:
    found = rounds.ORGANISATION
    return str(session.execute(found.select().where(found.c.id == organisation_id)).one().name)


@operation(
    "reserved.judge",
    "核对师德与资格",
    "Judge ethics and eligibility",
    reads=("applicant_id", "band"),
    writes=("eligibility",),
)
def judge(call: Call) -> Result:
    """Ask the table of eligibility. The case keeps the result; why somebody is barred is for bureau HR alone.

    Who waits for an ethics case takes part in the ranking meanwhile if nothing but that stands against the application:
    the same table says so for the case that it is cleared.
    """
    person_id = call.variables["applicant_id"]
    facts = facts_of(call.session, [person_id], day_of(call.now))[person_id]
    applicant = applicants.judged_by(facts, call.variables["band"])
    outcome = call.decide("reserved_eligibility", {"applicant": applicant})
    state, because = "submitted", None
    if outcome.value["result"] == "suspended":
        cleared = call.decide("reserved_eligibility", {"applicant": applicant | {"ethics": "clear"}})
        state, because = "suspended", None if cleared.value["result"] == "eligible" else rules.BARRED
    here = rounds.application(call.session, call.instance_id)
    place = {"because": because} if here is None or here.rank is None else {}
    rounds.change_application(call.session, call.instance_id, state=state, **place)
    return {"eligibility": applicants.finding_of(outcome.value)}


@operation(
    "reserved.accept",
    "受理申请",
    "Accept the application",
    reads=("round_id",),
    writes=("round_over", "place_kept"),
)
def accept(call: Call) -> Result:
    """It takes part in the ranking; `round_over` when the round has ended without waiting for it.

    `place_kept`: it was ranked while an inquiry kept it from being accepted, and the round gave it a post (policy §1).
    """
    state = rounds.locked_round(call.session, call.variables["round_id"]).state
    over = state not in rounds.UNDECIDED
    here = rounds.application(call.session, call.instance_id)
    kept = state == "decided" and here is not None and here.granted
    if not over:
        rounds.change_application(call.session, call.instance_id, state="accepted")
    return {"round_over": over, "place_kept": kept}


@operation(
    "reserved.close",
    "注销申请",
    "Close the application",
    headers={"state": ("refused", "expired", "returned")},
    required=("state",),
    ledger="settles",
)
def close(call: Call) -> Result:
    """The application ends; whatever it holds is released."""
    release_all(call.session, acting.cause_of(call))
    rounds.change_application(call.session, call.instance_id, state=call.headers["state"])
    return None
