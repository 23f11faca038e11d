"""Plans of exchange: a convenience view of the cases of the flow `exchange`, their lists, openings and rounds."""

from typing import Any

from service.access.actor import Actor
from service.errors import NotFound
from service.flows.exchange import (
    commands,
    commands_applications,
    queries,
    queries_list,
    queries_rounds,
)  # fmt: skip
from service.flows.exchange.drawing_up import FLOW
from service.instances import queries as instances
from service.web import edge
from service.web.api import api
from service.web.api.instances import started
from service.web.api.organisations import versioned
from service.web.api.schemas import exchange as shapes
from service.web.api.schemas.exchange_rounds import ExplanationOut, Made
from service.web.api.shaping import instance_item, instance_of

EXCHANGE = ["Exchange"]


@api.get("/exchange-plans")
@api.input(shapes.PlanQuery, location="query", arg_name="query")
@api.output(shapes.PlanPage)
@api.doc(tags=EXCHANGE)
def list_exchange_plans(query: dict[str, Any]) -> Any:
    """Plans whose case I may see, the newest first."""
    found = instances.page(edge.actor(), instances.CaseQuery(flow=FLOW, **query))
    return {"items": [instance_item(row) for row in found.items], "next": found.next}


@api.post("/exchange-plans")
@api.input(shapes.PlanIn, arg_name="body")
@api.output(shapes.PlanOut, status_code=201)
@api.doc(tags=EXCHANGE)
def create_exchange_plan(body: dict[str, Any]) -> Any:
    """Draw up the list and undertake numbers; 422 exchange.target_short when fewer than needed are undertaken."""
    return plan_of(edge.actor(), started(FLOW, body))


@api.get("/exchange-plans/<instance_id>")
@api.output(shapes.PlanOut)
@api.doc(tags=EXCHANGE)
def get_exchange_plan(instance_id: str) -> Any:
    """The figures against the goals, and what may be done now."""
    return plan_of(edge.actor(), instance_id)


def plan_of(actor: Actor, instance_id: str) -> dict[str, Any]:
    """The case with its figures."""
    found = vars(queries.plan(actor, instance_id))
    return instance_of(actor, instance_id) | {name: value for name, value in found.items() if name != "state"}


@api.get("/exchange-plans/<instance_id>/progress")
@api.output(shapes.ExchangeProgressOut)
@api.doc(tags=EXCHANGE)
def exchange_progress(instance_id: str) -> Any:
    """How far each school is that I may see."""
    return {"items": queries.progress(edge.actor(), instance_id)}


@api.get("/exchange-plans/<instance_id>/entries")
@api.input(shapes.EntryQueryIn, location="query", arg_name="query")
@api.output(shapes.EntryList)
@api.doc(tags=EXCHANGE)
def list_exchange_entries(instance_id: str, query: dict[str, Any]) -> Any:
    """Who stands on the list, as far as I may know: my own place, my school's, or all of it."""
    return {"items": queries_list.entries(edge.actor(), instance_id, queries_list.EntryQuery(**query))}


@api.get("/exchange-entries/<entry_id>")
@api.output(shapes.ExchangeEntryOut)
@api.doc(tags=EXCHANGE)
def get_exchange_entry(entry_id: str) -> Any:
    """One person on the list."""
    return queries_list.entry(edge.actor(), entry_id)


@api.get("/exchange-entries/<entry_id>/explanation")
@api.output(ExplanationOut)
@api.doc(tags=EXCHANGE)
def explain_exchange(entry_id: str) -> Any:
    """Why this person got what they got in the adopted round; 404 exchange_round.absent before one."""
    found = queries_rounds.explanation(edge.actor(), entry_id)
    if found is None:
        raise NotFound("exchange_round.absent")
    return found


@api.post("/exchange-entries/<entry_id>/settle")
@api.input(shapes.SettleIn, arg_name="body")
@api.output(shapes.ExchangeEntryOut)
@api.doc(tags=EXCHANGE)
def settle_exchange_entry(entry_id: str, body: dict[str, Any]) -> Any:
    """Bureau HR says what stands of an entry, with the reason."""
    version, changes = versioned(body)
    commands.settle_entry(edge.actor(), commands.SettleEntry(entry_id, version, **changes), now=edge.now())
    return queries_list.entry(edge.actor(), entry_id)


@api.post("/exchange-entries/<entry_id>/corrections")
@api.input(shapes.ExchangeObjectionIn, arg_name="body")
@api.output(Made, status_code=201)
@api.doc(tags=EXCHANGE)
def correct_exchange_entry(entry_id: str, body: dict[str, Any]) -> Any:
    """Say that an entry is wrong, while the list is corrected."""
    sent = commands.Object(entry_id, body["text"], body["wanted"])
    return _made(body, "objection_id", lambda: commands.correct_entry(edge.actor(), sent, now=edge.now()))


@api.post("/exchange-entries/<entry_id>/appeals")
@api.input(shapes.ExchangeObjectionIn, arg_name="body")
@api.output(Made, status_code=201)
@api.doc(tags=EXCHANGE)
def appeal_exchange(entry_id: str, body: dict[str, Any]) -> Any:
    """Object to the published result: the person, or bureau HR for somebody else."""
    sent = commands.Object(entry_id, body["text"])
    return _made(body, "objection_id", lambda: commands.appeal(edge.actor(), sent, now=edge.now()))


@api.get("/exchange-plans/<instance_id>/objections")
@api.input(shapes.ObjectionQuery, location="query", arg_name="query")
@api.output(shapes.ObjectionList)
@api.doc(tags=EXCHANGE)
def list_objections(instance_id: str, query: dict[str, Any]) -> Any:
    """Corrections or appeals: all for bureau HR, one's own for everybody else."""
    return {"items": queries_list.objections(edge.actor(), instance_id, query["kind"])}


@api.post("/exchange-objections/<objection_id>/answer")
@api.input(shapes.AnswerIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=EXCHANGE)
def answer_objection(objection_id: str, body: dict[str, Any]) -> Any:
    """Bureau HR answers: accepted or declined a correction; cleared, rematch or strike an appeal."""
    sent = commands.AnswerObjection(objection_id, **body)
    edge.repeatable(body, 204, lambda: commands.answer_objection(edge.actor(), sent, now=edge.now()), lambda _: None)
    return ""


@api.post("/exchange-entries/<entry_id>/ask-exception")
@api.input(shapes.ReasonIn, arg_name="body")
@api.output(shapes.ExchangeEntryOut)
@api.doc(tags=EXCHANGE)
def ask_exception(entry_id: str, body: dict[str, Any]) -> Any:
    """Ask the meeting to let somebody take part in spite of a service lock."""
    commands.ask_exception(edge.actor(), commands.AskException(entry_id, body["reason"]), now=edge.now())
    return queries_list.entry(edge.actor(), entry_id)


@api.post("/exchange-entries/<entry_id>/decide-exception")
@api.input(shapes.ExceptionIn, arg_name="body")
@api.output(shapes.ExchangeEntryOut)
@api.doc(tags=EXCHANGE)
def decide_exception(entry_id: str, body: dict[str, Any]) -> Any:
    """Enter of one person what the meeting decided; it takes effect with its minutes."""
    commands.decide_exception(edge.actor(), commands.DecideException(entry_id, **body), now=edge.now())
    return queries_list.entry(edge.actor(), entry_id)


@api.post("/exchange-entries/<entry_id>/apply")
@api.input(shapes.ApplicationIn, arg_name="body")
@api.output(shapes.ExchangeEntryOut)
@api.doc(tags=EXCHANGE)
def apply_for_exchange(entry_id: str, body: dict[str, Any]) -> Any:
    """Apply with wishes, or change them, while applications are open."""
    commands_applications.apply(edge.actor(), commands_applications.Apply(entry_id, **body), now=edge.now())
    return queries_list.entry(edge.actor(), entry_id)


@api.post("/exchange-entries/<entry_id>/withdraw-application")
@api.output(shapes.ExchangeEntryOut)
@api.doc(tags=EXCHANGE)
def withdraw_exchange_application(entry_id: str) -> Any:
    """Take one's own application back."""
    command = commands_applications.EntryCommand(entry_id)
    commands_applications.withdraw_application(edge.actor(), command, now=edge.now())
    return queries_list.entry(edge.actor(), entry_id)


@api.post("/exchange-entries/<entry_id>/nominate")
@api.input(shapes.ReasonIn, arg_name="body")
@api.output(shapes.ExchangeEntryOut)
@api.doc(tags=EXCHANGE)
def nominate_for_exchange(entry_id: str, body: dict[str, Any]) -> Any:
    """The school nominates somebody who must be exchanged and has not applied."""
    command = commands_applications.EntryCommand(entry_id, body["reason"])
    commands_applications.nominate(edge.actor(), command, now=edge.now())
    return queries_list.entry(edge.actor(), entry_id)


@api.post("/exchange-entries/<entry_id>/opinion")
@api.input(shapes.OpinionIn, arg_name="body")
@api.output(shapes.ExchangeEntryOut)
@api.doc(tags=EXCHANGE)
def give_opinion(entry_id: str, body: dict[str, Any]) -> Any:
    """The school supports or opposes its applicant's going."""
    commands_applications.give_opinion(
        edge.actor(), commands_applications.GiveOpinion(entry_id, **body), now=edge.now()
    )
    return queries_list.entry(edge.actor(), entry_id)


def _made(body: dict[str, Any], name: str, make: Any) -> dict[str, str]:
    return {"id": edge.repeatable(body, 201, make, lambda ids: str(ids[name]))}
