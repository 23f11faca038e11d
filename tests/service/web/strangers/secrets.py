"""What belongs to s01: a real id for every name under which an address carries one, and who may know of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from service.access.models import AccessToken
from service.db import db, transaction
from service.flows.exchange.casework import OBJECTION, OPENING, ROUND, TEXT
from service.flows.exchange.drawing_up import ENTRY
from service.flows.hiring import xlsx
from service.flows.hiring.columns import columns_of
from service.flows.hiring.commands_import import BeginImport, begin_import
from service.flows.hiring.windows import WINDOWS
from service.flows.reserved.models import ReservedRound
from service.flows.title.commands import OpenBatch, open_batch
from service.flows.title.commands_experts import EnterExpert, enter_expert
from service.flows.title.commands_sessions import PlanSession, plan_session
from service.flows.title.roster import CERTIFICATE
from service.incidents.models import Incident
from service.incidents.record import Failure, open_incident
from service.instances.commands_batches import StartMany, start_many
from service.notices import delivery, outbox
from service.notices.models import Notice
from service.notices.outbox import Message
from service.people.models import Appointment, Authorisation
from service.records.commands import AddRecord, add_record
from service.records.commands_requests import AskCorrection, ask_correction
from service.records.rules import Entry
from service.runs.asking import ask
from service.tasks.bulk import RUN_KIND
from tests.service.people.county import PEOPLE, id_number
from tests.service.web.api.house import House
from tests.service.web.api.test_examples import REVIEWS, decided
from tests.service.web.strangers.later import written
from workflows.base import new_id
from workflows.models import ProcessInstance

INVENTED = "00000000-0000-7000-8000-000000000000"
BUREAU = frozenset({"bureau.hr", "bureau.chief", "bureau.leader", "auditor"})
"""Who sees every case (policy §7): HR of the bureau, its leaders, the auditor."""
HEADS = frozenset({"s01.principal", "s01.vice", "s01.hr"})
OFFICES = frozenset({"staffing.office", "hr.bureau"})
ADMIN = frozenset({"admin"})
HOUSE = BUREAU | HEADS

SEES: dict[str, frozenset[str]] = {
    "instance_id": HOUSE | OFFICES,
    "case_id": HOUSE | OFFICES,
    "task_id": HOUSE | {"hr.bureau"},
    "candidate_id": HOUSE,
    "bulk_id": frozenset({"s01.hr"}),
    "filter_id": frozenset({"s01.hr"}),
    "run_id": ADMIN | {"s01.hr"},
    "attachment_id": HOUSE | OFFICES,
    "account_id": HOUSE | OFFICES,
    "person_id": HOUSE | ADMIN | {"s01.teacher"},
    "appointment_id": HOUSE | ADMIN | {"s01.teacher"},
    "assignment_id": HOUSE | ADMIN,
    "substitution_id": HOUSE | ADMIN,
    "user_account_id": HOUSE | ADMIN,
    "token_id": ADMIN | {"s01.hr"},
    "timer_id": ADMIN,
    "incident_id": ADMIN | BUREAU,
    "notice_id": frozenset({"staffing.office"}),
    "message_id": ADMIN,
    "entry_id": HOUSE | {"s01.teacher"},
    "objection_id": HOUSE | {"s01.teacher"},
    "matching_id": BUREAU,
    "session_id": HOUSE,
    "expert_id": HOUSE,
    "loan_id": HOUSE | OFFICES | {"s01.teacher"},
    "number": HOUSE | {"s01.teacher"},
    "plan_id": HOUSE | {"s01.teacher"},
    "record_id": HOUSE | {"s01.teacher"},
    "request_id": HOUSE | ADMIN | {"s01.teacher"},
    "many_id": frozenset({"s01.hr"}),
    "draft_id": ADMIN | {"auditor"},
    "migration_id": ADMIN | {"bureau.hr", "bureau.chief"},
    "correction_id": frozenset({"bureau.hr", "bureau.chief", "auditor"}),
    "paper_id": HOUSE,
    "load_id": ADMIN | {"bureau.hr", "bureau.chief"},
    "hold_id": HOUSE | OFFICES,
    "report_id": BUREAU,
    "paper_case_id": frozenset({"bureau.hr", "bureau.chief", "auditor"}),
    "import_id": frozenset({"bureau.hr", "bureau.chief", "auditor"}),
    "public_objection_id": frozenset({"bureau.hr", "bureau.chief", "auditor"}),
}
"""Name of an id in addresses → who may know that it exists, as policy §7 says; everybody else is a stranger."""

OWN = {"kind": "own_hiring", "valid_from": "2026-09-10", "document": "教〔2026〕1号"}
WINTER = {"name": "寒假", "first": "2027-01-20", "last": "2027-02-20"}
PUBLIC = frozenset({
    "definition_id", "organisation_id", "authorisation_id", "key", "day", "field", "holiday_id", "operation",
    "opening_id", "batch_id", "round_id", "publicity_id", "proposal_id", "retirement_id", "act", "template_id",
    "kind", "version", "ending", "definition_key", "year", "position",
})  # fmt: skip
"""What everybody who is signed in may know of, and what is no id."""

LEDGER_PAGES = frozenset(
    {"pages.account", "pages.name_loan_holder", "pages.extend_loan", "pages.return_post", "pages.correct_loan_holder"}
)
"""Addresses that name a school and show its ledger: the school is public, its ledger is not."""


@dataclass
class Secret:
    """The house, and ids of what belongs to s01 by the name under which addresses carry them."""

    house: House
    ids: dict[str, str]

    def hidden_from(self, who: str) -> set[str]:
        """The ids that this role must not meet anywhere."""
        return {self.ids[name] for name, seen_by in SEES.items() if who not in seen_by}


def keep(house: House) -> Secret:
    """Furnish s01 with two cases, a candidate, files, an incident and notices, and name the ids."""
    case = house.ask(1).json["id"]
    for by, element_id in REVIEWS[:3]:
        decided(house, by, case, element_id, "approve")
    other = announced(house)
    applicant = {"line": 1, "name": "考生", "id_number": id_number(650), "degree": "bachelor"}
    candidate = house.caller("s01.hr").post(f"/hiring-requests/{other}/candidates", applicant).json["id"]
    begin_import(house.county.actor("s01.hr", house.clock.now()), BeginImport(other, _sheet()), now=house.clock.now())
    delivery.deliver(house.clock.now() + timedelta(minutes=2), {})
    place = house.county.organisations["s01"]
    house.caller("bureau.chief").post(f"/organisations/{place}/authorisations", OWN)
    with transaction() as session:
        open_incident(session, Failure(case, "post_check", "assignment", "task.nobody", ""), house.clock.now())
    assert set(SEES["instance_id"]) < set(PEOPLE)
    return Secret(house, _ids(house, case, other, candidate))


def _ids(house: House, case: str, other: str, candidate: str) -> dict[str, str]:
    bureau, county = house.caller("bureau.hr"), house.county
    return {
        "instance_id": case,
        "case_id": case,
        "task_id": house.task("hr.bureau", case, "post_check")["id"],
        "candidate_id": candidate,
        "filter_id": house.caller("s01.hr").post("/task-filters", {"name": "我的"}).json["id"],
        "bulk_id": house.caller("s01.hr").post("/tasks/bulk-complete", {"tasks": [{"id": INVENTED}]}).json["id"],
        "run_id": _run(house),
        "attachment_id": bureau.get(f"/process-instances/{case}/variables").json["variables"]["minutes"][0],
        "account_id": house.accounts["s01", "headcount"],
        "person_id": county.persons["s01.teacher"],
        "appointment_id": _id(Appointment, Appointment.person_id == county.persons["s01.teacher"]),
        "assignment_id": county.assignments["s01.principal"],
        "substitution_id": _substitution(house),
        "user_account_id": county.accounts["s01.hr"],
        "token_id": _id(AccessToken, AccessToken.account_id == county.accounts["s01.hr"]),
        "timer_id": bureau.get(f"/process-instances/{other}/timers").json[0]["id"],
        "incident_id": _id(Incident),
        "notice_id": _id(Notice, Notice.holder.startswith("staffing_officer@")),
        "message_id": _given_up(house),
        "definition_id": bureau.get("/process-definitions").json["items"][0]["id"],
        "organisation_id": county.organisations["s01"],
        "authorisation_id": _id(Authorisation),
        "key": "opening_ratio",
        "day": "2026-09-10",
        "holiday_id": house.caller("admin").post("/school-holidays", WINTER).json["id"],
        "field": "phone",
        "operation": "transfer",
        **_exchange(house),
        **_titles(house, case),
        **_files(house),
        "round_id": _round(),
        **written(house, case, candidate),
    }


def _exchange(house: House) -> dict[str, str]:
    """A place of the teacher on the list of a plan, with an opening, a round and an appeal."""
    person_id, school = house.county.persons["s01.teacher"], house.county.organisations["s01"]
    moment, case = house.clock.now(), _id(ProcessInstance)
    ids = {name: new_id() for name in ("entry_id", "opening_id", "matching_id", "objection_id")}
    entry = {
        "id": ids["entry_id"], "instance_id": case, "person_id": person_id, "organisation_id": school,
        "appointment_id": _id(Appointment, Appointment.person_id == person_id), "subject": "语文", "stage": "primary",
        "band": "middle", "counted": True, "proposed": "REQUIRED", "proposed_reason": "years_at_school",
        "result": "REQUIRED", "reason": "years_at_school",
    }  # fmt: skip
    opening = {
        "id": ids["opening_id"], "instance_id": case, "organisation_id": school, "number": 1, "subject": "语文",
        "stage": "primary", "count": 1, "manner": "move", "entered_by": person_id, "entered_at": moment,
    }  # fmt: skip
    round_ = {
        "id": ids["matching_id"], "instance_id": case, "number": 1, "seed": 1, "inputs": {}, "inputs_hash": "0" * 64,
        "asked_by": person_id, "asked_at": moment,
    }  # fmt: skip
    objection = {
        "id": ids["objection_id"], "instance_id": case, "entry_id": ids["entry_id"], "kind": "appeal",
        "text": TEXT.seal(ids["objection_id"], "异议"), "by_person_id": person_id, "at": moment,
    }  # fmt: skip
    with transaction() as session:
        for table, row in ((ENTRY, entry), (OPENING, opening), (ROUND, round_), (OBJECTION, objection)):
            session.execute(insert(table), row)
    return ids | {"plan_id": case}


def _titles(house: House, case: str) -> dict[str, str]:
    """An evaluation with a sitting and an expert of the school, and a certificate of its teacher."""
    county, now, day = house.county, house.clock.now(), house.clock.now().date()
    school, person, later = county.organisations["s01"], county.persons["s01.teacher"], day + timedelta(days=365)
    opened = OpenBatch(2026, "2026", {"一级": False}, day, day, "标准")
    batch = open_batch(county.actor("bureau.hr", now), opened, now=now)
    sitting = PlanSession(batch, school, "评委会", "一级", "other", None, 7, "备案", day, day, day)
    clerk = county.actor("s01.hr", now)
    certificate = {
        "id": new_id(), "number": "2026000001", "code": "0" * 32, "instance_id": case, "person_id": person,
        "organisation_id": school, "level": "一级", "subject": "语文", "confirmed_on": day, "document": "文",
        "issued_at": now, "state": "valid",
    }  # fmt: skip
    with transaction() as session:
        session.execute(insert(CERTIFICATE), certificate)
    term = EnterExpert(school, person, "一级", None, day, later, "库")
    return {
        "batch_id": batch,
        "session_id": plan_session(clerk, sitting, now=now),
        "expert_id": enter_expert(clerk, term, now=now),
        "number": "2026000001",
    }


def _files(house: House) -> dict[str, str]:
    """A record of the teacher, what the teacher asks to have corrected, and a batch of the clerk's."""
    county, now = house.county, house.clock.now()
    person, clerk = county.persons["s01.teacher"], county.actor("s01.hr", now)
    entry = Entry("title", now.date(), value="一级")
    record = add_record(county.actor("bureau.hr", now), AddRecord(person, entry), now=now)
    asked = ask_correction(county.actor("s01.teacher", now), AskCorrection(person, "职称"), now=now)
    many = StartMany("hiring", county.organisations["s01"], "表", [("1", {})], {})
    return {"record_id": record, "request_id": asked, "many_id": start_many(clerk, many, now=now)}


def _round() -> str:
    """A round of reserved posts: everybody may know that there is one."""
    found = new_id()
    with transaction() as session:
        session.execute(insert(ReservedRound), {"instance_id": found, "year": 2026, "state": "planned"})
    return found


def announced(house: House) -> str:
    """A case whose registration is open."""
    case: str = house.ask(1).json["id"]
    for by, element_id in REVIEWS:
        decided(house, by, case, element_id, "approve")
    decided(house, "bureau.leader", case, "approval", "approve")
    decided(house, "bureau.hr", case, "announce_bureau", "publish", announced_at="市政府网站")
    return case


def _substitution(house: House) -> str:
    """The vice-principal acts for the clerk."""
    persons, first = house.county.persons, house.clock.now().date()
    named = {"represented_id": persons["s01.hr"], "substitute_id": persons["s01.vice"], "first": first.isoformat()}
    until = (first + timedelta(days=3)).isoformat()
    return str(house.caller("s01.hr").post("/substitutes", named | {"until": until}).json["id"])


def _run(house: House) -> str:
    """Background work of the clerk's own."""
    clerk = house.county.actor("s01.hr", house.clock.now())
    with transaction() as session:
        return ask(session, clerk, RUN_KIND, {}, now=house.clock.now())


def _given_up(house: House) -> str:
    """A mail that no server took."""
    row = outbox.row_of(Message("task.opened", "person:nobody"), "email", house.clock.now())
    with transaction() as session:
        outbox.insert_rows(session, [row | {"state": "failed", "attempts": 12, "last_error": "550"}])
    return str(row["id"])


def _sheet() -> bytes:
    """A sheet of one applicant, as the announcement period expects it."""
    return xlsx.template(columns_of(WINDOWS["announcement_period"]), [{"line": 1, "name": "考生"}])


def _id(model: Any, *clauses: Any) -> str:
    found = db.session.scalars(select(model.id).where(*clauses).limit(1)).one()
    db.session.rollback()
    return str(found)
